"""Reports: what was sent and sent back, which version counts, figures."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Committee, Figure, Period, Report
from models.access.scope import limited_to, scope_of
from models.reports import ReportStatus
from tests.models.builders import DAY, build, district, refused, save

pytestmark = pytest.mark.database


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


@pytest.mark.parametrize(
    ("versions", "counting"),
    [
        ("", None),
        ("draft", None),
        ("returned", None),
        ("sent", 1),
        ("accepted", 1),
        ("accepted sent", 2),
        ("returned sent", 2),
        ("accepted draft", 1),
        ("accepted returned", 1),
        ("sent returned accepted draft", 3),
    ],
)
def test_the_last_version_that_was_not_sent_back_counts(session: Session, versions: str, counting: int | None) -> None:
    first = build(Report, sent_on=DAY, return_reason="Thiếu")
    for revision, status in enumerate(versions.split(), 1):
        same = {"period": first.period, "organisation": first.organisation, "sent_on": DAY, "return_reason": "Thiếu"}
        save(session, Report, **same, revision=revision, status=status)
    save(session, Report, period=first.period, status="sent", sent_on=DAY)
    own = select(Report.revision).where(Report.counting(), Report.organisation_id == first.organisation.id)
    assert session.scalars(own).all() == ([counting] if counting else [])


def test_who_sends_a_report_does_not_take_it_in(session: Session) -> None:
    home = district()
    above = save(session, Committee, unit=home.parent, level="province")
    own = save(session, Committee, unit=home, level="district", parent=above)
    report = save(session, Report, organisation=own, status="sent", sent_on=DAY)
    session.commit()
    with limited_to(scope_of(own)):
        report.status = ReportStatus.ACCEPTED
        assert set(refused(session)) == {"status"}
        session.rollback()
    report.status = ReportStatus.ACCEPTED
    session.flush()


def test_a_report_gives_an_indicator_once(session: Session) -> None:
    figure = save(session, Figure)
    session.add(build(Figure, report=figure.report, indicator=figure.indicator))
    assert set(refused(session)) == {"indicator"}
