"""Asking about records: what a class belongs to, what refers to it, which others are on their way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, ForeignKeyConstraint, Table, inspect, select
from sqlalchemy.orm import Session

from models.records.base import Base, Record
from models.records.context import viewing
from models.records.fields import Field, Kind

R = TypeVar("R", bound=Record)
T = TypeVar("T")
AT_ONCE = 500
"""How many values one query asks for."""


def batches(values: Iterable[T]) -> Iterator[list[T]]:
    """The values by as many as one query asks for."""
    left = iter(values)
    while some := list(islice(left, AT_ONCE)):
        yield some


def base_class(cls: type[Record]) -> type[Record]:
    """The record that a kind of it is one of, and whose table they share: Organisation for Committee."""
    found: type[Record] = inspect(cls).base_mapper.class_
    return found


def table_of(cls: type[Record]) -> Table:
    """The table of a record class."""
    mapper: Any = inspect(cls)
    found: Table = mapper.local_table
    return found


@cache
def owner_field(cls: type[Record]) -> Field | None:
    """The field that names the record which this class's records belong to and go with."""
    columns: Any = cls.__table__.c
    for spec in cls.fields().values():
        if spec.column and any(key.ondelete == "CASCADE" for key in columns[spec.column].foreign_keys):
            return spec
    return None


@cache
def links(cls: type[Record]) -> tuple[str, ...]:
    """The many-to-many relationships of a record class."""
    return tuple(name for name, spec in cls.fields().items() if spec.kind is Kind.REFERENCES)


def referrers(cls: type[Record]) -> Iterator[tuple[type[Record], Column[Any], bool]]:
    """Every column of another record that refers to `cls`: (its record class, the column, whether it goes along)."""
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, Record) or mapper.inherits is not None:
            continue
        table: Any = mapper.local_table
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table is cls.__table__:
                yield mapper.class_, next(iter(constraint.columns)), constraint.ondelete == "CASCADE"


def may_be_named(session: Session, cls: type[Record], id_: int) -> bool:
    """Whether the writer may see the record of this id, so that a rule, which sees all, may name it."""
    with viewing(all_rows=False):
        return session.scalar(select(cls.id).where(cls.id == id_)) is not None


def earlier_new(session: Session, record: R) -> Iterator[R]:
    """The new records of this kind that go to the database with `record` and came before it: no query finds them."""
    for other in session.new:
        if other is record:
            return
        if isinstance(other, type(record)):
            yield other
