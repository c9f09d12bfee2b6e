"""Administrative units of the province."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import choice, code_field, date_field, key, long_text, reference, text
from models.records.lookups import earlier_new
from models.records.order import sort_key
from models.records.rules import prepare
from models.records.text import code_key
from models.records.tree import TreeRecord, above
from models.records.words import _


class Level(Choice):
    """The levels of the state and of the Front (`docs/domain.md` 2); an area is no level but the arm of its commune."""

    CENTRE = "centre", _("Trung ương")
    PROVINCE = "province", _("Tỉnh")
    DISTRICT = "district", _("Huyện")
    COMMUNE = "commune", _("Xã")
    AREA = "area", _("Khu dân cư")


class UnitType(Choice):
    """What a unit is called in law in 2023."""

    PROVINCE = "province", _("Tỉnh")
    CITY = "city", _("Thành phố")
    TOWN = "town", _("Thị xã")
    DISTRICT = "district", _("Huyện")
    WARD = "ward", _("Phường")
    TOWNSHIP = "township", _("Thị trấn")
    COMMUNE = "commune", _("Xã")
    HAMLET = "hamlet", _("Ấp")
    QUARTER = "quarter", _("Khóm")

    @property
    def level(self) -> Level:
        """The level at which units of this type stand."""
        return _LEVELS[self]


_LEVELS = {
    UnitType.PROVINCE: Level.PROVINCE,
    UnitType.CITY: Level.DISTRICT,
    UnitType.TOWN: Level.DISTRICT,
    UnitType.DISTRICT: Level.DISTRICT,
    UnitType.WARD: Level.COMMUNE,
    UnitType.TOWNSHIP: Level.COMMUNE,
    UnitType.COMMUNE: Level.COMMUNE,
    UnitType.HAMLET: Level.AREA,
    UnitType.QUARTER: Level.AREA,
}


class Unit(TreeRecord):
    """A province, district, commune or residential area, as it stood from one day to another.

    Official codes are used again over the years (`docs/domain.md` 1.3): a code names one unit on one day only.
    """

    label = _("Đơn vị hành chính")
    natural_key = ("code", "valid_from")
    title_field = "full_name"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    if TYPE_CHECKING:
        code_key: Mapped[str]
    code: Mapped[str] = code_field(
        _("Mã đơn vị"), 20, keyed=True, help=_("Mã của Tổng cục Thống kê; khu dân cư: mã xã, gạch nối, số thứ tự.")
    )
    name: Mapped[str] = text(_("Tên đơn vị"), 150, help=_("Có cả loại đứng trước: “Xã Tham Đôn”."))
    type: Mapped[UnitType] = choice(_("Loại đơn vị"), UnitType)
    level: Mapped[Level] = choice(_("Cấp"), Level, derived=True)
    parent_id: Mapped[int | None] = key("unit.id")
    parent: Mapped[Unit | None] = reference(_("Thuộc đơn vị"), "Unit.parent_id", remote_side="Unit.id")
    valid_from: Mapped[date] = date_field(_("Có hiệu lực từ"))
    valid_to: Mapped[date | None] = date_field(
        _("Có hiệu lực đến"), help=_("Ngày cuối cùng; để trống nếu còn hiệu lực.")
    )
    full_name: Mapped[str] = text(_("Tên đầy đủ"), 400, derived=True, search=True)
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def derive(self, session: Session) -> None:
        """The level follows from the type; the full name names the district, for "Phường 1" exists three times."""
        if self.type is not None:
            self.level = self.type.level
        names = [self.name, *(unit.name for unit in above(self) if unit.parent is not None and unit is not self)]
        self.full_name = ", ".join(name for name in names if name)
        if not self.is_new and self.changed("full_name"):
            for unit in self.right_below(session):
                prepare(session, unit)

    def title_sort(self) -> str:
        """By the bare name, then by what stands above: "Huyện Châu Thành" sorts under C."""
        kind = self.type.label if self.type else ""
        return sort_key((self.full_name or "").removeprefix(f"{kind} "))

    def search_parts(self) -> Iterable[str]:
        """People write "TP", "TX", "TT" and "P." for the types."""
        short = {UnitType.CITY: "TP", UnitType.TOWN: "TX", UnitType.TOWNSHIP: "TT", UnitType.WARD: "P"}.get(self.type)
        return [short] if short else []

    def check(self, session: Session) -> Iterator[Problem]:
        """The parent's level is above, also when it is the parent that changes; the days of one code don't overlap."""
        yield from super().check(session)
        if self.parent is None and self.level not in (Level.PROVINCE, None):
            yield Problem(_("Chưa chọn đơn vị cấp trên."), "parent")
        if self.parent is not None and self.parent.level.rank >= self.level.rank:
            yield _too_low("parent", self.parent)
        for child in self.right_below(session) if self.changed("level") else ():
            if child.level.rank <= self.level.rank:
                yield _too_low("type", child)
        yield from check_span(self, "valid_from", "valid_to")
        same = [*session.scalars(select(Unit).where(Unit.code_key == self.code_key)), *earlier_new(session, self)]
        if other := next((unit for unit in same if self._clashes_with(unit) and unit not in session.deleted), None):
            yield Problem(_("Mã này đã là của “%(other)s” trong khoảng thời gian đó."), "code", {"other": str(other)})

    def _clashes_with(self, other: Unit) -> bool:
        """Whether both have one code on one day, as they stand now."""
        return (
            other is not self
            and other.code_key == self.code_key
            and self.valid_from <= (other.valid_to or date.max)
            and other.valid_from <= (self.valid_to or date.max)
        )

    @classmethod
    def find(cls, session: Session, text: str) -> Unit | None:
        """The unit of this code: the one valid last, or, written "code|2023-01-01", the one valid from that day."""
        wanted, _sep, day = text.strip().partition("|")
        query = select(Unit).where(Unit.code_key == code_key(wanted)).order_by(Unit.valid_from.desc())
        return session.scalars(query.where(Unit.valid_from == date.fromisoformat(day)) if day else query).first()

    @classmethod
    def find_all(cls, session: Session, texts: Iterable[str]) -> dict[str, Record]:
        """The units of these codes, each as it was valid last."""
        codes = {code_key(text): text for text in texts if "|" not in text}
        query = select(Unit).where(Unit.code_key.in_(codes)).order_by(Unit.valid_from)
        return {codes[unit.code_key]: unit for unit in session.scalars(query)}


def _too_low(field: str, other: Unit) -> Problem:
    told = {"other": str(other), "level": other.level.label}
    return Problem(_("Cấp trên phải cao hơn: “%(other)s” là cấp %(level)s."), field, told)


def check_span(record: Record, start: str, end: str) -> Iterator[Problem]:
    """A span of days or years doesn't end before it begins."""
    first, last = getattr(record, start), getattr(record, end)
    if first is not None and last is not None and last < first:
        yield Problem(_("Không được trước “%(start)s”."), end, {"start": record.fields()[start].label})
