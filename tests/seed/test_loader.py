"""The seed as a whole: what it holds, a second load of it, a bad row in it."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from imports.errors import RowError
from models import (
    Base,
    Committee,
    MemberOrganisation,
    PilotArea,
    Record,
    Task,
    Unit,
)
from models.units import Level
from seed.folders import DATA, RECORDS, districts
from seed.loader import is_empty, load


def count(session: Session, record_class: type[Record]) -> int | None:
    return session.scalar(select(func.count()).select_from(record_class))


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in Base.metadata.sorted_tables
    }


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the data, to spoil."""
    return shutil.copytree(DATA, tmp_path / "data")


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_file_is_one_that_the_loader_knows() -> None:
    names = {path.name for path in DATA.glob("*/*")}
    assert names == set(RECORDS)


def test_the_numbers_that_are_known(session: Session) -> None:
    assert is_empty(session)
    load(session)
    assert not is_empty(session)
    levels = dict(session.execute(select(Unit.level, func.count()).group_by(Unit.level)).all())
    assert levels == {Level.PROVINCE: 1, Level.DISTRICT: 11, Level.COMMUNE: 109}
    assert count(session, Committee) == 121
    branches = select(func.count()).where(MemberOrganisation.level == Level.DISTRICT)
    assert session.scalar(branches) == 55
    slots = session.scalars(select(PilotArea)).all()
    assert len(slots) == 11
    assert {(slot.year, slot.area) for slot in slots} == {(2023, None)}


def test_the_committees_stand_as_their_units_do(session: Session) -> None:
    load(session)
    for committee in session.scalars(select(Committee)):
        assert committee.unit is not None
        assert committee.code == f"MTTQ-{committee.unit.code}"
        above = committee.parent and committee.parent.unit
        assert above is committee.unit.parent


def test_a_branch_stands_under_its_organisation(session: Session) -> None:
    load(session)
    of_districts = select(MemberOrganisation).where(MemberOrganisation.level == Level.DISTRICT)
    for branch in session.scalars(of_districts):
        assert branch.parent is not None
        assert branch.parent.code == f"{branch.code.split('-')[0]}-94"


def test_names_are_written_out(session: Session) -> None:
    load(session, district="nga-nam")
    names = set(session.scalars(select(Committee.name)))
    assert "Ủy ban MTTQ Việt Nam tỉnh Sóc Trăng" in names
    assert "Ủy ban MTTQ Việt Nam Phường 1, thị xã Ngã Năm" in names


def test_the_plans_days_are_the_only_ones(session: Session) -> None:
    load(session)
    days = {day.isoformat() for day in session.scalars(select(Task.due_on)) if day}
    assert days == {"2023-05-15", "2023-11-15"}


def test_nothing_real_is_marked_as_a_sample(session: Session) -> None:
    load(session)
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, Record):
            marked = select(func.count()).select_from(mapper.class_).where(mapper.class_.sample)
            assert session.scalar(marked) == 0


@pytest.mark.database
def test_a_second_load_changes_nothing(session: Session) -> None:
    first = load(session)
    before = everything(session)
    second = load(session)
    assert (second.created, second.changed, second.same) == (0, 0, first.created)
    assert everything(session) == before


def test_one_district_comes_without_the_others(session: Session) -> None:
    load(session, district="my-xuyen")
    assert count(session, Unit) == 1 + 1 + 11
    load(session)
    assert count(session, Unit) == 121


def test_an_unknown_district_is_refused_by_name(session: Session) -> None:
    with pytest.raises(LookupError, match=r"ca-mau.*my-xuyen"):
        load(session, district="ca-mau")
    assert is_empty(session)


def test_there_are_eleven_districts() -> None:
    assert len(districts()) == 11
    assert districts("vinh-chau") == ["vinh-chau"]


def test_a_bad_row_stops_the_load_and_leaves_nothing_of_its_file(session: Session, copy: Path) -> None:
    spoil(copy / "my-xuyen" / "units.csv", "Xã Tham Đôn,commune", "Xã Tham Đôn,làng")
    with pytest.raises(RowError) as caught:
        load(session, district="my-xuyen", data=copy)
    error = caught.value
    assert (error.file, error.column) == ("my-xuyen/units.csv", "type")
    line = (copy / "my-xuyen" / "units.csv").read_text(encoding="utf-8").splitlines()[error.line - 1]
    assert "làng" in line
    assert "làng" in error.reason
    assert session.scalars(select(Unit.code)).all() == ["94"]


@pytest.mark.database
def test_what_was_loaded_before_the_bad_file_stays(session: Session, copy: Path) -> None:
    spoil(copy / "my-xuyen" / "tasks.csv", "2023-05-15", "giữa tháng 5")
    with pytest.raises(RowError):
        load(session, district="my-xuyen", data=copy)
    assert count(session, Unit) == 13
    load(session, district="my-xuyen")
    assert count(session, PilotArea) == 1


def test_progress_is_told_by_the_file(session: Session) -> None:
    told: list[tuple[str, int, int]] = []
    load(session, district="my-xuyen", report=lambda *step: told.append(step))
    assert told[0] == ("tinh-soc-trang/units.csv", 0, 1)
    assert ("my-xuyen/units.csv", 12, 12) in told
