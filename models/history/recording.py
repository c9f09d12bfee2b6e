"""Recording: each flush writes the entries of what it changes, in its own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4
from weakref import ref

from sqlalchemy import (
    insert,
    inspect,
)
from sqlalchemy.orm import PassiveFlag, Session, UOWTransaction

from models.access.branch import home_of
from models.history.audit import SECRET, AuditEntry, AuditKind, actor, recorded_columns, secret_columns, to_json
from models.records.base import Record
from models.records.clock import now
from models.records.context import latest_flush, viewing
from models.records.lookups import base_class, links, owner_field
from models.records.order import sort_key
from models.records.text import fold


@contextmanager
def named_act(session: Session, name: str) -> Iterator[None]:
    """Whatever the block flushes is one action that people see, and may undo, under this name."""
    session.info["act_name"] = name
    try:
        yield
    finally:
        session.info.pop("act_name", None)


def note(session: Session, kind: AuditKind, record: Record | None = None, title: str = "", **about: Any) -> None:
    """Write down something done that changes no record: a look at a person, an export, a sign-in. Never values."""
    entry = _entry(session, kind, record, about) if record is not None else _blank(session, kind, about)
    entry["title"] = entry["title"] or title
    if not record:
        entry["noun"] = str(about.pop("noun", ""))
    _insert(session, [entry])


def _act(session: Session) -> str:
    """The id of the session's present transaction."""
    root = session.get_transaction()
    known = session.info.get("act")
    if known is None or known[0] is not root:
        known = session.info["act"] = (root, uuid4().hex)
    return str(known[1])


def _blank(session: Session, kind: AuditKind, changes: dict[str, Any]) -> dict[str, Any]:
    who = actor.get()
    return {
        "at": now(),
        "kind": kind,
        "actor": who.name[:120],
        "actor_id": who.id,
        "act": _act(session),
        "act_name": session.info.get("act_name"),
        "noun": "",
        "record_id": None,
        "title": "",
        "owner_noun": None,
        "owner_id": None,
        "home_organisation_id": None,
        "home_unit_id": None,
        "changes": changes,
    }


def _entry(session: Session, kind: AuditKind, record: Record, changes: dict[str, Any]) -> dict[str, Any]:
    owner = owner_field(type(record))
    organisation_id, unit_id = home_of(record)
    return _blank(session, kind, changes) | {
        "noun": type(record).__name__,
        "record_id": record.id,
        "title": str(record)[:600],
        "owner_noun": base_class(owner.target).__name__ if owner else None,
        "owner_id": getattr(record, owner.column or "") if owner else None,
        "home_organisation_id": organisation_id,
        "home_unit_id": unit_id,
    }


def _insert(session: Session, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        words = f"{entry['actor']} {entry['title']} {entry['act_name'] or ''}"
        entry["search_text"] = fold(words)
        entry["title_key"] = sort_key(entry["title"])[:400]
    table: Any = AuditEntry.__table__
    connection = session.connection(bind_arguments={"mapper": inspect(AuditEntry)})
    # Nothing is asked back: under row locks, who may not read an entry leaves it all the same.
    connection.execute(insert(table).inline(), entries, execution_options={"recorded": True})


def _values(record: Record) -> Iterator[tuple[str, Any]]:
    """Every recorded value of a record that is not empty."""
    secret = secret_columns(type(record))
    for name in recorded_columns(type(record)):
        value = getattr(record, name)
        if value is not None:
            yield name, SECRET if name in secret else to_json(value)
    for name in links(type(record)):
        linked = getattr(record, name)
        if linked:
            yield name, sorted(other.id for other in linked)


def _changes(record: Record) -> dict[str, list[Any]]:
    """What this flush changed in a record: {column: [old, new]}."""
    state = inspect(record)
    found: dict[str, list[Any]] = {}
    for name in recorded_columns(type(record)):
        history = state.attrs[name].history
        if history.added or history.deleted:
            old, new = (to_json(values[0]) if values else None for values in (history.deleted, history.added))
            if old != new:
                found[name] = [SECRET, SECRET] if name in secret_columns(type(record)) else [old, new]
    for name in links(type(record)):
        history = state.get_history(name, PassiveFlag.PASSIVE_NO_INITIALIZE)
        if history.added or history.deleted:
            kept = {other.id for other in history.unchanged}
            old = kept | {other.id for other in history.deleted}
            new = kept | {other.id for other in history.added}
            found[name] = [sorted(old), sorted(new)]
    return found


def begin_flush(_session: Session, flush: UOWTransaction, _instances: Any) -> None:
    """Remember the flush: while its own transaction lasts, its statements are let through (`before_flush`)."""
    latest_flush.set(ref(flush))


def record_changes(session: Session, flushed: UOWTransaction) -> None:
    """Write the entries of this flush."""
    with viewing(all_rows=True), session.no_autoflush:
        entries = list(_entries(session, flushed))
    if entries:
        _insert(session, entries)


def _entries(session: Session, flushed: UOWTransaction) -> Iterator[dict[str, Any]]:
    # Orphans, deleted because their owner let go of them, are known to the flush only.
    gone = {state.obj() for state, (deleted, listed) in flushed.states.items() if deleted and not listed}
    for record in session.new:
        if isinstance(record, Record):
            values = {name: [None, value] for name, value in _values(record)}
            yield _entry(session, AuditKind.CREATED, record, values)
    for record in session.dirty:
        if isinstance(record, Record) and record not in gone and (changes := _changes(record)):
            yield _entry(session, AuditKind.CHANGED, record, changes)
    for record in gone:
        if isinstance(record, Record):
            values = {name: [value, None] for name, value in _values(record)}
            yield _entry(session, AuditKind.DELETED, record, values)
