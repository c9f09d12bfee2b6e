"""Periods: their names and due days, what they are made of, a year of them opened at once."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Period
from models.periods import PeriodKind, open_year
from tests.models.builders import DAY, build, refused, save


@pytest.mark.parametrize(
    ("kind", "due"),
    [(PeriodKind.HALF_YEAR, date(2023, 5, 15)), (PeriodKind.YEAR, date(2023, 11, 15))],
)
def test_the_plan_says_when_a_report_is_due_unless_someone_else_does(
    session: Session, kind: PeriodKind, due: date
) -> None:
    assert save(session, Period, kind=kind, due_on=None).due_on == due
    assert save(session, Period, kind=kind, year=2024, due_on=DAY).due_on == DAY


@pytest.mark.parametrize("kind", [PeriodKind.MONTH, PeriodKind.QUARTER])
def test_the_plan_says_nothing_of_months_and_quarters(session: Session, kind: PeriodKind) -> None:
    session.add(build(Period, kind=kind, due_on=None))
    assert refused(session) == {"due_on": "Chưa nhập."}


@pytest.mark.parametrize(
    ("kind", "last", "name"),
    [
        (PeriodKind.MONTH, 12, "Tháng 12/2023"),
        (PeriodKind.QUARTER, 4, "Quý 4/2023"),
        (PeriodKind.HALF_YEAR, 1, "6 tháng đầu năm 2023"),
        (PeriodKind.YEAR, 1, "Năm 2023"),
    ],
)
def test_a_year_has_so_many_periods_of_a_kind(session: Session, kind: PeriodKind, last: int, name: str) -> None:
    assert str(save(session, Period, kind=kind, number=last)) == name
    session.add(build(Period, kind=kind, number=last + 1))
    assert set(refused(session)) == {"number"}


def test_periods_sort_by_their_due_days(session: Session) -> None:
    year = save(session, Period, kind="year", due_on=None)
    half = save(session, Period, kind="half_year", due_on=None)
    later = save(session, Period, kind="month", year=2024, due_on=date(2024, 1, 20))
    assert half.title_key < year.title_key < later.title_key


def test_a_year_is_opened_at_once_and_what_is_there_stays(session: Session) -> None:
    kept = save(session, Period, kind="month", number=2, due_on=date(2023, 2, 25), open=False)
    made = open_year(session, 2023, 31)
    session.commit()
    assert len(made) == 17
    due = {(p.kind, p.number): p.due_on for p in session.scalars(select(Period))}
    assert due[PeriodKind.MONTH, 2] == kept.due_on == date(2023, 2, 25)
    assert due[PeriodKind.MONTH, 4] == date(2023, 4, 30)
    assert due[PeriodKind.QUARTER, 4] == date(2023, 12, 31)
    assert (due[PeriodKind.HALF_YEAR, 1], due[PeriodKind.YEAR, 1]) == (date(2023, 5, 15), date(2023, 11, 15))
    assert open_year(session, 2023, 20) == []


@pytest.mark.parametrize(
    ("kind", "number", "parts"),
    [
        (PeriodKind.MONTH, 5, []),
        (PeriodKind.QUARTER, 2, [(PeriodKind.MONTH, 4), (PeriodKind.MONTH, 5), (PeriodKind.MONTH, 6)]),
        (PeriodKind.HALF_YEAR, 1, [(PeriodKind.QUARTER, 1), (PeriodKind.QUARTER, 2)]),
        (PeriodKind.YEAR, 1, [(PeriodKind.QUARTER, n) for n in range(1, 5)]),
    ],
)
def test_a_longer_period_is_made_of_shorter_ones_of_its_year(
    session: Session, kind: PeriodKind, number: int, parts: list[tuple[PeriodKind, int]]
) -> None:
    known = open_year(session, 2023, 20) + open_year(session, 2024, 20)
    session.flush()
    whole = next(p for p in known if (p.year, p.kind, p.number) == (2023, kind, number))
    assert [(p.kind, p.number) for p in whole.parts(known)] == parts
    assert {p.year for p in whole.parts(known)} <= {2023}
