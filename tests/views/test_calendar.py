"""The calendar page: a month, a list, a day; narrowed, within the reader's scope, at a fixed cost."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from models import Role
from models.calendar import sources
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import Element, read
from tests.statements import statements
from views.core.session import db

pytestmark = ON_SQLITE
NOVEMBER = "/calendar/?month=2023-11"


def main_of(client: FlaskClient, url: str) -> Element:
    answer = client.get(url)
    assert answer.status_code == 200
    return read(answer.text).one("main")


def days_of(page: Element) -> Iterator[Element]:
    return (item for item in page.all("li") if "day" in item.classes)


def count_of(page: Element) -> int:
    """How many entries the days stand for, as their lines say."""
    lines = [line for day in days_of(page) if "outside" not in day.classes for line in day.all("li")]
    return sum(int(line.one("b").text) if line.all("b") else 1 for line in lines)


def test_a_month_has_whole_weeks_and_every_entry(app: Flask, admin: FlaskClient) -> None:
    page = main_of(admin, NOVEMBER)
    days = list(days_of(page))
    assert len(days) == 35
    assert [day.one("h2").text.split(",")[0] for day in days[:2]] == ["Thứ Hai", "Thứ Ba"]
    assert sum("outside" not in day.classes for day in days) == 30
    counts = {
        "event": "starts_on",
        "task": "due_on",
        "registration": "due_on",
        "period": "due_on",
        "award_round": "due_on",
        "movement": "ends_on",
        "recommendation": "due_on",
    }
    query = "SELECT count(*) FROM {} WHERE {} BETWEEN '2023-11-01' AND '2023-11-30'"
    with app.app_context():
        # Names of tables and columns are our own.
        expected = sum(db.session.scalar(text(query.format(*pair))) or 0 for pair in counts.items())
    assert {f"{table}-{day}" for table, day in counts.items()} == {source.key for source in sources()}
    assert count_of(page) == expected > 700


def test_a_line_of_many_leads_to_all_of_them(admin: FlaskClient) -> None:
    page = main_of(admin, NOVEMBER)
    lines = [line for day in days_of(page) for line in day.all("li") if line.all("b")]
    assert len(lines) > 18
    for line in lines[:3]:
        shown = main_of(admin, line.one("a")["href"])
        (day,) = days_of(shown)
        assert len(day.all("li")) == int(line.one("b").text)
    assert admin.get(day.all("li")[0].one("a")["href"]).status_code == 200


@pytest.mark.parametrize("view", ["", "&view=list"])
def test_months_follow_one_another(admin: FlaskClient, view: str) -> None:
    page = main_of(admin, f"/calendar/?month=2023-12{view}")
    before, after = (page.one("a", rel=rel)["href"] for rel in ("prev", "next"))
    assert ("month=2023-11" in before, "month=2024-01" in after) == (True, True)
    assert all(("view=list" in url) == bool(view) for url in (before, after))
    day = main_of(admin, "/calendar/?day=2023-12-31")
    assert "day=2024-01-01" in day.one("a", rel="next")["href"]


def test_an_empty_month_says_where_there_is_something(admin: FlaskClient) -> None:
    page = main_of(admin, "/calendar/?month=2030-01")
    assert "Gần nhất: tháng" in page.text
    near = next(a["href"] for a in page.all("a") if a.text.startswith("Gần nhất"))
    assert count_of(main_of(admin, near)) > 0


@pytest.mark.parametrize(
    "odd", ["month=x", "month=0000-01", "month=9999-12", "day=2023-02-30", "kind=x&unit=x", "unit=-1"]
)
def test_what_can_not_be_read_is_left_out(admin: FlaskClient, odd: str) -> None:
    assert len(list(days_of(main_of(admin, f"/calendar/?{odd}")))) in (28, 35, 42)


def test_kind_unit_and_owner_narrow_it(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        ids = [
            db.session.scalar(text(query))
            for query in (
                "SELECT id FROM unit WHERE code = '947'",
                "SELECT id FROM organisation WHERE code = 'MTTQ-947'",
            )
        ]
    whole = count_of(main_of(admin, NOVEMBER))
    festivals = count_of(main_of(admin, f"{NOVEMBER}&kind=event-starts_on-festival"))
    here = count_of(main_of(admin, f"{NOVEMBER}&kind=event-starts_on-festival&unit={ids[0]}"))
    owned = count_of(main_of(admin, f"{NOVEMBER}&kind=task-due_on&organisation={ids[1]}"))
    assert whole > festivals > here > owned > 0
    page = main_of(admin, f"{NOVEMBER}&unit={ids[0]}")
    assert page.one(id="calendar-unit")["value"].startswith("Huyện Mỹ Xuyên")
    assert all(f"unit={ids[0]}" in page.one("a", rel=rel)["href"] for rel in ("prev", "next"))


def test_a_district_sees_its_own(app: Flask, admin: FlaskClient) -> None:
    clerk = browser_of(app, add_person(app, Role.EDITOR, "MTTQ-947").username)
    with app.app_context():
        unit = db.session.scalar(text("SELECT id FROM unit WHERE code = '947'"))
        foreign = db.session.scalar(text("SELECT id FROM unit WHERE code = '941'"))
    kind = "&kind=event-starts_on-festival"
    mine = count_of(main_of(clerk, NOVEMBER + kind))
    assert mine == count_of(main_of(admin, f"{NOVEMBER}{kind}&unit={unit}"))
    # A unit out of sight narrows nothing, and tells nothing.
    assert count_of(main_of(clerk, f"{NOVEMBER}{kind}&unit={foreign}")) == mine


def test_a_month_costs_few_statements(app: Flask, admin: FlaskClient) -> None:
    found = []
    for url in (NOVEMBER, "/calendar/?month=2023-02", "/calendar/?day=2023-11-15", "/calendar/?month=2030-01"):
        admin.get(url)
        with statements(app) as seen:
            admin.get(url)
        found.append(len(seen))
    assert max(found) <= 10
    assert found[0] == found[1] == found[2]
