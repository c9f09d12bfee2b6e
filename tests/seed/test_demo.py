"""The made-up year: as large as promised, all of it marked, gone with one call."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    AuditEntry,
    AwardDecision,
    Base,
    Committee,
    Event,
    FestivalResult,
    Initiative,
    Nomination,
    Period,
    Person,
    PilotArea,
    Record,
    Refused,
    Registration,
    Task,
    Unit,
    User,
)
from models.awards import DecisionStatus
from models.initiatives import Stage
from models.obligations import Standing, obligations, tally
from models.periods import PeriodKind
from models.report_totals import Sums
from models.units import Level
from seed.loader import clear_samples, load
from tests.databases import Databases, connected

BOOKKEEPING = {"version", "updated_at"}


def values(session: Session, *, without: set[str] | frozenset[str] = frozenset()) -> dict[str, object]:
    """Every row of every table but the history, without the columns named."""
    return {
        table.name: [
            tuple(row)
            for row in session.execute(
                select(*(c for c in table.c if c.name not in without)).order_by(*table.primary_key.columns)
            )
        ]
        for table in Base.metadata.sorted_tables
        if table.name != AuditEntry.__tablename__
    }


def samples(session: Session, record_class: type[Record]) -> int:
    marked = select(func.count()).select_from(record_class).where(record_class.sample)
    return session.scalar(marked) or 0


@pytest.fixture(scope="module")
def demo(databases: Databases, year: str) -> Iterator[Session]:
    """The whole province with its made-up year. Tests that change it undo what they did."""
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        yield session


def test_775_areas_each_with_its_board(demo: Session) -> None:
    areas = select(func.count()).where(Unit.level == Level.AREA)
    assert demo.scalar(areas) == 775
    assert demo.scalar(areas.where(Unit.sample)) == 775
    boards = select(Committee).where(Committee.level == Level.AREA)
    above = [board.unit and board.unit.parent for board in demo.scalars(boards)]
    assert {unit and unit.code for unit in above} == {
        commune.code for commune in demo.scalars(select(Unit).where(Unit.level == Level.COMMUNE))
    }


def test_the_year_is_as_large_as_promised(demo: Session) -> None:
    assert 380 <= samples(demo, Person) <= 420
    assert 280 <= samples(demo, Initiative) <= 320
    assert 180 <= samples(demo, Nomination) <= 220
    assert 220 <= samples(demo, Registration) <= 260
    assert 0.9 < samples(demo, FestivalResult) / 775 < 0.95


def test_initiatives_stand_at_every_stage(demo: Session) -> None:
    assert set(demo.scalars(select(Initiative.stage))) == set(Stage)


def test_decisions_are_issued_cancelled_and_drafted(demo: Session) -> None:
    assert set(demo.scalars(select(AwardDecision.status))) == set(DecisionStatus)


def test_reports_stand_in_every_way_that_a_past_year_has(demo: Session) -> None:
    periods = demo.scalars(select(Period)).all()
    for kind in (PeriodKind.MONTH, PeriodKind.QUARTER):
        found = obligations(demo, [period for period in periods if period.kind is kind], date(2024, 1, 1))
        assert set(tally(found)) == set(Standing) - {Standing.AWAITED}


def test_one_districts_total_is_not_what_its_communes_make(demo: Session) -> None:
    periods = demo.scalars(select(Period)).all()
    half = next(period for period in periods if period.kind is PeriodKind.HALF_YEAR)
    wrong = {
        (district.code, line.indicator.code, line.difference)
        for district in demo.scalars(select(Committee).where(Committee.level == Level.DISTRICT))
        for line in Sums(demo, district, half, periods).lines()
        if line.difference
    }
    assert wrong == {("MTTQ-947", "03.1", 3)}


def test_three_districts_have_not_chosen(demo: Session) -> None:
    slots = demo.scalars(select(PilotArea)).all()
    assert sum(slot.area is None for slot in slots) == 3
    assert not any(slot.sample for slot in slots)


def test_real_tasks_and_festivals_are_left_alone(demo: Session) -> None:
    for record_class in (Task, Event, Committee):
        real = select(record_class.version).where(~record_class.sample)
        assert set(demo.scalars(real)) == {1}


def test_a_second_load_changes_nothing(demo: Session) -> None:
    before = values(demo)
    summary = load(demo, demo=True)
    assert (summary.created, summary.changed) == (0, 0)
    assert values(demo) == before


def test_the_dice_fall_alike_for_one_district_and_for_all(demo: Session, session: Session) -> None:
    load(session, district="my-xuyen", demo=True)
    mine = select(Initiative.name, Initiative.stage).where(Initiative.code.startswith("SK-947-"))
    ordered = mine.order_by(Initiative.code)
    assert session.execute(ordered).all() == demo.execute(ordered).all()


def test_clearing_leaves_exactly_the_real_data(session: Session) -> None:
    load(session, district="my-xuyen")
    before = values(session, without=BOOKKEEPING)
    summary = load(session, district="my-xuyen", demo=True)
    assert clear_samples(session) > summary.created / 2
    assert values(session, without=BOOKKEEPING) == before


def test_clearing_refuses_while_a_real_record_needs_a_sample(session: Session) -> None:
    load(session, district="my-xuyen", demo=True)
    board = session.scalars(select(Committee).where(Committee.level == Level.AREA)).first()
    session.add(User(username="an", name="Lê An", organisation=board))
    session.commit()
    before = values(session)
    with pytest.raises(Refused, match="Lê An"):
        clear_samples(session)
    assert values(session) == before
