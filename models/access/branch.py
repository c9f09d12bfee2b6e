"""Branches: whose a record is, and whether that lies in the branch of a unit or an organisation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import object_session

from models.organisations import Organisation
from models.records.base import Base, Record, until_declared
from models.records.lookups import owner_field
from models.units import Unit


def home_fields(cls: type[Record]) -> tuple[str, ...]:
    """The references that say whose a record of this class is; none for lists that all share.

    What belongs to another record and goes with it is whose that is.
    """
    if cls.scoped_by:
        return cls.scoped_by
    owner = owner_field(cls)
    return (owner.name,) if owner and is_scoped(owner.target) else ()


def is_scoped(cls: type[Record]) -> bool:
    """Whether records of this class belong to someone."""
    return issubclass(cls, (Unit, Organisation)) or _has_own_condition(cls) or bool(home_fields(cls))


@cache
def _has_own_condition(cls: type[Record]) -> bool:
    return cls.in_scope() is not None


@until_declared
@cache
def scoped_classes() -> tuple[type[Record], ...]:
    """Every record with a table of its own whose rows belong to someone."""
    return tuple(
        mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record) and mapper.inherits is None and is_scoped(mapper.class_)
    )


# -- as a condition that a database can answer: the tree's index, reached through the references


def home_ways(
    cls: type[Record], condition: Callable[[type[Record]], ColumnElement[bool] | None]
) -> list[ColumnElement[bool]]:
    """For each reference that says whose a record of `cls` is: that what it leads to meets the condition.

    A class about which the condition says nothing (None) is left out.
    """
    return [
        _key(cls, name).in_(select(target.id).where(there))
        for name in home_fields(cls)
        if (there := condition(target := cls.fields()[name].target)) is not None
    ]


def nobodys(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that no reference says whose a record of `cls` is."""
    return and_(*(_key(cls, name).is_(None) for name in home_fields(cls)))


def lies_in(cls: type[Record], branch: Unit | Organisation) -> ColumnElement[bool] | None:
    """The condition that a record of `cls` lies in this branch, by any of its references; None for what all share.

    A unit's own records are no organisation's: only another reference may say whose they are.
    """
    if isinstance(branch, Organisation) and issubclass(cls, Unit):
        return None
    return _of_tree(cls, branch) if issubclass(cls, (Unit, Organisation)) else _any(home_ways(cls, _in(branch)))


def stands_in(cls: type[Record], unit: Unit) -> ColumnElement[bool] | None:
    """The condition that a record of `cls` lies in `unit` or below, in one unit of each level; None for what all share.

    Where several references say whose it is, the first that says anything counts.
    """
    if issubclass(cls, (Unit, Organisation)):
        return _of_tree(cls, unit)
    ways: list[ColumnElement[bool]] = []
    before: list[ColumnElement[bool]] = []
    for name in home_fields(cls):
        target = cls.fields()[name].target
        there = stands_in(target, unit)
        if there is not None:
            ways.append(and_(*before, _key(cls, name).in_(select(target.id).where(there))))
        before.append(_key(cls, name).is_(None))
    return _any(ways)


def _of_tree(cls: type[Record], branch: Unit | Organisation) -> ColumnElement[bool]:
    if isinstance(branch, Organisation):
        return Organisation.branch(branch)
    below = Unit.branch(branch)
    return below if issubclass(cls, Unit) else Organisation.unit_id.in_(select(Unit.id).where(below))


def _in(branch: Unit | Organisation) -> Callable[[type[Record]], ColumnElement[bool] | None]:
    return lambda cls: lies_in(cls, branch)


def _any(ways: list[ColumnElement[bool]]) -> ColumnElement[bool] | None:
    return or_(*ways) if ways else None


def _key(cls: type[Record], name: str) -> Any:
    return getattr(cls, cls.fields()[name].column or "")


# -- of one record


def home_of(record: Record) -> tuple[int | None, int | None]:
    """Whose a record is: the ids of its organisation and its unit, as far as it has them."""
    if isinstance(record, Unit):
        return None, record.id
    if isinstance(record, Organisation):
        return record.id, record.unit_id
    organisation_id = unit_id = None
    for name in home_fields(type(record)):
        spec = record.fields()[name]
        if spec.target is Unit or spec.target is Organisation:
            id_ = id_of(record, name)
            organisation_id, unit_id = (id_, unit_id) if spec.target is Organisation else (organisation_id, id_)
        elif (owner := getattr(record, name)) is not None:
            return home_of(owner)
        elif (session := object_session(record)) is not None and getattr(record, spec.column or "") is not None:
            # An orphan on its way out: its owner let go of it, its key still names the owner.
            owner = session.get(spec.target, getattr(record, spec.column or ""))
            return home_of(owner) if owner is not None else (None, None)
    return organisation_id, unit_id


def id_of(record: Record, name: str) -> int | None:
    """The id that a reference will have after the flush."""
    spec = record.fields()[name]
    if record.changed(name):
        # The key follows in the flush; only of an orphan on its way out it still names the owner.
        other = getattr(record, name)
        if other is not None or not spec.required:
            return other.id if other is not None else None
    key: int | None = getattr(record, spec.column or "")
    return key
