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
from models.workflow.declaration import Transition


def onward(cls: type[Record]) -> Iterator[Transition]:
    """The transitions of this record that lead on, and that the role of whoever acts now may make.

    What was turned down waits for nobody, though it may be taken up again.
    """
    role = actor.get().role
    for transition in cls.workflow.transitions if cls.workflow else ():
        if (
            not transition.back
            and transition.start.state not in (State.OFF, State.RETURNED)
            and (role is None or role.rank >= transition.role.rank)
        ):
            yield transition


def waits(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a record waits for whoever acts now.

    Those of a branch answer for all of it; those of the province, who see everything, for what stands at its level.
    """
    workflow = cls.workflow
    if workflow is None:
        return false()
    at: Any = getattr(cls, workflow.field)
    transitions = list(onward(cls))
    here = [transition.start for transition in transitions if not transition.by_decider]
    decided = [transition.start for transition in transitions if transition.by_decider]
    return or_(and_(at.in_(here), _at_home(cls)), and_(at.in_(decided), _leads_here(cls, workflow.decider_path)))


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
