"""The secret link to one's calendar: made, shown once, read, ended; never more than its owner may see."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from models import CalendarLink, Event, Organisation, Role, Task, User
from models.events import EventKind
from models.history.audit import AuditEntry, AuditKind
from models.records.clock import now
from tests.conftest import add_person, browser_of, token_of
from tests.databases import ON_SQLITE
from tests.pages import read
from tests.statements import statements
from views.core.session import db

HOME, FOREIGN = "MTTQ-947", "MTTQ-941"


@pytest.fixture(scope="module")
def planned(desk: Flask) -> Flask:
    """The application with an event ahead in each of two districts."""
    with desk.app_context():
        for code in (HOME, FOREIGN):
            home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
            soon = now().date() + timedelta(days=9)
            made = Event(code=f"SAP-{code}", name=f"Sắp tới {code}", kind=EventKind.WORKSHOP, unit=home.unit)
            made.organisation, made.starts_on = home, soon
            db.session.add(made)
            db.session.add(Task(code=f"VIEC-{code}", name=f"Việc {code}", owner=home, due_on=soon))
        db.session.commit()
    return desk


def link_of(client: FlaskClient, action: str = "/account/calendar") -> str:
    """Make a link, as the account page does; the address it shows."""
    page = client.post(action, data={"csrf_token": token_of(client.get("/account").text)})
    return read(page.text).one("code", class_="secret").text


def summaries(client: FlaskClient, link: str) -> set[str]:
    answer = client.get(link)
    assert answer.status_code == 200
    return {str(event["summary"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")}


def test_a_link_opens_the_owners_calendar_to_a_programme(planned: Flask) -> None:
    owner = add_person(planned, Role.VIEWER, HOME)
    link = link_of(browser_of(planned, owner.username))
    stranger = planned.test_client()
    answer = stranger.get(link)
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    found = summaries(stranger, link)
    assert {f"Hội thảo, tọa đàm: Sắp tới {HOME}", f"Hạn nhiệm vụ: Việc {HOME}"} <= found
    assert not any(FOREIGN in text for text in found)
    assert stranger.get("/account").status_code == 302
    days = [event.decoded("dtstart") for event in Calendar.from_ical(answer.data).walk("VEVENT")]
    assert min(days) > now().date() - timedelta(days=402)
    assert all(type(day) is date for day in days)


def test_the_address_may_ask_for_less(planned: Flask) -> None:
    link = link_of(browser_of(planned, add_person(planned, Role.VIEWER, HOME).username))
    assert summaries(planned.test_client(), f"{link}?kind=task-due_on") == {f"Hạn nhiệm vụ: Việc {HOME}"}


def test_only_the_newest_link_opens_and_none_once_ended(planned: Flask) -> None:
    client = browser_of(planned, add_person(planned, Role.EDITOR, HOME).username)
    old, new = link_of(client), link_of(client)
    stranger = planned.test_client()
    assert (stranger.get(old).status_code, stranger.get(new).status_code) == (404, 200)
    assert "liên kết tạo" in client.get("/account").text
    assert new.rpartition("/")[2] not in client.get("/account").text
    client.post("/account/calendar/end", data={"csrf_token": token_of(client.get("/account").text)})
    assert stranger.get(new).status_code == 404
    assert "chưa có liên kết" in client.get("/account").text


def test_a_link_follows_its_owner(planned: Flask) -> None:
    owner = add_person(planned, Role.VIEWER, HOME)
    link = link_of(browser_of(planned, owner.username))
    with planned.app_context():
        user = db.session.get_one(User, owner.id)
        user.organisation = db.session.scalars(select(Organisation).where(Organisation.code == FOREIGN)).one()
        db.session.commit()
    found = summaries(planned.test_client(), link)
    assert f"Hạn nhiệm vụ: Việc {FOREIGN}" in found
    assert f"Hạn nhiệm vụ: Việc {HOME}" not in found
    with planned.app_context():
        db.session.get_one(User, owner.id).active = False
        db.session.commit()
    assert planned.test_client().get(link).status_code == 404


def test_the_database_and_the_history_do_not_know_the_link(planned: Flask) -> None:
    owner = add_person(planned, Role.VIEWER, HOME)
    token = link_of(browser_of(planned, owner.username)).rpartition("/")[2].removesuffix(".ics")
    with planned.app_context():
        assert db.session.get_one(CalendarLink, owner.id).token_hash != token
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.kind, entry.act_name, entry.record_id) == (AuditKind.ACCOUNT, "Tạo liên kết lịch", owner.id)
        assert token not in str(entry.changes)


@ON_SQLITE
def test_an_unknown_link_is_no_page(planned: Flask) -> None:
    for token in ("x", "a" * 43, "%00"):
        assert planned.test_client().get(f"/calendar/{token}.ics").status_code == 404


@ON_SQLITE
def test_a_feed_costs_few_statements(planned: Flask) -> None:
    link = link_of(browser_of(planned, add_person(planned, Role.VIEWER).username))
    with statements(planned) as seen:
        planned.test_client().get(link)
    assert len(seen) <= 10
