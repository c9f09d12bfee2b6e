"""The past: the whole book as it was at a moment, read back from the history.

A copy of the database is rewound, in memory, by taking back every change since. Whatever reads records then reads the
copy: lists, filters, pages and workbooks need to know nothing of it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Engine,
    MetaData,
    QueuePool,
    Table,
    bindparam,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.orm import Session

from models.history.audit import SECRET, WRITES, AuditEntry, AuditKind, from_json, links, record_classes
from models.records.base import Base, Record
from models.records.database import engine_options
from models.records.keys import give_keys_anew
from models.records.tree import TreeRecord

KEPT = 3
"""How many rewound copies stay in memory when nobody reads them."""
FREELY = {"recorded": True, "unscoped": True}

as_of_engine: ContextVar[Engine | None] = ContextVar("as_of_engine", default=None)
"""The copy that reading goes to; None: the present."""


class PastError(RuntimeError):
    """Something would write to the past."""


@dataclass
class _Copy:
    """A rewound copy, with a connection that keeps it: in memory it lasts as long as one is open."""

    engine: Engine
    keeper: Connection
    readers: int = 0

    def close(self) -> None:
        """Give its memory back. Nobody may read it any more."""
        self.keeper.close()
        self.engine.dispose()


_copies: OrderedDict[tuple[str, datetime, int], _Copy] = OrderedDict()
"""The copies by what they are of, whoever was read last at the end."""
_lock = Lock()


@contextmanager
def as_it_was(engine: Engine, moment: datetime) -> Iterator[Engine]:
    """Let the block read the book of `engine` as it was at `moment`. Whoever writes in it gets a PastError.

    The copy that it reads, a database in memory made once for each state of the present, stays until the block ends.
    """
    with _lock:
        copy = _copy_of(engine, moment)
        copy.readers += 1
    token = as_of_engine.set(copy.engine)
    try:
        yield copy.engine
    finally:
        as_of_engine.reset(token)
        with _lock:
            copy.readers -= 1
            _close_unread()


def _copy_of(engine: Engine, moment: datetime) -> _Copy:
    with engine.connect().execution_options(**FREELY) as present:
        last = present.execute(select(func.max(AuditEntry.id)).select_from(AuditEntry.__table__)).scalar() or 0
        key = (str(engine.url), moment, last)
        if key not in _copies:
            _copies[key] = _rewound(present, moment)
    _copies.move_to_end(key)
    return _copies[key]


def _close_unread() -> None:
    """Close what nobody reads, the longest unread first, until only so many copies are kept."""
    unread = [key for key, copy in _copies.items() if not copy.readers]
    for key in unread[: max(0, len(_copies) - KEPT)]:
        _copies.pop(key).close()


def _rewound(present: Connection, moment: datetime) -> _Copy:
    # Named and shared, so that every thread reads it by connections of its own.
    url = f"sqlite:///file:past-{uuid4().hex}?mode=memory&cache=shared&uri=true"
    options = engine_options(url)
    options["connect_args"]["check_same_thread"] = False  # a pooled connection goes from thread to thread
    copy = create_engine(url, poolclass=QueuePool, **options)
    keeper = copy.connect()
    with copy.begin() as connection:
        connection.execution_options(**FREELY)
        _plain(Base.metadata).create_all(connection)
        for table in Base.metadata.sorted_tables:
            if table.name != AuditEntry.__tablename__:
                _copy_table(present, connection, table)
        _rewind(present, connection, moment)
    return _Copy(copy, keeper)


def _plain(metadata: MetaData) -> MetaData:
    """The same tables without what hangs on their creation, and without what only writers need."""
    plain = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        indexes = table.to_metadata(plain).indexes
        indexes -= {index for index in indexes if index.unique}
    return plain


def _copy_table(present: Connection, copy: Connection, table: Table) -> None:
    for rows in present.execute(select(table)).partitions(1000):
        copy.execute(insert(table), [dict(row._mapping) for row in rows])  # noqa: SLF001  a row's documented mapping


def _rewind(present: Connection, copy: Connection, moment: datetime) -> None:
    """Take back, in `copy`, every change that the history of `present` tells since `moment`."""
    entries: Any = AuditEntry.__table__
    since = select(entries).where(entries.c.kind.in_(WRITES), entries.c.at > moment).order_by(entries.c.id.desc())
    classes = record_classes()
    touched: dict[type[Record], set[int]] = {}
    for entry in present.execute(since).all():
        values = {name: old for name, (old, _new) in entry.changes.items()}
        _take_back(copy, classes[entry.noun], entry.record_id, entry.kind, values)
        touched.setdefault(classes[entry.noun], set()).add(entry.record_id)
    place_trees(copy)
    for cls, ids in touched.items():
        give_keys_anew(copy, cls, ids)


def _take_back(copy: Connection, cls: type[Record], id_: int, kind: AuditKind, values: dict[str, Any]) -> None:
    """Undo one change of a row: what was created goes, what was deleted comes, what was changed gets these values."""
    table: Any = cls.__table__
    mapper = inspect(cls)
    row = {
        mapper.column_attrs[name].columns[0].name: from_json(cls, name, value)
        for name, value in values.items()
        if name in mapper.column_attrs and value != SECRET
    }
    # What makes a code that code is computed at the end: on the way there, two rows may have one.
    row |= {spec.compared_in: None for name, spec in cls.fields().items() if spec.keyed and name in row}
    linked = {name: values[name] or () for name in links(cls) if name in values}
    if kind is AuditKind.CREATED:
        for name in links(cls):
            _link(copy, cls, name, id_, ())
        copy.execute(delete(table).where(table.c.id == id_))
        return
    if kind is AuditKind.DELETED:
        copy.execute(insert(table).values(row))
    elif row:
        copy.execute(update(table).where(table.c.id == id_).values(row))
    for name, ids in linked.items():
        _link(copy, cls, name, id_, ids)


def _link(copy: Connection, cls: type[Record], name: str, id_: int, ids: Any) -> None:
    relation: Any = inspect(cls).relationships[name]
    (_own, near), (_other, far) = relation.synchronize_pairs[0], relation.secondary_synchronize_pairs[0]
    copy.execute(delete(relation.secondary).where(near == id_))
    if ids:
        copy.execute(insert(relation.secondary), [{near.name: id_, far.name: other} for other in ids])


def place_trees(connection: Connection) -> None:
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


def refuse_writing(session: Session, _context: Any, _instances: Any) -> None:
    if as_of_engine.get() is not None:
        raise PastError("the past is read, never written")
