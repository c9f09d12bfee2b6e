"""The database behind the records: which driver, which settings, what a transaction begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Result, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.records import rules

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:  # no wheel for this platform: the interpreter's own, with the journal below
    import sqlite3 as sqlite

only_reading: ContextVar[bool] = ContextVar("only_reading", default=False)
"""Whether what runs now only reads: then SQLite lets others write beside it."""

_WAL_RESET_FIXED = (3, 51, 3)


def journal_mode() -> str:
    """WAL, unless this SQLite can damage a WAL file (versions before 3.51.3: sqlite.org/wal.html#walresetbug)."""
    return "WAL" if sqlite.sqlite_version_info >= _WAL_RESET_FIXED else "TRUNCATE"


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for this address: on SQLite the bundled library, not the system's old one."""
    if make_url(url).get_backend_name() == "sqlite":
        return {"module": sqlite, "connect_args": {"timeout": 10}}
    return {"pool_pre_ping": True}


def configure(engine: Engine) -> None:
    """Make SQLite keep its promises: foreign keys, full durability, real transactions. Nothing to do elsewhere.

    Raises RuntimeError where the records' listeners are not installed.
    """
    if not event.contains(Session, "before_flush", rules.enforce):
        raise RuntimeError("models.install() comes before the first engine: without it no rule is enforced")
    if engine.dialect.name != "sqlite" or event.contains(engine, "connect", _on_connect):
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: it begins too late, and savepoints are lost .
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _on_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN" if only_reading.get() else "BEGIN IMMEDIATE")


@contextmanager
def briefly(session: Session) -> Iterator[None]:
    """Let the block write, in a transaction of its own, something that is not worth waiting for.

    Where someone else holds SQLite's one lock, nothing is written.
    """
    session.rollback()
    token = only_reading.set(True)
    try:
        connection = session.connection()
        patience = 10_000 if connection.dialect.name == "sqlite" else None
        _wait_at_most(connection, patience and 100)
        try:
            yield
        except OperationalError:
            _wait_at_most(connection, patience)
            session.rollback()
        else:
            _wait_at_most(connection, patience)
            session.commit()
    finally:
        only_reading.reset(token)


def _wait_at_most(connection: Connection, milliseconds: int | None) -> None:
    if milliseconds:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")


def rows_changed(result: Result[Any]) -> int:
    """How many rows an update or deletion changed."""
    return result.rowcount if isinstance(result, CursorResult) else 0
