"""Names in the database: quoted where a database asks for it, told apart, refused where one would be cut."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Enum
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import MappedColumn, RelationshipProperty
from sqlalchemy.sql.compiler import IdentifierPreparer

LONGEST = 63
"""Bytes of a name on PostgreSQL, which cuts what is longer: postgresql.org/docs/current/sql-syntax-lexical.html."""
_QUOTING: list[IdentifierPreparer] = [module.dialect().identifier_preparer for module in (postgresql, sqlite)]


def quoted(name: str) -> str:
    """The name as text of SQL may hold it on every database: in quotes if it is a word of SQL on any."""
    return max((preparer.quote(name) for preparer in _QUOTING), key=len)


def refuse_names(cls: type[Any], taken: set[str]) -> None:
    """Raise TypeError for a field of the new class whose name every record has already, or some database cuts."""
    for name, attribute in vars(cls).items():
        if isinstance(attribute, (MappedColumn, RelationshipProperty)):
            if name in taken:
                raise TypeError(f"{cls.__name__}.{name}: every record has a {name} already; name the field otherwise")
            if len(name.encode()) > LONGEST:
                raise TypeError(f"{cls.__name__}.{name}: databases take names of {LONGEST} bytes")


def tell_choices_apart(cls: type[Any]) -> None:
    """Give the lists of choices of the new class names that its table doesn't hold: the checks are called by them."""
    table = getattr(cls, "__table__", None)
    held = {getattr(column.type, "name", None) for column in table.columns} if table is not None else set()
    for base in reversed(cls.__mro__):
        for name, attribute in vars(base).items():
            kind = attribute.column.type if isinstance(attribute, MappedColumn) else None
            if isinstance(kind, Enum):
                kind.name = f"{kind.name}_{name}" if kind.name in held else kind.name
                held.add(kind.name)
