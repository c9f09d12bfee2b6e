"""Waiting: the records whose next step is for whoever acts now, as a condition that a database can answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from models.access.branch import home_fields
from models.access.scope import current, writable
from models.history.audit import actor
from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import State
from models.units import Level
from models.workflow.declaration import Move


def onward(cls: type[Record]) -> Iterator[Move]:
    """The moves of this record that lead on, and that the role of whoever acts now may make.

    What was turned down waits for nobody, though it may be taken up again.
    """
    role = actor.get().role
    for move in cls.stages.moves if cls.stages else ():
        if (
            not move.back
            and move.start.state not in (State.OFF, State.RETURNED)
            and (role is None or role.rank >= move.role.rank)
        ):
            yield move


def waits(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a record waits for whoever acts now.

    Those of a branch answer for all of it; those of the province, who see everything, for what stands at its level.
    """
    stages = cls.stages
    if stages is None:
        return false()
    at: Any = getattr(cls, stages.field)
    moves = list(onward(cls))
    here = [move.start for move in moves if not move.office]
    decided = [move.start for move in moves if move.office]
    return or_(and_(at.in_(here), _at_home(cls)), and_(at.in_(decided), _leads_here(cls, stages.seat_path)))


def _at_home(cls: type[Record]) -> ColumnElement[bool]:
    """That whoever acts now answers for the record; what is nobody's is the province's."""
    whole = current.get() is None
    ways = [_leads_here(cls, [name]) for name in home_fields(cls)]
    return or_(*ways) if ways else (true() if whole else false())


def _leads_here(cls: type[Record], path: list[str]) -> ColumnElement[bool]:
    """That the organisation at the end of this way is one for which whoever acts now answers."""
    whole = current.get() is None
    if not path:
        # Without a way to an organisation it is the province that decides.
        return _answered_for() if issubclass(cls, Organisation) else (true() if whole else false())
    name, *rest = path
    spec = cls.fields()[name]
    column = getattr(cls, spec.column or "")
    there = column.in_(select(spec.target.id).where(_leads_here(spec.target, rest)))
    return or_(column.is_(None), there) if whole else there


def _answered_for() -> ColumnElement[bool]:
    return Organisation.level.in_((Level.CENTRE, Level.PROVINCE)) if current.get() is None else writable(Organisation)
