"""Steps: how records went from stage to stage, as the history tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, cast, false, or_, select
from sqlalchemy.orm import Session

from models.history.audit import WRITES, AuditEntry, from_json
from models.records.base import Record
from models.records.choices import Choice
from models.workflow.declaration import Workflow


@dataclass(frozen=True)
class Step:
    """A step that a record made, as the history tells it."""

    cls: type[Record]
    id: int
    title: str
    at: datetime
    who: str
    old: Choice | None
    new: Choice
    note: str


def _step(cls: type[Record], workflow: Workflow, entry: AuditEntry) -> Step | None:
    if workflow.field not in entry.changes or entry.record_id is None:
        return None
    old, new = (from_json(cls, workflow.field, value) for value in entry.changes[workflow.field])
    note = entry.changes.get(workflow.note, ["", ""])[1] or ""
    return None if new is None else Step(cls, entry.record_id, entry.title, entry.at, entry.actor, old, new, note)


def steps_of(session: Session, record: Record, looked_through: int) -> list[Step]:
    """The steps of a record, the newest first, that the newest entries of its history tell of."""
    cls, workflow = type(record), record.workflow
    query = select(AuditEntry).where(AuditEntry.noun == cls.__name__, AuditEntry.record_id == record.id)
    query = query.where(AuditEntry.kind.in_(WRITES)).order_by(AuditEntry.id.desc()).limit(looked_through)
    return [step for entry in session.scalars(query) if workflow and (step := _step(cls, workflow, entry))]


def steps_of_each(session: Session, cls: type[Record], ids: Collection[int]) -> dict[int, list[Step]]:
    """The steps of each of these records, the newest first, by one statement."""
    found: dict[int, list[Step]] = {id_: [] for id_ in ids}
    if (workflow := cls.workflow) is not None and ids:
        query = select(AuditEntry).where(AuditEntry.noun == cls.__name__, AuditEntry.record_id.in_(ids))
        query = query.where(AuditEntry.kind.in_(WRITES), _tells_of(workflow.field))
        for entry in session.scalars(query.order_by(AuditEntry.id.desc())):
            if step := _step(cls, workflow, entry):
                found[step.id].append(step)
    return found


def _tells_of(name: str) -> Any:
    return cast(AuditEntry.changes, Text).contains(f'"{name}"')


def sent_back(
    session: Session, nouns: Iterable[type[Record]], since: datetime, looked_through: int = 200
) -> list[Step]:
    """The records of these nouns whose last step since then led back, with that step; the newest first."""
    known = {cls.__name__: (cls, cls.workflow) for cls in nouns if cls.workflow}
    moved = [and_(AuditEntry.noun == noun, _tells_of(s.field)) for noun, (_cls, s) in known.items()]
    query = select(AuditEntry).where(AuditEntry.kind.in_(WRITES), AuditEntry.at >= since, or_(false(), *moved))
    last: dict[tuple[str, int | None], Step] = {}
    for entry in session.scalars(query.order_by(AuditEntry.id.desc()).limit(looked_through)):
        step = _step(*known[entry.noun], entry)
        if step is not None:
            last.setdefault((entry.noun, entry.record_id), step)
    return [step for step in last.values() if _leads_back(step)]


def _leads_back(step: Step) -> bool:
    workflow = step.cls.workflow
    transition = workflow.between(step.old, step.new) if workflow and step.old else None
    return transition is not None and transition.back
