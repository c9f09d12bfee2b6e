"""Places: whether a record lies in a unit, by whatever says whose it is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from models.access.scope import home_fields
from models.organisations import Organisation
from models.records.base import Record
from models.units import Unit


def lies_in(cls: type[Record], unit: Unit) -> ColumnElement[bool] | None:
    """The condition that a record of `cls` lies in `unit` or below; None for lists that all share.

    Where several references say whose it is, the first that says anything counts: it lies in one unit of a level.
    """
    if issubclass(cls, Unit):
        return Unit.branch(unit)
    if issubclass(cls, Organisation):
        return Organisation.unit_id.in_(select(Unit.id).where(Unit.branch(unit)))
    ways: list[ColumnElement[bool]] = []
    before: list[Any] = []
    for name in home_fields(cls):
        spec = cls.fields()[name]
        column = getattr(cls, spec.column or "")
        there = lies_in(spec.target, unit)
        if there is not None:
            ways.append(and_(*before, column.in_(select(spec.target.id).where(there))))
        before.append(column.is_(None))
    return or_(*ways) if ways else None
