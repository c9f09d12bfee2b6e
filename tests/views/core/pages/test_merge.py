"""Two people at one record: whoever saves second sees the other's values and loses nothing they typed."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Author, Event, Initiative, Role, Task, Theme
from tests.conftest import signed_in
from tests.pages import error_at, messages, read, record_form, save, sent
from views.core.session import db

pytestmark = pytest.mark.database

Form = dict[str, list[str]]


@pytest.fixture(scope="module")
def other(desk: Flask) -> FlaskClient:
    """The second person's browser."""
    return signed_in(desk, Role.EDITOR)


@pytest.fixture
def task(desk: Flask) -> int:
    """A task of this test's own."""
    with desk.app_context():
        like = db.session.scalars(select(Task)).first()
        assert like is not None
        made = Task(code=f"NV-{uuid4().hex[:8]}", name="Việc chung", owner=like.owner, note="cũ")
        db.session.add(made)
        db.session.commit()
        return made.id


@pytest.fixture
def initiative(desk: Flask) -> int:
    """An initiative of two authors."""
    with desk.app_context():
        like = db.session.scalars(select(Initiative)).first()
        assert like is not None
        made = Initiative(code=f"SK-{uuid4().hex[:8]}", name="Máy sấy", year=2023)
        made.confirmed.add("alike")
        made.unit, made.organisation, made.registered_on = like.unit, like.organisation, date(2023, 3, 1)
        made.authors = [
            Author(full_name="Lê Một", share=Decimal(50), place=1),
            Author(full_name="Trần Hai", share=Decimal(50), place=2),
        ]
        db.session.add(made)
        db.session.commit()
        return made.id


def opened(client: FlaskClient, url: str) -> Form:
    return sent(record_form(client.get(url).text))


def kept(app: Flask, id_: int) -> tuple[str, str | None]:
    with app.app_context():
        task = db.session.get_one(Task, id_)
        return task.name, task.note


def authors(app: Flask, id_: int) -> list[str]:
    with app.app_context():
        query = select(Author.full_name).where(Author.initiative_id == id_).order_by(Author.place, Author.id)
        return list(db.session.scalars(query))


def test_the_others_value_stands_beside_ones_own(
    desk: Flask, clerk: FlaskClient, other: FlaskClient, task: int
) -> None:
    url = f"/tasks/edit/?id={task}"
    mine = opened(clerk, url)
    assert save(other, url, {"name": "Của người kia"}).status_code == 302
    answer = clerk.post(url, data={**mine, "name": "Của tôi"})
    assert answer.status_code == 200
    assert "“Của người kia”" in error_at(answer.text, "name")
    assert sent(record_form(answer.text))["name"] == ["Của tôi"]
    assert Role.EDITOR.label in " ".join(messages(answer.text))
    assert kept(desk, task)[0] == "Của người kia"


def test_what_one_did_not_touch_takes_the_others_value(
    desk: Flask, clerk: FlaskClient, other: FlaskClient, task: int
) -> None:
    url = f"/tasks/edit/?id={task}"
    mine = opened(clerk, url)
    assert save(other, url, {"note": "ghi chú của người kia"}).status_code == 302
    answer = clerk.post(url, data={**mine, "name": "Của tôi"})
    again = sent(record_form(answer.text))
    assert (again["name"], again["note"]) == (["Của tôi"], ["ghi chú của người kia"])
    assert error_at(answer.text, "note") == ""
    assert clerk.post(url, data=again).status_code == 302
    assert kept(desk, task) == ("Của tôi", "ghi chú của người kia")


def test_the_second_save_wins(desk: Flask, clerk: FlaskClient, other: FlaskClient, task: int) -> None:
    url = f"/tasks/edit/?id={task}"
    mine = opened(clerk, url)
    save(other, url, {"name": "Của người kia"})
    answer = clerk.post(url, data={**mine, "name": "Của tôi"})
    assert clerk.post(url, data=sent(record_form(answer.text))).status_code == 302
    assert kept(desk, task)[0] == "Của tôi"


def test_a_third_save_in_between_is_told_too(desk: Flask, clerk: FlaskClient, other: FlaskClient, task: int) -> None:
    url = f"/tasks/edit/?id={task}"
    mine = opened(clerk, url)
    save(other, url, {"name": "Lần một"})
    answer = clerk.post(url, data={**mine, "name": "Của tôi"})
    save(other, url, {"name": "Lần hai"})
    answer = clerk.post(url, data=sent(record_form(answer.text)))
    assert "“Lần hai”" in error_at(answer.text, "name")
    assert kept(desk, task)[0] == "Lần hai"


def test_what_can_not_be_read_stays_as_typed(desk: Flask, clerk: FlaskClient, other: FlaskClient, task: int) -> None:
    url = f"/tasks/edit/?id={task}"
    mine = opened(clerk, url)
    save(other, url, {"due_on": "1/2/2024"})
    answer = clerk.post(url, data={**mine, "due_on": "31/02/2024"})
    assert sent(record_form(answer.text))["due_on"] == ["31/02/2024"]


def test_rows_that_the_other_added_changed_or_deleted(
    desk: Flask, clerk: FlaskClient, other: FlaskClient, initiative: int
) -> None:
    url = f"/initiatives/edit/?id={initiative}"
    mine = opened(clerk, url)
    theirs = {
        "authors-0-full_name": "Lê Một Đổi",
        "del-authors-1": "1",
        "authors-7-full_name": "Người Mới",
        "authors-7-share": "50",
        "authors-7-place": "3",
    }
    assert save(other, url, theirs).status_code == 302
    answer = clerk.post(url, data={**mine, "name": "Máy sấy lúa"})
    assert answer.status_code == 200
    told = error_at(answer.text, "authors")
    assert "vừa xóa dòng “Trần Hai”" in told
    assert "vừa thêm dòng “Người Mới”" in told
    again = sent(record_form(answer.text))
    assert again["authors-0-full_name"] == ["Lê Một Đổi"]
    assert again["del-authors-1"] == ["1"]
    assert clerk.post(url, data=again).status_code == 302
    assert authors(desk, initiative) == ["Lê Một Đổi", "Người Mới"]


def test_a_row_that_both_changed_keeps_what_was_typed(
    desk: Flask, clerk: FlaskClient, other: FlaskClient, initiative: int
) -> None:
    url = f"/initiatives/edit/?id={initiative}"
    mine = opened(clerk, url)
    save(other, url, {"authors-0-full_name": "Của người kia"})
    answer = clerk.post(url, data={**mine, "authors-0-full_name": "Của tôi"})
    assert "“Của người kia”" in error_at(answer.text, "authors-0-full_name")
    assert sent(record_form(answer.text))["authors-0-full_name"] == ["Của tôi"]


def test_links_that_the_other_took_away_stay_away(desk: Flask, clerk: FlaskClient, other: FlaskClient) -> None:
    with desk.app_context():
        event = next(event for event in db.session.scalars(select(Event)) if event.themes)
        id_, themes = event.id, [str(theme.id) for theme in event.themes]
    url = f"/events/edit/?id={id_}"
    mine = opened(clerk, url)
    assert save(other, url, {"themes": themes[1:] or [""]}).status_code == 302
    answer = clerk.post(url, data={**mine, "place": "Sân nhà văn hóa"})
    assert answer.status_code == 200
    again = sent(record_form(answer.text))
    assert [theme for theme in again["themes"] if theme] == themes[1:]
    assert again["place"] == ["Sân nhà văn hóa"]
    assert clerk.post(url, data=again).status_code == 302


def test_links_that_both_changed_are_told(desk: Flask, clerk: FlaskClient, other: FlaskClient) -> None:
    with desk.app_context():
        event = next(event for event in db.session.scalars(select(Event)) if event.themes)
        id_, had = event.id, set(event.themes)
        mine_too, theirs = [theme for theme in db.session.scalars(select(Theme)) if theme not in had][:2]
        mine_id, theirs_id, name = str(mine_too.id), str(theirs.id), theirs.name
    url = f"/events/edit/?id={id_}"
    mine = opened(clerk, url)
    assert save(other, url, {"themes": theirs_id}).status_code == 302
    answer = clerk.post(url, data={**mine, "themes": mine_id})
    assert name in error_at(answer.text, "themes")
    assert [theme for theme in sent(record_form(answer.text))["themes"] if theme] == [mine_id]


def test_a_form_of_a_deleted_record_can_be_saved_as_a_new_one(
    desk: Flask, clerk: FlaskClient, other: FlaskClient, task: int
) -> None:
    url = f"/tasks/edit/?id={task}"
    mine = opened(clerk, url)
    token = mine["csrf_token"]
    gone = sent(read(other.get(f"/tasks/delete/?id={task}").text).one("main").one("form", method="post"))
    assert other.post("/tasks/delete/", data=gone).status_code == 302
    answer = clerk.post(url, data={**mine, "name": "Gõ dở", "note": "còn đây"})
    assert answer.status_code == 200
    assert "vừa bị xóa" in " ".join(messages(answer.text))
    form = record_form(answer.text)
    assert (form["action"], sent(form)["name"]) == ("/tasks/new/", ["Gõ dở"])
    assert clerk.post(form["action"], data={**sent(form), "csrf_token": token}).status_code == 302
    with desk.app_context():
        assert db.session.scalars(select(Task.note).where(Task.name == "Gõ dở")).all() == ["còn đây"]
