"""Periodic reports: the periods they are due for, the indicators asked for, the figures sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, Session

from models.base import Record
from models.choices import Choice
from models.documents import Document
from models.errors import Problem
from models.fields import (
    Days,
    children,
    choice,
    code_field,
    date_field,
    decimal,
    integer,
    key,
    long_text,
    reference,
    text,
    year_field,
    yes_no,
)
from models.organisations import Organisation
from models.words import _


class PeriodKind(Choice):
    """How often reports are due (plan 2023, last paragraph)."""

    MONTH = "month", _("Tháng")
    QUARTER = "quarter", _("Quý")
    HALF_YEAR = "half_year", _("6 tháng")
    YEAR = "year", _("Năm")


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
        last = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4}.get(self.kind, 1)
        if self.number > last:
            yield Problem(_("Loại kỳ này chỉ có đến số %(last)s trong một năm."), "number", {"last": last})

    def title_sort(self) -> str:
        """In the order of their due days."""
        return f"{self.due_on or ''}"


class Programme(Choice):
    """The five action programmes of 2019–2024, the chapters of every report (`domain.md` 7)."""

    UNITY = "unity", _("1. Tuyên truyền, vận động, tập hợp khối đại đoàn kết")
    EMULATION = "emulation", _("2. Thi đua, các cuộc vận động, phong trào")
    DEMOCRACY = "democracy", _("3. Dân chủ, giám sát, phản biện xã hội, xây dựng Đảng")
    DIPLOMACY = "diplomacy", _("4. Đối ngoại nhân dân")
    ORGANISATION = "organisation", _("5. Củng cố tổ chức")


class Aggregation(Choice):
    """How an indicator adds up: over months, only counts of things done may be summed."""

    SUM = "sum", _("Cộng dồn")
    LATEST = "latest", _("Lấy kỳ sau cùng")


class Indicator(Record):
    """One figure that reports give, with its unit of measure."""

    label = _("Chỉ tiêu báo cáo")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 30, unique=True)
    name: Mapped[str] = text(_("Tên chỉ tiêu"), 300, search=True)
    measure: Mapped[str] = text(_("Đơn vị tính"), 40)
    programme: Mapped[Programme] = choice(_("Chương trình"), Programme)
    aggregation: Mapped[Aggregation] = choice(_("Cách cộng"), Aggregation, default=Aggregation.SUM)
    place: Mapped[int] = integer(_("Thứ tự"), default=100)
    active: Mapped[bool] = yes_no(_("Đang dùng"), default=True)
    note: Mapped[str | None] = long_text(_("Ghi chú"))


class ReportStatus(Choice):
    """Where a report stands between sender and receiver."""

    DRAFT = "draft", _("Đang soạn")
    SENT = "sent", _("Đã gửi"), "warn"
    ACCEPTED = "accepted", _("Đã nhận"), "ok"
    RETURNED = "returned", _("Trả lại"), "late"


class Report(Record):
    """What an organisation reports for a period. A later version replaces an earlier one; both are kept."""

    label = _("Báo cáo")
    scoped_by = ("organisation",)
    natural_key = ("period", "organisation", "revision")
    title_field = "sent_on"
    title_loads = ("period", "organisation")
    __table_args__ = (UniqueConstraint("period_id", "organisation_id", "revision"),)

    period_id: Mapped[int] = key("period.id")
    period: Mapped[Period] = reference(_("Kỳ báo cáo"), "Report.period_id")
    organisation_id: Mapped[int] = key("organisation.id")
    organisation: Mapped[Organisation] = reference(_("Nơi báo cáo"), "Report.organisation_id")
    revision: Mapped[int] = integer(_("Lần gửi"), minimum=1, default=1)
    status: Mapped[ReportStatus] = choice(_("Tình trạng"), ReportStatus, default=ReportStatus.DRAFT)
    sent_on: Mapped[date | None] = date_field(_("Ngày gửi"))
    unity: Mapped[str | None] = long_text(Programme.UNITY.label)
    emulation: Mapped[str | None] = long_text(Programme.EMULATION.label)
    democracy: Mapped[str | None] = long_text(Programme.DEMOCRACY.label)
    diplomacy: Mapped[str | None] = long_text(Programme.DIPLOMACY.label)
    organisation_text: Mapped[str | None] = long_text(Programme.ORGANISATION.label)
    document_id: Mapped[int | None] = key("document.id")
    document: Mapped[Document | None] = reference(_("Văn bản"), "Report.document_id")
    return_reason: Mapped[str | None] = text(_("Lý do trả lại"), 500)
    note: Mapped[str | None] = long_text(_("Ghi chú"))
    figures: Mapped[list[Figure]] = children(_("Số liệu"), "Figure.report_id", "report", order_by="Figure.id")

    def check(self, session: Session) -> Iterator[Problem]:
        """What was sent has a day; what is sent back has a reason."""
        if self.status in (ReportStatus.SENT, ReportStatus.ACCEPTED) and self.sent_on is None:
            yield Problem(_("Đã gửi thì phải có ngày gửi."), "sent_on")
        if self.status is ReportStatus.RETURNED and not self.return_reason:
            yield Problem(_("Trả lại thì phải ghi lý do."), "return_reason")

    @property
    def days_late(self) -> int:
        """By how many days the report came late; 0 if in time or not sent."""
        return max(0, (self.sent_on - self.period.due_on).days) if self.sent_on else 0

    def __str__(self) -> str:
        return f"{self.period} – {self.organisation}"


class Figure(Record):
    """The value of one indicator in one report."""

    label = _("Số liệu")
    natural_key = ("report", "indicator")
    title_field = "indicator"
    title_loads = ("indicator",)
    __table_args__ = (UniqueConstraint("report_id", "indicator_id"),)

    report_id: Mapped[int] = key("report.id", owned=True)
    report: Mapped[Report] = reference(_("Báo cáo"), "Figure.report_id", back_populates="figures")
    indicator_id: Mapped[int] = key("indicator.id")
    indicator: Mapped[Indicator] = reference(_("Chỉ tiêu"), "Figure.indicator_id")
    # No more digits than SQLite keeps exactly.
    value: Mapped[Decimal] = decimal(_("Giá trị"), 2, minimum=0, maximum=10**13)
    note: Mapped[str | None] = text(_("Ghi chú"), 300)

    def __str__(self) -> str:
        return str(self.indicator)
