"""Reports: periods and their due days, what was sent and sent back, figures."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import Figure, Period, Report
from models.reports import PeriodKind
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


@pytest.mark.parametrize("status", ["sent", "accepted"])
def test_what_was_sent_has_a_day(session: Session, status: str) -> None:
    session.add(build(Report, status=status))
    assert refused(session) == {"sent_on": "Đã gửi thì phải có ngày gửi."}
    session.rollback()
    save(session, Report, status=status, sent_on=DAY)


def test_what_is_sent_back_has_a_reason(session: Session) -> None:
    session.add(build(Report, status="returned"))
    assert refused(session) == {"return_reason": "Trả lại thì phải ghi lý do."}
    session.rollback()
    save(session, Report, status="returned", return_reason="Thiếu số liệu")


@pytest.mark.parametrize(
    ("sent", "late"), [(None, 0), (date(2023, 5, 14), 0), (date(2023, 5, 15), 0), (date(2023, 5, 18), 3)]
)
def test_a_report_is_late_from_the_day_after_the_due_day(session: Session, sent: date | None, late: int) -> None:
    period = build(Period, kind="half_year", due_on=None)
    assert save(session, Report, period=period, sent_on=sent).days_late == late


def test_a_later_version_stands_beside_the_earlier_one(session: Session) -> None:
    report = save(session, Report)
    save(session, Report, period=report.period, organisation=report.organisation, revision=2)
    session.add(build(Report, period=report.period, organisation=report.organisation))
    assert set(refused(session)) == {"revision"}


def test_a_report_gives_an_indicator_once(session: Session) -> None:
    figure = save(session, Figure)
    session.add(build(Figure, report=figure.report, indicator=figure.indicator))
    assert set(refused(session)) == {"indicator"}
