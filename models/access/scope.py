"""Scope: which rows a person may see and touch: their organisation's branch of the tree.

One layer at the session holds it, on every road to the data: criteria on each select, a guard on each flush, and a
check of each statement that would pass by both. Screens, exports and imports never filter for themselves.

Who is not limited (the province's office, administrators, commands at the machine itself) pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterator
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

from models.access.branch import home_ways, nobodys
from models.organisations import Family, Organisation
from models.records.base import Record
from models.records.fields import KEY_TEXT
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


@cache
def writable(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a row of `cls` belongs to the current scope: it may be changed."""
    if (said := cls.in_scope()) is not None:
        return said
    if issubclass(cls, Unit):
        return own_units()
    if issubclass(cls, Organisation):
        return own_organisations()
    return or_(false(), *home_ways(cls, writable))


@cache
def readable(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a row of `cls` may be read: one's own, what is shared, and what those above keep for all."""
    if (said := cls.in_scope()) is not None:
        return said
    if issubclass(cls, Unit):
        return _seen_units()
    if issubclass(cls, Organisation):
        return _seen_organisations()
    ways = home_ways(cls, readable if cls.open_above else writable)
    if not ways:
        return true()
    if cls.open_above:
        ways.append(nobodys(cls))
    return or_(*ways)
