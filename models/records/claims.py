"""Claims: what only one record may hold, who holds it by now, and what changes hands in one flush."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Column, inspect, select, tuple_
from sqlalchemy.orm import Session

from models.records import errors
from models.records.base import Record
from models.records.codes import Columns, unique_sets
from models.records.errors import Problem
from models.records.lookups import base_class, batches, may_be_named, owner_field, table_of

Values: TypeAlias = tuple[Any, ...]
Claims: TypeAlias = dict[tuple[type[Record], Columns], dict[Values, list[Record]]]
Held: TypeAlias = dict[Record, list[tuple[Columns, Record]]]

_RELEASED = "released"


@dataclass(frozen=True)
class Release:
    """What a record lets go of in this flush and another gets: columns, and which is the first whose value changes."""

    record: Record
    columns: Columns
    place: int


def claims_on_held(session: Session, written: list[Record]) -> Held:
    """Who holds what each of these will hold, and keeps it; what is let go of, `released` gives afterwards.

    One query for all records of a class. Of two that want the same, the first holds it.
    """
    claims = _claims_of(written)
    found: Held = {}
    session.info[_RELEASED] = released = list[Release]()
    for (cls, columns), claimed in claims.items():
        for first, *others in claimed.values():
            for other in others:
                found.setdefault(other, []).append((columns, first))
        for holder, stored in _stored(session, cls, columns, claimed):
            place = _let_go(session, holder, columns, stored)
            if place is not None:
                released.append(Release(holder, columns, place))
                continue
            for record in claimed[stored]:
                if record is not holder:
                    found.setdefault(record, []).append((columns, holder))
    return found


def released(session: Session) -> list[Release]:
    """What changes hands in the flush that is under way."""
    found: list[Release] = session.info.pop(_RELEASED, [])
    return found


def taken(session: Session, held: list[tuple[Columns, Record]]) -> Iterator[Problem]:
    """That another record has what a record wants."""
    for columns, holder in held:
        owner = owner_field(type(holder))
        if holder.is_new and owner is not None and [column.key for column in columns] == [owner.column]:
            # Two new parts where an owner has one: the owner's rule says so where people see both.
            continue
        # Where the last column is none that people see, the record's own rule finds better words.
        for name in (n for n, s in holder.fields().items() if columns[-1].key in (n, s.column, s.compared_in)):
            yield _taken_by(session, holder, name)


def _taken_by(session: Session, other: Record, field: str) -> Problem:
    """That `other` has it; what the writer may not see isn't named."""
    if other.is_new or may_be_named(session, base_class(type(other)), other.id):
        return Problem(errors.TAKEN, field, {"other": str(other)})
    return Problem(errors.TAKEN_ELSEWHERE, field)


@cache
def _unique_sets(cls: type[Record]) -> tuple[Columns, ...]:
    """The columns whose values together only one record of the class's table has."""
    return tuple(unique_sets(table_of(cls)))


def _claims_of(written: list[Record]) -> Claims:
    claims: Claims = {}
    for record in written:
        # Of all that share the table, not only records of this one's own kind: a code is taken by any organisation.
        cls = base_class(type(record))
        for columns in _unique_sets(cls):
            values = tuple(_value(record, column) for column in columns)
            if None not in values and (record.is_new or record.changed(*_attributes(record, columns))):
                claims.setdefault((cls, columns), {}).setdefault(values, []).append(record)
    return claims


def _stored(
    session: Session, cls: type[Record], columns: Columns, wanted: Collection[Values]
) -> Iterator[tuple[Record, Values]]:
    """The rows that hold these values as they are stored: the holder itself may be about to change."""
    # Nothing that is there belongs to a record that isn't yet.
    known = [values for values in wanted if not any(isinstance(value, Record) for value in values)]
    query = select(cls, *columns)
    for some in batches(known):
        held = columns[0].in_(values[0] for values in some) if len(columns) == 1 else tuple_(*columns).in_(some)
        for holder, *stored in session.execute(query.where(held)):
            if tuple(stored) in wanted:
                yield holder, tuple(stored)


def _let_go(session: Session, holder: Record, columns: Columns, stored: Values) -> int | None:
    """Which of these columns is the first that the holder will have otherwise; None if it keeps them."""
    if holder in session.deleted:
        return 0
    values = (_value(holder, column) for column in columns)
    return next((place for place, (new, old) in enumerate(zip(values, stored, strict=True)) if new != old), None)


def _value(record: Record, column: Column[Any]) -> Any:
    """The value that `column` will have after the flush; where that is the id of a new record, this one itself."""
    for name, spec in record.fields().items():
        if spec.column == column.key and (other := record.__dict__.get(name)) is not None:
            return other if other.id is None else other.id
    return getattr(record, inspect(type(record)).get_property_by_column(column).key)


def _attributes(record: Record, columns: Iterable[Column[Any]]) -> Iterator[str]:
    """What a record keeps in these columns: their attributes, and the references of which they are the keys."""
    for column in columns:
        yield inspect(type(record)).get_property_by_column(column).key
        yield from (name for name, spec in record.fields().items() if spec.column == column.key)
