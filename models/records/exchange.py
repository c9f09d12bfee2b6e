"""Exchange: what only one row may hold goes from row to row in one flush, in whatever order the statements come.

SQLAlchemy adds, then changes, then deletes, row by row; a database that looks after each statement refuses to give a
row what another has until the next. On PostgreSQL the constraints wait for the end of the flush; where none can, the
row that lets go holds something of its own in the meantime.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, Index, String, Table, UniqueConstraint, inspect, literal, null, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from models.records.claims import Release, released
from models.records.codes import keyed
from models.records.lookups import base_class, table_of

_WAITING = "waiting_constraints"


@compiles(UniqueConstraint, "sqlite")
def _at_once(constraint: UniqueConstraint, compiler: Any, **more: Any) -> str:
    """SQLite has no unique constraints that wait."""
    name = compiler.define_constraint_preamble(constraint, **more)
    return f"{name}{compiler.define_unique_body(constraint, **more)}"


def make_room(session: Session, _context: Any, _instances: Any) -> None:
    """Let those who let go in this flush stand in nobody's way (`before_flush`)."""
    session.info.pop(_WAITING, None)
    for release in released(session):
        connection = session.connection(bind_arguments={"mapper": inspect(type(release.record))})
        table = table_of(base_class(type(release.record)))
        for index in _indexes(table, release):
            _empty(connection, index, release)
        for constraint in _constraints(table, release):
            if connection.dialect.name == "postgresql":
                _wait(session, connection, constraint)
            else:
                _park(connection, list(constraint.columns)[release.place], release)


def settle(session: Session, _flush: Any) -> None:
    """Let the constraints that waited look now (`after_flush`)."""
    for connection, names in session.info.pop(_WAITING, {}).items():
        connection.exec_driver_sql(f"SET CONSTRAINTS {', '.join(names)} IMMEDIATE")


def _indexes(table: Table, release: Release) -> Iterator[Index]:
    return (index for index in table.indexes if index.unique and tuple(index.columns) == release.columns)


def _constraints(table: Table, release: Release) -> Iterator[UniqueConstraint]:
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and keyed(constraint) == release.columns:
            yield constraint


def _wait(session: Session, connection: Connection, constraint: UniqueConstraint) -> None:
    name = connection.dialect.identifier_preparer.format_constraint(constraint)
    waiting = session.info.setdefault(_WAITING, {}).setdefault(connection, {})
    if name and name not in waiting:
        waiting[name] = True
        connection.exec_driver_sql(f"SET CONSTRAINTS {name} DEFERRED")


def _empty(connection: Connection, index: Index, release: Release) -> None:
    """Take the key of a code away; what the row keeps is written again with its change."""
    column = next(column for column in index.columns if column.nullable)
    _write(connection, column, release, null())
    if getattr(release.record, column.key) is not None:
        flag_modified(release.record, column.key)


def _park(connection: Connection, column: Column[Any], release: Release) -> None:
    """Put a text of the row's own in the column, of whatever sort: SQLite takes it when asked not to look."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
    try:
        _write(connection, column, release, literal(f"~{release.record.id}", String()))
    finally:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


def _write(connection: Connection, column: Column[Any], release: Release, value: Any) -> None:
    table: Any = column.table
    statement = update(table).where(table.c.id == release.record.id)
    # The version is counted, and the history told, by the statement that follows.
    statement = statement.values({column: value, table.c.updated_at: table.c.updated_at})
    connection.execute(statement, execution_options={"recorded": True, "unscoped": True})
