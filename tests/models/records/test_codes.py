"""One code is one, in whatever case and whatever it was pasted from: for people, for files, for the database."""

from typing import Any

import pytest
from sqlalchemy import UniqueConstraint, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from imports.apply import put_rows
from imports.reader import SourceRow
from models import AwardForm, Document, Record, Task, Unit
from models.records.clock import now
from models.records.fields import Kind
from tests.models.builders import DAY, RECORDS, build, refused, save

pytestmark = pytest.mark.database
ALIKE = ["PT-01", "pt-01", "PT-01\u200e", "PT\u201101", "ＰＴ-01"]


@pytest.mark.parametrize("typed", ALIKE)
def test_a_code_that_looks_alike_is_taken(session: Session, typed: str) -> None:
    first = save(session, AwardForm, code="PT-01")
    session.add(build(AwardForm, code=typed))
    assert refused(session) == {"code": f"Đã có ở “{first}”."}


@pytest.mark.parametrize("typed", ALIKE)
def test_a_code_that_looks_alike_names_the_record(session: Session, typed: str) -> None:
    task = save(session, Task, code="PT-01")
    assert Task.find(session, typed) is task
    assert Task.find_all(session, [typed]) == {typed: task}


def test_a_sign_with_words_own_hyphen_is_that_sign(session: Session) -> None:
    first = save(session, Document, sign="12/QĐ-MTTQ-BTT", issued_on=DAY)
    session.add(build(Document, sign="12/QĐ\u2011MTTQ\u2011BTT", issued_on=DAY))
    assert refused(session) == {"issued_on": f"Đã có ở “{first}”."}
    session.rollback()


def test_a_unit_is_found_by_its_code_in_any_case(session: Session) -> None:
    unit = save(session, Unit, code="Ap-9")
    assert Unit.find(session, "AP\u20119") is unit
    assert Unit.find_all(session, ["ap-9"]) == {"ap-9": unit}


def test_what_differs_in_a_letter_is_another_code(session: Session) -> None:
    save(session, AwardForm, code="HĐ-1")
    save(session, AwardForm, code="HD-1")


def test_a_code_keeps_its_case_and_gets_plain_signs(session: Session) -> None:
    assert save(session, AwardForm, code=" pT–01\u00a0a\u2060 ").code == "pT-01 a"


def test_a_row_of_a_file_with_such_a_code_is_the_record(session: Session) -> None:
    form = save(session, AwardForm, code="PT-01", name="Cũ")
    put_rows(session, AwardForm, [SourceRow(2, {"code": "pt\u201101", "name": "Mới"})])
    assert (form.code, form.name) == ("PT-01", "Mới")


def test_a_code_may_change_its_case(session: Session) -> None:
    form = save(session, AwardForm, code="pt-01")
    form.code = "PT-01"
    session.flush()
    assert AwardForm.find(session, "pt-01") is form


def test_the_database_holds_it_too(session: Session) -> None:
    form = save(session, AwardForm, code="PT-01")

    told = {"version": 1, "created_at": now(), "updated_at": now(), "sample": False, "search_text": "", "title_key": ""}
    columns = AwardForm.__table__.columns
    values = {**{c.name: getattr(form, c.name) for c in columns if c.name != "id"}, **told, "code": "pt-01"}
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(insert(AwardForm.__table__).values(values), execution_options={"recorded": True})


@pytest.mark.parametrize("cls", RECORDS)
def test_every_code_that_tells_records_apart_is_compared_so(cls: type[Record]) -> None:
    table: Any = cls.__table__
    indexed = {tuple(column.name for column in index.columns) for index in table.indexes if index.unique}
    for constraint in (each for each in table.constraints if isinstance(each, UniqueConstraint)):
        specs = {column.name: column.info.get("field") for column in constraint.columns}
        codes = {name for name, spec in specs.items() if spec and spec.kind is Kind.CODE}
        if codes:
            assert tuple(f"{name}_key" if name in codes else name for name in specs) in indexed
