"""The calendar: whatever has a day that people must keep in mind, of every noun, asked for by one statement.

A record joins with a word on its field: `due_on = date_field(_("Hạn"), calendar=Days(_("Hạn nhiệm vụ")))`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from models.access.branch import home_fields, lies_in
from models.organisations import Organisation
from models.records.base import Base, Record
from models.records.choices import Choice, State
from models.records.fields import TEXTS, Days, Field, Kind
from models.records.lookups import table_of
from models.records.order import sort_key
from models.units import Unit


@dataclass(frozen=True)
class Source:
    """A field that gives the calendar days; with a `kind`, only those of the records that are of that kind."""

    record: type[Record]
    spec: Field
    kind: Choice | None = None

    @property
    def key(self) -> str:
        """The source's name in addresses and in other people's calendars: it must stay."""
        name = f"{table_of(self.record).name}-{self.spec.name}"
        return f"{name}-{self.kind.value}" if self.kind else name

    @property
    def label(self) -> str:
        """What its days are called."""
        return self.kind.label if self.kind else self.days.label

    @property
    def days(self) -> Days:
        """How its days stand in the calendar. Raises TypeError for a field that gives it none."""
        if self.spec.calendar is None:
            raise TypeError(f"{self.key}: gives the calendar no days")
        return self.spec.calendar

    @property
    def parts(self) -> tuple[Source, ...]:
        """The same days parted by what their records are, where that is how they are named."""
        choices = self.record.fields()["kind"].choices if self.days.by_kind else None
        return tuple(Source(self.record, self.spec, kind) for kind in choices or ())


@dataclass(frozen=True)
class CalendarEntry:
    """One record's day, or days, in the calendar. It says of the record no more than its title, and where it is."""

    source: Source
    id: int
    title: str
    first: date
    last: date
    status: Choice | None
    changed_at: datetime
    version: int
    place: str | None = None

    @property
    def is_off(self) -> bool:
        """Whether nothing comes of it."""
        return self.status is not None and self.status.state is State.OFF


@cache
def sources() -> tuple[Source, ...]:
    """Every day that a record gives the calendar. Raises TypeError for one that can't stand there."""
    classes = (mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Record))
    found = {spec.order: Source(cls, spec) for cls in classes for spec in cls.fields().values() if spec.calendar}
    for source in found.values():
        fields, spec = source.record.fields(), source.spec
        title = fields[source.record.title_field]
        if {spec.kind, fields[source.days.until or spec.name].kind} != {Kind.DATE}:
            raise TypeError(f"{source.key}: only days stand in the calendar")
        place = fields.get(source.days.place, title)
        if not {title.kind, place.kind} <= TEXTS or title.personal or spec.personal or place.personal:
            raise TypeError(f"{source.key}: the calendar shows a plain title, and nothing personal")
    return tuple(source for _order, source in sorted(found.items()))


def entries(
    session: Session, chosen: Iterable[Source], first: date, last: date, *homes: Unit | Organisation
) -> list[CalendarEntry]:
    """What these sources have from `first` to `last`, in the order of days, within all of these branches.

    What belongs to nobody concerns everyone. The scope applies by itself.
    """
    asked = list(chosen)
    parts = [_part(place, source, homes).where(*_between(source, first, last)) for place, source in enumerate(asked)]
    rows = session.execute(union_all(*parts)) if parts else ()
    found = []
    for place, id_, title, starts, ends, kind, status, changed_at, version, at in rows:
        source = asked[place]
        if source.days.by_kind:
            source = replace(source, kind=_member(source.record, "kind", kind))
        member = _member(source.record, "status", status)
        found.append(CalendarEntry(source, id_, title, starts, ends, member, changed_at, version, at))
    return sorted(found, key=lambda entry: (entry.first, entry.source.key, sort_key(entry.title), entry.id))


def nearest(session: Session, chosen: Iterable[Source], day: date, *homes: Unit | Organisation) -> date | None:
    """The day with an entry that lies nearest before `day`, else after it."""
    parts = []
    for source in chosen:
        at = getattr(source.record, source.spec.name)
        parts += [
            _part(0, source, homes).with_only_columns(func.max(at).label("at")).where(at < day),
            _part(1, source, homes).with_only_columns(func.min(at).label("at")).where(at >= day),
        ]
    days = [found for found in session.scalars(union_all(*parts)) if found is not None] if parts else []
    return max((d for d in days if d < day), default=None) or min(days, default=None)


def _part(place: int, source: Source, homes: Iterable[Unit | Organisation]) -> Select[Any]:
    cls: Any = source.record
    query = select(
        literal(place),
        cls.id,
        getattr(cls, cls.title_field),
        getattr(cls, source.spec.name),
        _end(source),
        _word(cls, "kind"),
        _word(cls, "status"),
        cls.updated_at,
        cls.version,
        getattr(cls, source.days.place) if source.days.place else cast(null(), String),
    ).where(*(within(cls, home) for home in homes))
    return query.where(cls.kind == source.kind) if source.kind else query


def _end(source: Source) -> Any:
    day = getattr(source.record, source.spec.name)
    return func.coalesce(getattr(source.record, source.days.until), day) if source.days.until else day


def _between(source: Source, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    return getattr(source.record, source.spec.name) <= last, _end(source) >= first


def _word(cls: type[Record], name: str) -> Any:
    spec = cls.fields().get(name)
    return cast(getattr(cls, name) if spec is not None and spec.choices else null(), String)


def _member(cls: type[Record], name: str, value: str | None) -> Choice | None:
    choices = cls.fields()[name].choices if value else None
    return choices.read(value or "") if choices else None


def within(cls: type[Record], home: Unit | Organisation) -> ColumnElement[bool]:
    """The condition that a row of `cls` belongs to this branch; what all share belongs to each."""
    there = lies_in(cls, home)
    if there is not None:
        return there
    return false() if home_fields(cls) else true()
