"""Rows into records: created, changed, the same; and refused with line and column."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from imports.apply import BATCH, put_rows
from imports.errors import RowError
from imports.intake import Outcome
from imports.reader import Cell, SourceRow
from models import (
    Author,
    AwardForm,
    AwardRound,
    Base,
    Committee,
    Document,
    Event,
    Initiative,
    MemberOrganisation,
    Movement,
    Nomination,
    Period,
    Record,
    Theme,
    Unit,
)
from models.records.fields import TEXTS
from seed.folders import RECORDS
from tests.databases import Databases, connected

pytestmark = pytest.mark.database

PROVINCE = {"code": "94", "name": "Tỉnh Sóc Trăng", "type": "province", "valid_from": "2023-01-01"}
DISTRICT = {
    "code": "947",
    "name": "Huyện Mỹ Xuyên",
    "type": "district",
    "parent": "94",
    "valid_from": "2023-01-01",
}
COMMITTEE = {"code": "MTTQ-94", "name": "Ủy ban MTTQ Việt Nam tỉnh Sóc Trăng", "unit": "94"}
MOVEMENT = {"code": "DKST", "name": "Đoàn kết sáng tạo", "kind": "Phong trào", "level": "Tỉnh"}
EVENT = {"code": "NH-1", "name": "Ngày hội", "kind": "Ngày hội Đại đoàn kết", "year": "2023", "organisation": "MTTQ-94"}
INITIATIVE: dict[str, Any] = {
    "code": "SK-1",
    "name": "Máy gieo lúa",
    "year": "2023",
    "unit": "94",
    "organisation": "MTTQ-94",
    "registered_on": "1/3/2023",
}


def rows(*cells: Mapping[str, Cell]) -> list[SourceRow]:
    return [SourceRow(line, row) for line, row in enumerate(cells, 2)]


def put(session: Session, record_class: type[Record], cells: Mapping[str, Cell], *, sample: bool = False) -> Outcome:
    """Put one row in. Returns what became of it."""
    (outcome,) = put_rows(session, record_class, rows(cells), sample=sample)
    return outcome


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What the session says to the database inside the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield seen
    event.remove(session.get_bind(), "before_cursor_execute", note)


def fault(session: Session, record_class: type[Record], *cells: Mapping[str, Cell]) -> RowError:
    with pytest.raises(RowError) as caught:
        put_rows(session, record_class, rows(*cells), file="a.csv")
    session.rollback()
    return caught.value


def count(session: Session, record_class: type[Record]) -> int | None:
    return session.scalar(select(func.count()).select_from(record_class))


@pytest.fixture
def office(session: Session) -> Session:
    """A province with its committee."""
    put(session, Unit, PROVINCE)
    put(session, Committee, COMMITTEE)
    session.commit()
    return session


def initiative(session: Session) -> Initiative:
    return session.scalars(select(Initiative)).one()


def test_a_row_is_created_then_the_same_then_changed(session: Session) -> None:
    assert put(session, Theme, {"name": "Bảo vệ môi trường", "place": "1"}) is Outcome.CREATED
    assert put(session, Theme, {"name": "Bảo vệ môi trường", "place": "1"}) is Outcome.SAME
    assert put(session, Theme, {"name": "Bảo vệ môi trường", "place": "2"}) is Outcome.CHANGED
    assert session.scalars(select(Theme)).one().place == 2


def test_the_same_row_leaves_version_and_moment(session: Session) -> None:
    put(session, Unit, PROVINCE)
    session.commit()
    unit = session.scalars(select(Unit)).one()
    before = (unit.version, unit.updated_at)
    put(session, Unit, PROVINCE)
    session.commit()
    assert (unit.version, unit.updated_at) == before


def test_columns_may_be_named_by_label(session: Session) -> None:
    put(session, Theme, {"Tên chủ đề": "Bảo vệ môi trường", "thứ tự": "7"})
    assert session.scalars(select(Theme)).one().place == 7


def test_no_two_fields_of_a_record_share_a_label() -> None:
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, Record):
            continue
        labels = [spec.label.casefold() for spec in mapper.class_.fields().values()]
        assert len(labels) == len(set(labels)), mapper.class_


def test_an_empty_cell_keeps_what_is_there(session: Session) -> None:
    put(session, Theme, {"name": "Bảo vệ môi trường", "place": "7"})
    assert put(session, Theme, {"name": "Bảo vệ môi trường", "place": " "}) is Outcome.SAME
    assert session.scalars(select(Theme)).one().place == 7


def test_references_go_by_code_also_within_one_file(session: Session) -> None:
    put_rows(session, Unit, rows(PROVINCE, DISTRICT))
    district = session.scalars(select(Unit).where(Unit.code == "947")).one()
    assert str(district.parent) == "Tỉnh Sóc Trăng"


def test_several_references_are_parted_by_semicolons(session: Session) -> None:
    document = {"kind": "guidance", "issuer": "MTTQ", "excerpt": "Hướng dẫn"}
    put(session, Document, document | {"sign": "84/HD-MTTW-BTT", "issued_on": "2022-05-16"})
    put(session, Document, document | {"sign": "96/HD-MTTW-BTT", "issued_on": "2023-02-01"})
    cells = MOVEMENT | {"bases": "96/HD-MTTW-BTT; 84/HD-MTTW-BTT"}
    assert put(session, Movement, cells) is Outcome.CREATED
    assert put(session, Movement, cells) is Outcome.SAME
    movement = session.scalars(select(Movement)).one()
    assert {basis.issued_on for basis in movement.bases} == {date(2022, 5, 16), date(2023, 2, 1)}


def test_a_row_without_key_is_the_record_that_agrees_with_it(session: Session) -> None:
    plan = {"kind": "plan", "issuer": "MTTQ tỉnh", "excerpt": "Kế hoạch phong trào"}
    assert put(session, Document, plan) is Outcome.CREATED
    assert put(session, Document, plan) is Outcome.SAME
    assert put(session, Document, plan | {"excerpt": "Kế hoạch khác"}) is Outcome.CREATED


def test_a_key_of_several_parts_is_read_part_by_part(session: Session) -> None:
    put(session, Period, {"kind": "half_year", "year": "2023", "number": "1"})
    assert put(session, Period, {"kind": "6 tháng", "year": "2023"}) is Outcome.SAME


def test_an_unknown_column_is_refused(session: Session) -> None:
    error = fault(session, Theme, {"name": "Môi trường", "màu": "xanh"})
    assert (error.file, error.line, error.column) == ("a.csv", 2, "màu")


@pytest.mark.parametrize("column", ["full_name", "sample", "id", "Tên đầy đủ"])
def test_what_is_computed_is_no_column(session: Session, column: str) -> None:
    assert fault(session, Unit, PROVINCE | {column: "1"}).column == column


def test_a_cell_that_cannot_be_read_is_pointed_at(session: Session) -> None:
    error = fault(session, Unit, PROVINCE, DISTRICT | {"valid_from": "đầu năm"})
    assert (error.line, error.column) == (3, "valid_from")
    assert "đầu năm" in error.reason


def test_a_reference_to_nothing_is_pointed_at(session: Session) -> None:
    error = fault(session, Unit, PROVINCE, DISTRICT | {"parent": "95"})
    assert (error.line, error.column) == (3, "parent")
    assert "95" in error.reason


def test_the_records_own_rules_speak(session: Session) -> None:
    error = fault(session, Unit, PROVINCE, {**DISTRICT, "parent": ""})
    assert (error.line, error.column) == (3, "parent")
    assert "cấp trên" in error.reason


def test_a_missing_value_is_pointed_at_by_its_label(session: Session) -> None:
    error = fault(session, Theme, {"place": "1"})
    assert (error.line, error.column) == (2, "Tên chủ đề")


def test_a_row_may_not_come_twice(session: Session) -> None:
    error = fault(session, Unit, PROVINCE, PROVINCE)
    assert error.line == 3
    assert "dòng 2" in error.reason


def test_a_code_that_another_kind_of_organisation_has_is_taken(office: Session) -> None:
    member = {"code": "MTTQ-94", "name": "Hội", "level": "province"}
    error = fault(office, MemberOrganisation, member)
    assert (error.line, error.column) == (2, "code")


def test_two_rows_of_a_file_that_clash_are_told_apart(office: Session) -> None:
    form = {"code": "BK", "name": "Bằng khen", "authority": "province_front"}
    put(office, AwardForm, form)
    put(office, AwardRound, {"code": "KT", "name": "Đợt 1", "year": "2023"})
    nomination = {
        "recipient": "Thạch Sang",
        "recipient_kind": "individual",
        "round": "KT",
        "form": "BK",
        "unit": "94",
        "organisation": "MTTQ-94",
    }
    error = fault(office, Nomination, *({**nomination, "code": code} for code in ("1", "2")))
    assert (error.line, error.column) == (3, "recipient")
    assert "Thạch Sang" in error.reason


def test_a_fault_in_a_later_batch_has_its_own_line(session: Session) -> None:
    themes: list[dict[str, Cell]] = [{"name": f"Chủ đề {n}"} for n in range(BATCH + 50)]
    themes[BATCH + 10] = {"name": "x" * 201}
    error = fault(session, Theme, *themes)
    assert (error.line, error.column) == (BATCH + 12, "name")
    assert count(session, Theme) == 0


def test_progress_is_told_by_the_batch(session: Session) -> None:
    told: list[int] = []
    themes: list[dict[str, Cell]] = [{"name": f"Chủ đề {n}"} for n in range(BATCH + 50)]
    put_rows(session, Theme, rows(*themes), report=told.append)
    assert told == [BATCH, BATCH + 50]


def test_children_come_with_their_record(office: Session) -> None:
    authors = [{"full_name": "Thạch Sang", "share": "60"}, {"full_name": "Lê An", "share": "40"}]
    assert put(office, Initiative, INITIATIVE | {"authors": authors}) is Outcome.CREATED
    assert put(office, Initiative, INITIATIVE | {"authors": authors}) is Outcome.SAME
    assert [str(author) for author in initiative(office).authors] == ["Thạch Sang", "Lê An"]


def test_rules_over_children_hold_for_children_that_come_along(office: Session) -> None:
    author = {"full_name": "Thạch Sang", "share": "60"}
    error = fault(office, Initiative, INITIATIVE | {"authors": [author]})
    assert (error.line, error.column) == (2, "authors")


def test_a_changed_child_asks_its_owner(office: Session) -> None:
    put(office, Initiative, INITIATIVE | {"authors": [{"full_name": "Lê An", "share": "100"}]})
    office.commit()
    changed = {"authors": [{"full_name": "Lê An", "share": "90"}]}
    assert fault(office, Initiative, INITIATIVE | changed).column == "authors"


def test_rules_over_children_hold_for_children_in_their_own_file(office: Session) -> None:
    put(office, Initiative, INITIATIVE)
    one = {"initiative": "SK-1", "full_name": "Lê An", "share": "60"}
    two = {"initiative": "SK-1", "full_name": "Thạch Sang", "share": "40"}
    put_rows(office, Author, rows(one, two))
    office.commit()
    assert len(initiative(office).authors) == 2
    error = fault(office, Author, one | {"share": "70"})
    assert (error.line, error.column) == (2, "Tác giả")


def test_a_fault_in_a_child_has_the_line_of_its_record(office: Session) -> None:
    authors = [{"full_name": "Lê An", "share": "hết"}]
    error = fault(office, Initiative, INITIATIVE | {"authors": authors})
    assert (error.line, error.column) == (2, "share")


def test_a_sample_is_marked_with_its_children(office: Session) -> None:
    authors = [{"full_name": "Lê An", "share": "100"}]
    put(office, Initiative, INITIATIVE | {"authors": authors}, sample=True)
    assert initiative(office).sample
    assert initiative(office).authors[0].sample


def test_a_sample_row_does_not_touch_a_real_record(session: Session) -> None:
    put(session, Unit, PROVINCE)
    with pytest.raises(RowError, match="dữ liệu thật"):
        put(session, Unit, PROVINCE, sample=True)


def test_a_real_row_makes_a_sample_real(session: Session) -> None:
    put(session, Unit, PROVINCE, sample=True)
    assert put(session, Unit, PROVINCE) is Outcome.CHANGED
    assert not session.scalars(select(Unit)).one().sample


@pytest.mark.parametrize(
    "cls", [cls for cls in RECORDS.values() if cls.fields()[cls.natural_key[0]].kind in TEXTS], ids=lambda c: c.__name__
)
def test_many_are_found_as_one_is(databases: Databases, year: str, cls: type[Record]) -> None:
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        texts = [*session.scalars(select(getattr(cls, cls.natural_key[0]))), " 94 ", "không có", "94|2023-01-01", ""]
        texts = list({str(text) for text in texts if text is not None})[:200]
        for text, found in cls.find_all(session, texts).items():
            assert cls.find(session, text) is found


def test_a_file_asks_once_for_all_its_rows(office: Session) -> None:
    def asked(count: int) -> int:
        events = [EVENT | {"code": f"SK-{count}-{n}", "unit": str(n)} for n in range(count)]
        with statements(office) as seen:
            put_rows(office, Event, rows(*events))
        return sum(statement.startswith("SELECT") for statement in seen)

    for n in range(20):
        put(office, Unit, DISTRICT | {"code": str(n)})
    assert asked(20) == asked(2)
