"""Personal data: the columns that hold it stay in the database until a statement asks for them by name.

What is loaded of a record lacks them, so nothing can show them by mistake. Who may touch them then, or name them
anywhere in a statement, says `models/access/masks.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import Column, inspect, select
from sqlalchemy.orm import MappedColumn, ORMExecuteState, Session, undefer

GROUP = "personal"
LATER: dict[str, Any] = {"deferred": True, "deferred_group": GROUP}
"""How such a column is mapped: touching one loads all that the record has."""
AT_ONCE = 500
"""Records whose personal data one statement loads."""


def is_personal(column: Column[Any]) -> bool:
    """Whether a table's column holds personal data, or what is computed from them."""
    spec = column.info.get("field")
    return bool(column.info.get("personal") or (spec is not None and spec.personal))


def refuse_personal_names(cls: type[Any]) -> None:
    """Refuse a record class that would tell everyone of personal data: by its title, or by what is taken.

    Raises TypeError.
    """
    for name, attribute in vars(cls).items():
        if isinstance(attribute, MappedColumn) and is_personal(attribute.column):
            spec = attribute.column.info.get("field")
            if attribute.column.unique or (spec and spec.keyed) or name in (cls.title_field, *cls.natural_key):
                raise TypeError(f"{cls.__name__}.{name}: what is personal neither names records nor tells them apart")


@cache
def personal_names(cls: Any) -> frozenset[str]:
    """The attributes of a record class that are kept in personal columns."""
    found: Any = inspect(cls).column_attrs
    return frozenset(attribute.key for attribute in found if is_personal(attribute.columns[0]))


def in_full(cls: Any) -> Iterator[Any]:
    """Options that let a select of these records load their personal data, too."""
    return (undefer(getattr(cls, name)) for name in personal_names(cls))


def load_quietly(state: ORMExecuteState) -> None:
    """Let what is read late of a record send nothing that is half written."""
    if state.is_column_load:
        state.update_execution_options(autoflush=False)


def load_personal(session: Session, records: Iterable[Any]) -> None:
    """Load what is not yet loaded of these records' personal data, by one statement for each class."""
    left: dict[Any, list[int]] = {}
    for record in records:
        state: Any = inspect(record)
        cls: Any = type(record)
        if state.persistent and not personal_names(cls).isdisjoint(state.unloaded):
            left.setdefault(cls, []).append(state.identity[0])
    with session.no_autoflush:
        for cls, ids in left.items():
            for start in range(0, len(ids), AT_ONCE):
                query = select(cls).where(cls.id.in_(ids[start : start + AT_ONCE]))
                session.scalars(query.options(*in_full(cls))).unique().all()
