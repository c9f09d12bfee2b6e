"""What is sealed of a record, and what of it is another's to write: asked by the guard of the flush and by screens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session, object_session

from models.access.scope import holds
from models.organisations import Organisation
from models.records.base import Record
from models.records.clock import VIETNAM
from models.records.context import viewing
from models.records.errors import Problem
from models.records.fields import Kind
from models.records.words import _
from models.workflow.declaration import PROVINCE, Workflow, led_to, workflow_of
from models.workflow.seals import Seal
from models.workflow.steps import steps_of

THEIRS = _("Mục này chỉ %(who)s ghi được.")
THEIRS_IN_IT = _("Không xóa được: có phần “%(what)s” do %(who)s ghi.")
UNKNOWN_DAY = "…"
LOOKED_THROUGH = 200
"""How many entries of a record's history are looked through for the day since when it is sealed, the newest."""
OPENED = "opened"
"""Under this name a session knows the record that is opened in it (`openings.py`)."""
TOLD = "steps_told"
"""Under this name a session knows the steps of those that are asked together (`asked.py`)."""


def write_problem(record: Record, name: str, part: Record | None = None, *, takes_away: bool = False) -> Problem | None:
    """Why whoever acts now may not write this field, link or list of the record as it stands; None: they may.

    `part` is one of the list, where it matters which; `takes_away`: it as a whole.
    """
    workflow = workflow_of(type(record))
    if workflow is None or not inspect(record).persistent:
        return None
    path = workflow.reserved.get(name, "")
    listed = record.fields()[name].kind is Kind.CHILDREN
    with viewing(all_rows=True), session_of(record).no_autoflush:
        thing = part if listed else record
        whose = list(ends(path, thing)) if thing is not None else []
        return next(chain(sealed(workflow, record, name, takes_away=takes_away), theirs(name, whose)), None)


def delete_problem(record: Record) -> Problem | None:
    """Why the record may not be deleted by whoever acts now; None: they may."""
    workflow = workflow_of(type(record))
    if workflow is None:
        return None
    with viewing(all_rows=True), session_of(record).no_autoflush:
        return next(undeletable(workflow, record), None)


def seal_problem(record: Record) -> Problem | None:
    """Why the record as a whole stays as it was sent, whoever asks; None: no seal holds it."""
    workflow = workflow_of(type(record))
    if workflow is None or (seal := workflow.seal_at(record.was(workflow.field))) is None:
        return None
    with viewing(all_rows=True), session_of(record).no_autoflush:
        return _said(workflow, seal, record, None)


# -- what is sealed


def sealed(workflow: Workflow, record: Record, name: str, *, takes_away: bool = False) -> Iterator[Problem]:
    """That this is sealed, as the record was stored, for whoever acts now; `takes_away`: one of the list as a whole."""
    seal = workflow.seal_at(record.was(workflow.field))
    if seal is None or name in seal.anyone or (name in workflow.reserved and not takes_away):
        return
    if name in seal.decider:
        yield from theirs(name, [workflow.decider_of(record)])
    elif session_of(record).info.get(OPENED) is not record:
        yield _said(workflow, seal, record, name)


def undeletable(workflow: Workflow, record: Record) -> Iterator[Problem]:
    """That the record may not go: it is sealed, or holds what is another's."""
    if (seal := workflow.seal_at(record.was(workflow.field))) is not None:
        yield _said(workflow, seal, record, None)
        return
    for name, path in workflow.reserved.items():
        spec = record.fields()[name]
        if spec.kind is Kind.CHILDREN:
            whose = [organisation for child in getattr(record, name) for organisation in ends(path, child)]
        else:
            whose = list(said_for(path, record, name))
        for problem in theirs(None, whose):
            yield Problem(THEIRS_IN_IT, None, {**problem.values, "what": spec.label})


def _said(workflow: Workflow, seal: Seal, record: Record, name: str | None) -> Problem:
    day = day_of(record, seal)
    who = workflow.decider_of(record) or PROVINCE
    return Problem(seal.said, name, {"day": f"{day:%d/%m/%Y}" if day else UNKNOWN_DAY, "who": who})


def day_of(record: Record, seal: Seal) -> date | None:
    """The day since when the record is sealed, as it says itself or as its history tells; None if neither knows."""
    if seal.day:
        head, _dot, rest = seal.day.partition(".")
        said: date | None = led_to(record.was(head), rest) if rest else record.was(head)
        return said
    found, session = None, session_of(record)
    told = session.info.get(TOLD, {}).get((type(record), record.id))
    for step in steps_of(session, record, LOOKED_THROUGH) if told is None else told:
        if step.new in seal.at:
            found = step.at
        if step.old not in seal.at:
            break
    return found.astimezone(VIETNAM).date() if found else None


# -- whose it is


def theirs(name: str | None, whose: Iterable[Organisation | None]) -> Iterator[Problem]:
    """That it is for these to write, where whoever acts now doesn't answer for one of them. None: the province."""
    for organisation in whose:
        if not holds(organisation):
            yield Problem(THEIRS, name, {"who": organisation or PROVINCE})
            return


def ends(path: str, thing: Record) -> Iterator[Organisation | None]:
    """The organisations to which a way leads from a record, as it is now and as it was stored; none if it has none."""
    head, _dot, rest = path.partition(".")
    starts = [getattr(thing, head), None if thing.is_new else thing.was(head)] if head else []
    for start in dict.fromkeys(start for start in starts if start is not None):
        yield led_to(start, rest) if rest else start


def said_for(path: str, record: Record, name: str) -> Iterator[Organisation | None]:
    """For whom the value of a field is said now, and was when it was stored; nobody where there is none."""
    head, _dot, rest = path.partition(".")
    before = (None, None) if record.is_new else (record.was(name), record.was(head))
    for value, start in ((getattr(record, name), getattr(record, head)), before):
        if start is not None and not is_empty(record, name, value):
            yield led_to(start, rest) if rest else start


def is_empty(record: Record, name: str, value: Any) -> bool:
    """Whether nobody said this value: there is none, or it is the one that a new record has."""
    if value is None or value == []:
        return True
    columns = inspect(type(record)).columns
    default: Any = columns[name].default if name in columns else None
    return default is not None and default.is_scalar and bool(default.arg == value)


def session_of(record: Record) -> Session:
    """The session that a record is in. Raises ValueError if it is in none."""
    found = object_session(record)
    if found is None:
        raise ValueError(f"{record!r} is in no session")
    return found
