"""Dump: every row of every table as lines of JSON, the same whichever database holds them, and back again.

Nothing here knows a record: tables are read from the database itself, so that a book of any version can be written
down and filled in. A moment is kept in UTC without a zone, an exact number as its digits, bytes in base 64.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, func, insert, select, text, update

from models.records.database import engine_options

BLOCK = 500
"""How many rows are read or written at once."""
VERSION_TABLE = "alembic_version"
FREELY = {"recorded": True, "unscoped": True, "scoped": True}


@contextmanager
def snapshot(engine: Engine, scratch: Path) -> Iterator[Connection]:
    """A connection that reads the whole book as it is now, whatever is written meanwhile; nobody waits for it.

    SQLite is copied to `scratch` by its online backup, of which no reader and no writer takes notice; PostgreSQL keeps
    a transaction's view by itself.
    """
    if engine.dialect.name == "sqlite":
        _copy(engine, scratch)
        url = f"sqlite:///{scratch}"
        copy = create_engine(url, **engine_options(url))
        try:
            with copy.connect() as connection:
                yield connection.execution_options(**FREELY)
        finally:
            copy.dispose()
        return
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        yield connection.execution_options(**FREELY)


def _copy(engine: Engine, target: Path) -> None:
    # By the library that holds the book open: two in one process would break each other's locks.
    copy = engine.dialect.loaded_dbapi.connect(str(target))
    source = engine.raw_connection()
    try:
        source.driver_connection.backup(copy)  # type: ignore[union-attr]  # a pooled connection always has one
    finally:
        copy.close()
        source.close()


def tables(connection: Connection) -> list[Table]:
    """Every table of the book, each after those that it refers to; the one that counts migrations is left out."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def version_of(connection: Connection) -> str:
    """The migration that the tables are of."""
    return str(connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one())  # noqa: S608  a constant


# -- out


def write_rows(connection: Connection, table: Table, target: IO[bytes]) -> int:
    """Write each row of the table as a line, in the order of its key. Returns how many."""
    count = 0
    found = connection.execute(
        select(table).order_by(*table.primary_key.columns), execution_options={**FREELY, "yield_per": BLOCK}
    )
    for row in found:
        line = json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        target.write(f"{line}\n".encode())
        count += 1
    return count


def next_ids(connection: Connection, found: Iterable[Table]) -> dict[str, int]:
    """For each table that numbers its rows: the highest number ever given, so that none is given again."""
    given: dict[str, int] = {}
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
        given = {name: int(seq) for name, seq in rows}
    names = {table.name for table in found if "id" in table.c}
    if connection.dialect.name == "postgresql":
        for name in names:
            sequence = connection.execute(select(func.pg_get_serial_sequence(f'"{name}"', "id"))).scalar()
            if sequence and connection.execute(text(f"SELECT is_called FROM {sequence}")).scalar():  # noqa: S608  its own name
                given[name] = int(connection.execute(text(f"SELECT last_value FROM {sequence}")).scalar_one())  # noqa: S608
    return {name: number for name, number in sorted(given.items()) if name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return b64encode(value).decode() if isinstance(value, bytes) else value


# -- in


def empty(connection: Connection, found: Iterable[Table]) -> None:
    """Take out what the migrations themselves put into these tables."""
    for table in reversed(list(found)):
        if connection.execute(select(func.count()).select_from(table), execution_options=FREELY).scalar():
            connection.execute(table.delete(), execution_options=FREELY)


def read_rows(connection: Connection, table: Table, columns: list[str], lines: Callable[[], Iterable[bytes]]) -> int:
    """Fill an empty table with rows that were written with these columns. Returns how many.

    `lines` begins anew at each call: references of a table to itself are set once all of its rows are there. Raises
    ValueError for a line that is no row of this table.
    """
    read = [_reader(table.c[name]) for name in columns]
    own = [c.name for c in table.c if any(key.column.table is table for key in c.foreign_keys)]
    count = 0
    rows = _rows(lines(), columns, read)
    while block := list(islice(rows, BLOCK)):
        connection.execute(insert(table), [row | dict.fromkeys(own) for row in block], execution_options=FREELY)
        count += len(block)
    for row in _rows(lines(), columns, read) if own else ():
        referring = {name: row[name] for name in own if row[name] is not None}
        if referring:
            connection.execute(update(table).where(table.c.id == row["id"]).values(referring), execution_options=FREELY)
    return count


def _rows(lines: Iterable[bytes], columns: list[str], read: list[Callable[[Any], Any]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        values = json.loads(line)
        if not isinstance(values, list) or len(values) != len(columns):
            raise ValueError("a line is no row")
        yield {
            name: None if value is None else reader(value)
            for name, value, reader in zip(columns, values, read, strict=True)
        }


def _reader(column: Any) -> Callable[[Any], Any]:
    """What makes of a written value one of the column's own type."""
    try:
        kind = column.type.python_type
    except NotImplementedError:
        return lambda value: value
    if kind is datetime:
        aware = bool(getattr(column.type, "timezone", False))
        return lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC if aware else None)
    if kind is date:
        return date.fromisoformat
    readers: dict[Any, Callable[[Any], Any]] = {Decimal: Decimal, bytes: b64decode, bool: bool}
    return readers.get(kind, lambda value: value)


def set_next_ids(connection: Connection, given: dict[str, int]) -> None:
    """Go on numbering after the highest number that was ever given."""
    for name, number in given.items():
        if connection.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
            connection.execute(
                text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {"name": name, "seq": number}
            )
        else:
            sequence = func.pg_get_serial_sequence(f'"{name}"', "id")
            connection.execute(select(func.setval(sequence, number)))
