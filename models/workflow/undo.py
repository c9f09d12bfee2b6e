"""Undo, but for what was sealed since: an action that touched it stays as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from models.history import undo
from models.history.audit import AuditEntry, from_json
from models.history.undo import Reversal
from models.records.base import Record
from models.records.errors import Problem
from models.records.words import _
from models.workflow.declaration import NO_WAY, Workflow, workflow_of
from models.workflow.seal_guard import place_of
from models.workflow.sealed import delete_problem, write_problem

WITH_SEALED = _("Cùng thao tác với mục không đưa về được nữa.")


def plan(session: Session, entries: Iterable[AuditEntry]) -> list[Reversal]:
    """What taking these entries back does to each record; if one of them is sealed, what stands in the way of all."""
    reversals = undo.plan(session, entries)
    sealed = [next(_sealed(session, reversal), None) for reversal in reversals]
    if any(sealed):
        for reversal, problem in zip(reversals, sealed, strict=True):
            reversal.obstacle = problem or reversal.obstacle or Problem(WITH_SEALED)
    return reversals


def _sealed(session: Session, reversal: Reversal) -> Iterator[Problem]:
    """Why the record of a reversal, or what it belongs to, is not to be touched."""
    record, workflow = session.get(reversal.record_class, reversal.id), workflow_of(reversal.record_class)
    if workflow is not None and record is not None:
        yield from filter(None, [delete_problem(record)]) if reversal.goes else _written(workflow, record, reversal)
    if (place := place_of(reversal.record_class)) is None:
        return
    way, name = place
    owner, child = _first_owner(session, reversal, way[0]), record
    for step in way[1:]:
        child, owner = owner, getattr(owner, step, None)
    if owner is not None:
        yield from filter(None, [write_problem(owner, name, child, takes_away=reversal.goes and child is record)])


def _written(workflow: Workflow, record: Record, reversal: Reversal) -> Iterator[Problem]:
    """Why what taking back would write of the record is not to be written; of a step the workflow is the judge."""
    names = {n for n, s in record.fields().items() if not s.derived and (s.column or n) in reversal.wanted}
    if workflow.field in names:
        old, new = workflow.of(record), from_json(type(record), workflow.field, reversal.wanted[workflow.field])
        step = workflow.between(old, new)
        names -= {workflow.field, workflow.note, step.sets if step else None}
        if step is None:
            yield Problem(NO_WAY, workflow.field, {"old": old.label, "new": new.label})
        else:
            yield from workflow.who_decides(step, record)
    for name in sorted(names):
        yield from filter(None, [write_problem(record, name)])


def _first_owner(session: Session, reversal: Reversal, name: str) -> Any:
    """The record that the one of a reversal belongs to, or belonged to before it was deleted."""
    spec = reversal.record_class.fields()[name]
    record = session.get(reversal.record_class, reversal.id)
    return getattr(record, name) if record else session.get(spec.target, reversal.wanted.get(spec.column or ""))
