"""The Festival's year: how far each district is, area by area, and which leader goes where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.events import Event, EventKind, EventStatus, FestivalResult, Visit, clashes
from models.festival import FestivalFigure, FestivalPlace, FestivalYear
from models.festival_differences import Difference, differences, settle
from models.oddities import OF_RESULT
from models.pilot_areas import PilotArea
from models.records.clock import today
from models.records.words import _
from models.themes import Theme
from models.units import Level
from views.core.commit import commit_as
from views.core.fields.formatting import day_text, number_text
from views.core.page_view import PageView
from views.core.query import is_id
from views.core.sections import Section
from views.core.session import db

Themes = dict[int, list[tuple[int, str]]]
"""By the id of a Festival the ids and names of the themes it is held under."""
NAMES = ("areas_both", "areas_meal", "attendees")

SHOWN: dict[str, tuple[str, Callable[[FestivalPlace], bool], str]] = {
    "areas": (_("Khu dân cư"), lambda _area: True, ""),
    "held": (_("Đã tổ chức"), lambda area: area.is_held, "areas_held"),
    "both": (_("Cả lễ và hội"), lambda area: bool(area.value("areas_both")), "areas_both"),
    "meal": (_("Có bữa cơm đại đoàn kết"), lambda area: bool(area.value("areas_meal")), "areas_meal"),
    "planned": (_("Dự kiến"), lambda area: area.status is EventStatus.PLANNED, ""),
    "silent": (_("Chưa có tin"), lambda area: area.event is None, ""),
    "sent": (_("Đã gửi kết quả"), lambda area: area.is_sent, ""),
    "missing": (_("Chưa gửi kết quả"), lambda area: not area.is_sent, ""),
}
"""The figures of a unit: each is the number of its areas of which this is true, or the sum of what its results say."""
NAMED = {"areas": "total"}
"""What a figure is called where it stands elsewhere, too (`views/figures.py`), if not as here."""
KEPT = _("Giữ số của kết quả Ngày hội")
ALARMING = ("silent", "missing")
TOLD = {Level.PROVINCE: _("tỉnh báo %(n)s"), Level.DISTRICT: _("huyện báo %(n)s")}


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
        found, themes = FestivalYear(db.session(), year, NAMES), _themes(year)
        shown = request.args.get("show", "")
        if shown in SHOWN:
            return self._areas(found, themes, shown)
        query = select(PilotArea).where(PilotArea.year == year).options(joinedload(PilotArea.area))
        pilots = {pilot.district_id: pilot for pilot in db.session.scalars(query)}
        rows = self._rows(found, themes, pilots)
        visits = _visits(year)
        return self.render(
            "admin/festival.html",
            title=gettext("Ngày hội Đại đoàn kết %(year)s", year=year),
            year=year,
            years=sorted({*years, year}, reverse=True),
            heads=[gettext(label) for label, _is, _sum in SHOWN.values()],
            rows=rows,
            total=self._figures(found, None),
            day=day_text(found.day),
            differ=len(differences(db.session())),
            strays=self._uncounted(found.strays),
            doubles=self._uncounted(found.doubles),
            chosen=sum(pilot.area_id is not None for pilot in pilots.values()),
            asked=len(pilots),
            visits=[self._visit(v) for v in visits if v.event.kind is EventKind.FESTIVAL],
            clashes=[(self._visit(one), self._visit(other)) for one, other in clashes(visits)],
        )

    def _rows(self, found: FestivalYear, themes: Themes, pilots: dict[int, PilotArea]) -> list[dict[str, Any]]:
        """A row for each district."""
        return [
            {
                "name": district.full_name,
                "figures": self._figures(found, district),
                **self._pilot(found.year, pilots.get(district.id)),
                "themes": [
                    (name, count, self._themed_url(found.year, district, id_))
                    for (id_, name), count in _counted(district, themes).most_common()
                ],
            }
            for district in found.at(Level.DISTRICT)
        ]

    def _pilot(self, year: int, pilot: PilotArea | None) -> dict[str, Any]:
        screen = self.screens[PilotArea]
        url = screen.get_url(".details_view", id=pilot.id) if pilot is not None else screen.where_url(year_is=year)
        name = pilot.area.name if pilot is not None and pilot.area is not None else ""
        return {"pilot": name, "pilot_url": url, "asked": pilot is not None}

    def _themed_url(self, year: int, district: FestivalPlace, theme_id: int) -> str:
        where = {"kind_is": EventKind.FESTIVAL, "year_is": year, "unit_below": district.id, "themes_has": theme_id}
        return self.screens[Event].where_url(**where)

    def _uncounted(self, rows: list[Any]) -> list[tuple[str, int, str]]:
        return [(row.unit, row.areas_held, self._event_url(row.id)) for row in rows]

    def _event_url(self, id_: int) -> str:
        return self.screens[Event].get_url(".details_view", id=id_)

    def _figures(self, found: FestivalYear, district: FestivalPlace | None) -> list[dict[str, Any]]:
        """Each figure with its list; where the unit itself told another number of Festivals held, with that."""
        where = {"district": district.id} if district else {}
        figure = found.figure(district)
        shown = []
        for key, (label, is_so, column) in SHOWN.items():
            count = (figure.sum(column) or 0) if column else sum(map(is_so, figure.areas))
            shown.append(
                {
                    "label": gettext(label),
                    "count": count,
                    "url": self.get_url(".index_view", year=found.year, show=key, **where),
                    "name": f"{NAMED.get(key, key)};{found.year};{district.name if district else ''}",
                    "alarming": key in ALARMING and count > 0,
                    "told": _told(figure) if key == "held" else "",
                }
            )
        return shown

    def _areas(self, found: FestivalYear, themes: Themes, shown: str) -> ResponseReturnValue:
        """The areas behind one figure, and the units whose own sums are in it."""
        wanted = request.args.get("district", "")
        district = found.by_id.get(int(wanted)) if is_id(wanted) else None
        label, is_so, column = SHOWN[shown]
        figure = found.figure(district)
        sums = [place for place in figure.counted if column and not place.is_area and place.value(column)]
        areas = [*(area for area in figure.areas if is_so(area)), *sums]
        place = district.full_name if district else gettext("tất cả")
        return self.render(
            "admin/festival_areas.html",
            title=f"{gettext('Ngày hội %(year)s', year=found.year)}: {gettext(label).lower()}, {place}",
            count=(figure.sum(column) or 0) if column else len(areas),
            areas=[
                {
                    "name": area.full_name.partition(", ")[0],
                    "place": area.full_name.partition(", ")[2],
                    "sum": None if area.is_area else area.value(column),
                    "event": area.event,
                    "status": area.status,
                    "url": self._event_url(area.event.id) if area.event else "",
                    "day": day_text(area.event.starts_on) if area.event and area.event.starts_on else "",
                    "themes": "; ".join(name for _id, name in themes.get(area.event.id, ())) if area.event else "",
                    "sent": area.is_sent,
                    "result_url": self._result_url(area, found.year),
                }
                for area in areas
            ],
            statuses={status: gettext(status.label) for status in EventStatus},
            back_url=self.get_url(".index_view", year=found.year),
        )

    def _result_url(self, area: FestivalPlace, year: int) -> str:
        """Where its results are, or where they are typed in."""
        events, results = self.screens[Event], self.screens[FestivalResult]
        if area.is_sent:
            return results.get_url(".details_view", id=area.event.result_id)
        if not results.can_create:
            return ""
        if area.event is not None:
            return results.get_url(".create_view", event=area.event.id)
        return events.get_url(".create_view", kind=EventKind.FESTIVAL.value, unit=area.id, year=year)

    @expose("/differences/")
    def differences_view(self) -> ResponseReturnValue:
        """What Festivals said of themselves before, where their results say something else."""
        return self.render(
            "admin/festival_differences.html",
            title=gettext("Số khác nhau"),
            rows=[
                {
                    "event": one.title,
                    "label": gettext(FestivalResult.fields()[one.name].label),
                    "old": number_text(one.old),
                    "now": number_text(one.now) if one.now is not None else "",
                    "event_url": self._event_url(one.event_id),
                    "result_url": self._mend_url(one),
                    "keep": f"{one.result_id} {one.name}" if one.result_id else "",
                }
                for one in differences(db.session())
            ],
            may_edit=self.screens[FestivalResult].can_edit,
            back_url=self.get_url(".index_view"),
        )

    @expose("/keep/", methods=("POST",))
    def keep(self) -> ResponseReturnValue:
        """Keep what the result says: it is no longer asked about."""
        screen = self.screens[FestivalResult]
        id_, _space, name = request.form.get("keep", "").partition(" ")
        result = screen.get_one(id_) if screen.can_edit else None
        if result is None or name not in OF_RESULT:
            abort(404)
        if commit_as(KEPT, lambda: settle(result, name)):
            flash(gettext("Đã giữ số của kết quả."), "success")
        return redirect(self.get_url(".differences_view"))

    def _mend_url(self, one: Difference) -> str:
        screen = self.screens[FestivalResult]
        if one.result_id is None:
            return screen.get_url(".create_view", event=one.event_id)
        return screen.get_url(".edit_view" if screen.can_edit else ".details_view", id=one.result_id)

    def _visit(self, visit: Visit) -> dict[str, str]:
        return {
            "name": visit.name or "",
            "office": visit.office or "",
            "when": visit.when,
            "event": visit.event.name,
            "url": self._event_url(visit.event_id),
        }


def _of_festival() -> Any:
    return Event.kind == EventKind.FESTIVAL


def _year(text: str) -> int | None:
    return int(text) if is_id(text) and 1900 <= int(text) <= 2100 else None


def _told(figure: FestivalFigure) -> str:
    """What the unit itself says beside, where that differs."""
    if figure.beside is None or figure.told is None:
        return ""
    return gettext(TOLD.get(figure.beside.level, TOLD[Level.DISTRICT]), n=figure.told)


def _themes(year: int) -> Themes:
    query = select(Event.id, Theme.id, Theme.name).join(Event.themes).where(_of_festival(), Event.year == year)
    found: Themes = {}
    for event_id, theme_id, name in db.session.execute(query.order_by(Theme.place)):
        found.setdefault(event_id, []).append((theme_id, name))
    return found


def _counted(district: FestivalPlace, themes: Themes) -> Counter[tuple[int, str]]:
    def found() -> Iterator[tuple[int, str]]:
        for place in district.within():
            if place.event is not None:
                yield from themes.get(place.event.id, ())

    return Counter(found())


def _visits(year: int) -> list[Visit]:
    query = select(Visit).join(Visit.event).where(Event.year == year).options(joinedload(Visit.event))
    return sorted(db.session.scalars(query), key=lambda visit: (visit.on or date.max, visit.part.rank, visit.id))
