"""Trees: records that stand under one another, asked for by branch through an index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import (
    ColumnElement,
    Connection,
    SQLColumnExpression,
    and_,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from models.records.base import Record
from models.records.errors import Problem
from models.records.fields import KEY_TEXT
from models.records.lookups import base_class
from models.records.words import _

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

    @property
    def branch_range(self) -> tuple[str, str]:
        """The paths of everything below this record: from the first up to, and without, the second."""
        return self.branch_path, after(self.branch_path)

    @classmethod
    def below(cls, node: Self) -> ColumnElement[bool]:
        """The condition that a row stands below `node`, at any depth."""
        return _starts_with(cls.path, node.branch_path)

    @classmethod
    def branch(cls, node: Self) -> ColumnElement[bool]:
        """The condition that a row is `node` or stands below it."""
        return or_(cls.id == node.id, cls.below(node))

    @property
    def ancestor_ids(self) -> list[int]:
        """The ids of all ancestors, the root first, as they are in the database."""
        return [int(part) for part in self.path.split("/") if part]

    def right_below(self, session: Session) -> Iterator[Self]:
        """The records right below this one; one that is being moved away stands there no more."""
        cls: Any = base_class(type(self))
        found = () if self.is_new else session.scalars(select(cls).where(cls.parent_id == self.id))
        return (child for child in found if child.parent is self)

    def check(self, session: Session) -> Iterator[Problem]:
        """A record stands under another one, and in no circle."""
        yield from super().check(session)
        if self in above(self):
            yield Problem(LOOP, "parent", {"other": str(self.parent)})


def above(record: Any) -> Iterator[Any]:
    """The records that `record` stands under by now, the nearest first; where a circle closes, it ends."""
    seen = {record}
    while (record := record.parent) is not None:
        yield record
        if record in seen:
            return
        seen.add(record)


def place(mapper: Mapper[Any], connection: Connection, record: TreeRecord) -> None:
    record.path = "/" if record.parent is None else record.parent.branch_path


def move_branches(session: Session, context: Any) -> None:
    """Give all that went elsewhere its new path: those above first, for what is below them moves along."""
    moved = [r for r in session.dirty if isinstance(r, TreeRecord) and r.changed("parent")]
    for record in sorted(moved, key=lambda record: len(list(above(record)))):
        _move_branch(session, record)


def _move_branch(session: Session, record: TreeRecord) -> None:
    old, branch = record.path, record.branch_path
    new = "/" if record.parent is None else record.parent.branch_path
    table: Any = type(record).__table__
    session.execute(
        update(table)
        .where(or_(table.c.id == record.id, _starts_with(table.c.path, branch)))
        # Only the record itself was changed: those below it keep their moment.
        .values(path=literal(new).concat(func.substr(table.c.path, len(old) + 1)), updated_at=table.c.updated_at)
    )
    for other in list(session):
        # By table, not by class: a department stands under a committee.
        if (
            isinstance(other, TreeRecord)
            and type(other).__table__ is table
            and (other is record or other.__dict__.get("path", "").startswith(branch))
        ):
            set_committed_value(other, "path", new + other.path[len(old) :])


def after(start: str) -> str:
    """The first path beyond all that begin with `start`, which ends with "/": "0" follows that."""
    return f"{start[:-1]}0"


def _starts_with(path: SQLColumnExpression[str], start: str) -> ColumnElement[bool]:
    """The condition as a range of the path's index."""
    return and_(path >= start, path < after(start))


__all__ = ["LOOP", "TreeRecord", "above"]
