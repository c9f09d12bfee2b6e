"""Events: the Great Unity Festival and its results, workshops, contests, inspections, supervision, criticism."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from models.documents import Document
from models.movements import Movement
from models.oddities import AND, KEPT, NEVER_MORE, OF_RESULT, oddities
from models.organisations import Organisation
from models.people import Person
from models.recommendations import Recommendation
from models.records.base import Record
from models.records.choices import Choice, State
from models.records.errors import Problem
from models.records.fields import (
    KEY_TEXT,
    Days,
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
)
from models.records.lookups import earlier_new, may_be_named
from models.records.text import fold
from models.records.words import _
from models.themes import Theme
from models.units import Level, Unit, check_span


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


CRITICAL = (EventKind.SUPERVISION, EventKind.CRITICISM)
"""What ends in recommendations."""


class EventStatus(Choice):
    """Whether an event took place."""

    PLANNED = "planned", _("Dự kiến")
    HELD = "held", _("Đã tổ chức"), State.DONE
    CANCELLED = "cancelled", _("Không tổ chức"), State.OFF


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
    starts_on: Mapped[date | None] = date_field(
        _("Ngày tổ chức"), calendar=Days(_("Sự kiện"), "ends_on", by_kind=True, place="place")
    )
    ends_on: Mapped[date | None] = date_field(_("Đến ngày"))
    place: Mapped[str | None] = text(_("Địa điểm"), 300, search=True)
    status: Mapped[EventStatus] = choice(
        _("Tình trạng"),
        EventStatus,
        default=EventStatus.PLANNED,
        help=_("Ngày hội: “Đã tổ chức” khi kết quả ghi có khu dân cư tổ chức; tự chuyển theo kết quả."),
    )
    themes: Mapped[list[Theme]] = references(_("Chủ đề"), "event_theme", order_by="Theme.place")
    content: Mapped[str | None] = long_text(_("Nội dung, chương trình"))
    attendees: Mapped[int | None] = integer(_("Số người dự"))
    state_budget: Mapped[int | None] = money(_("Kinh phí ngân sách (đồng)"))
    social_budget: Mapped[int | None] = money(_("Kinh phí xã hội hóa (đồng)"))
    recommendations_sent: Mapped[int | None] = integer(
        _("Kiến nghị đã gửi"), help=_("Giám sát, phản biện. Khi có danh sách kiến nghị, hai số này tự tính.")
    )
    recommendations_answered: Mapped[int | None] = integer(_("Kiến nghị được trả lời"))
    document_id: Mapped[int | None] = key("document.id")
    document: Mapped[Document | None] = reference(_("Kế hoạch, văn bản"), "Event.document_id")
    result: Mapped[str | None] = long_text(_("Kết quả"))
    festival_results: Mapped[list[FestivalResult]] = children(
        _("Kết quả Ngày hội"), "FestivalResult.event_id", "event", order_by="FestivalResult.id"
    )
    visits: Mapped[list[Visit]] = children(_("Lãnh đạo dự"), "Visit.event_id", "event", order_by="Visit.id")
    recommendations: Mapped[list[Recommendation]] = children(
        _("Kiến nghị"), "Recommendation.event_id", "event", order_by="Recommendation.id"
    )

    def left_out(self) -> tuple[str, ...]:
        """A Festival tells in its result how many came and what it cost."""
        return OF_RESULT if self.kind is EventKind.FESTIVAL else ()

    def pass_on(self, session: Session) -> None:
        """What is written on a Festival goes to its result, where that says nothing else."""
        for result, name in product(self.festival_results[:1], self.left_out()):
            if getattr(result, name) is None:
                setattr(result, name, getattr(self, name))
            if getattr(result, name) == getattr(self, name):
                setattr(self, name, None)

    def derive(self, session: Session) -> None:
        """The day gives the year, a Festival's result its status, recommendations their counts."""
        if self.starts_on is not None and self.year is None:
            self.year = self.starts_on.year
        if self.kind is EventKind.FESTIVAL:
            self._follow_result()
        if self.recommendations or self.changed("recommendations"):
            self.recommendations_sent = sum(r.sent_on is not None for r in self.recommendations)
            self.recommendations_answered = sum(r.answered_on is not None for r in self.recommendations)

    def _follow_result(self) -> None:
        """A Festival was held when its result says so, and only then; that none comes is said by hand."""
        if any(result.areas_held for result in self.festival_results):
            self.status = EventStatus.HELD
        elif self.status is EventStatus.HELD:
            self.status = EventStatus.PLANNED

    def check(self, session: Session) -> Iterator[Problem]:
        """What was held has a day, unless of a Festival only the result came; no more is answered than was sent."""
        yield from check_span(self, "starts_on", "ends_on")
        if self.status is EventStatus.HELD and self.starts_on is None and self.kind is not EventKind.FESTIVAL:
            yield Problem(_("Đã tổ chức thì phải có ngày tổ chức."), "starts_on")
        if self.starts_on is not None and self.starts_on.year != self.year:
            yield Problem(_("Ngày tổ chức không thuộc năm %(year)s."), "starts_on", {"year": self.year})
        if (self.recommendations_answered or 0) > (self.recommendations_sent or 0):
            yield Problem(_("Không thể nhiều hơn số kiến nghị đã gửi."), "recommendations_answered")
        yield from self._result_problems()
        if self.recommendations and self.kind not in CRITICAL:
            yield Problem(_("Chỉ giám sát, phản biện xã hội mới có kiến nghị."), "recommendations")
        yield from self._visit_problems(session)

    def _result_problems(self) -> Iterator[Problem]:
        """A Festival alone has results, in one row, and says there what other events say themselves."""
        for name in (name for name in self.left_out() if getattr(self, name) is not None):
            yield Problem(_("Số này của Ngày hội ghi ở mục “Kết quả Ngày hội”."), name)
        if self.festival_results and self.kind is not EventKind.FESTIVAL:
            yield Problem(_("Chỉ Ngày hội Đại đoàn kết mới có kết quả Ngày hội."), "festival_results")
        if len(self.festival_results) > 1:
            yield Problem(_("Một Ngày hội chỉ có một dòng kết quả."), "festival_results")

    def _visit_problems(self, session: Session) -> Iterator[Problem]:
        """Nobody is listed twice for one half day; whoever is awaited elsewhere then is asked about."""
        moved = self.is_new or self.changed("starts_on", "ends_on", "status")
        for visit, other in clashes_of(session, self):
            if not (moved or visit.is_moved or (other.event is self and other.is_moved)):
                continue
            if other.event is self:
                yield Problem(_("“%(who)s” được ghi hai lần cho cùng một buổi."), "visits", {"who": visit.name})
            else:
                known = other.event.is_new or may_be_named(session, Event, other.event.id)
                message = ELSEWHERE if known else SOMEWHERE
                told = {"who": visit.name, "when": visit.when, "other": str(other.event) if known else ""}
                yield Problem(message, "visits", told, confirm="two-places")


class FestivalResult(Record):
    """What a Festival brought, in one area or summed up by a unit (columns: `docs/domain.md` 4.1 and 4.2).

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
    people: Mapped[int | None] = integer(_("Số nhân khẩu"))
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
    agreed: Mapped[str | None] = long_text(_("Số lạ đã xác nhận là đúng"), derived=True)

    def derive(self, session: Session) -> None:
        """What looks wrong and was confirmed is remembered, for as long as it stands so."""
        before = (self.agreed or "").split(AND)
        known = {*before, *self.confirmed, *(self.event.confirmed if self.event else ())}
        odd = [each.told for each in oddities(self, self.fields()) if each.told in known]
        self.agreed = AND.join([*(told for told in before if told.startswith(KEPT)), *odd]) or None

    def check(self, session: Session) -> Iterator[Problem]:
        """Ceremony only + both ≤ held ≤ total, and no part greater than its whole (`docs/domain.md` 4.2)."""
        if (held := self.areas_held) > self.areas_total:
            yield Problem(_("Số khu dân cư tổ chức không thể lớn hơn tổng số."), "areas_held")
        if self.areas_ceremony + self.areas_both > held:
            yield Problem(_("Chỉ phần lễ cộng cả lễ và hội không thể lớn hơn số đã tổ chức."), "areas_both")
        if self.areas_meal > held:
            yield Problem(_("Không thể lớn hơn số khu dân cư đã tổ chức."), "areas_meal")
        for part, whole in NEVER_MORE:
            if (getattr(self, part) or 0) > (getattr(self, whole) if getattr(self, whole) is not None else 10**12):
                yield Problem(_("Không thể lớn hơn “%(whole)s”."), part, {"whole": self.fields()[whole].label})
        for odd in oddities(self, self.fields()):
            if odd.told not in (self.agreed or "").split(AND):
                yield Problem(odd.message, odd.field, odd.values, confirm=odd.told)

    def __str__(self) -> str:
        return str(self.event) if self.event else self.label


class DayPart(Choice):
    """The part of a day that someone gives to an event."""

    WHOLE = "whole", _("Cả ngày")
    MORNING = "morning", _("Buổi sáng")
    AFTERNOON = "afternoon", _("Buổi chiều")


ELSEWHERE = _("“%(who)s” cùng buổi đó (%(when)s) đã có tên ở “%(other)s”.")
SOMEWHERE = _("“%(who)s” cùng buổi đó (%(when)s) đã có tên ở nơi khác.")


class Visit(Record):
    """Which leader goes to an event, on which half day (plan 2023, II.9).

    A leader from outside the book is written down by name and office.
    """

    label = _("Lãnh đạo dự")
    natural_key = ("event", "name", "part", "day")
    title_is_person = True
    title_loads = ("event",)

    event_id: Mapped[int] = key("event.id", owned=True)
    event: Mapped[Event] = reference(_("Sự kiện"), "Visit.event_id", back_populates="visits")
    person_id: Mapped[int | None] = key("person.id")
    person: Mapped[Person | None] = reference(_("Nhân sự"), "Visit.person_id")
    name: Mapped[str | None] = text(_("Họ và tên"), 120, search=True, help=_("Để trống khi đã chọn nhân sự."))
    office: Mapped[str | None] = text(_("Chức vụ, cơ quan"), 200, search=True)
    day: Mapped[date | None] = date_field(_("Ngày dự"), help=_("Để trống: ngày tổ chức."))
    part: Mapped[DayPart] = choice(_("Buổi"), DayPart, default=DayPart.WHOLE)
    leader_key: Mapped[str] = mapped_column(KEY_TEXT, default="", index=True, active_history=True, sort_order=80)

    def derive(self, session: Session) -> None:
        """The name of a person in the book is theirs; by its letters alone a name is found again."""
        if self.person is not None:
            self.name = self.person.full_name
        self.leader_key = fold(self.name or "")

    def check(self, session: Session) -> Iterator[Problem]:
        """Somebody goes, while the event lasts."""
        if not self.name:
            yield Problem(_("Chọn nhân sự hoặc ghi họ và tên."), "name")
        first, last = self.event.starts_on, self.event.ends_on or self.event.starts_on
        if self.day is not None and first and last and not first <= self.day <= last:
            yield Problem(_("Sự kiện không diễn ra ngày này."), "day")

    @property
    def on(self) -> date | None:
        """The day of the visit: its own, else the event's first."""
        return self.day or self.event.starts_on

    @property
    def when(self) -> str:
        """Day and half day, in words."""
        return f"{self.part.label}, {self.on:%d/%m/%Y}" if self.on else self.part.label

    @property
    def is_moved(self) -> bool:
        """Whether it is not yet known that this leader goes there then."""
        return self.is_new or self.changed("person", "name", "day", "part")

    @property
    def whom(self) -> object:
        """Which person of the book goes, by their id where they have one; no reader needs to see them for that."""
        person = self.__dict__.get("person")
        return self.person_id if person is None else (person.id or person)

    def clashes_with(self, other: Visit) -> bool:
        """Whether both want one leader on one half day. Two people of one name, both in the book, are two."""
        same = self.whom == other.whom or None in (self.whom, other.whom)
        together = self.part is other.part or DayPart.WHOLE in (self.part, other.part)
        going = EventStatus.CANCELLED not in (self.event.status, other.event.status)
        return (
            self is not other
            and self.leader_key == other.leader_key
            and self.on is not None
            and self.on == other.on
            and same
            and together
            and going
        )

    def __str__(self) -> str:
        return f"{self.name or self.label} – {self.event}"


def clashes_of(session: Session, event: Event) -> list[tuple[Visit, Visit]]:
    """Each visit to `event` that can't be made for another one, with that."""
    if not event.visits:
        return []
    query = (
        select(Visit)
        .join(Visit.event)
        .where(
            Visit.leader_key.in_({visit.leader_key for visit in event.visits}),
            func.coalesce(Visit.day, Event.starts_on).in_({visit.on for visit in event.visits if visit.on}),
            Event.id != event.id,
        )
        .options(joinedload(Visit.event))
    )
    elsewhere = [visit for visit in session.scalars(query) if visit not in session.deleted]
    elsewhere += [visit for other in earlier_new(session, event) for visit in other.visits]
    return [
        *clashes(event.visits),
        *((mine, other) for mine in event.visits for other in elsewhere if mine.clashes_with(other)),
    ]


def clashes(visits: Iterable[Visit]) -> list[tuple[Visit, Visit]]:
    """Those pairs of these visits that can't both be made."""
    by_leader: dict[str, list[Visit]] = {}
    found = []
    for visit in visits:
        earlier = by_leader.setdefault(visit.leader_key, [])
        found += [(other, visit) for other in earlier if visit.clashes_with(other)]
        earlier.append(visit)
    return found
