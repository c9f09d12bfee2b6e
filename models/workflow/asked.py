"""What screens ask of seals before anything is tried: why a record, a field or a row stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.records.base import Record
from models.records.context import viewing
from models.records.errors import Problem
from models.records.fields import Kind
from models.workflow.declaration import Workflow
from models.workflow.seal_guard import climbed, place_of
from models.workflow.sealed import TOLD, delete_problem, session_of, write_problem
from models.workflow.steps import Step, steps_of_each


def unwritable(record: Record, name: str, row: Record | None = None) -> Problem | None:
    """Why whoever acts now may not write this field or list of the record, or this row of the list; None: they may."""
    if record.workflow is not None:
        return write_problem(record, name, row)
    return _of_its_owner(record)


def undeletable(record: Record) -> Problem | None:
    """Why whoever acts now may not delete the record; None: no seal stands in the way."""
    return _of_its_owner(record, goes=True) if record.workflow is None else delete_problem(record)


def irremovable(record: Record, name: str, row: Record) -> Problem | None:
    """Why a row of this list of the record is not to be taken away; None: no seal stands in the way."""
    if record.workflow is not None:
        return write_problem(record, name, row, takes_away=True)
    return _of_its_owner(record)


def _of_its_owner(part: Record, *, goes: bool = False) -> Problem | None:
    """Why what belongs to another record stays as it is."""
    place = place_of(type(part))
    if place is None:
        return None
    way, name = place
    with viewing(all_rows=True), session_of(part).no_autoflush:
        found = climbed(part, way, stored=True)
    if found is None:
        return None
    owner, child = found
    return write_problem(owner, name, child, takes_away=goes and child is part)


@contextmanager
def together(session: Session, records: Sequence[Record]) -> Iterator[None]:
    """In the block these records, all of one class, may be asked at the cost of a few statements, however many."""
    told: dict[tuple[type[Record], int], list[Step]] = {}
    with viewing(all_rows=True), session.no_autoflush:
        for cls, ids in _with_seals(records):
            if len(ids) > 1:
                _load(session, cls, ids)
            steps = steps_of_each(session, cls, _by_history(session, cls, ids))
            told |= {(cls, id_): each for id_, each in steps.items()}
    session.info[TOLD] = told
    try:
        yield
    finally:
        session.info.pop(TOLD, None)


def _with_seals(records: Sequence[Record]) -> Iterator[tuple[type[Record], Collection[int]]]:
    """The records with seals, by class: these themselves, or those that they belong to."""
    if not records:
        return
    cls: Any = type(records[0])
    ids = {record.id for record in records}
    if cls.workflow is not None:
        yield cls, ids
    elif (place := place_of(cls)) is not None:
        for name in place[0]:
            spec = cls.fields()[name]
            ids = set(session_of(records[0]).scalars(select(getattr(cls, spec.column)).where(cls.id.in_(ids))))
            cls = spec.target
        yield cls, ids


def _by_history(session: Session, cls: Any, ids: Collection[int]) -> list[int]:
    """Those of the records that are sealed since a day which only the history knows."""
    workflow: Workflow = cls.workflow
    records = filter(None, [session.get(cls, id_) for id_ in ids])
    seals = [(record.id, workflow.seal_at(record.was(workflow.field))) for record in records]
    return [id_ for id_, seal in seals if seal is not None and not seal.day]


def _load(session: Session, cls: Any, ids: Collection[int]) -> None:
    """Read what the sentences name: who decides, and for whom things are reserved."""
    workflow: Workflow = cls.workflow
    options = [_led(cls, workflow.decider_path)] if workflow.decided_by else []
    for name, path in workflow.reserved.items():
        if cls.fields()[name].kind is Kind.CHILDREN:
            options.append(_led(cls.fields()[name].target, path.split("."), selectinload(getattr(cls, name))))
    if ids:
        session.scalars(select(cls).where(cls.id.in_(ids)).options(*options)).unique().all()


def _led(cls: Any, path: list[str], load: Any = None) -> Any:
    for name in path:
        attribute, spec = getattr(cls, name), cls.fields()[name]
        load = load.joinedload(attribute) if load is not None else joinedload(attribute)
        cls = spec.target
    return load.joinedload(cls.unit)
