"""Commendation: the forms that the law knows, and the rounds in which they are given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import Column, ColumnElement, ForeignKey, Table, and_
from sqlalchemy.orm import Mapped, Session

from models.documents import Document
from models.movements import Movement
from models.organisations import Organisation
from models.records.base import Base, Record
from models.records.choices import Choice, State
from models.records.errors import Problem
from models.records.fields import (
    Days,
    choice,
    code_field,
    date_field,
    decimal,
    integer,
    key,
    long_text,
    reference,
    references,
    text,
    year_field,
    yes_no,
)
from models.records.words import _
from models.units import check_span

award_round_form = Table(
    "award_round_form",
    Base.metadata,
    Column("round_id", ForeignKey("award_round.id", ondelete="CASCADE"), primary_key=True),
    Column("form_id", ForeignKey("award_form.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


class Authority(Choice):
    """Who gives an award."""

    STATE = "state", _("Chủ tịch nước; Thủ tướng Chính phủ")
    CENTRE = "centre", _("Ủy ban Trung ương MTTQ Việt Nam")
    PROVINCE_STATE = "province_state", _("Chủ tịch UBND tỉnh")
    PROVINCE_FRONT = "province_front", _("Ủy ban MTTQ Việt Nam tỉnh")
    DISTRICT = "district", _("Cấp huyện")
    COMMUNE = "commune", _("Cấp xã")
    ORGANISATION = "organisation", _("Tổ chức thành viên")


class RecipientKind(Choice):
    """Whom an award is for."""

    COLLECTIVE = "collective", _("Tập thể")
    HOUSEHOLD = "household", _("Hộ gia đình")
    INDIVIDUAL = "individual", _("Cá nhân")


class NominationStage(Choice):
    """From the proposal to the award (plan 2023, III.4)."""

    PROPOSED = "proposed", _("Mới đề nghị")
    CHECKED = "checked", _("Hồ sơ hợp lệ")
    COUNCIL = "council", _("Hội đồng thông qua"), State.WAITING
    STANDING = "standing", _("Trình Ban Thường trực"), State.WAITING
    SUBMITTED = "submitted", _("Đã trình UBND tỉnh"), State.WAITING
    AWARDED = "awarded", _("Được khen thưởng"), State.DONE
    REJECTED = "rejected", _("Không được khen"), State.OFF


class DecisionStatus(Choice):
    """A decision is a draft, is issued, or is cancelled; it is never changed once issued."""

    DRAFT = "draft", _("Dự thảo")
    ISSUED = "issued", _("Đã ban hành"), State.DONE
    CANCELLED = "cancelled", _("Đã hủy"), State.OFF


DECIDABLE = (NominationStage.STANDING, NominationStage.SUBMITTED)
"""The stages from which a decision makes an award."""


class AwardForm(Record):
    """A form of award or a title as law and rules name it, with the years it is given in (`docs/domain.md` 6.2)."""

    label = _("Hình thức khen thưởng")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 30, unique=True)
    name: Mapped[str] = text(_("Tên hình thức, danh hiệu"), 250, search=True)
    authority: Mapped[Authority] = choice(_("Thẩm quyền"), Authority)
    is_title: Mapped[bool] = yes_no(_("Là danh hiệu thi đua"))
    for_collectives: Mapped[bool] = yes_no(_("Cho tập thể"), default=True)
    for_households: Mapped[bool] = yes_no(_("Cho hộ gia đình"))
    for_individuals: Mapped[bool] = yes_no(_("Cho cá nhân"), default=True)
    multiple: Mapped[Decimal | None] = decimal(_("Mức thưởng (lần lương cơ sở)"), 2, maximum=100)
    threshold: Mapped[Decimal | None] = decimal(
        _("Tỷ lệ phiếu cần có (%)"), 2, maximum=100, help=_("Để trống: theo Hội đồng.")
    )
    valid_from: Mapped[date | None] = date_field(_("Áp dụng từ"))
    valid_to: Mapped[date | None] = date_field(_("Áp dụng đến"))
    basis_id: Mapped[int | None] = key("document.id")
    basis: Mapped[Document | None] = reference(_("Căn cứ"), "AwardForm.basis_id")
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """A form isn't given up before it is brought in."""
        yield from check_span(self, "valid_from", "valid_to")


class AwardRound(Record):
    """A round of commendation: for which movement and year, until when, how many a unit may put forward."""

    label = _("Đợt khen thưởng")
    scoped_by = ("organisation",)
    open_above = True
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    name: Mapped[str] = text(_("Tên đợt"), 300, search=True)
    movement_id: Mapped[int | None] = key("movement.id")
    movement: Mapped[Movement | None] = reference(_("Phong trào"), "AwardRound.movement_id")
    year: Mapped[int] = year_field(_("Năm"))
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(_("Cơ quan xét"), "AwardRound.organisation_id")
    opens_on: Mapped[date | None] = date_field(_("Nhận đề nghị từ"))
    due_on: Mapped[date | None] = date_field(_("Hạn nhận đề nghị"), calendar=Days(_("Hạn đề nghị khen thưởng")))
    unit_quota: Mapped[int | None] = integer(_("Số lượng mỗi đơn vị"), help=_("Mỗi nơi đề nghị; để trống: không hạn."))
    forms: Mapped[list[AwardForm]] = references(
        _("Hình thức được đề nghị"),
        "award_round_form",
        order_by="AwardForm.title_key",
        help=_("Để trống: mọi hình thức."),
    )
    closed: Mapped[bool] = yes_no(_("Đã kết thúc"))
    criteria: Mapped[str | None] = long_text(_("Tiêu chuẩn, cơ cấu"))
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    @classmethod
    def overdue(cls, day: date) -> ColumnElement[bool]:
        """The condition that nominations were due before the day, and the round is not closed."""
        return and_(cls.due_on.is_not(None), cls.due_on < day, ~cls.closed)

    def check(self, session: Session) -> Iterator[Problem]:
        """A round doesn't close before it opens."""
        yield from check_span(self, "opens_on", "due_on")
