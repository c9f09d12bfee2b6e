"""Undo: what the history tells is taken back, one change or a whole action, where nothing of it was changed since.

    reversals = plan(session, entries)       # what would happen, and what stands in the way
    carry_out(session, reversals, "Hoàn tác: …")

An older version of a record is restored by taking back everything newer, a deleted record by taking back its deletion.
What is taken back goes through the records' rules like any other change, and is itself recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models.history.audit import SECRET, WRITES, AuditEntry, AuditKind, from_json, recorded_columns, to_json
from models.history.recording import named_act
from models.records.base import Record
from models.records.context import viewing
from models.records.errors import Problem
from models.records.fields import Kind
from models.records.lookups import base_class, links, referrers
from models.records.personal import load_personal
from models.records.words import _

CHANGED_SINCE = _("Đã sửa lại sau đó: %(fields)s.")
DELETED_SINCE = _("Đã bị xóa sau đó.")
BACK_ALREADY = _("Đã có lại.")
IN_USE = _("Đang được dùng ở %(count)s bản ghi: %(what)s.")
LOST = _("Mục mà bản ghi này trỏ tới không còn: %(field)s.")

IdentityKey = tuple[type[Record], int]


@dataclass
class Reversal:
    """What taking back does to one record. Values are as the history keeps them."""

    record_class: type[Record]
    id: int
    title: str
    expected: dict[str, Any] = field(default_factory=dict)
    """What the record must hold now, or someone changed it since."""
    wanted: dict[str, Any] = field(default_factory=dict)
    there_now: bool = True
    there_then: bool = True
    obstacle: Problem | None = None

    @property
    def comes_back(self) -> bool:
        """Whether the record was deleted and is made again."""
        return self.there_then and not self.there_now

    @property
    def goes(self) -> bool:
        """Whether the record was made and is deleted again."""
        return self.there_now and not self.there_then


def history_of(record_class: type[Record], id_: int) -> Any:
    """The entries of a record and of what belongs to it, the newest first, as a query."""
    noun = base_class(record_class).__name__
    own = and_(AuditEntry.noun == record_class.__name__, AuditEntry.record_id == id_)
    children = and_(AuditEntry.owner_noun == noun, AuditEntry.owner_id == id_)
    return select(AuditEntry).where(or_(own, children)).order_by(AuditEntry.id.desc())


def newer_than(session: Session, entry: AuditEntry) -> list[AuditEntry]:
    """Every change of the entry's record, and of what belongs to it, since that entry's transaction."""
    id_ = entry.record_id or 0
    query = history_of(entry.record_class, id_).where(AuditEntry.id > entry.id, AuditEntry.act != entry.act)
    return list(session.scalars(query.where(AuditEntry.kind.in_(WRITES))))


def entries_of_act(session: Session, act: str) -> list[AuditEntry]:
    """Every change of one transaction, the newest first."""
    query = select(AuditEntry).where(AuditEntry.act == act, AuditEntry.kind.in_(WRITES))
    return list(session.scalars(query.order_by(AuditEntry.id.desc())))


def deleted_with(session: Session, entry: AuditEntry) -> list[AuditEntry]:
    """The deletion of a record, and of all that belonged to it and went along."""
    deletions = [e for e in entries_of_act(session, entry.act) if e.kind is AuditKind.DELETED]
    found, left = [entry], [entry]
    while left:
        owner = left.pop()
        noun = base_class(owner.record_class).__name__
        along = [e for e in deletions if (e.owner_noun, e.owner_id) == (noun, owner.record_id) and e not in found]
        found += along
        left += along
    return found


def plan(session: Session, entries: Iterable[AuditEntry]) -> list[Reversal]:
    """What taking these entries back does to each record, with what stands in the way of it."""
    reversals: dict[IdentityKey, Reversal] = {}
    for entry in sorted(entries, key=lambda e: e.id, reverse=True):
        if entry.kind in WRITES and entry.record_id is not None:
            key = (entry.record_class, entry.record_id)
            newest = key not in reversals
            reversal = reversals.setdefault(key, Reversal(*key, title=entry.title))
            _take_in(reversal, entry, newest=newest)
    # What was made and deleted in between was never there, before or after.
    found = [r for r in reversals.values() if r.there_now or r.there_then]
    going = {(base_class(r.record_class), r.id) for r in found if r.goes}
    coming = {(base_class(r.record_class), r.id) for r in found if r.comes_back}
    for reversal in found:
        reversal.obstacle = next(_obstacles(session, reversal, going, coming), None)
    return found


def _take_in(reversal: Reversal, entry: AuditEntry, *, newest: bool) -> None:
    """Add an older entry of the same record to its reversal."""
    if newest:
        reversal.there_now = entry.kind is not AuditKind.DELETED
    reversal.there_then = entry.kind is not AuditKind.CREATED
    if reversal.there_now and entry.kind is not AuditKind.DELETED:
        for name, (_old, new) in entry.changes.items():
            reversal.expected.setdefault(name, new)
    reversal.wanted |= {name: old for name, (old, _new) in entry.changes.items()}


def _said(cls: type[Record]) -> set[str]:
    """The columns and links that people say, not the ones that follow from them."""
    fields = cls.fields().values()
    return {spec.column or spec.name for spec in fields if not spec.derived and spec.kind is not Kind.CHILDREN}


def _obstacles(
    session: Session, reversal: Reversal, going: set[IdentityKey], coming: set[IdentityKey]
) -> Iterator[Problem]:
    record = session.get(reversal.record_class, reversal.id)
    if reversal.comes_back:
        if record is not None:
            yield Problem(BACK_ALREADY)
        yield from _lost(session, reversal, coming)
        return
    if record is None:
        yield Problem(DELETED_SINCE)
        return
    with viewing(all_rows=True):  # compared, never shown
        load_personal(session, [record])
    said = _said(reversal.record_class)
    changed = [
        name
        for name, value in reversal.expected.items()
        if name in said and value != SECRET and to_json(getattr(record, name)) != value
    ]
    if changed:
        yield Problem(CHANGED_SINCE, None, {"fields": ", ".join(labels(reversal.record_class, changed))})
    if reversal.goes:
        yield from _uses(session, record, going)
    else:
        yield from _lost(session, reversal, coming)


def labels(cls: type[Record], columns: Iterable[str]) -> Iterator[str]:
    """What people call these columns."""
    fields = cls.fields()
    by_column = {spec.column: spec for spec in fields.values() if spec.column}
    for name in columns:
        spec = fields.get(name) or by_column.get(name)
        if spec is not None:
            yield spec.label


def _uses(session: Session, record: Record, going: set[IdentityKey]) -> Iterator[Problem]:
    for cls, column, along in referrers(base_class(type(record))):
        if along:
            continue
        staying = [id_ for kind, id_ in going if kind is cls]
        query = select(func.count()).select_from(cls).where(column == record.id, cls.id.not_in(staying))
        if count := session.scalar(query):
            yield Problem(IN_USE, None, {"count": count, "what": cls.label})


def _lost(session: Session, reversal: Reversal, coming: set[IdentityKey]) -> Iterator[Problem]:
    for spec in reversal.record_class.fields().values():
        id_ = reversal.wanted.get(spec.column or "")
        if id_ is None:
            continue
        target = base_class(spec.target)
        if (target, id_) not in coming and session.get(spec.target, id_) is None:
            yield Problem(LOST, None, {"field": spec.label})


def carry_out(session: Session, reversals: Iterable[Reversal], name: str) -> int:
    """Take back what nothing stands in the way of, as one action of this name. Returns how many records. Flushes.

    Raises Refused if the records' rules forbid it; then nothing is changed.
    """
    done = [reversal for reversal in reversals if reversal.obstacle is None]
    with named_act(session, name), session.no_autoflush:
        back: dict[IdentityKey, Record] = {}
        for reversal in done:
            if reversal.comes_back:
                record = reversal.record_class()
                back[base_class(reversal.record_class), reversal.id] = record
        for reversal in done:
            key = (base_class(reversal.record_class), reversal.id)
            record_now = back.get(key) or session.get(reversal.record_class, reversal.id)
            if record_now is None:
                continue
            if reversal.goes:
                session.delete(record_now)
            else:
                _give(session, record_now, reversal, back)
        session.add_all(back.values())
        session.flush()
    return len(done)


def _give(session: Session, record: Record, reversal: Reversal, back: dict[IdentityKey, Record]) -> None:
    """Set the wanted values; references as records, so that rules see them and rows go in in their order."""
    cls = reversal.record_class
    references = {spec.column: spec for spec in cls.fields().values() if spec.column}
    names = set(recorded_columns(cls)) if reversal.comes_back else _said(cls)
    for name, value in reversal.wanted.items():
        if value == SECRET or name not in names | set(links(cls)):
            continue
        if name in references:
            spec = references[name]
            setattr(record, spec.name, _record(session, spec.target, value, back))
        elif name in links(cls):
            target = cls.fields()[name].target
            found = [_record(session, target, id_, back) for id_ in value or ()]
            setattr(record, name, [other for other in found if other is not None])
        else:
            setattr(record, name, from_json(cls, name, value))


def _record(session: Session, target: type[Record], id_: int | None, back: dict[IdentityKey, Record]) -> Record | None:
    if id_ is None:
        return None
    return back.get((base_class(target), id_)) or session.get(target, id_)
