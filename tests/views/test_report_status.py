"""The grid of reports, the reminder and the sums: what each cell says and where it leads."""

import io
from collections import Counter
from datetime import date

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Committee, Figure, Period, Report
from models.accounts.users import Role
from models.obligations import OPEN, Standing, obligations
from models.periods import PeriodKind
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import Element, messages, move, read, record_form, save, sent
from tests.statements import statements
from views.core.fields.formatting import number_text
from views.core.session import db

MONTHS = "/reports/grid/?kind=month&year=2023"
MISCOUNTED = "MTTQ-947", "03.1"


def table(page: str) -> Element:
    return read(page).one("main").one("table")


def rows(page: str) -> dict[str, list[Element]]:
    """The cells of each row by the name of its organisation."""
    found = table(page).one("tbody").all("tr")
    return {row.one("th")["title"]: row.all("td") for row in found}


def period_id(app: Flask, kind: PeriodKind, number: int = 1) -> int:
    with app.app_context():
        wanted = Period.kind == kind, Period.number == number, Period.year == 2023
        return db.session.scalars(select(Period.id).where(*wanted)).one()


@ON_SQLITE
def test_every_cell_says_how_its_report_stands(app: Flask, admin: FlaskClient) -> None:
    shown = rows(admin.get(MONTHS).text)
    with app.app_context():
        months = db.session.scalars(select(Period).where(Period.kind == "month").order_by(Period.number)).all()
        found = obligations(db.session(), months, date(2024, 1, 1))
        expected = Counter((str(o.organisation), str(o.standing)) for o in found)
    said = Counter((name, cell.text[1:].split(":")[0]) for name, cells in shown.items() for cell in cells)
    assert said == expected
    assert {cell.text[0] for cells in shown.values() for cell in cells} == {
        standing.sign for standing in Standing if standing is not Standing.AWAITED
    }


@ON_SQLITE
def test_a_cell_leads_to_its_report_or_to_the_form_for_it(app: Flask, admin: FlaskClient) -> None:
    shown = rows(admin.get(MONTHS).text)
    links = [(name, cell.one("a")) for name, cells in shown.items() for cell in cells]
    there = next(link["href"] for _name, link in links if "Đúng hạn" in link.text)
    assert there.startswith("/reports/details/")
    assert admin.get(there).status_code == 200
    name, missing = next((name, link["href"]) for name, link in links if "Chưa gửi" in link.text)
    form = record_form(admin.get(missing).text)
    with app.app_context():
        committee = db.session.scalars(select(Committee.id).where(Committee.name == name)).one()
    assert sent(form)["organisation"] == [str(committee)]
    assert sent(form)["period"] != [""]


@ON_SQLITE
def test_whoever_only_reads_is_led_to_no_form(app: Flask) -> None:
    reader = browser_of(app, add_person(app, Role.VIEWER).username)
    for cells in rows(reader.get(MONTHS).text).values():
        for cell in cells:
            assert bool(cell.all("a")) == ("Chưa gửi" not in cell.text)


def test_a_district_sees_its_branch(app: Flask) -> None:
    mine = browser_of(app, add_person(app, Role.EDITOR, "MTTQ-947").username)
    assert list(rows(mine.get(MONTHS).text)) == ["Ủy ban MTTQ Việt Nam huyện Mỹ Xuyên"]
    halves = rows(mine.get("/reports/grid/?kind=half_year").text)
    assert len(halves) == 12
    assert all("Mỹ Xuyên" in name for name in halves)
    page = mine.get("/reports/sums/").text
    assert "huyện Mỹ Xuyên" in read(page).one("p", class_="subtitle").text
    assert "Cấp trên" not in page


@ON_SQLITE
def test_the_level_narrows_the_grid(admin: FlaskClient) -> None:
    every = rows(admin.get("/reports/grid/?kind=half_year").text)
    districts = rows(admin.get("/reports/grid/?kind=half_year&level=district").text)
    assert len(districts) == 11
    assert districts.keys() < every.keys()


@ON_SQLITE
def test_the_pages_cost_few_statements_whatever_their_rows(app: Flask, admin: FlaskClient) -> None:
    for url in (MONTHS, "/reports/grid/?kind=half_year", "/reports/reminder/", "/reports/sums/?kind=year"):
        with statements(app) as seen:
            assert admin.get(url).status_code == 200
        assert len(seen) <= 10, url


@ON_SQLITE
def test_the_reminder_names_those_of_the_grid_and_its_workbook_too(app: Flask, admin: FlaskClient) -> None:
    id_ = period_id(app, PeriodKind.MONTH, 6)
    with app.app_context():
        found = obligations(db.session(), [db.session.get_one(Period, id_)], date(2024, 1, 1))
        names = [str(o.organisation) for o in found if o.standing in OPEN]
    assert names
    text = read(admin.get(f"/reports/reminder/?period={id_}").text).one(id="letter").raw
    assert [line.split(": ")[0] for line in text.splitlines() if line[:1].isdigit()] == [
        f"{place}. {name}" for place, name in enumerate(names, 1)
    ]
    with admin.get(f"/reports/reminder/export/?period={id_}") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [sheet.cell(row, 2).value for row in range(4, sheet.max_row + 1)] == names


@ON_SQLITE
def test_a_total_that_differs_is_marked_and_opens_to_its_parts(app: Flask, admin: FlaskClient) -> None:
    code, indicator = MISCOUNTED
    half = period_id(app, PeriodKind.HALF_YEAR)
    with app.app_context():
        committee = db.session.scalars(select(Committee).where(Committee.code == code)).one()
        own, home = committee.name, committee.id
        communes = select(Figure.value).join(Figure.report).join(Report.organisation.of_type(Committee))
        wanted = Report.counting(), Report.period_id == half, Committee.parent_id == home
        values = db.session.scalars(
            communes.where(*wanted, Figure.indicator.has(code=indicator)).order_by(Committee.code)
        ).all()
    page = admin.get(f"/reports/sums/?period={half}&organisation={home}").text
    assert read(page).one("p", class_="subtitle").text == own
    (line,) = (row for row in table(page).all("tr") if "lệch" in row.text)
    total, below = (line.one("td", data_label=label).text for label in ("Đã báo cáo", "Cấp dưới cộng lại"))
    assert (total, below) == (number_text(sum(values) + 3), number_text(sum(values)))
    assert "lệch +3" in line.text
    opened = read(admin.get(line.one("th").one("a")["href"].partition("#")[0]).text).one(id="opened")
    parts = opened.all("ul")[0].all("li")
    assert [part.one("span", class_="when").text for part in parts] == [number_text(value) for value in values]


@ON_SQLITE
def test_a_foreign_organisations_sums_are_not_shown(app: Flask) -> None:
    mine = browser_of(app, add_person(app, Role.EDITOR, "MTTQ-947").username)
    with app.app_context():
        others = db.session.scalars(select(Committee.id).where(Committee.code.in_(("MTTQ-94", "MTTQ-941")))).all()
    for id_ in others:
        page = read(mine.get(f"/reports/sums/?organisation={id_}").text).one("main")
        assert "Chưa có số liệu" in page.text


def test_a_year_is_opened_from_the_screen_and_awaited(desk: Flask, clerk: FlaskClient) -> None:
    values = sent(record_form(clerk.get("/periods/open-year/").text))
    for year, day in (("", "20"), ("2031", "0"), ("2031", "32"), ("9999", "20")):
        answer = clerk.post("/periods/open-year/", data=values | {"year": [year], "day": [day]})
        assert "Nhập năm" in " ".join(messages(answer.text)), (year, day)
    answer = clerk.post("/periods/open-year/", data=values | {"year": ["2031"], "day": ["25"]}, follow_redirects=True)
    assert "Đã mở 18 kỳ của năm 2031." in messages(answer.text)
    cells = [cell.text for row in rows(clerk.get("/reports/grid/?kind=month&year=2031").text).values() for cell in row]
    assert set(cells) == {"·Chưa đến hạn: chưa hạn"}
    assert len(cells) == 11 * 12


def test_a_new_version_takes_the_place_of_the_one_before(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        report = db.session.scalars(select(Report).where(Report.status == "accepted", Report.counting())).first()
        assert report is not None
        id_, revision = report.id, report.revision
    page = clerk.get(f"/reports/details/?id={id_}").text
    again = next(link["href"] for link in read(page).all("a") if link.text == "Lập lần gửi mới")
    assert save(clerk, again, {}).status_code == 302
    with desk.app_context():
        new = db.session.scalars(select(Report.id).order_by(Report.id.desc())).first() or 0
    move(clerk, "reports", [new], "sent", day="01/02/2024")
    counting = [
        item.text
        for item in read(clerk.get(f"/reports/details/?id={id_}").text).all("li")
        if "đang được tính" in item.text
    ]
    assert len(counting) == 1
    assert counting[0].startswith(f"Lần {revision + 1} gửi ngày 01/02/2024")
