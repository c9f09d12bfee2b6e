"""Masks: whose personal data somebody may read, and that nobody else finds, filters, orders, sums or matches by them.

Where a statement is compiled, each column that it names passes by here, wherever it stands; a statement that names a
personal one is refused when it runs for someone who may not read those of everybody. It is marked once for its shape,
with what SQLAlchemy keeps of it, so the next such statement costs a look at the mark. Records are loaded without
personal data (`models/records/personal.py`); of a single record they are opened (`open_personal`).
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnClause, Connection, TextClause, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from models.access.branch import home_of
from models.access.scope import current, writable
from models.records.base import Base, Record, until_declared
from models.records.context import flushing, viewing, whole_view
from models.records.fields import Kind
from models.records.personal import is_personal, load_personal, personal_names


class Reads(Enum):
    """Whose personal data somebody reads."""

    NONE = "none"
    OWN = "own"
    """Those of people of their own branch, one record at a time."""
    ALL = "all"
    """Those of everybody whom they see at all."""


reads_personal: ContextVar[Reads] = ContextVar("reads_personal", default=Reads.ALL)
"""What whoever acts reads: commands at the machine itself, everything."""
_opening: ContextVar[bool] = ContextVar("opening", default=False)
"""Whether the personal data of a record that may be read are being loaded."""
_OPEN, _MARK = "_personal_open", "reads_personal"


class MaskError(RuntimeError):
    """A statement would tell something of personal data that whoever asks may not read."""


# -- who may


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


def open_personal(session: Session, record: Record) -> bool:
    """Load the personal data of this record and of what belongs to it, if whoever reads may read them; whether so."""
    known = vars(record)
    if _OPEN not in known:
        known[_OPEN] = may_read_personal_of(session, record)
    if known[_OPEN]:
        parts = [part for name in _personal_parts(type(record)) for part in getattr(record, name)]
        token = _opening.set(True)
        try:
            load_personal(session, [record, *parts])
        finally:
            _opening.reset(token)
    return bool(known[_OPEN])


@cache
def _personal_parts(cls: type[Record]) -> tuple[str, ...]:
    """The lists of what belongs to such a record and holds personal data."""
    specs = cls.fields().values()
    return tuple(spec.name for spec in specs if spec.kind is Kind.CHILDREN and personal_names(spec.target))


# -- which statements ask


def watch_columns() -> None:
    """Let statements be marked where they are compiled."""
    compiles(Column)(_column)
    compiles(ColumnClause)(_column)
    compiles(TextClause)(_text)


def _column(column: Any, compiler: Any, **more: Any) -> Any:
    kept = [base for base in column.base_columns if isinstance(base, Column)]
    # What is a column in name only is text to SQLAlchemy.
    named = column in column.base_columns and not kept and _names_personal(column.name)
    if named or any(map(is_personal, kept)):
        setattr(compiler, _MARK, True)
    return compiler.visit_column(column, **more)


def _text(text: TextClause, compiler: Any, **more: Any) -> Any:
    if _names_personal(text.text):
        setattr(compiler, _MARK, True)
    return compiler.visit_textclause(text, **more)


def _names_personal(text: str) -> bool:
    return _personal_words().search(text) is not None


def personal_columns() -> frozenset[Column[Any]]:
    """The columns that hold someone's personal data, and what is searched of them."""
    return frozenset(c for table in Base.metadata.tables.values() for c in table.columns if is_personal(c))


@until_declared
@cache
def _personal_words() -> re.Pattern[str]:
    """The names of personal columns, and of the tables that have any."""
    names = {name for column in personal_columns() for name in (column.name, column.table.name)}
    return re.compile(rf"\b(?:{'|'.join(sorted(names)) or '(?!)'})\b", re.IGNORECASE)


_EVERYTHING = re.compile(r"(?<!EXISTS \()SELECT\s+(?:DISTINCT\s+)?(?:\w+\.)?\*", re.IGNORECASE)


def _asks(compiled: Any) -> bool:
    """Whether a compiled statement asks for personal data, or by them."""
    if not hasattr(compiled, _MARK):
        setattr(compiled, _MARK, bool(_EVERYTHING.search(compiled.string)) and _names_personal(compiled.string))
    return bool(getattr(compiled, _MARK))


def refuse_personal(
    _connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
) -> None:
    """Refuse a statement that names a personal column, wherever in it, for someone who may not read everybody's."""
    if may_read_personal() or _opening.get() or whole_view.get() or flushing():
        return
    options = context.execution_options if context is not None else {}
    if options.get("unscoped") or options.get("recorded"):
        return
    compiled = getattr(context, "compiled", None)
    if _asks(compiled) if compiled is not None else _names_personal(statement):
        raise MaskError(f"personal data are neither asked for nor asked by: {statement[:200]}")
