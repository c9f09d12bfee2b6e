"""Openings: the side that decides opens a sealed record with a reason; opening, change and closing are one action.

with opened(session, initiative, "Sai họ tên tác giả"):
initiative.authors[0].full_name = "Thạch Sang"
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.access.scope import holds
from models.history.audit import WRITES, AuditEntry, actor
from models.history.recording import named_act
from models.history.undo import history_of
from models.records.base import Record
from models.records.context import viewing
from models.records.errors import Problem, Refused
from models.records.text import clean
from models.records.words import _
from models.workflow.declaration import PROVINCE, workflow_of
from models.workflow.sealed import OPENED
from models.workflow.seals import Seal

ACT = _("Mở để sửa: ")
"""How the names of these actions begin; the history keeps them as they are, in this language."""
REASON_LENGTH = 250
NO_REASON = _("Mở bản ghi đã gửi để sửa thì phải ghi lý do.")
TOO_LONG = _("Lý do dài quá %(limit)s ký tự.")
NOT_OPENED = _("Bản ghi này không mở để sửa được.")
NOT_YOURS = _("Chỉ người có vai trò “%(role)s” trở lên ở %(who)s mới mở được.")


@dataclass(frozen=True)
class Opening:
    """Once that a record was opened: who did it, when, why, and what was changed."""

    at: datetime
    who: str
    reason: str
    entries: tuple[AuditEntry, ...]

    @property
    def changed(self) -> int:
        """How many values were changed, of the record and what belongs to it."""
        return sum(len(entry.changes) for entry in self.entries)


def seal_of(record: Record) -> Seal | None:
    """The seal on a record as it stands, if there is one."""
    workflow = workflow_of(type(record))
    return workflow.seal_at(record.was(workflow.field)) if workflow is not None else None


def unopenable(record: Record) -> Problem | None:
    """Why whoever acts now can't open a sealed record; None: they can."""
    workflow, seal, role = workflow_of(type(record)), seal_of(record), actor.get().role
    if workflow is None or seal is None or seal.opened_by is None:
        return Problem(NOT_OPENED)
    with viewing(all_rows=True):
        decider = workflow.decider_of(record)
        if (role is not None and role.rank < seal.opened_by.rank) or not holds(decider):
            return Problem(NOT_YOURS, None, {"role": seal.opened_by.label, "who": decider or PROVINCE})
    return None


@contextmanager
def opened(session: Session, record: Record, reason: str) -> Iterator[None]:
    """Let the block change what is sealed of the record, and close it again: one action with its reason. Flushes.

    Raises Refused if there is no reason, or whoever acts may not.
    """
    reason = clean(reason)
    if problem := unopenable(record) or _wrong_with(reason):
        raise Refused([problem], record)
    with as_open(session, record), named_act(session, f"{ACT}{reason}"):
        yield
        session.flush()


@contextmanager
def as_open(session: Session, record: Record) -> Iterator[None]:
    """In the block the record counts as open: for asking what could be written then."""
    session.info[OPENED] = record
    try:
        yield
    finally:
        session.info.pop(OPENED, None)


def _wrong_with(reason: str) -> Problem | None:
    if not reason:
        return Problem(NO_REASON)
    return Problem(TOO_LONG, None, {"limit": REASON_LENGTH}) if len(reason) > REASON_LENGTH else None


def openings_of(session: Session, record: Record, looked_through: int) -> list[Opening]:
    """The openings of a record that the newest entries of its history tell of, the newest first."""
    query = history_of(type(record), record.id).where(AuditEntry.kind.in_(WRITES)).limit(looked_through)
    acts: dict[str, list[AuditEntry]] = {}
    for entry in session.scalars(query):
        if entry.act_name and entry.act_name.startswith(ACT):
            acts.setdefault(entry.act, []).append(entry)
    return [
        Opening(entries[0].at, entries[0].actor, (entries[0].act_name or "").removeprefix(ACT), tuple(entries))
        for entries in acts.values()
    ]
