"""Codes that tell records apart: beside each a column for what makes it that code, whatever its case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from sqlalchemy import Column, Index, Table, UniqueConstraint
from sqlalchemy.orm import MappedColumn, mapped_column

from models.records.fields import KEY_TEXT

Columns: TypeAlias = tuple[Column[Any], ...]


def add_code_keys(cls: type[Any]) -> None:
    """Give a record class that is being made the columns in which its codes are compared."""
    for name, attribute in list(vars(cls).items()):
        if isinstance(attribute, MappedColumn) and _is_keyed(attribute.column):
            setattr(cls, f"{name}_key", mapped_column(KEY_TEXT, nullable=True, sort_order=97))


def unique_sets(table: Table) -> Iterator[Columns]:
    """The columns whose values together only one row has, codes as they are compared."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield keyed(constraint)


def keyed(constraint: UniqueConstraint) -> Columns:
    """The columns of a constraint, for codes those in which they are compared."""
    columns = constraint.columns
    return tuple(c.table.c[f"{c.name}_key"] if _is_keyed(c) else c for c in columns)


def hold_to_keys(table: Table) -> None:
    """Let the database hold the rows to that, too. A subclass finds what its base has done for the table they share."""
    constraints = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    for constraint in constraints:
        constraint.deferrable, constraint.initially = True, "IMMEDIATE"
    held = {tuple(each.columns) for each in table.indexes} | {tuple(each.columns) for each in constraints}
    for columns in unique_sets(table):
        if columns not in held:
            Index(None, *columns, unique=True)


def _is_keyed(column: Column[Any]) -> bool:
    spec = column.info.get("field")
    return bool(spec and spec.keyed)
