"""Masks: whose personal data somebody may read, and that nobody else finds, filters, orders, sums or matches by them.

The session holds it (`refuse_personal`, at each select), so that no screen can forget it; screens offer only what will
be let through. Records themselves are loaded whole: rules need all of them, and what is shown is masked
(`may_read_personal_of`).
"""

from __future__ import annotations

from contextvars import ContextVar
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import visitors

from models.access.branch import home_of
from models.access.scope import current, writable
from models.records.base import Record, until_declared
from models.records.context import flushing, viewing, whole_view
from models.records.keys import PERSONAL_TEXT
from models.records.lookups import table_of


class Reads(Enum):
    """Whose personal data somebody reads."""

    NONE = "none"
    OWN = "own"
    """Those of people of their own branch."""
    ALL = "all"
    """Those of everybody whom they see at all."""


reads_personal: ContextVar[Reads] = ContextVar("reads_personal", default=Reads.ALL)
"""What whoever acts reads: commands at the machine itself, everything."""


class MaskError(RuntimeError):
    """A statement would tell something of personal data that whoever asks may not read."""


def may_read_personal() -> bool:
    """Whether whoever reads may read the personal data of everybody whom they see."""
    return reads_personal.get() is Reads.ALL


def may_read_personal_of(session: Session, record: Record) -> bool:
    """Whether whoever reads may read this record's personal data: who enters may, of their own branch."""
    if reads_personal.get() is not Reads.OWN:
        return may_read_personal()
    if current.get() is None:
        return home_of(record) != (None, None)
    cls: Any = type(record)
    with viewing(all_rows=False):
        return session.scalar(select(cls.id).where(cls.id == record.id, writable(cls))) is not None


@until_declared
@cache
def personal_columns() -> frozenset[Column[Any]]:
    """The columns that hold someone's personal data, and what is searched of them."""
    return frozenset(_personal_columns())


def _personal_columns() -> Any:
    for mapper in Record.registry.mappers:
        if issubclass(mapper.class_, Record):
            table: Table = table_of(mapper.class_)
            for name, spec in mapper.class_.fields().items():
                if spec.personal:
                    yield table.c[spec.column or name]
            if PERSONAL_TEXT in table.c:
                yield table.c[PERSONAL_TEXT]


def refuse_personal(state: ORMExecuteState) -> None:
    """Refuse a select that names a personal column, wherever in it, for someone who may not read it of everybody."""
    free = may_read_personal() or whole_view.get() or flushing() or state.execution_options.get("unscoped")
    if free or not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    statement: Any = state.statement
    for element in visitors.iterate(statement):
        behind = getattr(element, "base_columns", ()) if element.__visit_name__ == "column" else ()
        if not personal_columns().isdisjoint(behind):
            raise MaskError(f"personal data are neither asked for nor asked by: {element}")
