"""Reporting periods: months, quarters, half-years and years, each with the day its reports are due."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import Days, choice, date_field, integer, long_text, text, year_field, yes_no
from models.records.words import _


class PeriodKind(Choice):
    """How often reports are due (plan 2023, last paragraph), the shortest first."""

    MONTH = "month", _("Tháng")
    QUARTER = "quarter", _("Quý")
    HALF_YEAR = "half_year", _("6 tháng")
    YEAR = "year", _("Năm")

    @property
    def per_year(self) -> int:
        """How many of them a year has; of half-years the first alone is reported, the second is within the year."""
        return {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4}.get(self, 1)

    @property
    def months(self) -> int:
        """How many months one covers."""
        return _MONTHS[self]


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6, PeriodKind.YEAR: 12}
PARTS = {
    PeriodKind.QUARTER: PeriodKind.MONTH,
    PeriodKind.HALF_YEAR: PeriodKind.QUARTER,
    PeriodKind.YEAR: PeriodKind.QUARTER,
}
"""The shorter periods that make up a longer one."""


class Period(Record):
    """A reporting period and the day its reports are due."""

    label = _("Kỳ báo cáo")
    natural_key = ("kind", "year", "number")
    __table_args__ = (UniqueConstraint("kind", "year", "number"),)

    kind: Mapped[PeriodKind] = choice(_("Loại kỳ"), PeriodKind)
    year: Mapped[int] = year_field(_("Năm"))
    number: Mapped[int] = integer(
        _("Tháng, quý thứ"), minimum=1, maximum=12, default=1, help=_("Kỳ 6 tháng và kỳ năm: 1.")
    )
    name: Mapped[str] = text(_("Tên kỳ"), 100, derived=True, search=True)
    due_on: Mapped[date] = date_field(
        _("Hạn gửi"),
        help=_("Để trống: 15/5 cho kỳ 6 tháng, 15/11 cho kỳ năm (Kế hoạch 2023)."),
        calendar=Days(_("Hạn báo cáo")),
    )
    open: Mapped[bool] = yes_no(_("Đang nhận báo cáo"), default=True)
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def derive(self, session: Session) -> None:
        """The name, and the plan's due dates: before 15/5 for the half-year, before 15/11 for the year."""
        if self.kind is None or self.year is None:
            return
        self.name = {
            PeriodKind.MONTH: f"Tháng {self.number}/{self.year}",
            PeriodKind.QUARTER: f"Quý {self.number}/{self.year}",
            PeriodKind.HALF_YEAR: f"6 tháng đầu năm {self.year}",
            PeriodKind.YEAR: f"Năm {self.year}",
        }[self.kind]
        if self.due_on is None and self.kind is PeriodKind.HALF_YEAR:
            self.due_on = date(self.year, 5, 15)
        if self.due_on is None and self.kind is PeriodKind.YEAR:
            self.due_on = date(self.year, 11, 15)

    def check(self, session: Session) -> Iterator[Problem]:
        """A year has 12 months, 4 quarters and one of the others."""
        if self.number > self.kind.per_year:
            yield Problem(
                _("Loại kỳ này chỉ có đến số %(last)s trong một năm."), "number", {"last": self.kind.per_year}
            )

    def title_sort(self) -> str:
        """In the order of their due days."""
        return f"{self.due_on or ''}"

    @property
    def last_month(self) -> int:
        """The month that the period ends with."""
        return self.number * self.kind.months

    def parts(self, periods: Iterable[Period]) -> list[Period]:
        """Those of these periods that make this one up, in their order."""
        first = self.last_month - self.kind.months
        found = (
            period
            for period in periods
            if period.kind is PARTS.get(self.kind)
            and period.year == self.year
            and first < period.last_month <= self.last_month
        )
        return sorted(found, key=lambda period: period.number)


def open_year(session: Session, year: int, day: int) -> list[Period]:
    """Make the periods of a year that are not there yet; months and quarters are due on this day of their last month.

    The plan fixes days for the half-year and the year alone (`docs/domain.md` 7).
    """
    there = {(p.kind, p.number) for p in session.scalars(select(Period).where(Period.year == year))}
    made = []
    for kind in PeriodKind:
        for number in range(1, kind.per_year + 1):
            if (kind, number) in there:
                continue
            period = Period(kind=kind, year=year, number=number)
            if kind in (PeriodKind.MONTH, PeriodKind.QUARTER):
                period.due_on = date(year, period.last_month, min(day, monthrange(year, period.last_month)[1]))
            made.append(period)
    session.add_all(made)
    return made
