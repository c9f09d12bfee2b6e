"""Many records at once: however many are chosen, showing and doing it asks the database a fixed number of times."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Initiative, Record, Role, Task
from models.initiatives import Stage
from tests.conftest import signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import read
from tests.statements import statements, writes
from views import SCREENS
from views.core.session import db

pytestmark = ON_SQLITE
MOST = 200
ALLOWED = 40
DELETED = [cls.record for cls in SCREENS if cls.access.delete is not None]


def ids_of(app: Flask, record: type[Record], *conditions: object, most: int = MOST) -> list[int]:
    with app.app_context():
        query = select(record.id).where(*conditions)  # type: ignore[arg-type]  conditions of any kind
        return list(db.session.scalars(query.order_by(record.id.desc()).limit(most)))


@pytest.mark.parametrize("record", DELETED)
def test_showing_what_many_are_to_become_takes_few_statements(
    desk: Flask, clerk: FlaskClient, record: type[Record]
) -> None:
    ids = ids_of(desk, record)
    path = desk.extensions["screens"][record].endpoint
    pages = ["delete", "bulk", *(["move"] if record.workflow else [])]
    for page in pages:
        with statements(desk) as seen:
            answer = clerk.get(f"/{path}/{page}/", query_string={"id": ids})
        assert answer.status_code == (200 if ids else 302), page
        assert len(seen) <= ALLOWED, page
        if ids:
            named = read(answer.text).all("ul", class_="names")[0]
            assert len(named.all("li")) == len(ids), page


def test_what_refers_to_many_is_told_once_for_each_kind(own_app: Flask) -> None:
    browser = signed_in(own_app, Role.ADMINISTRATOR)
    ids = ids_of(own_app, Initiative, most=50)
    page = read(browser.get("/initiatives/delete/", query_string={"id": ids}).text)
    heads = [head.text.split(": ") for head in page.all("h3")]
    assert len({label for label, _count in heads}) == len(heads)
    with own_app.app_context():
        authors = sum(len(db.session.get_one(Initiative, id_).authors) for id_ in ids)
    assert ["Xóa theo Tác giả", str(authors)] in heads


def test_doing_it_to_many_takes_few_statements_beside_those_that_write(own_app: Flask) -> None:
    browser = signed_in(own_app, Role.ADMINISTRATOR)
    token = token_of(browser.get("/account").text)
    tasks = ids_of(own_app, Task, most=60)
    with statements(own_app) as seen:
        data = {"id": tasks, "set": ["partners"], "partners": "2031", "csrf_token": token}
        assert browser.post("/tasks/bulk/", data=data).status_code == 302
    assert len(seen) - len(writes(seen)) <= ALLOWED
    assert len(writes(seen)) <= len(tasks) + ALLOWED
    waiting = ids_of(own_app, Initiative, Initiative.stage == Stage.DOSSIER, most=60)
    assert len(waiting) > ALLOWED
    with statements(own_app) as seen:
        data = {"id": waiting, "to": "registered", "note": "Bổ sung", "day": "1/2/2024", "csrf_token": token}
        assert browser.post("/initiatives/move/", data=data).status_code == 302
    assert len(seen) - len(writes(seen)) <= ALLOWED
    with statements(own_app) as seen:
        assert browser.post("/tasks/delete/", data={"id": tasks, "csrf_token": token}).status_code == 302
    assert len(seen) <= ALLOWED
    assert ids_of(own_app, Task, Task.id.in_(tasks)) == []
