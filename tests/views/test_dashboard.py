"""The first page: every figure against a count of its own, what is due, who has not reported, charts as drawings."""

import re
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

import views.dashboard
import views.desk
from models import Role
from models.initiatives import Stage
from models.records.clock import VIETNAM
from tests.conftest import add_person, browser_of, signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import Element, cells_in, ids_in, move, read, save
from tests.statements import statements
from views import PAGES, SCREENS
from views.core.fields.formatting import number_text
from views.core.session import db

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
DISTRICT, PROVINCE = "MTTQ-947", "MTTQ-94"
OVERDUE = "SELECT count(*) FROM task WHERE status IN ('to_do', 'under_way')"
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


def part(page: Element, heading: str) -> Element:
    """The part of the page under this heading."""
    return next(section for section in page.all("section") if section.one("h2").text.startswith(heading))


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
    assert "<svg" in views.dashboard._bars("Trống", [])  # noqa: SLF001
    assert 'width="0"' in views.dashboard._bars("Trống", [("Không", 0, 0)])  # noqa: SLF001


def test_names_in_charts_are_never_read_as_html() -> None:
    drawn = str(views.dashboard._bars("<b>", [("<img>", 1, None)]))  # noqa: SLF001
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
        assert len(names) == min(missing, views.desk.NAMED + 1)
        assert ("đã gửi đủ" in part.one("h3").text) == (not names)
        assert missing <= views.desk.NAMED or f"và {missing - views.desk.NAMED} đơn vị khác" in names


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
        move(clerk, "reports", [report], status, note="Thiếu số liệu")
        assert missing().count(name) == before + more, status


@ON_SQLITE
def test_what_is_late_stands_in_order(page: Element) -> None:
    items = part(page, "Trễ hạn").all("li")
    days = []
    for item in items:
        day, month, year = map(int, re.findall(r"\d+", item.one(class_="when").text))
        days.append(date(year, month, day))
    assert days == sorted(days)
    assert days[-1] < datetime.now(VIETNAM).date()
    assert len(days) == views.desk.LINES
    assert "đợt chưa kết thúc" in part(page, "Trễ hạn").text


@ON_SQLITE
def test_the_overdue_are_counted_and_lead_to_their_list(app: Flask, admin: FlaskClient, page: Element) -> None:
    link = part(page, "Trễ hạn").one("h2").one("a")
    overdue = count(app, f"{OVERDUE} AND due_on < :day", day=datetime.now(VIETNAM).date())
    assert link.text == f"{overdue} nhiệm vụ"
    shown = admin.get(f"{link['href']}&page_size=200").text
    assert len(ids_in(shown)) == overdue > 0
    assert all("quá hạn" in day for day in cells_in(shown, "Hạn"))
    assert "Quá hạn: có" in read(shown).one("ul", class_="chips").text
    others = admin.get("/tasks/?flt_overdue_is=0&page_size=200").text
    assert len(ids_in(others)) == count(app, "SELECT count(*) FROM task") - overdue


@ON_SQLITE
def test_a_task_of_many_places_is_one_line_that_leads_to_all(admin: FlaskClient, page: Element) -> None:
    lines = [item for item in part(page, "Trễ hạn").all("li") if "nơi làm" in item.text]
    assert lines
    for line in lines:
        places = int(re.findall(r"(\d+) nơi làm", line.text)[0])
        link = line.one("a")
        rows = cells_in(admin.get(link["href"]).text, "Nội dung nhiệm vụ")
        assert len(rows) == places > 1
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
    token = token_of(clerk.get("/account/password").text)
    clerk.post("/tasks/move/", data={"id": task, "to": "done", "day": tomorrow, "csrf_token": token})
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
@pytest.mark.parametrize(("home", "role"), [(DISTRICT, Role.EDITOR), (PROVINCE, Role.APPROVER)])
def test_the_first_page_costs_few_statements(desk: Flask, home: str, role: Role) -> None:
    client = browser_of(desk, add_person(desk, role, home).username)
    # The second time nothing was changed: what the book as a whole says isn't asked again.
    for most in (15, 10):
        with statements(desk) as seen:
            assert client.get("/").status_code == 200
        assert len(seen) <= most


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
        "Trong tháng qua không có gì bị trả lại.",
        "Trong tháng tới không có ngày nào phải nhớ.",
        "Mọi đơn vị đã gửi báo cáo đến hạn.",
    ]


# -- the desk


def waiting(client: FlaskClient) -> dict[tuple[str, str], tuple[int, str]]:
    """What the desk says waits: noun and stage, how many, and where it leads."""
    found, noun = {}, ""
    for element in part(read(client.get("/").text).one("main"), "Đang chờ tôi").all("h3", "li"):
        if element.tag == "h3":
            noun = element.text.removesuffix(" Xem dạng bảng")
        else:
            found[noun, element.one("a").text] = int(element.one("b").text), element.one("a")["href"]
    return found


@pytest.mark.parametrize(
    ("home", "role", "nouns"),
    [
        (DISTRICT, Role.VIEWER, {}),
        (DISTRICT, Role.EDITOR, {"Sáng kiến, mô hình": {"Mới đăng ký"}, "Nhiệm vụ": {"Chưa làm", "Đang làm"}}),
        (
            DISTRICT,
            Role.APPROVER,
            {"Sáng kiến, mô hình": {"Mới đăng ký", "Đủ hồ sơ"}, "Nhiệm vụ": {"Chưa làm", "Đang làm"}},
        ),
        (PROVINCE, Role.EDITOR, {"Sáng kiến, mô hình": {"Cơ sở đã thẩm định"}, "Báo cáo": {"Đã gửi"}}),
    ],
)
def test_what_waits_is_what_this_role_and_seat_may_move_on(
    desk: Flask, home: str, role: Role, nouns: dict[str, set[str]]
) -> None:
    client = browser_of(desk, add_person(desk, role, home).username)
    found = waiting(client)
    for noun, stages in nouns.items():
        assert {stage for other, stage in found if other == noun} == stages
    assert nouns or not found
    for count_, url in found.values():
        assert len(ids_in(client.get(f"{url}&page_size=200").text)) == count_


@ON_SQLITE
def test_what_waits_for_the_province_is_not_what_waits_for_a_district(desk: Flask) -> None:
    approver = browser_of(desk, add_person(desk, Role.APPROVER, PROVINCE).username)
    found = waiting(approver)
    stages = ("appraised", "council", "decided", "sent")
    query = "SELECT count(*) FROM initiative WHERE stage = :stage"
    assert [n for (noun, _s), (n, _u) in found.items() if noun == "Sáng kiến, mô hình"] == [
        count(desk, query, stage=stage) for stage in stages
    ]
    reports = """SELECT count(*) FROM report r JOIN organisation o ON o.id = r.organisation_id
        LEFT JOIN organisation p ON p.id = o.parent_id
        WHERE r.status = 'sent' AND (p.id IS NULL OR p.level = 'province')"""
    assert found["Báo cáo", "Đã gửi"][0] == count(desk, reports) > 0
    tasks = "SELECT count(*) FROM task t JOIN organisation o ON o.id = t.owner_id WHERE t.status = 'to_do' AND o.level"
    assert found["Nhiệm vụ", "Chưa làm"][0] == count(desk, f"{tasks} = 'province'") < count(desk, f"{tasks} <> 'x'")


@ON_SQLITE
def test_what_came_back_is_said_until_it_goes_on(own_app: Flask) -> None:
    approver, editor = (
        browser_of(own_app, add_person(own_app, role, DISTRICT).username) for role in (Role.APPROVER, Role.EDITOR)
    )
    foreign = browser_of(own_app, add_person(own_app, Role.EDITOR, "MTTQ-941").username)
    id_ = count(own_app, "SELECT min(id) FROM initiative WHERE stage = 'dossier' AND code LIKE 'SK-947-%'")
    token = token_of(approver.get("/account/password").text)

    def move(to: str, note: str) -> None:
        approver.post("/initiatives/move/", data={"id": id_, "to": to, "note": note, "csrf_token": token})

    def told(client: FlaskClient) -> str:
        return part(read(client.get("/").text).one("main"), "Bị trả lại").text

    assert "Thiếu chân dung" not in told(editor)
    move("registered", "Thiếu chân dung")
    assert "Đủ hồ sơ → Mới đăng ký: Thiếu chân dung" in told(editor)
    assert "Thiếu chân dung" not in told(foreign)
    move("dossier", "")
    assert "không có gì bị trả lại" in told(editor)


@ON_SQLITE
def test_the_next_days_are_the_calendars(own_app: Flask) -> None:
    clerk = signed_in(own_app, Role.ADMINISTRATOR)
    today = datetime.now(VIETNAM).date()
    for code, days in (("NV-0", 0), ("NV-9", 9), ("NV-99", 99), ("NV-X", 5)):
        typed = {"code": code, "name": f"Việc {code}", "due_on": f"{today + timedelta(days=days):%d/%m/%Y}"}
        owner = count(own_app, "SELECT id FROM organisation WHERE code = 'MTTQ-94'")
        assert save(clerk, "/tasks/new/", typed | {"owner": str(owner)}).status_code == 302
    task = count(own_app, "SELECT id FROM task WHERE code = 'NV-X'")
    token = token_of(clerk.get("/account/password").text)
    clerk.post("/tasks/move/", data={"id": task, "to": "done", "csrf_token": token})
    lines = part(read(clerk.get("/").text).one("main"), "Sắp đến ngày").all("li")
    assert [line.one("a").text for line in lines] == ["Việc NV-0", "Việc NV-9"]
    assert "warn" in lines[0].one(class_="when").all("span")[0].classes
    assert lines[1].one(class_="when sub").text == f"{today + timedelta(days=9):%d/%m/%Y}"
