"""The first page: every figure against a count of its own, what is due, who has not reported, charts as drawings."""

import re
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

import views.home
from models import Role
from models.initiatives import Stage
from tests.conftest import signed_in
from tests.databases import ON_SQLITE
from tests.pages import Element, cells_in, ids_in, read, save
from tests.statements import statements
from views import PAGES, SCREENS
from views.cells import VIETNAM, number_text
from views.session import db

HELD = """
    SELECT sum(r.areas_held) FROM festival_result r JOIN event e ON e.id = r.event_id JOIN unit u ON u.id = e.unit_id
    WHERE e.year = 2023 AND u.level = 'area'
"""
MISSING = """
    SELECT count(*) FROM organisation c JOIN period p ON p.id = :period
    WHERE (c.reports_every = p.kind OR c.reports_every = 'month' OR p.kind = 'year' AND c.reports_every IS NOT NULL
           OR p.kind = 'half_year' AND c.reports_every = 'quarter') AND NOT EXISTS (
        SELECT 1 FROM report r
        WHERE r.organisation_id = c.id AND r.period_id = p.id AND r.status IN ('sent', 'accepted'))
"""
COUNTS = {
    "areas": "SELECT count(*) FROM unit WHERE level = 'area' AND valid_to IS NULL",
    "held": HELD,
    "waiting": "SELECT count(*) FROM initiative WHERE stage = 'appraised'",
    "pilots": "SELECT count(*) FROM pilot_area WHERE year = 2023 AND area_id IS NULL",
    "awarded": "SELECT count(*) FROM nomination WHERE stage = 'awarded'",
}


def count(app: Flask, query: str, **given: object) -> int:
    with app.app_context():
        return int(db.session.scalar(text(query), given) or 0)


@pytest.fixture
def page(admin: FlaskClient) -> Element:
    return read(admin.get("/").text).one("main")


def chart(page: Element, title: str) -> dict[str, str]:
    """The bars of a chart: what each is called and what it says."""
    drawing = page.one("svg", aria_label=title)
    names = [axis.one("title").text for axis in drawing.all("text", class_="axis")]
    return dict(zip(names, [value.text for value in drawing.all("text", class_="val")], strict=True))


def test_the_figures_are_true(app: Flask, page: Element) -> None:
    shown = [figure.one("b").text for figure in page.all("a") if "kpi" in figure.classes]
    known = {name: number_text(count(app, query)) for name, query in COUNTS.items()}
    with app.app_context():
        periods = db.session.scalars(
            text('SELECT id FROM period WHERE "open" = :open ORDER BY due_on DESC LIMIT 3'), {"open": True}
        ).all()
    missing = sum(count(app, MISSING, period=period) for period in periods)
    assert shown == [f"{known['held']} / {known['areas']}", known["waiting"], known["pilots"], number_text(missing)]


@ON_SQLITE
def test_a_figure_leads_to_the_list_that_it_counts(app: Flask, admin: FlaskClient, page: Element) -> None:
    links = [figure["href"] for figure in page.all("a") if "kpi" in figure.classes]
    for link in links:
        assert admin.get(link).status_code == 200
    assert len(ids_in(admin.get(f"{links[1]}&page_size=200").text)) == count(app, COUNTS["waiting"])
    unchosen = [text for text in cells_in(admin.get(links[2]).text, "Khu dân cư được chọn") if text == "–"]
    assert len(unchosen) == count(app, COUNTS["pilots"])


def test_initiatives_are_drawn_by_stage(app: Flask, page: Element) -> None:
    query = "SELECT count(*) FROM initiative WHERE stage = :stage"
    expected = {stage.label: number_text(count(app, query, stage=stage.value)) for stage in Stage}
    assert chart(page, "Sáng kiến theo giai đoạn") == expected


def test_awards_are_drawn_by_form(app: Flask, page: Element) -> None:
    bars = chart(page, "Khen thưởng theo hình thức")
    assert sum(int(value) for value in bars.values()) == count(app, COUNTS["awarded"]) > 0


def test_festivals_are_drawn_by_district(app: Flask, page: Element) -> None:
    bars = chart(page, "Ngày hội 2023 theo huyện")
    with app.app_context():
        districts = db.session.execute(text("SELECT name, path || id || '/%' FROM unit WHERE level = 'district'")).all()
    assert len(bars) == len(districts) == 11
    for name, branch in districts:
        held = count(app, f"{HELD} AND u.path LIKE :branch", branch=branch)
        areas = count(app, f"{COUNTS['areas']} AND path LIKE :branch", branch=branch)
        assert bars[name] == f"{held}/{areas}"


@ON_SQLITE
def test_a_communes_own_summary_is_not_counted_again(desk: Flask, clerk: FlaskClient) -> None:
    def figure() -> str:
        return next(a.one("b").text for a in read(clerk.get("/").text).one("main").all("a") if "kpi" in a.classes)

    before = figure()
    commune = count(desk, "SELECT id FROM unit WHERE level = 'commune' ORDER BY id LIMIT 1")
    typed = {"code": "NH-H", "name": "Ngày hội toàn xã", "kind": "festival", "year": "2023", "unit": str(commune)}
    result = {"festival_results-0-areas_total": "50", "festival_results-0-areas_held": "49"}
    assert save(clerk, "/events/new/", typed | result).status_code == 302
    assert count(desk, "SELECT max(areas_held) FROM festival_result") == 49
    assert figure() == before


@ON_SQLITE
def test_bars_are_as_long_as_they_say(page: Element) -> None:
    for drawing in page.all("svg"):
        assert drawing["role"] == "img"
        ends = [value.text.split("/") for value in drawing.all("text", class_="val")]
        lengths = [int(bar["width"]) for bar in drawing.all("rect", class_="bar")]
        rooms = [int(bar["width"]) for bar in drawing.all("rect", class_="bar-bg")]
        top = max(int(end[-1].replace(".", "")) for end in ends)
        for end, length, room in zip(ends, lengths, rooms, strict=True):
            value, *whole = (int(part.replace(".", "")) for part in end)
            assert length == round(room * value / (whole[0] if whole else top))


@ON_SQLITE
def test_charts_are_drawings_of_the_page(page: Element) -> None:
    assert len(page.all("svg")) == 3
    assert page.all("script", "canvas", "img", "iframe") == []


def test_a_chart_of_nothing_is_still_a_chart() -> None:
    assert "<svg" in views.home._bars("Trống", [])  # noqa: SLF001
    assert 'width="0"' in views.home._bars("Trống", [("Không", 0, 0)])  # noqa: SLF001


def test_names_in_charts_are_never_read_as_html() -> None:
    drawn = str(views.home._bars("<b>", [("<img>", 1, None)]))  # noqa: SLF001
    assert "<img>" not in drawn
    assert "<b>" not in drawn


def test_who_has_not_reported_is_named(app: Flask, page: Element) -> None:
    parts = page.all("div", class_="missing")
    assert parts
    for part in parts:
        label = part.one("h3").text.split(" hạn ")[0]
        period = count(app, "SELECT id FROM period WHERE name = :name", name=label)
        names = [item.text for item in part.all("li")]
        missing = count(app, MISSING, period=period)
        assert len(names) == min(missing, views.home.NAMED + 1)
        assert ("đã gửi đủ" in part.one("h3").text) == (not names)
        assert missing <= views.home.NAMED or f"và {missing - views.home.NAMED} đơn vị khác" in names


def test_a_report_that_is_sent_is_no_longer_missing(desk: Flask, clerk: FlaskClient) -> None:
    def missing() -> list[str]:
        parts = read(clerk.get("/").text).all("div", class_="missing")
        return [item.text for part in parts for item in part.all("li")]

    with desk.app_context():
        period, committee, name = db.session.execute(
            text(
                "SELECT r.period_id, r.organisation_id, o.name FROM report r JOIN period p ON p.id = r.period_id"
                " JOIN organisation o ON o.id = r.organisation_id WHERE r.status = 'accepted'"
                " AND o.level = 'district' AND o.family = 'committee' ORDER BY p.due_on DESC"
            )
        ).first() or (0, 0, "")
    report = count(desk, "SELECT id FROM report WHERE period_id = :p AND organisation_id = :o", p=period, o=committee)
    before = missing().count(name)
    for status, more in (("returned", 1), ("accepted", 0)):
        typed = {"status": status, "return_reason": "Thiếu số liệu"}
        assert save(clerk, f"/reports/edit/?id={report}", typed).status_code == 302
        assert missing().count(name) == before + more, status


@ON_SQLITE
def test_what_is_due_stands_in_order_and_says_what_is_overdue(page: Element) -> None:
    part = next(section for section in page.all("section") if section.one("h2").text == "Việc đến hạn")
    items = part.all("li")
    today = datetime.now(VIETNAM).date()
    days = []
    for item in items:
        day, month, year = map(int, re.findall(r"\d+", item.one(class_="when").all("span")[0].text))
        days.append(date(year, month, day))
        assert ("quá hạn" in item.text) == (days[-1] < today)
        assert ("late" in item.one(class_="when").all("span")[0].classes) == (days[-1] < today)
    assert days == sorted(days)
    assert len(days) >= 6


@ON_SQLITE
def test_a_task_of_many_places_is_one_line_that_leads_to_all(admin: FlaskClient, page: Element) -> None:
    lines = [item for item in page.all("li") if "nơi làm" in item.text]
    assert lines
    for line in lines:
        places = int(re.findall(r"(\d+) nơi làm", line.text)[0])
        link = line.one("a")
        rows = cells_in(admin.get(link["href"]).text, "Nội dung nhiệm vụ")
        assert len(rows) >= places > 1
        assert set(rows) == {link.text}


@ON_SQLITE
def test_what_is_done_is_no_longer_due(desk: Flask, clerk: FlaskClient) -> None:
    def due() -> list[str]:
        return [link.text for item in read(clerk.get("/").text).one("main").all("li") for link in item.all("a")]

    tomorrow = f"{datetime.now(VIETNAM).date() - timedelta(days=20_000):%d/%m/%Y}"
    owner = count(desk, "SELECT id FROM organisation WHERE code = 'MTTQ-94'")
    typed = {"code": "NV-1", "name": "Việc rất cũ", "owner": str(owner), "due_on": tomorrow}
    assert save(clerk, "/tasks/new/", typed).status_code == 302
    task = count(desk, "SELECT id FROM task WHERE code = 'NV-1'")
    assert "Việc rất cũ" in due()
    assert save(clerk, f"/tasks/edit/?id={task}", {"status": "done", "done_on": tomorrow}).status_code == 302
    assert "Việc rất cũ" not in due()


@ON_SQLITE
def test_every_list_stands_with_its_count(app: Flask, page: Element) -> None:
    links = {
        link["href"]: item
        for part in page.all("div", class_="counts")
        for item in part.all("li")
        for link in item.all("a")
    }
    lists = {f"{app.extensions['screens'][cls.record].url}/" for cls in SCREENS}
    assert set(links) == lists | {f"/{page.path}/" for page in PAGES}
    assert links["/units/"].one("span").text.replace(".", "") == str(count(app, "SELECT count(*) FROM unit"))


@ON_SQLITE
def test_readers_see_the_same_figures(app: Flask, page: Element) -> None:
    other = read(signed_in(app, Role.VIEWER).get("/").text).one("main")
    figures = [[f.text for f in p.all("a") if "kpi" in f.classes] for p in (page, other)]
    assert figures[0] == figures[1]
    assert "/users/" not in [link["href"] for link in other.all("a")]


@ON_SQLITE
def test_the_first_page_costs_few_statements(app: Flask, admin: FlaskClient) -> None:
    with statements(app) as seen:
        assert admin.get("/").status_code == 200
    assert len(seen) <= 14


@ON_SQLITE
def test_an_empty_book_has_a_first_page(own_app: Flask) -> None:
    with own_app.app_context():
        for table in ("figure", "report", "period", "nomination", "appraisal", "author", "dossier_item", "media_item"):
            db.session.execute(text(f"DELETE FROM {table}").execution_options(recorded=True))  # noqa: S608  names of ours
        for table in ("initiative", "pilot_area", "festival_result", "event_theme", "event", "task"):
            db.session.execute(text(f"DELETE FROM {table}").execution_options(recorded=True))  # noqa: S608
        db.session.commit()
    page = read(signed_in(own_app, Role.ADMINISTRATOR).get("/").text).one("main")
    assert [figure.one("b").text for figure in page.all("a") if "kpi" in figure.classes] == ["0 / 775", "0", "0", "0"]
    assert [part.text for part in page.all("p", class_="empty")] == [
        "Không có việc nào sắp đến hạn.",
        "Mọi đơn vị đã gửi báo cáo đến hạn.",
    ]
