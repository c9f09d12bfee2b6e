"""A form that is sent again does nothing anew: it leads to what it did, or asks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import FormNumber, Period, Role, Task, Theme
from models.form_numbers import KEPT, forget_old
from models.history.audit import AuditEntry
from models.records.clock import now
from models.tasks import TaskStatus
from tests.conftest import signed_in
from tests.pages import messages, read, record_form, sent
from views.core.session import db

pytestmark = pytest.mark.database

AGAIN = "không làm lần nữa"
ASKED = "đã gửi một lần"

Typed = dict[str, list[str]]


def new_theme(client: FlaskClient) -> Typed:
    """A form of a new theme, filled in."""
    return {**sent(record_form(client.get("/themes/new/").text)), "name": [f"Chủ đề {uuid4().hex}"]}


def count(app: Flask, name: str) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Theme).where(Theme.name.startswith(name))) or 0


@pytest.fixture
def tasks(desk: Flask) -> list[int]:
    """Two tasks of this test's own."""
    with desk.app_context():
        like = db.session.scalars(select(Task)).first()
        assert like is not None
        made = [Task(code=f"NV-{uuid4().hex[:8]}", name=f"Việc {n}", owner=like.owner) for n in "AB"]
        db.session.add_all(made)
        db.session.commit()
        return [task.id for task in made]


def entries(app: Flask, ids: list[int]) -> int:
    with app.app_context():
        query = select(func.count()).select_from(AuditEntry).where(AuditEntry.noun == "Task")
        return db.session.scalar(query.where(AuditEntry.record_id.in_(ids))) or 0


def test_a_new_record_is_made_once_and_the_second_sending_leads_to_it(desk: Flask, clerk: FlaskClient) -> None:
    form = new_theme(clerk)
    assert clerk.post("/themes/new/", data=form).status_code == 302
    answer = clerk.post("/themes/new/", data=form, follow_redirects=True)
    assert count(desk, form["name"][0]) == 1
    assert answer.request.path == "/themes/details/"
    assert form["name"][0] in answer.text
    assert AGAIN in " ".join(messages(answer.text))


def test_a_form_that_is_sent_again_with_something_else_asks_first(desk: Flask, clerk: FlaskClient) -> None:
    form = new_theme(clerk)
    name = form["name"][0]
    clerk.post("/themes/new/", data=form)
    answer = clerk.post("/themes/new/", data={**form, "name": f"{name} hai"})
    assert answer.status_code == 200
    assert ASKED in " ".join(messages(answer.text))
    assert count(desk, name) == 1
    again = sent(record_form(answer.text))
    assert again["name"] == [f"{name} hai"]
    assert clerk.post("/themes/new/", data=again).status_code == 302
    assert count(desk, name) == 2


def test_the_number_of_a_refused_form_is_not_used_up(desk: Flask, clerk: FlaskClient) -> None:
    form = new_theme(clerk)
    refused = clerk.post("/themes/new/", data={**form, "name": ""})
    mended = sent(record_form(refused.text))
    assert mended["form_number"] == form["form_number"]
    assert clerk.post("/themes/new/", data={**mended, "name": form["name"]}).status_code == 302
    # Back to the very first page.
    assert clerk.post("/themes/new/", data={**form, "name": f"{form['name'][0]} b"}).status_code == 200
    assert count(desk, form["name"][0]) == 1


def test_of_two_sent_at_once_one_is_done(desk: Flask, clerk: FlaskClient) -> None:
    form = new_theme(clerk)
    del form["place"]
    with ThreadPoolExecutor() as pool:
        codes = list(pool.map(lambda _: clerk_again(desk, clerk).post("/themes/new/", data=form).status_code, range(4)))
    assert count(desk, form["name"][0]) == 1
    assert set(codes) <= {302, 200}


def clerk_again(app: Flask, clerk: FlaskClient) -> FlaskClient:
    """The same person's browser, for another thread."""
    other = app.test_client()
    cookie = clerk.get_cookie("session")
    assert cookie is not None
    other.set_cookie("session", cookie.value)
    return other


def test_an_edit_is_saved_once_and_back_meets_its_version(desk: Flask, clerk: FlaskClient, tasks: list[int]) -> None:
    url = f"/tasks/edit/?id={tasks[0]}"
    form = {**sent(record_form(clerk.get(url).text)), "note": ["một"]}
    assert clerk.post(url, data=form).status_code == 302
    answer = clerk.post(url, data=form, follow_redirects=True)
    assert (answer.request.path, AGAIN in answer.text) == ("/tasks/details/", True)
    changed = clerk.post(url, data={**form, "note": ["hai"]})
    assert changed.status_code == 200
    assert sent(record_form(changed.text))["note"] == ["hai"]
    assert clerk.post(url, data=sent(record_form(changed.text))).status_code == 302
    with desk.app_context():
        task = db.session.get_one(Task, tasks[0])
        assert (task.note, task.version) == ("hai", 3)


def test_bulk_changes_and_transitions_are_made_once(desk: Flask, clerk: FlaskClient, tasks: list[int]) -> None:
    for page, typed in (
        ("bulk", {"set": ["partners"], "partners": ["2031"]}),
        ("move", {"to": [TaskStatus.UNDER_WAY.value], "note": ["bắt đầu"]}),
    ):
        form = {**sent(record_form(clerk.get(f"/tasks/{page}/", query_string={"id": tasks}).text)), **typed}
        assert clerk.post(f"/tasks/{page}/", data=form).status_code == 302
        before = entries(desk, tasks)
        answer = clerk.post(f"/tasks/{page}/", data=form, follow_redirects=True)
        assert AGAIN in " ".join(messages(answer.text)), page
        assert entries(desk, tasks) == before


def test_a_year_is_opened_once(desk: Flask, clerk: FlaskClient) -> None:
    form = {**sent(record_form(clerk.get("/periods/open-year/").text)), "year": ["2044"]}
    assert clerk.post("/periods/open-year/", data=form).status_code == 302
    assert AGAIN in clerk.post("/periods/open-year/", data=form, follow_redirects=True).text
    with desk.app_context():
        assert db.session.scalar(select(func.count()).select_from(Period).where(Period.year == 2044)) == 18


def test_every_form_that_writes_carries_a_number(clerk: FlaskClient, tasks: list[int]) -> None:
    id_ = tasks[0]
    for page in ("new", "edit", "bulk", "move", "delete", "details"):
        forms = read(clerk.get(f"/tasks/{page}/?id={id_}").text).one("main").all("form", method="post")
        numbers = [form.one("input", name="form_number")["value"] for form in forms]
        assert numbers, page
        assert len(set(numbers)) == len(numbers)


def test_another_persons_number_leads_nowhere(desk: Flask, clerk: FlaskClient) -> None:
    form = new_theme(clerk)
    clerk.post("/themes/new/", data=form)
    other = signed_in(desk, Role.APPROVER)
    theirs = {**new_theme(other), "form_number": form["form_number"]}
    answer = other.post("/themes/new/", data=theirs)
    assert answer.status_code in (200, 403)
    assert form["name"][0] not in answer.text


def test_numbers_are_forgotten_with_age(desk: Flask, clerk: FlaskClient) -> None:
    form = new_theme(clerk)
    clerk.post("/themes/new/", data=form)
    with desk.app_context():
        number = db.session.get_one(FormNumber, form["form_number"][0])
        number.at = now() - KEPT - timedelta(minutes=1)
        db.session.commit()
        forget_old(db.session())
        assert db.session.get(FormNumber, form["form_number"][0]) is None
