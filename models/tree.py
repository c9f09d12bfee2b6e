"""Trees: records that stand under one another, asked for by branch through an index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import ColumnElement, Connection, and_, event, func, literal, or_, select, update
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, object_session
from sqlalchemy.orm.attributes import set_committed_value

from models.base import Record
from models.errors import Problem
from models.fields import KEY_TEXT
from models.words import _

LOOP = _("Không thể đặt dưới chính nó hoặc dưới một cấp dưới của nó (“%(other)s”).")


class TreeRecord(Record):
    """A record with a parent of its own kind.

    `path` holds the ids of all ancestors, "/1/12/"; a branch is one range of the path's index, however deep.
    """

    __abstract__ = True

    path: Mapped[str] = mapped_column(KEY_TEXT, default="/", index=True, sort_order=96)

    if TYPE_CHECKING:
        parent: Any  # each subclass maps its own

    @property
    def branch_path(self) -> str:
        """The path of this record's children."""
        return f"{self.path}{self.id}/"

    @classmethod
    def below(cls, node: Self) -> ColumnElement[bool]:
        """The condition that a row stands below `node`, at any depth."""
        start = node.branch_path
        return and_(cls.path >= start, cls.path < start[:-1] + "0")

    @classmethod
    def branch(cls, node: Self) -> ColumnElement[bool]:
        """The condition that a row is `node` or stands below it."""
        return or_(cls.id == node.id, cls.below(node))

    @property
    def ancestor_ids(self) -> list[int]:
        """The ids of all ancestors, the root first."""
        return [int(part) for part in self.path.split("/") if part]

    def check(self, session: Session) -> Iterator[Problem]:
        """A record stands under another one, and in no circle."""
        yield from super().check(session)
        parent = self.parent
        if parent is not None and (parent is self or (self.id and self.id in [parent.id, *parent.ancestor_ids])):
            yield Problem(LOOP, "parent", {"other": str(parent)})


def _path_under(connection: Connection, record: Any) -> str:
    """The path that `record` has under its present parent."""
    parent_id = record.parent_id if record.parent is None else record.parent.id
    if parent_id is None:
        return "/"
    table = type(record).__table__
    row = connection.execute(select(table.c.path).where(table.c.id == parent_id)).one()
    return f"{row.path}{parent_id}/"


@event.listens_for(TreeRecord, "before_insert", propagate=True)
def _place(mapper: Mapper[Any], connection: Connection, record: Any) -> None:
    record.path = _path_under(connection, record)


@event.listens_for(TreeRecord, "before_update", propagate=True)
def _move(mapper: Mapper[Any], connection: Connection, record: Any) -> None:
    if not record.changed("parent", "parent_id"):
        return
    old = record.branch_path
    new_path = _path_under(connection, record)
    new = f"{new_path}{record.id}/"
    record.path = new_path
    if new == old:
        return
    table = type(record).__table__
    connection.execute(
        update(table)
        .where(table.c.path >= old, table.c.path < old[:-1] + "0")
        .values(path=literal(new).concat(func.substr(table.c.path, len(old) + 1)))
    )
    session = object_session(record)
    for other in session.identity_map.values() if session else ():
        if isinstance(other, type(record)) and other is not record and other.__dict__.get("path", "").startswith(old):
            set_committed_value(other, "path", new + other.path[len(old) :])


__all__ = ["LOOP", "TreeRecord"]
