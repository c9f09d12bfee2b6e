"""Files made aside: asked for on a page, made by the worker in the asker's name, fetched by them alone."""

import os
import stat
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from backoffice.worker import Worker
from models import AuditEntry, AuditKind, Job, Organisation, Role, Theme, User, jobs
from models.access.scope import limited_to, scope_of
from models.jobs import STALE, TRIES, JobState
from models.records.clock import now
from tests.conftest import add_person, browser_of, token_of
from tests.databases import ON_SQLITE
from tests.pages import read
from views.core import background as aside
from views.core.session import db

pytestmark = pytest.mark.database

EXPORT = "/units/export/xlsx/?search=my+xuyen"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file takes too long for a page."""
    monkeypatch.setattr(aside, "PATIENCE", 0)


@pytest.fixture(autouse=True)
def _empty_queue(desk: Flask) -> Iterator[None]:
    yield
    with desk.app_context():
        for job in db.session.scalars(select(Job)):
            db.session.delete(job)
        db.session.commit()
    for path in desk.extensions["worker"].folder.glob("*"):
        path.unlink()


@pytest.fixture
def worker(desk: Flask) -> Worker:
    worker: Worker = desk.extensions["worker"]
    return worker


def the_job(app: Flask) -> Job:
    with app.app_context():
        job = db.session.scalars(select(Job).order_by(Job.id.desc())).first()
        assert job is not None
        db.session.expunge(job)
        return job


def set_job(app: Flask, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(Job).values(**values))
        db.session.commit()


def fetch(browser: FlaskClient, id_: int) -> bytes:
    """The finished file of a job."""
    with browser.get(f"/jobs/file?id={id_}") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.data


def rows_in(file: bytes) -> list[str]:
    """The text of each row of the table."""
    rows = load_workbook(BytesIO(file)).active.iter_rows(min_row=4, values_only=True)
    return [" ".join(str(value) for value in row if value is not None) for row in rows]


def elsewhere(do: Callable[..., Any], *args: object) -> Any:
    """What happens at the same time in another thread, as far as contexts go."""
    return Context().run(do, *args)


def cancel(browser: FlaskClient, id_: int) -> TestResponse:
    token = token_of(browser.get("/account").text)
    return browser.post("/jobs/cancel", data={"id": id_, "csrf_token": token})


def test_a_large_file_is_made_aside_and_fetched(desk: Flask, clerk: FlaskClient, worker: Worker) -> None:
    answer = clerk.get(EXPORT)
    assert (answer.status_code, answer.location) == (302, "/jobs")
    page = read(clerk.get("/jobs").text)
    assert "Đang chờ" in page.one("main").text
    assert worker.work()
    assert not worker.work()
    link = read(clerk.get("/jobs").text).one("main").one("a", class_="btn main")["href"]
    assert link == f"/jobs/file?id={the_job(desk).id}"
    assert any("Mỹ Xuyên" in row for row in rows_in(fetch(clerk, the_job(desk).id)))


def test_it_is_made_in_the_name_of_who_asked(desk: Flask, worker: Worker) -> None:
    person = add_person(desk, Role.EDITOR, "MTTQ-947")
    browser = browser_of(desk, person.username)
    browser.get("/units/export/xlsx/")
    worker.work()
    rows = rows_in(fetch(browser, the_job(desk).id))
    with desk.app_context():
        home = db.session.scalars(select(Organisation).where(Organisation.code == "MTTQ-947")).one()
        screen = next(s for s in desk.extensions["screens"].values() if s.endpoint == "units")
        with limited_to(scope_of(home)):
            seen = len(db.session.scalars(screen.query.all()).all())
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.kind == AuditKind.EXPORTED).order_by(AuditEntry.id.desc())
        ).first()
        assert entry is not None
        assert entry.actor_id == person.id
    assert len(rows) == seen


def test_nobody_else_gets_it(desk: Flask, clerk: FlaskClient, worker: Worker) -> None:
    clerk.get(EXPORT)
    worker.work()
    other = browser_of(desk, add_person(desk, Role.ADMINISTRATOR).username)
    id_ = the_job(desk).id
    assert other.get(f"/jobs/file?id={id_}").status_code == 404
    assert cancel(other, id_).status_code == 404
    assert other.get("/jobs/state").json == []


def test_a_cancelled_job_stops_and_leaves_no_file(
    desk: Flask, clerk: FlaskClient, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "EVERY", 10)
    clerk.get("/units/export/xlsx/")
    heard = []

    def hear(session: object, id_: int, rows: int) -> None:
        heard.append(rows)
        if len(heard) == 3:
            elsewhere(cancel, clerk, id_)
        real(session, id_, rows)  # type: ignore[arg-type]

    real = jobs.hear
    monkeypatch.setattr(jobs, "hear", hear)
    worker.work()
    assert the_job(desk).state is JobState.CANCELLED, the_job(desk).problem
    assert heard == [10, 10, 10]
    assert [path.name for path in worker.folder.iterdir() if path.suffix == ".part"] == []
    assert clerk.get(f"/jobs/file?id={the_job(desk).id}").status_code == 404


def test_progress_is_told(desk: Flask, clerk: FlaskClient, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "EVERY", 100)
    clerk.get("/units/export/xlsx/")
    told = []
    real = jobs.hear

    def hear(session: object, id_: int, rows: int) -> None:
        real(session, id_, rows)  # type: ignore[arg-type]
        told.append(elsewhere(clerk.get, "/jobs/state").json[0])

    monkeypatch.setattr(jobs, "hear", hear)
    worker.work()
    total = the_job(desk).total
    assert [job["percent"] for job in told] == [100 * done // total for done in range(100, total + 1, 100)]
    assert told[0]["text"].startswith("100 / ")


def test_a_restart_loses_none(desk: Flask, clerk: FlaskClient, worker: Worker) -> None:
    clerk.get(EXPORT)
    with desk.app_context():
        job = jobs.take(db.session())  # and with this the process is killed
        assert job is not None
        id_ = job.id
    assert not Worker(desk).work()
    set_job(desk, heard_at=now() - 2 * STALE)
    assert Worker(desk).work()
    assert rows_in(fetch(clerk, id_))


def test_what_kills_the_process_is_given_up(desk: Flask, clerk: FlaskClient, worker: Worker) -> None:
    clerk.get(EXPORT)
    for _time in range(TRIES):
        with desk.app_context():
            assert jobs.take(db.session()) is not None
        set_job(desk, heard_at=now() - 2 * STALE)
    assert not worker.work()
    main = read(clerk.get("/jobs").text).one("main")
    assert f"Ứng dụng đã ngừng giữa chừng {TRIES} lần" in main.text
    token = token_of(clerk.get("/account").text)
    clerk.post("/jobs/again", data={"id": the_job(desk).id, "csrf_token": token})
    assert worker.work()
    assert the_job(desk).state is JobState.DONE


def test_an_error_says_a_number_and_the_next_job_is_done(
    desk: Flask, clerk: FlaskClient, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.get("/themes/export/xlsx/")
    monkeypatch.setattr(Theme, "__str__", lambda _self: 1 / 0)
    monkeypatch.setattr("views.core.downloads.write_listing", lambda *_args: 1 / 0)
    worker.work()
    assert the_job(desk).problem is not None
    assert "Có lỗi trong phần mềm" in read(clerk.get("/jobs").text).one("main").text
    monkeypatch.undo()
    monkeypatch.setattr(aside, "PATIENCE", 0)
    clerk.get("/themes/export/xlsx/")
    assert worker.work()
    assert the_job(desk).state is JobState.DONE


def test_who_may_no_longer_sign_in_gets_none(desk: Flask, worker: Worker) -> None:
    person = add_person(desk, Role.EDITOR)
    browser_of(desk, person.username).get(EXPORT)
    with desk.app_context():
        db.session.scalars(select(User).where(User.id == person.id)).one().active = False
        db.session.commit()
    worker.work()
    assert the_job(desk).state is JobState.FAILED


def test_old_files_go(desk: Flask, clerk: FlaskClient, worker: Worker) -> None:
    clerk.get(EXPORT)
    worker.work()
    with desk.app_context():
        assert jobs.sweep(db.session(), worker.folder) == 0
        assert len(list(worker.folder.iterdir())) >= 1
    set_job(desk, ended_at=now() - jobs.KEPT - timedelta(hours=1))
    with desk.app_context():
        assert jobs.sweep(db.session(), worker.folder) == 1
    assert list(worker.folder.iterdir()) == []


def test_old_files_go_while_the_server_runs(
    desk: Flask, clerk: FlaskClient, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.turn()
    clerk.get(EXPORT)
    worker.turn()
    dropped, young = (worker.folder / f"{name}.part" for name in ("dropped", "young"))
    for path in (dropped, young):
        path.touch()
    long_ago = (now() - jobs.STRAY_AGE).timestamp() - 1
    os.utime(dropped, (long_ago, long_ago))
    set_job(desk, ended_at=now() - jobs.KEPT - timedelta(hours=1))
    worker.turn()
    assert len(list(worker.folder.iterdir())) == 3
    monkeypatch.setattr("backoffice.worker.SWEEP_EVERY", timedelta(0))
    worker.turn()
    assert list(worker.folder.iterdir()) == [young]


def test_a_small_file_comes_at_once(clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "PATIENCE", 3)
    with clerk.get(EXPORT) as answer:
        assert answer.status_code == 200


@ON_SQLITE
def test_a_file_is_given_only_by_the_rights_it_was_made_by(desk: Flask, worker: Worker) -> None:
    user = add_person(desk, Role.APPROVER)
    browser = browser_of(desk, user.username)
    browser.get("/people/export/xlsx/")
    worker.folder.mkdir(parents=True, exist_ok=True)
    worker.folder.chmod(0o755)  # as an earlier version left it
    worker.turn()
    job = the_job(desk)
    path = worker.folder / str(job.stored)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(worker.folder.stat().st_mode) == 0o700
    with desk.app_context():
        db.session.get_one(User, user.id).role = Role.EDITOR
        db.session.commit()
    again = browser_of(desk, user.username)
    answer = again.get(f"/jobs/file?id={job.id}")
    assert (answer.status_code, answer.location) == (302, "/jobs")
    assert not path.exists()
    page = again.get("/jobs").text
    assert "Quyền của bạn đã thay đổi" in page
    again.post("/jobs/again", data={"id": job.id, "csrf_token": token_of(page)})
    worker.turn()
    assert fetch(again, job.id)
