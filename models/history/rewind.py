"""Rewinding: what the history tells of many rows is taken back at once, in a copy that has no constraints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Connection, MetaData, PrimaryKeyConstraint, bindparam, delete, insert, inspect, select, update

from models.history.audit import SECRET, AuditKind, from_json, record_classes
from models.records.base import Record
from models.records.keys import give_keys_anew
from models.records.lookups import links
from models.records.tree import TreeRecord

Columns = Mapping[str, Any]


class PastChange(NamedTuple):
    """A change to be taken back, and the values that its row gets by that."""

    record_class: type[Record]
    id: int
    kind: AuditKind
    values: Columns


@dataclass
class _Net:
    """What becomes of a row when all its changes are taken back."""

    kind: AuditKind = AuditKind.CHANGED
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, change: PastChange) -> None:
        """Take back one more change, an earlier one."""
        if change.kind is AuditKind.CHANGED:
            self.values |= change.values
        else:
            self.kind, self.values = change.kind, dict(change.values if change.kind is AuditKind.DELETED else {})


def without_constraints(metadata: MetaData) -> MetaData:
    """The same tables without what hangs on their creation, and without what only writers need."""
    plain = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        copy = table.to_metadata(plain)
        copy.indexes.clear()
        copy.constraints = {it for it in copy.constraints if isinstance(it, PrimaryKeyConstraint)}
    return plain


def take_back(copy: Connection, changes: Iterable[PastChange]) -> None:
    """Undo changes, the latest first: what was created goes, what was deleted comes, the rest gets its values.

    Only the outcome is written: one statement for all rows of a table in which the same columns change.
    """
    net: dict[type[Record], dict[int, _Net]] = {}
    for change in changes:
        net.setdefault(change.record_class, {}).setdefault(change.id, _Net()).add(change)
    for cls, rows in net.items():
        _write(copy, cls, rows)
    _place_trees(copy)
    for cls, rows in net.items():
        give_keys_anew(copy, cls, [id_ for id_, row in rows.items() if row.kind is not AuditKind.CREATED])


def _write(copy: Connection, cls: type[Record], rows: dict[int, _Net]) -> None:
    table: Any = cls.__table__
    anew = [{"row_id": id_} for id_, row in rows.items() if row.kind is not AuditKind.CHANGED]
    if anew:
        copy.execute(delete(table).where(table.c.id == bindparam("row_id")), anew)
    for (kind, names), given in _alike(cls, rows).items():
        if kind is AuditKind.DELETED:
            copy.execute(insert(table), [{"id": id_, **values} for id_, values in given])
        elif names:
            new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
            statement = update(table).where(table.c.id == bindparam("row_id")).values(new)
            copy.execute(statement, [{"row_id": i, **{f"new_{n}": values[n] for n in names}} for i, values in given])
    for name in links(cls):
        _link(copy, cls, name, rows)


def _alike(
    cls: type[Record], rows: dict[int, _Net]
) -> dict[tuple[AuditKind, frozenset[str]], list[tuple[int, Columns]]]:
    """The rows that stay, with their values by column, together with those in which the same is written."""
    found: dict[tuple[AuditKind, frozenset[str]], list[tuple[int, Columns]]] = {}
    for id_, row in rows.items():
        if row.kind is not AuditKind.CREATED:
            values = _columns(cls, row.values)
            found.setdefault((row.kind, frozenset(values)), []).append((id_, values))
    return found


def _columns(cls: type[Record], values: Columns) -> dict[str, Any]:
    """What the history tells, as the table has it."""
    attributes = inspect(cls).column_attrs
    row = {
        attributes[name].columns[0].name: from_json(cls, name, value)
        for name, value in values.items()
        if name in attributes and value != SECRET
    }
    # What makes a code that code is no part of the history: it is computed at the end.
    return row | {spec.compared_in: None for name, spec in cls.fields().items() if spec.keyed and name in row}


def _link(copy: Connection, cls: type[Record], name: str, rows: dict[int, _Net]) -> None:
    relation: Any = inspect(cls).relationships[name]
    (_own, near), (_other, far) = relation.synchronize_pairs[0], relation.secondary_synchronize_pairs[0]
    told = {
        id_: row.values.get(name) or ()
        for id_, row in rows.items()
        if name in row.values or row.kind is not AuditKind.CHANGED
    }
    if told:
        copy.execute(delete(relation.secondary).where(near == bindparam("row_id")), [{"row_id": id_} for id_ in told])
    if pairs := [{near.name: id_, far.name: other} for id_, others in told.items() for other in others]:
        copy.execute(insert(relation.secondary), pairs)


def _place_trees(connection: Connection) -> None:
    """Compute the path of every record that stands in a tree."""
    tables: set[Any] = {cls.__table__ for cls in record_classes().values() if issubclass(cls, TreeRecord)}
    for table in tables:
        parents = {row.id: row.parent_id for row in connection.execute(select(table.c.id, table.c.parent_id))}
        paths: dict[int | None, str] = {None: "/"}

        def below(id_: int | None, parents: dict[int, int | None] = parents, paths: Any = paths) -> str:
            if id_ not in paths:
                paths[id_] = f"{below(parents.get(id_ or 0))}{id_}/"
            return str(paths[id_])

        rows = [{"row_id": id_, "new_path": below(parent)} for id_, parent in parents.items()]
        if rows:
            statement = update(table).where(table.c.id == bindparam("row_id")).values(path=bindparam("new_path"))
            connection.execute(statement, rows)
