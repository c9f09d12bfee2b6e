"""Row security: on PostgreSQL the database itself holds the scope, as a second lock behind the session's.

Each scoped table gets policies made from the same conditions as the session's (`models/access/scope.py`). The
connection is told the current scope whenever that changes; one that was told nothing sees no row. Superusers pass by
the policies: the office's database role must be none.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    and_,
    cast,
    func,
    inspect,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.visitors import replacement_traverse

from models.access.branch import scoped_classes
from models.access.scope import NOTHING, Limit, Scope, current, readable, writable
from models.records.context import flushing, whole_view
from models.records.lookups import table_of

NAMES = tuple(field.name for field in fields(Scope))
ABOVE: Any = postgresql.ARRAY(Integer())
POLICIES = text(
    "SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema() AND policyname LIKE 'scope_%'"
)


def install_policies(connection: Connection) -> None:
    """Give every scoped table its policies, anew. Does nothing but on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return
    uninstall_policies(connection)
    there = inspect(connection).get_table_names()
    for cls in scoped_classes():
        table = table_of(cls).name
        if table not in there:
            # The migration that makes it, which is written only now, will ask again.
            continue
        reading, writing = _sql(readable(cls)), _sql(writable(cls))
        added = "true" if cls.added_by_all else writing
        for statement in (
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            f'CREATE POLICY scope_see ON "{table}" FOR SELECT USING ({reading})',
            f'CREATE POLICY scope_add ON "{table}" FOR INSERT WITH CHECK ({added})',
            f'CREATE POLICY scope_change ON "{table}" FOR UPDATE USING ({writing}) WITH CHECK ({writing})',
            f'CREATE POLICY scope_remove ON "{table}" FOR DELETE USING ({writing})',
        ):
            connection.exec_driver_sql(statement)


def uninstall_policies(connection: Connection) -> None:
    """Take every policy away, as changes of the tables need it. Does nothing but on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return
    found = connection.execute(POLICIES).all()
    for table, policy in found:
        connection.exec_driver_sql(f'DROP POLICY "{policy}" ON "{table}"')
    for table in {table for table, _policy in found}:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def tell(connection: Connection, limit: Limit) -> None:
    """Tell the connection, for its present transaction, whose rows it may show."""
    if connection.dialect.name != "postgresql":
        return
    scope = limit or NOTHING
    values = {name: getattr(scope, name) for name in NAMES}
    values["above"] = "{" + ",".join(map(str, scope.above)) + "}"
    values["limit"] = "none" if limit is None else "scope"
    told = select(*(func.set_config(f"backoffice.{name}", str(value), True) for name, value in values.items()))
    connection.execute(told, execution_options={"scoped": True})


def _setting(name: str) -> Any:
    # After the transaction that was told, a setting is empty, not null.
    return func.nullif(func.current_setting(f"backoffice.{name}", True), "")


def _sql(condition: ColumnElement[bool]) -> str:
    """The condition, asking the connection for the scope's values, as PostgreSQL's own text."""
    asking = replacement_traverse(condition, {}, _asked)
    # Some rows are open to all, but to nobody who was not told a scope.
    whole: ColumnElement[bool] = or_(_setting("limit") == "none", and_(_setting("limit") == "scope", asking))
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    return str(whole.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def _asked(element: Any, **_more: Any) -> Any:
    if isinstance(element, BinaryExpression) and _is_scope_value(element.right) and element.right.expanding:
        return element.left == func.any(cast(_setting("above"), ABOVE))
    if _is_scope_value(element):
        return cast(_setting(element._orig_key.removeprefix("scope_")), element.type)  # noqa: SLF001  its key is made unique
    return None


def _is_scope_value(element: Any) -> bool:
    return isinstance(element, BindParameter) and element.callable is not None


def tell_before_reading(state: ORMExecuteState) -> None:
    if not flushing():
        free = whole_view.get() or state.execution_options.get("unscoped")
        _keep_told(state.session, None if free else current.get())


def tell_before_writing(session: Session, _context: Any, _instances: Any) -> None:
    # Rules looked at everything just now; what they let pass is written within the scope.
    _keep_told(session, current.get())


def _keep_told(session: Session, limit: Limit) -> None:
    if session.get_bind().dialect.name != "postgresql":
        return
    connection = session.connection()
    known = (session.get_transaction(), limit)
    if session.info.get("told") != known:
        tell(connection, limit)
        session.info["told"] = known


def forget_told(session: Session, _previous: Any) -> None:
    # What was told inside a savepoint goes with it.
    session.info.pop("told", None)
