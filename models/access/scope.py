"""Scope: which rows a person may see and touch: their organisation's branch of the tree.

One layer at the session holds it, on every road to the data: criteria on each select, a guard on each flush, and a
check of each statement that would pass by both. Screens, exports and imports never filter for themselves.

Who is not limited (the province's office, administrators, commands at the machine itself) pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import object_session

from models.organisations import Family, Organisation
from models.records.base import Base, Record, until_declared
from models.records.fields import KEY_TEXT
from models.records.lookups import owner_field
from models.records.tree import TreeRecord
from models.units import Level, Unit


@dataclass(frozen=True)
class Scope:
    """The branch of one organisation, as ids and as ranges of the trees' paths.

    The Front's own committee answers for everything in its unit, and so has units of its own; a member organisation
    for its own branches only. The units that may be read are those of its unit; `above` are the ones around it.
    """

    organisation_id: int = -1
    organisation_low: str = "-"
    organisation_high: str = "-"
    own_unit_id: int = -1
    own_unit_low: str = "-"
    own_unit_high: str = "-"
    seen_unit_id: int = -1
    seen_unit_low: str = "-"
    seen_unit_high: str = "-"
    above: tuple[int, ...] = (-1,)


ALL: None = None
"""No limit."""
NOTHING = Scope()
"""Nobody's branch: what is shared is read, nothing is written."""

Limit: TypeAlias = Scope | None
current: ContextVar[Limit] = ContextVar("scope", default=ALL)
"""The limit of what runs now. A request begins with NOTHING and gets its user's."""


def scope_of(organisation: Organisation | None) -> Limit:
    """The scope of someone who works for this organisation."""
    if organisation is None:
        return NOTHING
    front = organisation.family is not Family.MEMBER
    if front and organisation.level in (Level.CENTRE, Level.PROVINCE):
        return ALL
    unit = organisation.unit
    places: dict[str, Any] = {}
    if unit is not None:
        for name in ("own_unit", "seen_unit") if front else ("seen_unit",):
            places |= _range(name, unit)
        places["above"] = tuple(unit.ancestor_ids) or (-1,)
    return Scope(**_range("organisation", organisation), **places)


def _range(name: str, node: TreeRecord) -> dict[str, Any]:
    low, high = node.branch_range
    return {f"{name}_id": node.id, f"{name}_low": low, f"{name}_high": high}


@contextmanager
def limited_to(limit: Limit) -> Iterator[None]:
    """Run the block under this limit."""
    token = current.set(limit)
    try:
        yield
    finally:
        current.reset(token)


def holds(organisation: Organisation | None) -> bool:
    """Whether whoever acts now answers for this organisation; for None, which is the province: whether for all."""
    scope = current.get()
    if scope is None or organisation is None:
        return scope is None
    unit = organisation.unit
    return _is_in(scope, "organisation", organisation) or (unit is not None and _is_in(scope, "own_unit", unit))


def _is_in(scope: Scope, name: str, node: TreeRecord) -> bool:
    low, high = getattr(scope, f"{name}_low"), getattr(scope, f"{name}_high")
    return bool(node.id == getattr(scope, f"{name}_id") or low <= (node.path or "") < high)


# -- which rows: conditions that a database can answer from its indexes, the same for every scope but for their values


def _value(name: str, kind: Any) -> Any:
    """A place in a condition that takes this value of the current scope when the statement runs."""

    def read() -> Any:
        scope = current.get()
        return getattr(scope if scope is not None else NOTHING, name)

    return bindparam(f"scope_{name}", type_=kind, unique=True, callable_=read)


def _in_branch(cls: type[Any], name: str) -> ColumnElement[bool]:
    low, high = _value(f"{name}_low", KEY_TEXT), _value(f"{name}_high", KEY_TEXT)
    return or_(cls.id == _value(f"{name}_id", Integer()), and_(cls.path >= low, cls.path < high))


def _above(column: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(
        bindparam(
            "scope_above",
            type_=Integer(),
            unique=True,
            expanding=True,
            callable_=lambda: (current.get() or NOTHING).above,
        )
    )
    return found


def own_units() -> ColumnElement[bool]:
    """The condition that a unit is one's own."""
    return _in_branch(Unit, "own_unit")


def _seen_units() -> ColumnElement[bool]:
    return or_(_in_branch(Unit, "seen_unit"), _above(Unit.id))


def own_organisations() -> ColumnElement[bool]:
    """The condition that an organisation is one's own: of its branch, or in its units."""
    return or_(_in_branch(Organisation, "organisation"), Organisation.unit_id.in_(select(Unit.id).where(own_units())))


def _seen_organisations() -> ColumnElement[bool]:
    return or_(
        own_organisations(),
        Organisation.level.in_((Level.CENTRE, Level.PROVINCE)),
        and_(
            or_(_above(Organisation.unit_id), Organisation.unit_id == _value("seen_unit_id", Integer())),
            Organisation.family != Family.MEMBER,
        ),
    )


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


@cache
def writable(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a row of `cls` belongs to the current scope: it may be changed."""
    if (said := cls.in_scope()) is not None:
        return said
    if issubclass(cls, Unit):
        return own_units()
    if issubclass(cls, Organisation):
        return own_organisations()
    return _through_home(cls, writable) if home_fields(cls) else false()


@cache
def readable(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a row of `cls` may be read: one's own, what is shared, and what those above keep for all."""
    if (said := cls.in_scope()) is not None:
        return said
    if issubclass(cls, Unit):
        return _seen_units()
    if issubclass(cls, Organisation):
        return _seen_organisations()
    if not home_fields(cls):
        return true()
    return _through_home(cls, readable if cls.open_above else writable)


def _through_home(cls: type[Record], condition: Callable[[type[Record]], ColumnElement[bool]]) -> ColumnElement[bool]:
    fields = cls.fields()
    keys = {getattr(cls, fields[name].column or ""): fields[name].target for name in home_fields(cls)}
    ways = [column.in_(select(target.id).where(condition(target))) for column, target in keys.items()]
    if condition is readable:
        ways.append(and_(*(column.is_(None) for column in keys)))
    return or_(*ways)


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


@until_declared
@cache
def scoped_classes() -> tuple[type[Record], ...]:
    """Every record with a table of its own whose rows belong to someone."""
    return tuple(
        mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record) and mapper.inherits is None and is_scoped(mapper.class_)
    )


def id_of(record: Record, name: str) -> int | None:
    """The id that a reference will have after the flush."""
    spec = record.fields()[name]
    if record.changed(name):
        # The key follows in the flush; only of an orphan on its way out it still names the owner.
        other = getattr(record, name)
        if other is not None or not spec.required:
            return other.id if other is not None else None
    return getattr(record, spec.column or "")  # type: ignore[no-any-return]
