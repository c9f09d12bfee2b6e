"""Every pack on the demo year: made, opened again, its sums against the database's, computed anew and printed."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from exports.annex import Annex, Look, lines
from exports.layout import plan
from exports.news import news
from exports.registry import (
    PACKS,
    NothingSuchError,
    PackOptions,
    make,
    options_of,
    slug,
    unit_of,
    write,
    write_each_district,
)
from models import (
    Council,
    Event,
    FestivalResult,
    Initiative,
    Nomination,
    Person,
    Position,
    Post,
    Registration,
    Task,
    Unit,
)
from models.awards import NominationStage
from models.initiatives import Stage
from models.oddities import oddities
from models.records.clock import now
from models.reports import Figure, Indicator
from models.units import Level
from tests import needs
from tests.databases import ON_SQLITE, Databases, connected

RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
"""LibreOffice's setting to compute every formula anew; by itself it believes what the file says."""
DAY = date(2023, 11, 20)
UNIT = "my-xuyen"


@pytest.fixture(scope="module")
def book_of_year(databases: Databases, year: str) -> Iterator[Session]:
    """A session on the demo year, for tests that only read."""
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        yield session


def options(session: Session, name: str, **chosen: str) -> PackOptions:
    asked = {"day": f"{DAY}", "year": "2023", **chosen}
    return options_of(session, PACKS[name], asked, personal=False, who="Người thử", today=DAY)


def sheets_of(session: Session, name: str, **chosen: str) -> dict[str, Annex]:
    made = make(session, PACKS[name], options(session, name, **chosen))
    return {sheet.sheet: sheet for sheet in made.sheets}


def column(annex: Annex, key: str, look: Look = Look.ROW) -> list[Any]:
    place = next(place for place, each in enumerate(annex.columns) if each.key == key)
    return [line.cells[place].value for line in lines(annex) if line.look is look]


def total(annex: Annex, key: str) -> Any:
    (found,) = column(annex, key, Look.TOTAL)
    return found


def of_sqlite(session: Session, sql: str, **values: Any) -> Any:
    """What the database itself says."""
    return session.execute(text(sql), values).scalar()


# -- what is in them


@pytest.mark.database
@pytest.mark.parametrize("name", PACKS)
def test_every_pack_is_made_on_either_database(book_of_year: Session, name: str) -> None:
    for unit in ("", UNIT):
        made = make(book_of_year, PACKS[name], options(book_of_year, name, unit=unit))
        assert made.rows > 0
        assert len({sheet.sheet for sheet in made.sheets}) == len(made.sheets)
        assert made.signatures[0].authority == "TM. BAN THƯỜNG TRỰC"


@ON_SQLITE
@pytest.mark.parametrize("name", PACKS)
def test_the_statements_are_as_many_for_the_province_as_for_a_district(book_of_year: Session, name: str) -> None:
    counts = []
    for unit in ("", UNIT):
        asked = options(book_of_year, name, unit=unit)
        book_of_year.expire_all()
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_more: object, seen: list[str] = seen) -> None:
            seen.append(statement)

        event.listen(book_of_year.get_bind(), "before_cursor_execute", note)
        make(book_of_year, PACKS[name], asked)
        event.remove(book_of_year.get_bind(), "before_cursor_execute", note)
        counts.append(len(seen))
    assert abs(counts[0] - counts[1]) <= 1, counts
    assert max(counts) <= 20


@ON_SQLITE
def test_the_festival_adds_up_to_the_database(book_of_year: Session) -> None:
    found = sheets_of(book_of_year, "festival")
    where = "FROM festival_result r JOIN event e ON e.id = r.event_id WHERE e.year = 2023 AND e.status = 'held'"
    for sheet, pairs in (
        (
            "Tổ chức",
            {"held": "areas_held", "both": "areas_both", "attendees": "attendees", "commune": "commune_leaders"},
        ),
        ("Kinh phí, chăm lo", {"state": "state_budget", "gift_value": "gift_value", "people": "praised_people"}),
        ("Khu dân cư", {"households": "households", "minority": "minority_households"}),
        ("Khu dân cư – kết quả", {"reached": "cultural_reached", "poor": "poor_households"}),
    ):
        for key, name in pairs.items():
            assert total(found[sheet], key) == of_sqlite(book_of_year, f"SELECT sum(r.{name}) {where}")
    assert total(found["Tổ chức"], "total") == 775
    assert total(found["Tổ chức"], "rate") == pytest.approx(total(found["Tổ chức"], "held") / 775)
    spent = of_sqlite(book_of_year, f"SELECT sum(r.state_budget + r.social_budget) {where}")
    assert total(found["Kinh phí, chăm lo"], "spent") == spent
    assert len(column(found["Khu dân cư"], "name")) == 775
    assert len(column(found["KDC điểm"], "district")) == 11


@ON_SQLITE
def test_who_has_not_sent_is_shown_as_such(databases: Databases, year: str) -> None:
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        district = unit_of(session, UNIT, 2023)
        for event_ in session.scalars(select(Event).where(Event.unit_id.in_(_below(district)))):
            for result in event_.festival_results:
                session.delete(result)
        session.commit()
        found = sheets_of(session, "festival")["Tổ chức"]
    notes = dict(zip(column(found, "name"), column(found, "note"), strict=True))
    assert notes.pop("Huyện Mỹ Xuyên") == "Chưa gửi"
    assert set(notes.values()) == {None}
    held = dict(zip(column(found, "name"), column(found, "held"), strict=True))
    assert held["Huyện Mỹ Xuyên"] is None
    assert "10 trên 11 đơn vị" in found.closing[0]


@ON_SQLITE
def test_what_can_hardly_be_is_listed_in_the_check_sheet(databases: Databases, year: str) -> None:
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        assert "Kiểm tra" not in sheets_of(session, "festival")
        district = unit_of(session, UNIT, 2023)
        query = select(FestivalResult).join(FestivalResult.event)
        result = session.scalars(query.where(Event.unit_id.in_(_below(district)))).first()
        assert result is not None
        result.people = 1
        result.confirmed.update(odd.told for odd in oddities(result, FestivalResult.fields()))
        told = FestivalResult(areas_total=99, areas_held=99, gifts=0, gift_value=7)
        session.add(Event(code="NH-X", name="X", kind="festival", year=2023, unit=district, festival_results=[told]))
        told.confirmed.update(odd.told for odd in oddities(told, FestivalResult.fields()))
        session.commit()
        for unit in ("", UNIT):
            found = sheets_of(session, "festival", unit=unit)["Kiểm tra"]
            rows = list(zip(column(found, "what"), column(found, "confirmed"), strict=True))
            assert ("Có “Trị giá quà (đồng)” (7) mà “Số suất quà” là 0.", "Đã xác nhận là đúng") in rows
            assert {state for _what, state in rows} == {"Đã xác nhận là đúng", None}
            assert any("Tự báo 99" in what for what, _state in rows)


def _below(district: Unit) -> Any:
    return select(Unit.id).where(Unit.branch(district))


@ON_SQLITE
def test_initiatives_are_all_listed_by_field_and_by_unit(book_of_year: Session) -> None:
    found = sheets_of(book_of_year, "initiatives")
    names = list(book_of_year.scalars(select(Initiative.name).where(Initiative.year == 2023)))
    for sheet in ("Theo lĩnh vực", "Theo đơn vị"):
        assert sorted(column(found[sheet], "name")) == sorted(names)
        assert total(found[sheet], "value") == of_sqlite(book_of_year, "SELECT sum(economic_value) FROM initiative")
    waiting = list(book_of_year.scalars(select(Initiative.name).where(Initiative.stage == Stage.APPRAISED)))
    assert sorted(column(found["Phiếu 01"], "name")) == sorted(waiting)
    proposed = of_sqlite(book_of_year, "SELECT count(*) FROM initiative WHERE golden_book")
    assert len(column(found["Sách vàng"], "name")) == proposed
    missing = "SELECT count(*) FROM dossier_item d JOIN initiative i ON i.id = d.initiative_id"
    at_least = of_sqlite(book_of_year, f"{missing} WHERE d.presence = 'missing' AND i.stage <> 'rejected'")
    assert total(found["Hồ sơ"], "missing") >= at_least > 0


@ON_SQLITE
def test_each_member_of_a_council_has_a_score_sheet(databases: Databases, year: str) -> None:
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        council = session.scalars(
            select(Council).where(Council.level == Level.PROVINCE, Council.code.like("%TC%"))
        ).first()
        council = council or session.scalars(select(Council).where(Council.level == Level.PROVINCE)).first()
        assert council
        post = session.scalars(select(Post)).first()
        for place, name in enumerate(("Sơn Thị Cẩm/Tú", "Lý [Minh]"), start=1):
            person = Person(full_name=name)
            session.add(Position(organisation=council, person=person, post=post, place=place))
        session.commit()
        found = sheets_of(session, "initiatives", council=council.code)
        mine = [sheet for sheet in found.values() if sheet.sheet.startswith("Phiếu")]
        assert [sheet.sheet for sheet in mine] == ["Phiếu 01 Sơn Thị Cẩm-Tú", "Phiếu 02 Lý -Minh-"]
        assert [sheet.signatures[0].name for sheet in mine if sheet.signatures] == ["Sơn Thị Cẩm/Tú", "Lý [Minh]"]
        write(io.BytesIO(), make(session, PACKS["initiatives"], options(session, "initiatives", council=council.code)))


@ON_SQLITE
def test_nominations_stand_under_their_heads_each_counted_from_one(book_of_year: Session) -> None:
    code = of_sqlite(
        book_of_year,
        "SELECT r.code FROM award_round r JOIN nomination n ON n.round_id = r.id GROUP BY r.id ORDER BY count(*) DESC",
    )
    found = sheets_of(book_of_year, "awards", round=code)
    proposal = found["Đề nghị"]
    made = lines(proposal)
    assert [(line.mark, line.cells[0].value) for line in made if line.look is Look.GROUP] == [
        ("I", "TẬP THỂ"),
        ("II", "HỘ GIA ĐÌNH"),
        ("III", "CÁ NHÂN"),
    ]
    assert [line.mark for line in made if line.look is Look.ROW].count("1") == 3
    wanted = book_of_year.scalar(
        select(func.count())
        .select_from(Nomination)
        .where(Nomination.round.has(code=code), Nomination.stage != NominationStage.REJECTED)
    )
    assert len(column(proposal, "name")) == wanted
    assert proposal.closing[0].startswith("Danh sách có ")
    given = sum(len(column(sheet, "name")) for name, sheet in found.items() if name.startswith("Quyết định"))
    awarded = "SELECT count(*) FROM nomination n JOIN award_decision d ON d.id = n.decision_id"
    assert given == of_sqlite(
        book_of_year,
        f"{awarded} JOIN award_round r ON r.id = n.round_id WHERE d.status <> 'cancelled' AND r.code = :code",
        code=code,
    )


@ON_SQLITE
def test_movements_add_up_to_the_registrations(book_of_year: Session) -> None:
    found = sheets_of(book_of_year, "movements")
    count = book_of_year.scalar(select(func.count()).select_from(Registration))
    for sheet in ("Phong trào", "Đơn vị"):
        assert total(found[sheet], "registered") == count
        assert total(found[sheet], "value") == of_sqlite(book_of_year, "SELECT sum(value) FROM registration")
    sql = "SELECT count(*) FROM registration WHERE status IN ('registered', 'under_way') AND due_on < :day"
    late = of_sqlite(book_of_year, sql, day=f"{DAY}")
    assert total(found["Đơn vị"], "late") == late > 0
    assert column(found["Kết quả"], "status").count("Quá hạn") == late
    classes = found["Biểu 0601.N"]
    spans = [key for key in (c.key for c in classes.columns) if key.startswith("span")]
    assert (
        total(classes, "all") == len(column(found["Phong trào"], "name")) == sum(total(classes, key) for key in spans)
    )


@ON_SQLITE
def test_reports_show_who_is_late_and_add_up_the_figures(book_of_year: Session) -> None:
    found = sheets_of(book_of_year, "reports", period="half_year|2023|1")
    sent = found["Tình hình gửi"]
    rows = zip(column(sent, "due"), column(sent, "sent"), column(sent, "late"), strict=True)
    for due, day, late in rows:
        assert (late or 0) == max(0, ((day or DAY) - due).days)
    figures = dict(zip(column(found["Chỉ tiêu"], "name"), column(found["Chỉ tiêu"], "all"), strict=True))
    indicator = book_of_year.scalars(select(Indicator).where(Indicator.measure == "đồng")).first()
    assert indicator
    sum_ = (
        "WITH taken AS (SELECT r.*, o.level, o.family, o.unit_id FROM report r JOIN organisation o "
        "ON o.id = r.organisation_id JOIN period p ON p.id = r.period_id WHERE p.kind = 'half_year' AND p.year = 2023 "
        "AND r.status IN ('sent', 'accepted') AND r.revision = (SELECT max(v.revision) FROM report v WHERE "
        "v.organisation_id = o.id AND v.period_id = p.id AND v.status IN ('sent', 'accepted'))) "
        "SELECT sum(f.value) FROM figure f JOIN taken t ON t.id = f.report_id JOIN unit u ON u.id = t.unit_id "
        "WHERE f.indicator_id = :indicator AND NOT (t.family = 'committee' AND t.level = 'province') AND NOT "
        "(t.level = 'commune' AND EXISTS (SELECT 1 FROM taken d WHERE d.family = 'committee' AND d.level = 'district' "
        "AND d.unit_id = u.parent_id))"
    )
    found_sum = of_sqlite(book_of_year, sum_, indicator=indicator.id)
    assert float(figures[indicator.name]) == pytest.approx(found_sum / 10**6)
    programmes = [sheet for name, sheet in found.items() if name.startswith("Chương trình")]
    assert len(programmes) > 2
    ids = {int(c.key[1:]): c.key for sheet in programmes for c in sheet.columns if c.key.startswith("i")}
    assert len(ids) == book_of_year.scalar(
        select(func.count(Figure.indicator_id.distinct())).where(Figure.report.has(period=wish_period(book_of_year)))
    )


def wish_period(session: Session) -> Any:
    return options(session, "reports", period="half_year|2023|1").period


@ON_SQLITE
def test_the_directory_masks_contacts(book_of_year: Session) -> None:
    asked = options(book_of_year, "directory")
    masked, shown = (
        make(book_of_year, PACKS["directory"], replace(asked, personal=personal)).sheets[0]
        for personal in (False, True)
    )
    assert set(column(masked, "phone")) <= {"•••", None}
    assert len(set(column(shown, "phone"))) > 50
    assert "•••" not in column(shown, "phone")


@ON_SQLITE
def test_the_briefing_is_one_page_and_tells_what_changed(databases: Databases, year: str) -> None:
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        summary, *_others, since = make(session, PACKS["briefing"], options(session, "briefing")).sheets
        first = plan(make(session, PACKS["briefing"], options(session, "briefing")), summary)
        assert (first.breaks, first.charts_apart, len(first.charts)) == ([], False, 1)
        assert since.sheet == "Từ lần họp trước"
        task = session.scalars(select(Task).order_by(Task.id)).first()
        gone = session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        person = session.scalars(select(Person).where(Person.phone.is_not(None))).first()
        assert task
        assert gone
        assert person
        was, name, gone_name, full_name = task.partners, task.name, gone.name, person.full_name
        began = now()
        task.partners = "Sở Nội vụ"
        task.owner = session.scalars(select(Council)).first()
        person.phone = "0299 3 822 333"
        session.delete(gone)
        passing = Post(code="TAM", name="Tạm")
        session.add_all([passing, Post(code="MOI", name="Chức danh mới")])
        session.commit()
        task.partners = "Sở Tài chính"
        session.delete(passing)
        session.commit()
        found = dict(news(session, began, began + timedelta(minutes=5), options(session, "briefing")))
    assert [(row[0], row[1]) for row in found["MỚI"]] == [("Chức danh", "Chức danh mới")]
    assert [(row[0], row[1]) for row in found["KHÔNG CÒN"]] == [
        ("Đăng ký công trình, sản phẩm, phần việc, mô hình", gone_name),
    ]
    changed = {row[1:5] for row in found["THAY ĐỔI"]}
    assert (name, "Phối hợp", was or "", "Sở Tài chính") in changed
    assert (full_name, "Điện thoại", "•••", "•••") in changed
    assert any(row[1] == "Nơi thực hiện" and str(row[3]).startswith("Hội đồng") for row in changed)


# -- what was asked


@ON_SQLITE
def test_units_are_named_by_code_or_as_commands_name_them(book_of_year: Session) -> None:
    units = book_of_year.scalars(select(Unit).where(Unit.level == Level.DISTRICT)).all()
    assert {"soc-trang", "my-xuyen", "nga-nam", "cu-lao-dung"} <= {slug(unit) for unit in units}
    assert unit_of(book_of_year, "my-xuyen", 2023) is unit_of(book_of_year, "947", 2023)
    with pytest.raises(NothingSuchError, match="Đơn vị hành chính: không có “nowhere”"):
        unit_of(book_of_year, "nowhere", 2023)


@ON_SQLITE
def test_a_zip_tells_how_far_it_is(book_of_year: Session) -> None:
    target = io.BytesIO()
    asked = options(book_of_year, "directory")
    steps = list(write_each_district(target, book_of_year, PACKS["directory"], asked))
    assert [(step.done, step.total) for step in steps] == [(n, 11) for n in range(12)]
    assert len(zipfile.ZipFile(target).namelist()) == 11


# -- as files


@pytest.fixture(scope="module")
def files(book_of_year: Session, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each pack of one district as a file."""
    folder = tmp_path_factory.mktemp("packs")
    found = {}
    for name in PACKS:
        found[name] = folder / f"{name}.xlsx"
        with found[name].open("wb") as target:
            write(target, make(book_of_year, PACKS[name], options(book_of_year, name, unit=UNIT)))
    return found


def converted(files: dict[str, Path], kind: str, folder: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(RECALCULATE)
    run = [needs.libreoffice(), profile, "--headless", "--convert-to", kind, "--outdir", str(folder)]
    subprocess.run([*run, *map(str, files.values())], check=True, capture_output=True, timeout=300)


@ON_SQLITE
@pytest.mark.parametrize("name", PACKS)
def test_opened_again_every_cell_is_of_its_kind(book_of_year: Session, files: dict[str, Path], name: str) -> None:
    book = openpyxl.load_workbook(files[name], data_only=True)
    made = make(book_of_year, PACKS[name], options(book_of_year, name, unit=UNIT))
    for annex in made.sheets:
        sheet, laid = book[annex.sheet], plan(made, annex)
        assert sheet.print_area.endswith(f"${len(laid.heights)}")
        assert sheet.print_title_rows == f"${laid.repeated[0] + 1}:${laid.repeated[1] + 1}"
        for line, cells in zip(lines(annex), sheet.iter_rows(laid.body[0] + 1, laid.body[1]), strict=False):
            if line.look is Look.ROW:
                for cell, read in zip(line.cells, cells[1:], strict=True):
                    assert _read(read) == _meant(cell.value), (annex.sheet, read.coordinate)


def _read(cell: Any) -> Any:
    """A cell's value with its type."""
    if isinstance(cell.value, datetime):
        return ("d", cell.value.date())
    return (cell.data_type, cell.value) if cell.value not in (None, "") else None


def _meant(value: Any) -> Any:
    """The same of what was to be written."""
    if value is None or value is False or value == "":
        return None
    if value is True:
        return ("s", "x")
    if isinstance(value, str):
        return ("s", value)
    return ("d", value) if isinstance(value, date) else ("n", pytest.approx(float(value)))


@ON_SQLITE
def test_libreoffice_computes_what_we_computed(files: dict[str, Path], tmp_path: Path) -> None:
    converted(files, "xlsx", tmp_path)
    compared = 0
    for path in files.values():
        formulas = openpyxl.load_workbook(path)
        ours = openpyxl.load_workbook(path, data_only=True)
        theirs = openpyxl.load_workbook(tmp_path / path.name, data_only=True)
        for sheet in formulas.worksheets:
            for line in sheet.iter_rows():
                for cell in line:
                    if cell.data_type == "f":
                        mine = ours[sheet.title][cell.coordinate].value or 0
                        anew = theirs[sheet.title][cell.coordinate].value or 0
                        assert mine == pytest.approx(anew), (path.name, sheet.title, cell.coordinate)
                        compared += 1
    assert compared > 500


@ON_SQLITE
def test_libreoffice_prints_as_many_pages_as_were_laid_out(
    book_of_year: Session, files: dict[str, Path], tmp_path: Path
) -> None:
    pdfinfo = needs.poppler("pdfinfo")
    converted(files, "pdf", tmp_path)
    for name, path in files.items():
        made = make(book_of_year, PACKS[name], options(book_of_year, name, unit=UNIT))
        plans = [plan(made, sheet) for sheet in made.sheets]
        wanted = sum(len(each.breaks) + 1 + each.charts_apart for each in plans)
        told = subprocess.run(
            [pdfinfo, str(tmp_path / path.with_suffix(".pdf").name)],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
        assert f"Pages:           {wanted}\n" in told, (name, wanted, told)
