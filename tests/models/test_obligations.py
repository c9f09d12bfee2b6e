"""Who owes a report, and how it stands on a day."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models import Committee, Period, Report, Unit
from models.access.scope import limited_to, scope_of
from models.obligations import Standing, obligations, owes
from models.organisations import Organisation
from models.periods import PeriodKind
from tests.models.builders import build, district, save

pytestmark = pytest.mark.database

DUE = date(2023, 5, 15)
AFTER = DUE + timedelta(days=10)


@pytest.fixture
def half_year(session: Session) -> Period:
    return save(session, Period, kind="half_year", due_on=DUE)


@pytest.fixture
def place(session: Session) -> Committee:
    return save(session, Committee, reports_every="half_year")


def report(session: Session, place: Organisation, period: Period, *versions: tuple[str, int]) -> None:
    """Versions of its report: the status, and the day counted from the one when it was due."""
    for revision, (status, day) in enumerate(versions, 1):
        sent = DUE + timedelta(days=day)
        about = {"status": status, "sent_on": sent, "return_reason": "Thiếu số liệu"}
        save(session, Report, organisation=place, period=period, revision=revision, **about)


@pytest.mark.parametrize("every", [None, *PeriodKind])
@pytest.mark.parametrize("kind", PeriodKind)
def test_who_reports_so_often_owes_every_longer_period(every: PeriodKind | None, kind: PeriodKind) -> None:
    period = Period(kind=kind, due_on=DUE)
    assert owes(Committee(reports_every=every), period) == (every is not None and kind.rank >= every.rank)


@pytest.mark.parametrize(
    ("established", "dissolved", "owing"),
    [(DUE, None, True), (AFTER, None, False), (None, DUE, True), (None, date(2023, 5, 14), False)],
)
def test_nothing_is_owed_before_the_beginning_and_after_the_end(
    established: date | None, dissolved: date | None, *, owing: bool
) -> None:
    place = Committee(reports_every="month", established_on=established, dissolved_on=dissolved)
    assert owes(place, Period(kind="month", due_on=DUE)) is owing


@pytest.mark.parametrize(
    ("versions", "day", "standing", "late"),
    [
        ([], DUE, Standing.AWAITED, 0),
        ([], AFTER, Standing.MISSING, 10),
        ([("draft", 0)], DUE, Standing.AWAITED, 0),
        ([("draft", 0)], AFTER, Standing.MISSING, 10),
        ([("sent", 0)], AFTER, Standing.IN_TIME, 0),
        ([("accepted", 3)], AFTER, Standing.LATE, 3),
        ([("returned", -5)], DUE, Standing.RETURNED, 0),
        ([("returned", -5), ("draft", 0)], AFTER, Standing.RETURNED, 10),
        ([("returned", -5), ("sent", 2)], AFTER, Standing.LATE, 2),
        ([("accepted", -5), ("sent", 4)], AFTER, Standing.IN_TIME, 0),
        ([("accepted", -5), ("returned", 4)], AFTER, Standing.IN_TIME, 0),
    ],
)
def test_a_report_stands_as_its_versions_and_the_day_say(
    session: Session,
    place: Committee,
    half_year: Period,
    versions: list[tuple[str, int]],
    day: date,
    standing: Standing,
    late: int,
) -> None:
    report(session, place, half_year, *versions)
    (found,) = obligations(session, [half_year], day)
    assert (found.standing, found.days_late) == (standing, late)


def test_the_version_shown_is_the_one_that_counts(session: Session, place: Committee, half_year: Period) -> None:
    report(session, place, half_year, ("returned", -5), ("accepted", 0), ("draft", 3))
    (found,) = obligations(session, [half_year], AFTER)
    (counting,) = session.query(Report.id).where(Report.counting()).one()
    assert found.shown is not None
    assert found.shown.id == counting


def test_who_owes_nothing_stands_there_only_with_a_report(session: Session, half_year: Period) -> None:
    silent, willing = save(session, Committee), save(session, Committee)
    report(session, willing, half_year, ("sent", 0))
    assert silent
    assert [o.organisation for o in obligations(session, [half_year], DUE)] == [willing]


def test_rows_follow_the_tree_and_the_periods_their_order(session: Session) -> None:
    months = [save(session, Period, kind="month", number=n, due_on=DUE) for n in (1, 2)]
    province = save(session, Committee, code="A", level="province")
    places = [
        save(session, Committee, code=code, level="district", parent=province, reports_every="month")
        for code in ("C", "B")
    ]
    below = save(session, Committee, code="A1", level="commune", parent=places[0], reports_every="month")
    found = obligations(session, months, DUE)
    assert [(o.organisation.code, o.period.number) for o in found] == [
        (code, n) for code in ("B", "C", below.code) for n in (1, 2)
    ]


def test_a_district_is_shown_its_own_branch_and_nobody_above(session: Session, half_year: Period) -> None:
    home = district()
    away = build(Unit, type="district", parent=home.parent)
    province = save(session, Committee, unit=home.parent, level="province", reports_every="month")
    mine, other = (
        save(session, Committee, unit=unit, level="district", parent=province, reports_every="month")
        for unit in (home, away)
    )
    report(session, province, half_year, ("sent", 0))
    session.commit()
    with limited_to(scope_of(mine)):
        assert [o.organisation for o in obligations(session, [half_year], DUE)] == [mine]
    assert {o.organisation for o in obligations(session, [half_year], DUE)} == {province, mine, other}
