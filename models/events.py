"""Events: the Great Unity Festival and its results, workshops, contests, inspections, supervision, criticism."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Column, ForeignKey, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, Session

from models.base import Base, Record
from models.choices import Choice
from models.documents import Document
from models.errors import Problem
from models.fields import (
    children,
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
    year_field,
    yes_no,
)
from models.movements import Movement
from models.organisations import Organisation
from models.tree import above
from models.units import Level, Unit, check_span
from models.words import _

event_theme = Table(
    "event_theme",
    Base.metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


class EventKind(Choice):
    """What the plan asks to be held (plan 2023, parts II and III)."""

    FESTIVAL = "festival", _("Ngày hội Đại đoàn kết")
    LAUNCH = "launch", _("Lễ phát động")
    WORKSHOP = "workshop", _("Hội thảo, tọa đàm")
    TRAINING = "training", _("Tập huấn, quán triệt")
    PUBLICITY = "publicity", _("Tuyên truyền")
    CONTEST = "contest", _("Hội thi, cuộc thi")
    INSPECTION = "inspection", _("Kiểm tra")
    SUPERVISION = "supervision", _("Giám sát")
    CRITICISM = "criticism", _("Phản biện xã hội")
    CONFERENCE = "conference", _("Hội nghị, sơ kết, tổng kết")


class EventStatus(Choice):
    """Whether an event took place."""

    PLANNED = "planned", _("Dự kiến")
    HELD = "held", _("Đã tổ chức"), "ok"
    CANCELLED = "cancelled", _("Không tổ chức"), "late"


class Theme(Record):
    """A theme that a Festival is held under (plan 2023, II.9); the list is open."""

    label = _("Chủ đề Ngày hội")
    natural_key = ("name",)

    name: Mapped[str] = text(_("Tên chủ đề"), 200, unique=True, search=True)
    place: Mapped[int] = integer(_("Thứ tự"), default=100)
    active: Mapped[bool] = yes_no(_("Đang dùng"), default=True)


class Event(Record):
    """Something held on a day: a Festival in an area, a workshop, a supervision."""

    label = _("Sự kiện")
    scoped_by = ("organisation", "unit")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    name: Mapped[str] = text(_("Tên sự kiện"), 300, search=True)
    kind: Mapped[EventKind] = choice(_("Loại"), EventKind)
    year: Mapped[int] = year_field(_("Năm"))
    unit_id: Mapped[int] = key("unit.id")
    unit: Mapped[Unit] = reference(_("Địa bàn"), "Event.unit_id")
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(_("Cơ quan tổ chức, chủ trì"), "Event.organisation_id")
    level: Mapped[Level | None] = choice(_("Cấp chủ trì"), Level)
    movement_id: Mapped[int | None] = key("movement.id")
    movement: Mapped[Movement | None] = reference(_("Phong trào"), "Event.movement_id")
    starts_on: Mapped[date | None] = date_field(_("Ngày tổ chức"))
    ends_on: Mapped[date | None] = date_field(_("Đến ngày"))
    place: Mapped[str | None] = text(_("Địa điểm"), 300)
    status: Mapped[EventStatus] = choice(_("Tình trạng"), EventStatus, default=EventStatus.PLANNED)
    themes: Mapped[list[Theme]] = references(_("Chủ đề"), "event_theme", order_by="Theme.place")
    content: Mapped[str | None] = long_text(_("Nội dung, chương trình"))
    attendees: Mapped[int | None] = integer(_("Số người dự"))
    state_budget: Mapped[int | None] = money(_("Kinh phí ngân sách (đồng)"))
    social_budget: Mapped[int | None] = money(_("Kinh phí xã hội hóa (đồng)"))
    recommendations_sent: Mapped[int | None] = integer(_("Kiến nghị đã gửi"), help=_("Giám sát, phản biện."))
    recommendations_answered: Mapped[int | None] = integer(_("Kiến nghị được trả lời"))
    document_id: Mapped[int | None] = key("document.id")
    document: Mapped[Document | None] = reference(_("Kế hoạch, văn bản"), "Event.document_id")
    result: Mapped[str | None] = long_text(_("Kết quả"))
    festival_results: Mapped[list[FestivalResult]] = children(
        _("Kết quả Ngày hội"), "FestivalResult.event_id", "event", order_by="FestivalResult.id"
    )

    def derive(self, session: Session) -> None:
        """The day gives the year."""
        if self.starts_on is not None and self.year is None:
            self.year = self.starts_on.year

    def check(self, session: Session) -> Iterator[Problem]:
        """What was held has a day; no more recommendations are answered than were sent."""
        yield from check_span(self, "starts_on", "ends_on")
        if self.status is EventStatus.HELD and self.starts_on is None:
            yield Problem(_("Đã tổ chức thì phải có ngày tổ chức."), "starts_on")
        if self.starts_on is not None and self.starts_on.year != self.year:
            yield Problem(_("Ngày tổ chức không thuộc năm %(year)s."), "starts_on", {"year": self.year})
        if (self.recommendations_answered or 0) > (self.recommendations_sent or 0):
            yield Problem(_("Không thể nhiều hơn số kiến nghị đã gửi."), "recommendations_answered")
        if self.festival_results and self.kind is not EventKind.FESTIVAL:
            yield Problem(_("Chỉ Ngày hội Đại đoàn kết mới có kết quả Ngày hội."), "festival_results")
        if len(self.festival_results) > 1:
            yield Problem(_("Một Ngày hội chỉ có một dòng kết quả."), "festival_results")


class FestivalResult(Record):
    """What a Festival brought, in one area or summed up by a unit (columns: `domain.md` 4-A and 4-B).

    For a single area the counts of areas are 1 or 0, so that one rule and one sum serve every level.
    """

    label = _("Kết quả Ngày hội")
    natural_key = ("event",)
    title_field = "event"
    title_loads = ("event",)
    __table_args__ = (UniqueConstraint("event_id"),)

    event_id: Mapped[int] = key("event.id", owned=True)
    event: Mapped[Event] = reference(_("Sự kiện"), "FestivalResult.event_id", back_populates="festival_results")
    areas_total: Mapped[int] = integer(_("Tổng số khu dân cư"), default=1)
    areas_held: Mapped[int] = integer(_("Số khu dân cư tổ chức"), default=0)
    areas_ceremony: Mapped[int] = integer(_("Chỉ phần lễ"), default=0)
    areas_both: Mapped[int] = integer(_("Cả lễ và hội"), default=0)
    areas_meal: Mapped[int] = integer(_("Có bữa cơm đại đoàn kết"), default=0)
    households: Mapped[int | None] = integer(_("Số hộ"))
    people: Mapped[int | None] = integer(_("Số khẩu"))
    minority_households: Mapped[int | None] = integer(_("Số hộ dân tộc thiểu số"))
    attendees: Mapped[int | None] = integer(_("Số người dự"))
    central_leaders: Mapped[int | None] = integer(_("Lãnh đạo Trung ương dự"))
    province_leaders: Mapped[int | None] = integer(_("Lãnh đạo tỉnh dự"))
    district_leaders: Mapped[int | None] = integer(_("Lãnh đạo huyện dự"))
    commune_leaders: Mapped[int | None] = integer(_("Lãnh đạo xã dự"))
    state_budget: Mapped[int | None] = money(_("Kinh phí ngân sách (đồng)"))
    social_budget: Mapped[int | None] = money(_("Kinh phí xã hội hóa (đồng)"))
    gifts: Mapped[int | None] = integer(_("Số suất quà"))
    gift_value: Mapped[int | None] = money(_("Trị giá quà (đồng)"))
    houses: Mapped[int | None] = integer(_("Nhà Đại đoàn kết bàn giao"))
    house_value: Mapped[int | None] = money(_("Trị giá nhà (đồng)"))
    works: Mapped[str | None] = text(_("Công trình, phần việc"), 500)
    praised_households: Mapped[int | None] = integer(_("Hộ được biểu dương"))
    praised_people: Mapped[int | None] = integer(_("Cá nhân được biểu dương"))
    praised_collectives: Mapped[int | None] = integer(_("Tập thể được biểu dương"))
    cultural_registered: Mapped[int | None] = integer(_("Hộ đăng ký Gia đình văn hóa"))
    cultural_reached: Mapped[int | None] = integer(_("Hộ đạt Gia đình văn hóa"))
    cultural_areas: Mapped[int | None] = integer(_("Khu dân cư văn hóa"))
    poor_households: Mapped[int | None] = integer(_("Hộ nghèo"))
    near_poor_households: Mapped[int | None] = integer(_("Hộ cận nghèo"))
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """Ceremony only + both ≤ held ≤ total, and no part greater than its whole (`domain.md` 4)."""
        held = self.areas_held
        if held > self.areas_total:
            yield Problem(_("Số khu dân cư tổ chức không thể lớn hơn tổng số."), "areas_held")
        if self.areas_ceremony + self.areas_both > held:
            yield Problem(_("Chỉ phần lễ cộng cả lễ và hội không thể lớn hơn số đã tổ chức."), "areas_both")
        if self.areas_meal > held:
            yield Problem(_("Không thể lớn hơn số khu dân cư đã tổ chức."), "areas_meal")
        for part, whole in (
            ("minority_households", "households"),
            ("cultural_reached", "households"),
            ("cultural_areas", "areas_total"),
        ):
            if (getattr(self, part) or 0) > (getattr(self, whole) if getattr(self, whole) is not None else 10**12):
                yield Problem(_("Không thể lớn hơn “%(whole)s”."), part, {"whole": self.fields()[whole].label})

    def __str__(self) -> str:
        return str(self.event) if self.event else self.label


class PilotArea(Record):
    """A district's one residential area that is the province's pilot in a year (plan 2023, II.9).

    The row is the district's place on the list; it stands empty until the district has chosen.
    """

    label = _("Khu dân cư điểm")
    scoped_by = ("district",)
    natural_key = ("district", "year")
    title_field = "year"
    title_loads = ("district", "area")
    __table_args__ = (UniqueConstraint("year", "district_id"),)

    district_id: Mapped[int] = key("unit.id")
    district: Mapped[Unit] = reference(_("Đơn vị cấp huyện"), "PilotArea.district_id")
    year: Mapped[int] = year_field(_("Năm Ngày hội"))
    area_id: Mapped[int | None] = key("unit.id")
    area: Mapped[Unit | None] = reference(
        _("Khu dân cư được chọn"), "PilotArea.area_id", help=_("Để trống khi huyện chưa chọn.")
    )
    event_id: Mapped[int | None] = key("event.id")
    event: Mapped[Event | None] = reference(_("Ngày hội tại khu dân cư"), "PilotArea.event_id")
    guests: Mapped[str | None] = long_text(_("Lãnh đạo dự"))
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """A district has one; the area lies in it, and in it is the Festival."""
        if self.district.level is not Level.DISTRICT:
            yield Problem(_("Chọn một đơn vị cấp huyện."), "district")
        if self.area is not None:
            if self.area.level is not Level.AREA:
                yield Problem(_("Chọn một khu dân cư (ấp, khóm)."), "area")
            elif self.district not in above(self.area):
                yield Problem(_("Khu dân cư này không thuộc “%(district)s”."), "area", {"district": str(self.district)})
        if self.event is not None and self.event.unit is not self.area:
            yield Problem(_("Ngày hội này không phải của khu dân cư được chọn."), "event")

    def __str__(self) -> str:
        return f"{self.district} {self.year}"
