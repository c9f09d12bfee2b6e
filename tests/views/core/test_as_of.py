"""Looking back: the book as it was on a day, read only, from page to page."""

import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Task
from models.history import recording
from tests.conftest import token_of
from tests.databases import ON_SQLITE
from tests.pages import cells_in, messages, read
from tests.statements import statements, writes
from views.core.session import db

pytestmark = ON_SQLITE

YESTERDAY = datetime.now(UTC) - timedelta(days=2)
DAY = YESTERDAY.strftime("%d/%m/%Y")


@pytest.fixture(scope="module")
def task(desk: Flask) -> int:
    """A task that was made days ago under another name."""
    with desk.app_context(), pytest.MonkeyPatch.context() as patch:
        like = db.session.scalars(select(Task)).first()
        assert like is not None
        patch.setattr(recording, "now", lambda: YESTERDAY - timedelta(days=3))
        made = Task(code="NV-hoi-do", name="Tên hồi đó", owner=like.owner)
        db.session.add(made)
        db.session.commit()
        id_ = made.id
        patch.undo()
        made.name = "Tên bây giờ"
        db.session.add(Task(code="NV-moi", name="Việc mới làm", owner=like.owner))
        db.session.commit()
    return id_


def test_list_details_and_workbook_are_as_they_were(clerk: FlaskClient, task: int) -> None:
    page = clerk.get(f"/tasks/?as_of={DAY}&search=ten+hoi+do").text
    assert cells_in(page, "Công việc") == ["Tên hồi đó"] or "Tên hồi đó" in page
    assert "Việc mới làm" not in clerk.get(f"/tasks/?as_of={DAY}&search=viec+moi+lam").text.split("<tbody", 1)[-1]
    details = clerk.get(f"/tasks/details/?id={task}&as_of={DAY}").text
    assert read(details).one("h1").text == "Tên hồi đó"
    with clerk.get(f"/tasks/export/xlsx/?as_of={DAY}&search=ten") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    said = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "Tên hồi đó" in said
    assert "Tên bây giờ" not in said
    assert read(clerk.get(f"/tasks/details/?id={task}").text).one("h1").text == "Tên bây giờ"


def test_the_past_offers_no_writing(clerk: FlaskClient, task: int) -> None:
    for url in (f"/tasks/?as_of={DAY}&page=0", f"/tasks/details/?id={task}&as_of={DAY}"):
        links = [a.get("href") for a in read(clerk.get(url).text).one("main").all("a")]
        assert [x for x in links if any(p in x for p in ("/new/", "/edit/", "/delete/", "/bulk/"))] == [], url


@pytest.mark.parametrize("page", ["new", "edit", "delete", "bulk"])
def test_the_past_refuses_to_be_written(desk: Flask, clerk: FlaskClient, task: int, page: str) -> None:
    with statements(desk) as seen:
        answer = clerk.get(f"/tasks/{page}/?id={task}&as_of={DAY}")
    assert answer.status_code in (302, 403)
    assert writes(seen) == []


def test_a_form_sent_from_the_past_meets_the_present(desk: Flask, clerk: FlaskClient, task: int) -> None:
    token = token_of(clerk.get("/account/password").text)
    data = {"csrf_token": token, "name": "Tên bây giờ", "version": "1"}
    assert clerk.post(f"/tasks/edit/?id={task}&as_of={DAY}", data=data).status_code in (200, 302, 403)
    with desk.app_context():
        assert db.session.get_one(Task, task).name == "Tên bây giờ"


def test_links_stay_in_the_past(clerk: FlaskClient, task: int) -> None:
    for url in (f"/tasks/?as_of={DAY}&page=0", f"/tasks/details/?id={task}&as_of={DAY}"):
        here = read(clerk.get(url).text).one("main")
        links = [a.get("href") for a in here.all("a") if a.text != "Về hiện tại"]
        ours = [x for x in links if any(p in x for p in ("/details/", "/tree/", "/export/", "/history/"))]
        assert ours, url
        assert [x for x in ours if parse_qs(urlsplit(x).query).get("as_of") != [DAY]] == [], url


@pytest.mark.parametrize("text", ["x", "31/02/2020", "01/01/2999", "99999", "%00", "1/1/1"])
def test_a_day_that_is_none_is_told(clerk: FlaskClient, text: str) -> None:
    answer = clerk.get(f"/themes/?as_of={text}")
    assert answer.status_code == 200
    if text != "1/1/1":
        assert "không phải một ngày đã qua" in " ".join(messages(answer.text))
