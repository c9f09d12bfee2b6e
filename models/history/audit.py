"""AuditEntry: one change to one record, written in the same transaction as the change.

Whatever flushes, by form, import, seed, shell or job, leaves an entry for each record it makes, changes or deletes.
Statements that would pass by the flush are refused (`_refuse_unrecorded`), and entries can't be altered: the database
itself forbids it (`_KEEP`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import Any
from uuid import uuid4
from weakref import ref

from sqlalchemy import (
    DDL,
    JSON,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    event,
    insert,
    inspect,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, PassiveFlag, Session, UOWTransaction, mapped_column

from models.access.scope import home_of, own, special
from models.accounts.users import Role
from models.organisations import Organisation
from models.records.base import Base, Record, base_class, flushing, latest_flush, now, owner_field, whole_view
from models.records.choices import Choice
from models.records.fields import Kind, choice, moment, text
from models.records.text import fold, sort_key
from models.records.words import _
from models.units import Unit

UNRECORDED = frozenset({"version", "updated_at", "path"})
"""Columns that follow from the others or only count the changes themselves."""
SECRET = "•"  # noqa: S105  a mark, no password
"""Stands in the history for a value that nobody may read there."""


class AuditKind(Choice):
    """What happened."""

    CREATED = "created", _("Thêm"), "ok"
    CHANGED = "changed", _("Sửa"), "warn"
    DELETED = "deleted", _("Xóa"), "late"
    READ = "read", _("Xem thông tin cá nhân")
    EXPORTED = "exported", _("Xuất Excel")
    SIGNED_IN = "signed_in", _("Đăng nhập")
    REFUSED = "refused", _("Bị từ chối"), "late"
    SIGNED_OUT = "signed_out", _("Đăng xuất")
    ACCOUNT = "account", _("Tài khoản"), "warn"


WRITES = (AuditKind.CREATED, AuditKind.CHANGED, AuditKind.DELETED)


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, or a job by its name, which has no role and no limits."""

    name: str
    id: int | None = None
    role: Role | None = None


actor: ContextVar[Actor] = ContextVar("actor", default=Actor("shell"))  # noqa: B039  frozen
"""Who acts now. A request sets its user; a command its name."""


class AuditEntry(Record):
    """One change to one record, or one thing done with records that changed none.

    `changes` is {column: [old, new]} for every recorded column that differs; a many-to-many link is a list of ids
    under its relationship's name. A creation has only new values, a deletion only old ones. For what changes no
    record it says what was done: {"filter": …, "rows": …}.
    """

    label = _("Lịch sử")
    title_field = "title"
    __table_args__ = (Index(None, "noun", "record_id"), Index(None, "owner_noun", "owner_id"), Index(None, "at"))

    at: Mapped[datetime] = moment(_("Lúc"), default=now)
    kind: Mapped[AuditKind] = choice(_("Việc"), AuditKind)
    actor: Mapped[str] = text(_("Ai"), 120, search=True)
    noun: Mapped[str] = text(_("Loại"), 60)
    title: Mapped[str] = text(_("Bản ghi"), 600, search=True)
    act_name: Mapped[str | None] = text(_("Thao tác"), 300, search=True)
    act: Mapped[str] = mapped_column(String(32), index=True)
    """The transaction that the change was part of."""
    actor_id: Mapped[int | None] = mapped_column(Integer(), index=True)
    record_id: Mapped[int | None] = mapped_column(Integer())
    owner_noun: Mapped[str | None] = mapped_column(String(60))
    """The record that this one belongs to and goes with: its history shows this change too."""
    owner_id: Mapped[int | None] = mapped_column(Integer())
    home_organisation_id: Mapped[int | None] = mapped_column(Integer(), index=True)
    """Whose record it was, for the scope of whoever reads the history."""
    home_unit_id: Mapped[int | None] = mapped_column(Integer(), index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"), default=dict)

    @property
    def record_class(self) -> type[Record]:
        """The class of the record that changed. Raises KeyError if the project no longer has it."""
        return record_classes()[self.noun]

    def __str__(self) -> str:
        return self.title


def _of_scope() -> ColumnElement[bool]:
    return or_(
        AuditEntry.home_organisation_id.in_(select(Organisation.id).where(own(Organisation))),
        AuditEntry.home_unit_id.in_(select(Unit.id).where(own(Unit))),
    )


special[AuditEntry] = _of_scope


def record_classes() -> dict[str, type[Record]]:
    """Every recorded class by its name."""
    return {
        mapper.class_.__name__: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record) and mapper.class_ is not AuditEntry
    }


# -- values on their way to and from JSON


def to_json(value: Any) -> Any:
    """A field's value as JSON keeps it; other records by their ids."""
    if isinstance(value, list):
        return sorted(other.id for other in value)
    if isinstance(value, Record):
        return value.id
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_json(cls: type[Record], name: str, value: Any) -> Any:
    """The value that `to_json` made of the column `name` of `cls`, in the column's own type."""
    if value is None:
        return None
    kind: Any = inspect(cls).column_attrs[name].columns[0].type
    kind = getattr(kind, "impl_instance", kind)
    member = getattr(kind, "enum_class", None)
    if member is not None:
        return member(value)
    python = kind.python_type
    return python.fromisoformat(value) if python in (date, datetime) else python(value)


def recorded_columns(cls: type[Record]) -> Iterator[str]:
    """The columns of a record that its history keeps."""
    for attribute in inspect(cls).column_attrs:
        if attribute.key not in UNRECORDED:
            yield attribute.key


def links(cls: type[Record]) -> Iterator[str]:
    """The many-to-many relationships of a record."""
    for name, spec in cls.fields().items():
        if spec.kind is Kind.REFERENCES:
            yield name


# -- recording


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


def _is_secret(cls: type[Record], name: str) -> bool:
    return bool(inspect(cls).column_attrs[name].columns[0].info.get("secret"))


def _values(record: Record) -> Iterator[tuple[str, Any]]:
    """Every recorded value of a record that is not empty."""
    for name in recorded_columns(type(record)):
        value = getattr(record, name)
        if value is not None:
            yield name, SECRET if _is_secret(type(record), name) else to_json(value)
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
                found[name] = [SECRET, SECRET] if _is_secret(type(record), name) else [old, new]
    for name in links(type(record)):
        history = state.get_history(name, PassiveFlag.PASSIVE_NO_INITIALIZE)
        if history.added or history.deleted:
            kept = {other.id for other in history.unchanged}
            old = kept | {other.id for other in history.deleted}
            new = kept | {other.id for other in history.added}
            found[name] = [sorted(old), sorted(new)]
    return found


@event.listens_for(Session, "before_flush")
def _begin(_session: Session, flush: UOWTransaction, _instances: Any) -> None:
    latest_flush.set(ref(flush))


@event.listens_for(Session, "after_flush")
def _record(session: Session, flushed: UOWTransaction) -> None:
    """Write the entries of this flush."""
    token = whole_view.set(True)
    try:
        with session.no_autoflush:
            entries = list(_entries(session, flushed))
    finally:
        whole_view.reset(token)
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


# -- what may not happen

_GAP = r"(?:\s|/\*.*?\*/|--[^\n]*\n)+"
_WRITE = re.compile(
    rf"\b(?:(?:INSERT|REPLACE|MERGE)(?:{_GAP}OR{_GAP}\w+)?{_GAP}INTO|UPDATE(?:{_GAP}OR{_GAP}\w+)?|DELETE{_GAP}FROM|"
    rf"TRUNCATE(?:{_GAP}TABLE)?)(?:{_GAP}ONLY)?(?:{_GAP})?[\"\[`]?(?:\w+[\"\]`]?\.[\"\[`]?)?(\w+)",
    re.IGNORECASE | re.DOTALL,
)


class UnrecordedError(RuntimeError):
    """A statement would change records without leaving a trace."""


@event.listens_for(Engine, "before_cursor_execute")
def _refuse_unrecorded(
    _connection: Connection, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """Refuse to write to a record's table outside a flush."""
    if flushing() or (context is not None and context.execution_options.get("recorded")):
        return
    if name := _guarded_in(statement):
        raise UnrecordedError(f"write {name} through a session's flush, so that the history knows")


@lru_cache(maxsize=1000)
def _guarded_in(statement: str) -> str | None:
    """The first record's table that the statement writes to."""
    return next((name for name in _WRITE.findall(statement) if name.lower() in _guarded_tables()), None)


@cache
def _guarded_tables() -> set[str]:
    tables = set()
    classes: list[type[Record]] = [*record_classes().values(), AuditEntry]
    for cls in classes:
        mapper: Any = inspect(cls)
        tables.add(mapper.local_table.name)
        tables.update(mapper.relationships[name].secondary.name for name in links(cls))
    return tables


KEEP_SQLITE = tuple(
    f"CREATE TRIGGER audit_entry_keep_{what} BEFORE {what.upper()} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'the history is never altered'); END"
    for what in ("update", "delete")
)
KEEP_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION audit_entry_keep() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the history is never altered'; END $$""",
    """CREATE TRIGGER audit_entry_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_keep()""",
)
"""The database's own lock on the history: no entry is altered or deleted, by whatever road."""

for _dialect, _statements in (("sqlite", KEEP_SQLITE), ("postgresql", KEEP_POSTGRESQL)):
    for _statement in _statements:
        event.listen(
            AuditEntry.__table__,
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
