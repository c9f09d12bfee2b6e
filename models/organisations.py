"""Committees of the Front, member organisations, departments and councils: one table, one tree a kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, UniqueConstraint, and_, case
from sqlalchemy.orm import Mapped, Session

from models.periods import PeriodKind
from models.records.base import Record
from models.records.choices import Choice
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
    year_field,
)
from models.records.tree import TreeRecord
from models.records.words import _
from models.units import Level, Unit, check_span


class Family(Choice):
    """The four trees that organisations stand in."""

    COMMITTEE = "committee", _("Ủy ban MTTQ, Ban Công tác Mặt trận")
    MEMBER = "member", _("Tổ chức thành viên")
    DEPARTMENT = "department", _("Ban, đơn vị chuyên môn")
    COUNCIL = "council", _("Hội đồng")


class OrganisationType(Record):
    """A kind of organisation as law and statute name it: data, because both change."""

    label = _("Loại tổ chức")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 30, unique=True)
    name: Mapped[str] = text(_("Tên loại tổ chức"), 200, search=True)
    family: Mapped[Family] = choice(_("Nhóm"), Family)
    note: Mapped[str | None] = long_text(_("Ghi chú"))


class Organisation(TreeRecord):
    """Anything that acts: a committee, a member organisation, a department, a council."""

    label = _("Tổ chức")
    natural_key = ("code",)
    __mapper_args__ = {"polymorphic_on": "family", "version_id_col": Record.version}

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True, help=_("Ví dụ MTTQ-947, HND-94."))
    name: Mapped[str] = text(_("Tên tổ chức"), 300, search=True)
    short_name: Mapped[str | None] = text(_("Tên gọi tắt"), 100, search=True)
    family: Mapped[Family] = choice(_("Nhóm"), Family, derived=True)
    type_id: Mapped[int | None] = key("organisation_type.id")
    type: Mapped[OrganisationType | None] = reference(_("Loại tổ chức"), "Organisation.type_id")
    unit_id: Mapped[int | None] = key("unit.id")
    unit: Mapped[Unit | None] = reference(_("Đơn vị hành chính"), "Organisation.unit_id")
    level: Mapped[Level] = choice(_("Cấp"), Level, help=_("Để trống thì lấy theo đơn vị hành chính."))
    parent_id: Mapped[int | None] = key("organisation.id")
    parent: Mapped[Organisation | None] = reference(
        _("Trực thuộc"), "Organisation.parent_id", remote_side="Organisation.id"
    )
    reports_every: Mapped[PeriodKind | None] = choice(
        _("Báo cáo định kỳ"),
        PeriodKind,
        help=_("Kỳ ngắn nhất phải gửi: chọn “Quý” là gửi báo cáo quý, 6 tháng và năm. Để trống: không phải gửi."),
    )
    established_on: Mapped[date | None] = date_field(_("Ngày thành lập"))
    dissolved_on: Mapped[date | None] = date_field(_("Ngày kết thúc hoạt động"))
    address: Mapped[str | None] = text(_("Địa chỉ"), 300)
    phone: Mapped[str | None] = text(_("Điện thoại"), 60, search=True)
    email: Mapped[str | None] = text(_("Thư điện tử"), 120)
    note: Mapped[str | None] = long_text(_("Ghi chú"))
    member_counts: Mapped[list[MemberCount]] = children(
        _("Số đoàn viên, hội viên theo năm"), "MemberCount.organisation_id", "organisation", order_by="MemberCount.year"
    )
    positions: Mapped[list[Position]] = children(
        _("Nhân sự"), "Position.organisation_id", "organisation", order_by="Position.place"
    )

    @property
    def said_kind(self) -> str:
        """Whether it is the Front's own or another body of the same place."""
        return self.family.label

    @classmethod
    def search_order(cls) -> Iterable[ColumnElement[Any]]:
        """Of the organisations of a place the Front's own committee, and the higher of two committees."""
        own = cls.family == Family.COMMITTEE
        return case((own, 0), else_=1), case(*((and_(own, cls.level == level), level.rank) for level in Level), else_=0)

    def derive(self, session: Session) -> None:
        """An organisation stands at the level of its unit unless something else was said."""
        if self.level is None and self.unit is not None and self.unit.type is not None:
            self.level = self.unit.type.level

    def check(self, session: Session) -> Iterator[Problem]:
        """The parent stands at the same level or above, a committee's is a committee above; the dates are in order.

        Whoever changes the level of a parent is asked too.
        """
        yield from super().check(session)
        if self.parent is not None:
            yield from self.rank_problems(self.parent, "parent", self.parent)
        for child in self.right_below(session) if self.changed("level") else ():
            yield from child.rank_problems(self, "level", child)
        yield from check_span(self, "established_on", "dissolved_on")

    def rank_problems(self, parent: Organisation, field: str, other: Organisation) -> Iterator[Problem]:
        """Why this organisation can't stand under `parent`: said of `field`, with the name of `other`."""
        if parent.level.rank > self.level.rank:
            yield Problem(
                _("Tổ chức cấp trên phải ở cấp cao hơn: “%(other)s” là cấp %(level)s."),
                field,
                {"other": str(other), "level": other.level.label},
            )
        elif isinstance(self, Committee) and (not isinstance(parent, Committee) or parent.level is self.level):
            yield Problem(_("Ủy ban chỉ trực thuộc Ủy ban cấp trên."), field)


class Committee(Organisation):
    """Ủy ban MTTQ Việt Nam of a unit, or the Ban Công tác Mặt trận of a residential area."""

    label = _("Ủy ban Mặt trận")
    __mapper_args__ = {"polymorphic_identity": Family.COMMITTEE}


class MemberOrganisation(Organisation):
    """A member organisation of the Front and its branches."""

    label = _("Tổ chức thành viên")
    __mapper_args__ = {"polymorphic_identity": Family.MEMBER}


class Department(Organisation):
    """A specialised department of a committee's office, or an agency that works with it."""

    label = _("Ban, đơn vị chuyên môn")
    __mapper_args__ = {"polymorphic_identity": Family.DEPARTMENT}


class Council(Organisation):
    """A council: emulation and commendation, selection, advisory."""

    label = _("Hội đồng")
    # Its own column comes along when it is read as an organisation: the history of a deletion can't read it later.
    __mapper_args__ = {"polymorphic_identity": Family.COUNCIL, "polymorphic_load": "inline"}

    threshold: Mapped[Decimal | None] = decimal(
        _("Tỷ lệ phiếu cần có (%)"), 2, maximum=100, help=_("Tính trên số có mặt. Để trống: quá nửa.")
    )


class MemberCount(Record):
    """How many members an organisation had in a year."""

    label = _("Số đoàn viên, hội viên")
    natural_key = ("organisation", "year")
    title_field = "year"
    __table_args__ = (UniqueConstraint("organisation_id", "year"),)

    organisation_id: Mapped[int] = key("organisation.id", owned=True)
    organisation: Mapped[Organisation] = reference(
        _("Tổ chức"), "MemberCount.organisation_id", back_populates="member_counts"
    )
    year: Mapped[int] = year_field(_("Năm"))
    members: Mapped[int] = integer(_("Số đoàn viên, hội viên"))


from models.people import Position  # noqa: E402  people refer to organisations; the names above must exist first
