"""The Festival's year: how far each district is, area by area, and which leader goes where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models.events import Event, EventKind, EventStatus, FestivalResult, Theme, Visit, clashes
from models.pilot_areas import PilotArea
from models.records.clock import today
from models.records.tree import after
from models.records.words import _
from models.units import Level, Unit
from views.core.fields.formatting import day_text
from views.core.page_view import PageView
from views.core.query import is_id
from views.core.sections import Section
from views.core.session import db


@dataclass
class Area:
    """A residential area, or a unit above it that reports in one sum, with its Festival of the year."""

    id: int
    name: str
    path: str
    level: Level
    event: Any = None
    """The row of its Festival, or of the one with results if it has several; None: nobody has written of one."""
    themes: list[tuple[int, str]] = field(default_factory=list)
    """The ids and names of the themes it is held under."""

    @property
    def is_held(self) -> bool:
        """Whether it took place."""
        return self.event is not None and self.event.status is EventStatus.HELD

    @property
    def is_sent(self) -> bool:
        """Whether its results are here."""
        return self.event is not None and self.event.areas_held is not None


SHOWN: dict[str, tuple[str, Any]] = {
    "areas": (_("Khu dân cư"), lambda _area: True),
    "held": (_("Đã tổ chức"), lambda area: area.is_held),
    "both": (_("Cả lễ và hội"), lambda area: bool(area.is_sent and area.event.areas_both)),
    "meal": (_("Có bữa cơm đại đoàn kết"), lambda area: bool(area.is_sent and area.event.areas_meal)),
    "planned": (_("Dự kiến"), lambda area: area.event is not None and area.event.status is EventStatus.PLANNED),
    "silent": (_("Chưa có tin"), lambda area: area.event is None),
    "sent": (_("Đã gửi kết quả"), lambda area: area.is_sent),
    "missing": (_("Chưa gửi kết quả"), lambda area: not area.is_sent),
}
"""The figures of a district: each is the number of its areas of which this is true."""
ALARMING = ("silent", "missing")


class FestivalView(PageView):
    """The page at "/festival/"."""

    label = _("Ngày hội")
    section = Section.EVENTS
    path = "festival"

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Every district's figures, or, if the address names one of them, the areas behind it."""
        years = list(db.session.scalars(select(Event.year).where(_of_festival()).distinct().order_by(Event.year)))
        year = _year(request.args.get("year", "")) or max(years, default=today().year)
        units = _units(year)
        shown = request.args.get("show", "")
        if shown in SHOWN:
            return self._areas(year, units, shown)
        areas = [unit for unit in units if unit.level is Level.AREA]
        rows = self._rows(year, units, areas)
        visits = _visits(year)
        return self.render(
            "admin/festival.html",
            title=gettext("Ngày hội Đại đoàn kết %(year)s", year=year),
            year=year,
            years=sorted({*years, year}, reverse=True),
            heads=[gettext(label) for label, _is in SHOWN.values()],
            rows=rows,
            total=self._figures(year, None, areas),
            chosen=sum(bool(row["pilot"]) for row in rows),
            visits=[self._visit(v) for v in visits if v.event.kind is EventKind.FESTIVAL],
            clashes=[(self._visit(one), self._visit(other)) for one, other in clashes(visits)],
        )

    def _rows(self, year: int, units: list[Area], areas: list[Area]) -> list[dict[str, Any]]:
        """A row for each district."""
        query = select(PilotArea).where(PilotArea.year == year).options(joinedload(PilotArea.area))
        pilots = {pilot.district_id: pilot for pilot in db.session.scalars(query)}
        return [
            {
                "name": district.name,
                "figures": self._figures(year, district, _below(district, areas)),
                **self._pilot(year, pilots.get(district.id)),
                "themes": [
                    (name, count, self._themed_url(year, district, id_))
                    for (id_, name), count in Counter(
                        theme for unit in [district, *_below(district, units)] for theme in unit.themes
                    ).most_common()
                ],
            }
            for district in units
            if district.level is Level.DISTRICT
        ]

    def _pilot(self, year: int, pilot: PilotArea | None) -> dict[str, str]:
        screen = self.screens[PilotArea]
        url = screen.get_url(".details_view", id=pilot.id) if pilot is not None else screen.where_url(year_is=year)
        return {"pilot": pilot.area.name if pilot is not None and pilot.area is not None else "", "pilot_url": url}

    def _themed_url(self, year: int, district: Area, theme_id: int) -> str:
        where = {"kind_is": EventKind.FESTIVAL, "year_is": year, "unit_below": district.id, "themes_has": theme_id}
        return self.screens[Event].where_url(**where)

    def _figures(self, year: int, district: Area | None, areas: list[Area]) -> list[dict[str, Any]]:
        """Each figure with its list; where the district itself told another number of Festivals held, with that."""
        where = {"district": district.id} if district else {}
        held = sum(area.is_held for area in areas)
        told = district.event.areas_held if district is not None and district.is_sent else held
        found = []
        for key, (label, is_so) in SHOWN.items():
            count = sum(1 for area in areas if is_so(area))
            found.append(
                {
                    "label": gettext(label),
                    "count": count,
                    "url": self.get_url(".index_view", year=year, show=key, **where),
                    "alarming": key in ALARMING and count > 0,
                    "told": told if key == "held" and told != held else None,
                }
            )
        return found

    def _areas(self, year: int, units: list[Area], shown: str) -> ResponseReturnValue:
        """The areas behind one figure."""
        wanted = request.args.get("district", "")
        district = next((u for u in units if str(u.id) == wanted and u.level is Level.DISTRICT), None)
        label, is_so = SHOWN[shown]
        areas = [unit for unit in units if unit.level is Level.AREA]
        found = [area for area in (_below(district, areas) if district else areas) if is_so(area)]
        place = district.name if district else gettext("tất cả")
        return self.render(
            "admin/festival_areas.html",
            title=f"{gettext('Ngày hội %(year)s', year=year)}: {gettext(label).lower()}, {place}",
            areas=[
                {
                    "name": area.name.partition(", ")[0],
                    "place": area.name.partition(", ")[2],
                    "event": area.event,
                    "url": self.screens[Event].get_url(".details_view", id=area.event.id) if area.event else "",
                    "day": day_text(area.event.starts_on) if area.event and area.event.starts_on else "",
                    "themes": "; ".join(name for _id, name in area.themes),
                    "sent": area.is_sent,
                }
                for area in found
            ],
            statuses={status: gettext(status.label) for status in EventStatus},
            back_url=self.get_url(".index_view", year=year),
        )

    def _visit(self, visit: Visit) -> dict[str, str]:
        return {
            "name": visit.name or "",
            "office": visit.office or "",
            "when": visit.when,
            "event": visit.event.name,
            "url": self.screens[Event].get_url(".details_view", id=visit.event_id),
        }


def _of_festival() -> Any:
    return Event.kind == EventKind.FESTIVAL


def _year(text: str) -> int | None:
    return int(text) if is_id(text) and 1900 <= int(text) <= 2100 else None


def _below(unit: Area, units: Iterable[Area]) -> list[Area]:
    branch = f"{unit.path}{unit.id}/"
    return [other for other in units if branch <= other.path < after(branch)]


def _units(year: int) -> list[Area]:
    """The units as they stand on the year's Traditional Day, with their Festivals."""
    day = date(year, 11, 18)
    rows = db.session.execute(
        select(Unit.id, Unit.full_name, Unit.path, Unit.level)
        .where(Unit.valid_from <= day, or_(Unit.valid_to.is_(None), Unit.valid_to >= day))
        .order_by(Unit.code)
    )
    units = {row.id: Area(*row) for row in rows}
    events: dict[int, Area] = {}
    for row in _festivals(year):
        unit = units.get(row.unit_id)
        if unit is not None:
            unit.event = row
            events[row.id] = unit
    themes = select(Event.id, Theme.id, Theme.name).join(Event.themes).where(_of_festival(), Event.year == year)
    for event_id, theme_id, name in db.session.execute(themes.order_by(Theme.place)):
        if event_id in events:
            events[event_id].themes.append((theme_id, name))
    return list(units.values())


def _festivals(year: int) -> Iterable[Any]:
    """The year's Festivals with what they brought, those with results last."""
    return db.session.execute(
        select(
            Event.id,
            Event.unit_id,
            Event.starts_on,
            Event.place,
            Event.status,
            FestivalResult.attendees,
            FestivalResult.areas_held,
            FestivalResult.areas_both,
            FestivalResult.areas_meal,
        )
        .outerjoin(FestivalResult, FestivalResult.event_id == Event.id)
        .where(_of_festival(), Event.year == year)
        .order_by(FestivalResult.id.is_not(None), Event.id)
    ).all()


def _visits(year: int) -> list[Visit]:
    query = select(Visit).join(Visit.event).where(Event.year == year).options(joinedload(Visit.event))
    return sorted(db.session.scalars(query), key=lambda visit: (visit.on or date.max, visit.part.rank, visit.id))
