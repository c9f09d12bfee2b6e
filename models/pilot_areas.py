"""Pilot areas: each district's one area where the province looks at the Festival."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, Session

from models.events import Event
from models.records.base import Record
from models.records.errors import Problem
from models.records.fields import (
    key,
    long_text,
    reference,
    year_field,
)
from models.records.tree import above
from models.records.words import _
from models.units import Level, Unit


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
    guests: Mapped[str | None] = long_text(_("Lãnh đạo dự"), search=True)
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
