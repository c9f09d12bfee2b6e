"""Bulk edit: one value for many records, shown first, written as one act or not at all, taken back as a whole."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Role, Task, User
from models.history.audit import AuditEntry
from tests.conftest import add_person, signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import messages, read, save
from tests.statements import statements, writes
from views.core.session import db

pytestmark = pytest.mark.database


@pytest.fixture
def tasks(desk: Flask) -> list[int]:
    """Three tasks of this test's own."""
    with desk.app_context():
        like = db.session.scalars(select(Task)).first()
        assert like is not None
        made = [Task(code=f"NV-{uuid4().hex[:8]}", name=f"Việc {n}", owner=like.owner, partners="2024") for n in "ABC"]
        db.session.add_all(made)
        db.session.commit()
        return [task.id for task in made]


def partners_of(app: Flask, ids: list[int]) -> list[str | None]:
    with app.app_context():
        return [db.session.get_one(Task, id_).partners for id_ in ids]


def act_of(app: Flask, id_: int) -> AuditEntry:
    with app.app_context():
        query = select(AuditEntry).where(AuditEntry.noun == "Task", AuditEntry.record_id == id_)
        return db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(1)).one()


def change(client: FlaskClient, ids: list[int], **typed: str) -> str:
    """Open the page for these, choose what is typed, save; gives the page if it comes back."""
    asked = {"id": [str(id_) for id_ in ids]}
    page = client.get("/tasks/bulk/", query_string=asked).text
    answer = client.post("/tasks/bulk/", data={**asked, "csrf_token": token_of(page), "set": list(typed), **typed})
    return answer.text if answer.status_code == 200 else ""


def test_the_page_names_every_chosen_record(desk: Flask, clerk: FlaskClient, tasks: list[int]) -> None:
    with statements(desk) as seen:
        page = clerk.get("/tasks/bulk/", query_string={"id": tasks}).text
    assert [item.text for item in read(page).one("ul", class_="names").all("li")] == ["Việc A", "Việc B", "Việc C"]
    assert writes(seen) == []


def test_many_records_change_in_one_act_and_are_taken_back_as_a_whole(
    desk: Flask, clerk: FlaskClient, tasks: list[int]
) -> None:
    assert change(clerk, tasks, partners="2031") == ""
    assert partners_of(desk, tasks) == ["2031", "2031", "2031"]
    entries = [act_of(desk, id_) for id_ in tasks]
    assert len({entry.act for entry in entries}) == 1
    assert entries[0].act_name is not None
    assert entries[0].act_name.startswith("Sửa 3 bản ghi")
    url = f"/history/undo/?act={entries[0].act}"
    page = clerk.get(url).text
    assert len(read(page).one("ul", class_="names").all("li")) == 3
    assert clerk.post(url, data={"csrf_token": token_of(page)}).status_code == 302
    assert partners_of(desk, tasks) == ["2024", "2024", "2024"]


def test_what_was_changed_since_is_left(desk: Flask, clerk: FlaskClient, tasks: list[int]) -> None:
    change(clerk, tasks, partners="2031")
    url = f"/history/undo/?act={act_of(desk, tasks[0]).act}"
    assert save(clerk, f"/tasks/edit/?id={tasks[1]}", {"partners": "2040"}).status_code == 302
    page = clerk.get(url).text
    possible, blocked = read(page).all("ul", class_="names")
    assert len(possible.all("li")) == 2
    assert "Việc B" in blocked.text
    assert "Đã sửa lại sau đó: " in blocked.text
    assert clerk.post(url, data={"csrf_token": token_of(page)}).status_code == 302
    assert partners_of(desk, tasks) == ["2024", "2040", "2024"]


def test_all_or_none(desk: Flask, clerk: FlaskClient, tasks: list[int]) -> None:
    assert save(clerk, f"/tasks/edit/?id={tasks[2]}", {"starts_on": "1/6/2024"}).status_code == 302
    page = change(clerk, tasks, due_on="1/5/2024")
    assert messages(page)
    with desk.app_context():
        assert [db.session.get_one(Task, id_).due_on for id_ in tasks] == [None, None, None]


@ON_SQLITE
@pytest.mark.parametrize("typed", [{}, {"due_on": "mười"}, {"due_on": "31/02/2024"}])
def test_what_can_not_be_is_not_written(
    desk: Flask, clerk: FlaskClient, tasks: list[int], typed: dict[str, str]
) -> None:
    with statements(desk) as seen:
        assert change(clerk, tasks, **typed)
    assert writes(seen) == []
    assert partners_of(desk, tasks) == ["2024", "2024", "2024"]


@ON_SQLITE
def test_what_was_not_chosen_stays(desk: Flask, clerk: FlaskClient, tasks: list[int]) -> None:
    page = clerk.get("/tasks/bulk/", query_string={"id": tasks}).text
    data = {"csrf_token": token_of(page), "id": tasks, "set": ["partners"], "partners": "2032", "due_on": "1/1/2032"}
    assert clerk.post("/tasks/bulk/", data=data).status_code == 302
    with desk.app_context():
        task = db.session.get_one(Task, tasks[0])
        assert (task.partners, task.due_on) == ("2032", None)


@ON_SQLITE
def test_no_title_and_no_personal_thing_is_offered_in_bulk(desk: Flask) -> None:
    editor = signed_in(desk, Role.EDITOR)
    page = read(editor.get("/people/bulk/?id=1").text)
    offered = {box["value"] for box in page.all("input", type="checkbox", name="set")}
    assert offered
    assert offered & {"full_name", "phone", "address", "identity_number", "birth_date", "email"} == set()


@ON_SQLITE
def test_nothing_chosen_leads_back_to_the_list(clerk: FlaskClient) -> None:
    answer = clerk.get("/tasks/bulk/?id=x", follow_redirects=True)
    assert "Hãy chọn ít nhất một dòng." in messages(answer.text)


def administrators(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(User.id).where(User.role == Role.ADMINISTRATOR).order_by(User.id)))


@ON_SQLITE
def test_administrators_are_not_all_put_out_at_once(own_app: Flask) -> None:
    add_person(own_app, Role.ADMINISTRATOR)
    browser = signed_in(own_app, Role.ADMINISTRATOR)
    ids = administrators(own_app)
    assert len(ids) == 2
    token = token_of(browser.get("/account").text)
    for page, data in (("bulk", {"set": ["role"], "role": "viewer"}), ("delete", {})):
        answer = browser.post(f"/users/{page}/", data={"id": ids, "csrf_token": token, **data})
        assert answer.status_code == 200
        assert any("Phải còn ít nhất một người quản trị" in text for text in messages(answer.text))
    assert administrators(own_app) == ids
