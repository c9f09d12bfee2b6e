"""Periodic reports: the indicators asked for, what was sent, and which of several versions counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, UniqueConstraint, and_, select
from sqlalchemy.orm import Mapped, Session, aliased

from models.accounts.users import Role
from models.documents import Document
from models.organisations import Organisation
from models.periods import Period
from models.records.base import Record
from models.records.choices import Choice, State
from models.records.errors import Problem
from models.records.fields import (
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
    yes_no,
)
from models.records.words import _
from models.workflow.declaration import Transition, Workflow
from models.workflow.seals import Seal, since


class Programme(Choice):
    """The five action programmes of 2019–2024, the chapters of every report (`docs/domain.md` 7)."""

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
    measure: Mapped[str] = text(_("Đơn vị tính"), 40, search=True)
    programme: Mapped[Programme] = choice(_("Chương trình"), Programme)
    aggregation: Mapped[Aggregation] = choice(_("Cách cộng"), Aggregation, default=Aggregation.SUM)
    place: Mapped[int] = integer(_("Thứ tự"), default=100)
    active: Mapped[bool] = yes_no(_("Đang dùng"), default=True)
    note: Mapped[str | None] = long_text(_("Ghi chú"))


class ReportStatus(Choice):
    """Where a report stands between sender and receiver."""

    DRAFT = "draft", _("Đang soạn")
    SENT = "sent", _("Đã gửi"), State.WAITING
    ACCEPTED = "accepted", _("Đã nhận"), State.DONE
    RETURNED = "returned", _("Trả lại"), State.RETURNED


TAKEN = (ReportStatus.SENT, ReportStatus.ACCEPTED)
"""What was sent and not sent back."""


class Report(Record):
    """What an organisation reports for a period. A later version replaces an earlier one; both are kept."""

    label = _("Báo cáo")
    scoped_by = ("organisation",)
    natural_key = ("period", "organisation", "revision")
    title_field = "sent_on"
    title_loads = ("period", "organisation")
    __table_args__ = (UniqueConstraint("period_id", "organisation_id", "revision"),)
    # Whoever sent a report can't take it back: a correction is a version of its own.
    workflow = Workflow(
        field="status",
        note="return_reason",
        decided_by="organisation.parent",
        transitions=(
            Transition(ReportStatus.DRAFT, ReportStatus.SENT, sets="sent_on"),
            Transition(ReportStatus.SENT, ReportStatus.ACCEPTED, by_decider=True),
            Transition(ReportStatus.SENT, ReportStatus.RETURNED, by_decider=True, back=True),
            Transition(ReportStatus.ACCEPTED, ReportStatus.RETURNED, Role.APPROVER, by_decider=True, back=True),
            Transition(ReportStatus.RETURNED, ReportStatus.ACCEPTED, Role.APPROVER, by_decider=True),
        ),
        # Sums count it from here, and what was sent back is what was sent.
        seals=(
            Seal(
                at=since(ReportStatus.SENT),
                said=_("Báo cáo đã gửi ngày %(day)s thì không sửa, không xóa; muốn đính chính thì lập lần gửi mới."),
                day="sent_on",
            ),
        ),
    )

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

    @classmethod
    def counting(cls) -> ColumnElement[bool]:
        """The condition that a version counts: of those sent and not sent back, the last one (`docs/domain.md` 7).

        A draft of a correction, or one that was sent back, takes nothing from the version before it.
        """
        later = aliased(cls)
        newer = select(later.id).where(
            later.period_id == cls.period_id,
            later.organisation_id == cls.organisation_id,
            later.revision > cls.revision,
            later.status.in_(TAKEN),
        )
        return and_(cls.status.in_(TAKEN), ~newer.exists())

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
