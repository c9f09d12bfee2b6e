"""Guards of the history: no statement passes it by, and no entry is ever altered."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    inspect,
)

from models.history.audit import AuditEntry, record_classes
from models.records.base import Record, until_declared
from models.records.context import flushing
from models.records.lookups import links

_GAP = r"(?:\s|/\*.*?\*/|--[^\n]*\n)+"
_WRITE = re.compile(
    rf"\b(?:(?:INSERT|REPLACE|MERGE)(?:{_GAP}OR{_GAP}\w+)?{_GAP}INTO|UPDATE(?:{_GAP}OR{_GAP}\w+)?|DELETE{_GAP}FROM|"
    rf"TRUNCATE(?:{_GAP}TABLE)?)(?:{_GAP}ONLY)?(?:{_GAP})?[\"\[`]?(?:\w+[\"\]`]?\.[\"\[`]?)?(\w+)",
    re.IGNORECASE | re.DOTALL,
)


class UnrecordedError(RuntimeError):
    """A statement would change records without leaving a trace."""


def refuse_unrecorded(
    _connection: Connection, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """Refuse to write to a record's table outside a flush."""
    if flushing() or (context is not None and context.execution_options.get("recorded")):
        return
    if name := _guarded_in(statement):
        raise UnrecordedError(f"write {name} through a session's flush, so that the history knows")


@until_declared
@lru_cache(maxsize=1000)
def _guarded_in(statement: str) -> str | None:
    """The first record's table that the statement writes to."""
    return next((name for name in _WRITE.findall(statement) if name.lower() in _guarded_tables()), None)


@until_declared
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


def keep_entries(_table: Any, connection: Connection, **_more: Any) -> None:
    """Lock the history as soon as its table is there (event `after_create`)."""
    for statement in KEEP_SQLITE if connection.dialect.name == "sqlite" else KEEP_POSTGRESQL:
        connection.exec_driver_sql(statement)
