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
    QueuePool,
    Table,
    create_engine,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Session

from models.history.audit import WRITES, AuditEntry, record_classes
from models.history.rewind import PastChange, take_back, without_constraints
from models.records.base import Base
from models.records.database import engine_options

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
        without_constraints(Base.metadata).create_all(connection)
        for table in Base.metadata.sorted_tables:
            if table.name != AuditEntry.__tablename__:
                _copy_table(present, connection, table)
        take_back(connection, _since(present, moment))
    return _Copy(copy, keeper)


def _copy_table(present: Connection, copy: Connection, table: Table) -> None:
    for rows in present.execute(select(table)).partitions(1000):
        copy.execute(insert(table), [dict(row._mapping) for row in rows])  # noqa: SLF001  a row's documented mapping


def _since(present: Connection, moment: datetime) -> Iterator[PastChange]:
    """What the history tells of the time since `moment`, the latest first, with what was before each change."""
    entries: Any = AuditEntry.__table__
    columns = (entries.c.noun, entries.c.record_id, entries.c.kind, entries.c.changes)
    since = select(*columns).where(entries.c.kind.in_(WRITES), entries.c.at > moment).order_by(entries.c.id.desc())
    classes = record_classes()
    for noun, id_, kind, changes in present.execute(since):
        yield PastChange(classes[noun], id_, kind, {name: old for name, (old, _new) in changes.items()})


def refuse_writing(session: Session, _context: Any, _instances: Any) -> None:
    if as_of_engine.get() is not None:
        raise PastError("the past is read, never written")
