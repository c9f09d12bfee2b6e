"""The Festival's figures: how many areas held it in a year and what it brought, said once for whoever shows them.

An area held it when its result says so. A unit's figure is the sum of its areas' results; where they have none, its own
sum; where there are both, the areas', and its own stands beside, never added. What counts are the areas valid on the
year's Traditional Day, in the structure of that day (`docs/domain.md` 4.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.events import Event, EventKind, EventStatus, FestivalResult
from models.office import Office, day_of
from models.records.fields import NUMBERS
from models.successions import Succession
from models.units import Level, Unit

DAY = "18/11"
"""The Front's Traditional Day, unless the office says another one."""
AREA_COUNTS = ("areas_held", "areas_ceremony", "areas_both", "areas_meal")
"""Counts of areas: of one area each is 1 or 0, whatever was typed."""
SUMMED = tuple(name for name, spec in FestivalResult.fields().items() if spec.kind in NUMBERS)
"""What can be asked of a figure."""


@dataclass(eq=False)
class FestivalPlace:
    """A unit as it stood on the year's day, with its own Festival of the year."""

    id: int
    name: str
    full_name: str
    level: Level
    path: str
    event: Any = None
    """The row of its Festival: of several the one that has results, then the one that was held, then the last."""
    parent: FestivalPlace | None = field(default=None, repr=False)
    below: list[FestivalPlace] = field(default_factory=list, repr=False)

    @property
    def is_area(self) -> bool:
        return self.level is Level.AREA

    @property
    def is_sent(self) -> bool:
        """Whether its results are here."""
        return self.event is not None and self.event.result_id is not None

    @property
    def is_held(self) -> bool:
        """Whether it was held there, by its results."""
        return bool(self.is_sent and self.event.areas_held)

    @property
    def status(self) -> EventStatus | None:
        """How far its Festival is; None: nobody has written of one."""
        if self.event is None or self.is_held:
            return EventStatus.HELD if self.is_held else None
        # An older book may hold one that was ticked by hand.
        return EventStatus.PLANNED if self.event.status is EventStatus.HELD else self.event.status

    def value(self, name: str) -> int | None:
        """What its results say; None if nothing."""
        told: int | None = getattr(self.event, name) if self.is_sent else None
        return min(told, 1) if told is not None and self.is_area and name in AREA_COUNTS else told

    def within(self) -> Iterable[FestivalPlace]:
        """It, and all that stood below it."""
        yield self
        for place in self.below:
            yield from place.within()


@dataclass(frozen=True)
class FestivalFigure:
    """What counts for one or more units: their areas, and the places whose own results are added."""

    areas: tuple[FestivalPlace, ...] = ()
    counted: tuple[FestivalPlace, ...] = ()
    beside: FestivalPlace | None = None
    """The unit itself, where its own sum is told beside and not added."""

    @property
    def total(self) -> int:
        """How many areas there were."""
        return len(self.areas)

    @property
    def held(self) -> int:
        """How many of them held it."""
        return self.sum("areas_held") or 0

    @property
    def told(self) -> int | None:
        """How many the unit itself says held it, where that is not what is counted and another number."""
        told = self.beside.value("areas_held") if self.beside else None
        return told if told != self.held else None

    def sum(self, name: str) -> int | None:
        """The sum of what is known; None if nothing is."""
        known = [value for place in self.counted if (value := place.value(name)) is not None]
        return sum(known) if known else None

    def plus(self, other: FestivalFigure) -> FestivalFigure:
        """Both together."""
        return FestivalFigure(self.areas + other.areas, self.counted + other.counted)

    def without(self, parts: Iterable[FestivalFigure]) -> FestivalFigure:
        """What is in none of these."""
        gone = {place.id for part in parts for place in (*part.areas, *part.counted)}
        areas, counted = ([p for p in places if p.id not in gone] for places in (self.areas, self.counted))
        return FestivalFigure(tuple(areas), tuple(counted))


class FestivalYear:
    """The Festival of one year: the units of its day, what counts of each, and what counts nowhere."""

    def __init__(self, session: Session, year: int, names: Iterable[str] = ("areas_held",)) -> None:
        """`names` are the columns of the results that will be asked for, with those that the rule needs."""
        self.year = year
        self.day, self.by_id = _placed(session, year)
        self.strays: list[Any] = []
        """The rows of Festivals with results at units that there were not on the day: they count nowhere."""
        self.doubles: list[Any] = []
        """Those whose unit has another result of the year, which counts in their place."""
        for row in _told(session, year, dict.fromkeys(("areas_held", *names))):
            place = self.by_id.get(row.unit_id)
            if place is None and row.result_id is not None:
                self.strays.append(row)
            elif place is not None:
                if place.is_sent:
                    self.doubles.append(place.event)
                place.event = row
        self._figures: dict[int, FestivalFigure] = {}

    @cached_property
    def all(self) -> list[FestivalPlace]:
        """The units in the order of their codes."""
        return list(self.by_id.values())

    def place(self, unit: Unit) -> FestivalPlace:
        """A unit as it stood on the day; there was nothing below one that there was not."""
        return self.by_id.get(unit.id) or FestivalPlace(unit.id, unit.name, unit.full_name, unit.level, unit.path)

    def at(self, level: Level, under: FestivalPlace | None = None) -> list[FestivalPlace]:
        """The units of a level, of all or below one."""
        return [place for place in (under.within() if under else self.all) if place.level is level]

    def rows(self, top: FestivalPlace | None = None) -> list[FestivalPlace]:
        """What a table of a unit lists: districts; of one district its communes; of a commune its areas."""
        for level in (Level.DISTRICT, Level.COMMUNE, Level.AREA):
            if found := [place for place in self.at(level, top) if place is not top]:
                return found
        return []

    def figure(self, place: FestivalPlace | None = None) -> FestivalFigure:
        """What counts for a unit; without one, for all that whoever asks may see."""
        if place is None:
            tops = [self.figure(each) for each in self.all if each.parent is None]
            return tops[0] if len(tops) == 1 else _together(tops)
        if place.id not in self._figures:
            self._figures[place.id] = self._count(place)
        return self._figures[place.id]

    def _count(self, place: FestivalPlace) -> FestivalFigure:
        if place.is_area:
            return FestivalFigure((place,), (place,) if place.is_sent else ())
        below = _together(self.figure(each) for each in place.below)
        if not place.is_sent:
            return below
        # A province's own sum stands back behind its districts' as a district's behind its areas'.
        districts = place.level.rank < Level.DISTRICT.rank
        if any(each.is_area or districts for each in below.counted):
            return FestivalFigure(below.areas, below.counted, place)
        return FestivalFigure(below.areas, (place,))


def latest_year(session: Session) -> int | None:
    """The latest year that the book knows a Festival of."""
    return session.scalar(select(func.max(Event.year)).where(Event.kind == EventKind.FESTIVAL))


def _together(figures: Iterable[FestivalFigure]) -> FestivalFigure:
    found = FestivalFigure()
    for figure in figures:
        found = found.plus(figure)
    return found


def _told(session: Session, year: int, names: Iterable[str]) -> Iterable[Any]:
    """The year's Festivals, those last that count if a unit has several."""
    columns = (getattr(FestivalResult, name) for name in names)
    return session.execute(
        select(
            Event.id,
            Event.unit_id,
            Unit.full_name.label("unit"),
            Event.starts_on,
            Event.place,
            Event.status,
            FestivalResult.id.label("result_id"),
            *columns,
        )
        .join(Unit, Event.unit_id == Unit.id)
        .outerjoin(FestivalResult, FestivalResult.event_id == Event.id)
        .where(Event.kind == EventKind.FESTIVAL, Event.year == year)
        .order_by(FestivalResult.id.is_not(None), func.coalesce(FestivalResult.areas_held, 0) > 0, Event.id)
    ).all()


def _placed(session: Session, year: int) -> tuple[date, dict[int, FestivalPlace]]:
    """The year's day, and the units of it, each under the one that it belonged to then, in the order of their codes."""
    day, found = _on_the_day(session, year)
    homeless = {p.path for p in found.values() if p.path != "/" and _last(p.path) not in found}
    before = _before(session, {_last(path) for path in homeless}, found) if homeless else {}
    # Of a unit moved to one that there was not yet, and that followed several, the book knows no other place than that.
    missing = {int(part) for path in homeless if _last(path) not in before for part in path.split("/") if part}
    if missing := missing - found.keys():
        found |= {row.id: FestivalPlace(*row) for row in session.execute(_units().where(Unit.id.in_(missing)))}
    for place in found.values():
        ids = [int(part) for part in place.path.split("/") if part]
        near = next((id_ for id_ in (before.get(one, one) for one in reversed(ids)) if id_ in found), None)
        if near is not None and near != place.id:
            place.parent = found[near]
            place.parent.below.append(place)
    return day, found


def _on_the_day(session: Session, year: int) -> tuple[date, dict[int, FestivalPlace]]:
    """The year's day, as the office says, and the units valid on it: by one statement."""
    said = select(Office.festival_day).where(Office.festival_day.is_not(None)).order_by(Office.id).limit(1)
    in_year = (Unit.valid_from <= date(year, 12, 31), or_(Unit.valid_to.is_(None), Unit.valid_to >= date(year, 1, 1)))
    query = _units().add_columns(Unit.valid_from, Unit.valid_to, said.scalar_subquery()).where(*in_year)
    rows = session.execute(query).all()
    day = day_of((rows[0][-1] if rows else None) or DAY, year) or date(year, 11, 18)
    valid = (row for row in rows if row.valid_from <= day <= (row.valid_to or day))
    return day, {row.id: FestivalPlace(*row[:-3]) for row in valid}


def _units() -> Any:
    return select(Unit.id, Unit.name, Unit.full_name, Unit.level, Unit.path).order_by(Unit.code)


def _before(session: Session, ids: set[int], known: dict[int, FestivalPlace]) -> dict[int, int]:
    """The one unit of the day that each of these followed, where it was one."""
    query = select(Succession.successor_id, Succession.predecessor_id).where(Succession.successor_id.in_(ids))
    followed: dict[int, list[int]] = {}
    for successor, predecessor in session.execute(query):
        if predecessor in known:
            followed.setdefault(successor, []).append(predecessor)
    return {id_: found[0] for id_, found in followed.items() if len(found) == 1}


def _last(path: str) -> int:
    """The id of the unit right above."""
    return int(path.rstrip("/").rpartition("/")[2])


__all__ = ["AREA_COUNTS", "SUMMED", "FestivalFigure", "FestivalPlace", "FestivalYear", "latest_year"]
