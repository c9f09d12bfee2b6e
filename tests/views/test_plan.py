"""The plan's page: every clause of parts II and III has its place, and each figure is the length of its list."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Role, Task
from models.plan import Clause, Measure
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import Element, read
from tests.statements import statements
from views import SCREENS
from views.core.session import db
from views.plan import COUNTS

pytestmark = ON_SQLITE
DOERS = {
    "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh": 9,
    "Ban Thường trực Ủy ban MTTQ Việt Nam các huyện, thị xã, thành phố": 4,
    "Liên đoàn Lao động tỉnh": 1,
    "Hội Nông dân tỉnh": 1,
    "Đoàn TNCS Hồ Chí Minh tỉnh": 1,
    "Hội Liên hiệp Phụ nữ tỉnh": 1,
    "Hội Cựu chiến binh tỉnh": 1,
    "Các tổ chức thành viên khác": 1,
    "Các tổ chức chính trị - xã hội": 4,
    "Ban Phong trào – Tuyên giáo, Văn phòng": 1,
    "Các ban, đơn vị chuyên môn": 1,
    "Hội đồng Thi đua – Khen thưởng": 1,
}
"""Whom part III names, and how many clauses it gives each."""


@pytest.fixture(scope="module")
def page(desk: Flask, clerk: FlaskClient) -> Element:
    return read(clerk.get("/plan/").text).one("main")


def clauses_of(page: Element) -> list[Element]:
    return [item for item in page.all("li") if "clause" in item.classes]


def heads(page: Element) -> list[tuple[str, str]]:
    """Number and doer of each clause."""
    found = []
    for clause in clauses_of(page):
        head = clause.one("h3")
        found.append((head.one("b").text, head.one("span").text if head.all("span") else ""))
    return found


def test_every_clause_of_parts_ii_and_iii_is_there(page: Element) -> None:
    numbers = [number for number, _doer in heads(page)]
    assert [number for number in numbers if number.startswith("II.")] == [f"II.{n}" for n in range(1, 11)]
    doers = [doer for number, doer in heads(page) if number.startswith("III.")]
    assert {doer: doers.count(doer) for doer in doers} == DOERS
    for section in ("III.1", "III.2", "III.3.1", "III.3.2", "III.3.3", "III.3.4", "III.3.5", "III.4"):
        assert any(f"{number}.".startswith(f"{section}.") for number in numbers), section
    assert "III (đoạn cuối)" in numbers


def test_every_clause_has_a_screen_and_a_figure(page: Element) -> None:
    for clause in clauses_of(page):
        links = clause.one("ul").all("a")
        assert links, clause.text
        assert all(re.search(r"\d", item.text) for item in clause.one("ul").all("li"))


def test_each_figure_is_the_length_of_its_list(clerk: FlaskClient, page: Element) -> None:
    links = {}
    for item in [item for clause in clauses_of(page) for item in clause.one("ul").all("li")]:
        for link in item.one("span").all("a"):
            links[link["href"]] = int(link.text.split()[-1])
    assert len(links) > 60
    assert sum(count > 0 for count in links.values()) > 40
    screens = {url.split("?")[0].strip("/") for url in links} - {"festival"}
    for url, count in links.items():
        if url.startswith("/festival/"):
            continue
        answer = clerk.get(f"{url}{'&' if '?' in url else '?'}page_size=20")
        assert "Không lọc được" not in answer.text, url
        shown = re.search(r"trong ([\d.]+)", read(answer.text).one("main").text)
        assert (int(shown[1].replace(".", "")) if shown else 0) == count, url
    assert len(screens) >= 8


def test_every_measure_is_counted(page: Element) -> None:
    assert set(COUNTS) == set(Measure) - {Measure.TASKS, Measure.FESTIVALS}
    assert {count.record for count in COUNTS.values()} <= {screen.record for screen in SCREENS}


def test_every_task_of_the_plan_belongs_to_a_clause(desk: Flask, page: Element) -> None:
    with desk.app_context():
        named = set(db.session.scalars(select(Task.clause).where(Task.plan_id.is_not(None)).distinct()))
        assert named <= set(db.session.scalars(select(Clause.number)))


def test_a_district_counts_its_own(desk: Flask, page: Element) -> None:
    clerk = browser_of(desk, add_person(desk, Role.VIEWER, "MTTQ-947").username)
    mine = read(clerk.get("/plan/").text).one("main")
    assert heads(mine) == heads(page)
    festivals = [
        next(item for clause in clauses_of(one) for item in clause.one("ul").all("li") if "Ngày hội" in item.text)
        for one in (mine, page)
    ]
    few, all_ = (int(item.one("b").text) for item in festivals)
    assert 0 < few < all_


@pytest.mark.parametrize("odd", ["year=x", "year=1990", "plan=x", "plan=999999"])
def test_what_can_not_be_read_is_left_out(clerk: FlaskClient, odd: str) -> None:
    assert clerk.get(f"/plan/?{odd}").status_code == 200


def test_the_page_costs_few_statements(desk: Flask, clerk: FlaskClient) -> None:
    clerk.get("/plan/")
    with statements(desk) as seen:
        clerk.get("/plan/")
    assert len(seen) <= 10
