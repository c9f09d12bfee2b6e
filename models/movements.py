"""Movements and campaigns, what units register for them, and the clubs that grew from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, Session

from models.documents import Document
from models.organisations import Organisation
from models.people import Person
from models.records.base import Base, Record
from models.records.choices import Choice, State
from models.records.errors import Problem
from models.records.fields import (
    Days,
    choice,
    code_field,
    date_field,
    integer,
    key,
    long_text,
    money,
    reference,
    references,
    text,
    yes_no,
)
from models.records.tree import above
from models.records.words import _
from models.units import Level, Unit, check_span

movement_basis = Table(
    "movement_basis",
    Base.metadata,
    Column("movement_id", ForeignKey("movement.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


class MovementKind(Choice):
    """What is launched (plan 2023, part II; `docs/domain.md` 3)."""

    MOVEMENT = "movement", _("Phong trào")
    CAMPAIGN = "campaign", _("Cuộc vận động")
    DRIVE = "drive", _("Đợt thi đua")
    CONTEST = "contest", _("Hội thi, cuộc thi")


class Rhythm(Choice):
    """How a movement runs through time."""

    STANDING = "standing", _("Thường xuyên")
    YEARLY = "yearly", _("Hằng năm")
    DRIVE = "drive", _("Theo đợt (chuyên đề)")
    FIVE_YEARS = "five_years", _("5 năm")


class Movement(Record):
    """A movement, campaign, emulation drive or contest."""

    label = _("Phong trào, cuộc vận động")
    scoped_by = ("owner",)
    open_above = True
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    name: Mapped[str] = text(_("Tên phong trào, cuộc vận động"), 400, search=True)
    kind: Mapped[MovementKind] = choice(_("Loại"), MovementKind)
    rhythm: Mapped[Rhythm] = choice(_("Phương thức tổ chức"), Rhythm, default=Rhythm.STANDING)
    level: Mapped[Level] = choice(_("Cấp chủ trì phát động thi đua"), Level)
    owner_id: Mapped[int | None] = key("organisation.id")
    owner: Mapped[Organisation | None] = reference(_("Cơ quan chủ trì"), "Movement.owner_id")
    launched_by: Mapped[str | None] = text(
        _("Nơi phát động"), 200, help=_("Khi không phải tổ chức trong danh sách: Thủ tướng Chính phủ…")
    )
    parent_id: Mapped[int | None] = key("movement.id")
    parent: Mapped[Movement | None] = reference(_("Thuộc phong trào"), "Movement.parent_id", remote_side="Movement.id")
    starts_on: Mapped[date | None] = date_field(_("Từ ngày"))
    ends_on: Mapped[date | None] = date_field(_("Đến ngày"), calendar=Days(_("Kết thúc phong trào")))
    bases: Mapped[list[Document]] = references(_("Căn cứ"), "movement_basis", order_by="Document.issued_on")
    scope: Mapped[str | None] = text(_("Phạm vi, đối tượng"), 300)
    content: Mapped[str | None] = long_text(_("Nội dung"))
    criteria: Mapped[str | None] = long_text(_("Tiêu chí"))
    target: Mapped[str | None] = long_text(_("Chỉ tiêu"))
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """A movement stands under no movement that stands under it; it doesn't end before it begins."""
        if self in above(self):
            yield Problem(_("Phong trào không thể thuộc chính nó hoặc một nhánh của nó."), "parent")
        yield from check_span(self, "starts_on", "ends_on")


class RegistrationKind(Choice):
    """What units promise (plan 2023, III.2)."""

    WORKS = "works", _("Công trình")
    PRODUCT = "product", _("Sản phẩm")
    TASK = "task", _("Phần việc")
    MODEL = "model", _("Mô hình")


class RegistrationStatus(Choice):
    """How far a promise has come."""

    REGISTERED = "registered", _("Đã đăng ký")
    UNDER_WAY = "under_way", _("Đang thực hiện"), State.WAITING
    DONE = "done", _("Hoàn thành"), State.DONE
    DROPPED = "dropped", _("Không thực hiện"), State.OFF


class Registration(Record):
    """A work, product, task or model that a unit or organisation registers, and what came of it."""

    label = _("Đăng ký công trình, sản phẩm, phần việc, mô hình")
    scoped_by = ("organisation",)
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    name: Mapped[str] = text(_("Tên công trình, phần việc"), 300, search=True)
    kind: Mapped[RegistrationKind] = choice(_("Loại"), RegistrationKind)
    movement_id: Mapped[int] = key("movement.id")
    movement: Mapped[Movement] = reference(_("Phong trào"), "Registration.movement_id")
    organisation_id: Mapped[int] = key("organisation.id")
    organisation: Mapped[Organisation] = reference(_("Đơn vị đăng ký"), "Registration.organisation_id")
    unit_id: Mapped[int | None] = key("unit.id")
    unit: Mapped[Unit | None] = reference(_("Nơi thực hiện"), "Registration.unit_id")
    registered_on: Mapped[date] = date_field(_("Ngày đăng ký"))
    due_on: Mapped[date | None] = date_field(_("Hạn hoàn thành"), calendar=Days(_("Hạn công trình, phần việc")))
    target: Mapped[str | None] = text(_("Chỉ tiêu"), 300)
    status: Mapped[RegistrationStatus] = choice(
        _("Tình trạng"), RegistrationStatus, default=RegistrationStatus.REGISTERED
    )
    done_on: Mapped[date | None] = date_field(_("Ngày hoàn thành"))
    result: Mapped[str | None] = long_text(_("Kết quả"))
    value: Mapped[int | None] = money(_("Trị giá (đồng)"))
    participants: Mapped[int | None] = integer(_("Số người tham gia"))
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """What is done has a day; nothing is due or done before it was registered."""
        if self.status is RegistrationStatus.DONE and self.done_on is None:
            yield Problem(_("Đã hoàn thành thì phải có ngày hoàn thành."), "done_on")
        yield from check_span(self, "registered_on", "due_on")
        yield from check_span(self, "registered_on", "done_on")


class Club(Record):
    """A club for start-ups and creativity (plan 2023, III.3.3), or another that a movement brought forth."""

    label = _("Câu lạc bộ")
    scoped_by = ("organisation", "unit")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    name: Mapped[str] = text(_("Tên câu lạc bộ"), 300, search=True)
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(_("Tổ chức quản lý"), "Club.organisation_id")
    unit_id: Mapped[int | None] = key("unit.id")
    unit: Mapped[Unit | None] = reference(_("Địa bàn"), "Club.unit_id")
    movement_id: Mapped[int | None] = key("movement.id")
    movement: Mapped[Movement | None] = reference(_("Phong trào"), "Club.movement_id")
    leader_id: Mapped[int | None] = key("person.id")
    leader: Mapped[Person | None] = reference(_("Chủ nhiệm"), "Club.leader_id")
    founded_on: Mapped[date | None] = date_field(_("Ngày thành lập"))
    members: Mapped[int | None] = integer(_("Số thành viên"))
    activity: Mapped[str | None] = long_text(_("Nội dung hoạt động"))
    active: Mapped[bool] = yes_no(_("Đang hoạt động"), default=True)
