"""Guard of the seals: no flush writes what is sealed, or what is another's to write, on whatever road it comes.

Asked before the records' own rules: what was sent is not to be changed, right or wrong. It judges what the writer did;
what follows from that (`pass_on`, `derive`) comes after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from models.records.base import Record, until_declared
from models.records.context import viewing
from models.records.errors import Problem, Refused
from models.records.fields import Kind
from models.records.lookups import owner_field
from models.records.rules import fill_in
from models.workflow.declaration import Workflow, workflow_of
from models.workflow.sealed import ends, is_empty, said_for, sealed, session_of, theirs, undeletable

NOT_HELD = "not_held"
Place: TypeAlias = tuple[tuple[str, ...], str]
"""Of what belongs to a record with seals: the references that lead up to it, and the list it is in there."""


class Unheld(Enum):
    """What seals do not hold: the whole list, each with its reason."""

    SAMPLES = "made-up rows were sent to nobody; they go whole, by one command at the machine"
    MIGRATIONS = "a change of the tables keeps what was said in other columns; it is SQL, and passes no flush"
    RESTORE = "a backup is put back as it was, with its seals: its rows are written as they are, and pass no flush"
    MERGING = "where two records become one, what named either names the one: it says the same as before"


@contextmanager
def not_held(session: Session, why: Unheld) -> Iterator[None]:
    """Let the block write what is sealed, for one of the reasons there are."""
    session.info[NOT_HELD] = why
    try:
        yield
    finally:
        session.info.pop(NOT_HELD, None)


def hold(session: Session, _context: Any, _instances: Any) -> None:
    """Refuse a flush that writes what is sealed, or another's (`before_flush`)."""
    if NOT_HELD in session.info:
        return
    with viewing(all_rows=True), session.no_autoflush:
        asked = [r for r in (*session.deleted, *session.dirty, *session.new) if isinstance(r, Record)]
        asked = [record for record in asked if _is_asked(type(record))]
        for record in asked:
            fill_in(session, record)
        for record in asked:
            if problems := list(_problems(session, record)):
                raise Refused(problems, record)


@until_declared
@cache
def _is_asked(cls: type[Record]) -> bool:
    return _has_seals(cls) or place_of(cls) is not None


def _has_seals(cls: type[Record]) -> bool:
    workflow = workflow_of(cls)
    return workflow is not None and bool(workflow.seals or workflow.reserved)


@until_declared
@cache
def place_of(cls: type[Record]) -> Place | None:
    """Where records of this class lie in one that has seals; None if in none."""
    way, part = list[str](), cls
    while (spec := owner_field(part)) is not None:
        way.append(spec.name)
        if _has_seals(spec.target):
            fields = spec.target.fields().items()
            return tuple(way), next(n for n, s in fields if s.kind is Kind.CHILDREN and issubclass(part, s.target))
        part = spec.target
    return None


# -- one record of the flush


def _problems(session: Session, record: Record) -> Iterator[Problem]:
    gone = record in session.deleted
    written = [] if gone else list(_written(record))
    if (workflow := workflow_of(type(record))) is not None:
        yield from undeletable(workflow, record) if gone else _of_itself(workflow, record, written)
    if (place := place_of(type(record))) is not None and (gone or written or record.is_new):
        yield from _of_a_part(record, place, [] if record.is_new else written, gone=gone)


def _written(record: Record) -> Iterator[str]:
    """The fields and links to which another value was given; of a new record, those with one of their own."""
    for name, spec in record.fields().items():
        if spec.kind is Kind.CHILDREN or spec.derived:
            continue
        value = getattr(record, name)
        if record.is_new:
            if not is_empty(record, name, value):
                yield name
        elif record.changed(name) and _before(record, name) != (set(value) if isinstance(value, list) else value):
            yield name


def _before(record: Record, name: str) -> Any:
    if record.fields()[name].kind is not Kind.REFERENCES:
        return record.was(name)
    history = inspect(record).attrs[name].load_history()
    return {*(history.unchanged or ()), *(history.deleted or ())}


def _of_itself(workflow: Workflow, record: Record, written: list[str]) -> Iterator[Problem]:
    """What the writer may not write of the record itself."""
    stepping = _set_by_the_step(workflow, record)
    for name in written:
        if not record.is_new and name not in stepping:
            yield from sealed(workflow, record, name)
    for name, path in workflow.reserved.items():
        # Where the way there leads elsewhere now, what was written for the one stands with the other.
        if record.fields()[name].kind is not Kind.CHILDREN and {name, path.split(".")[0]} & set(written):
            yield from theirs(name, said_for(path, record, name))


def _set_by_the_step(workflow: Workflow, record: Record) -> set[str]:
    """Where the record stands, and what the step that it makes in this flush sets: the workflow itself judges these."""
    old, new = record.was(workflow.field), workflow.of(record)
    if record.is_new or old is new:
        return {workflow.field}
    step = workflow.between(old, new)
    return {workflow.field, workflow.note, *filter(None, [step.sets if step else None])}


def _of_a_part(part: Record, place: Place, written: list[str], *, gone: bool) -> Iterator[Problem]:
    """What the writer may not write of what belongs to a record: add it, change it, move it, take it away."""
    way, name = place
    places = [] if gone else [climbed(part, way, stored=False)]
    places += [] if part.is_new else [climbed(part, way, stored=True)]
    for owner, child in dict.fromkeys(found for found in places if found is not None):
        if owner in session_of(owner).deleted:
            continue
        workflow: Workflow = owner.workflow
        whose = list(ends(workflow.reserved.get(name, ""), child))
        takes_away = child is part and (gone or getattr(part, way[0]) is not owner)
        problems = [] if owner.is_new else list(sealed(workflow, owner, name, takes_away=takes_away))
        for problem in problems or theirs(name, whose):
            yield from (Problem(problem.message, field, problem.values) for field in written or way[:1])
            return


def climbed(part: Record, way: tuple[str, ...], *, stored: bool) -> tuple[Record, Record] | None:
    """The record that a part belongs to, or did when it was stored, and the child of it that the part is or is in."""
    child = owner = part
    for name in way:
        child, owner = owner, owner.was(name) if stored else getattr(owner, name)
        if owner is None:
            return None
    return owner, child
