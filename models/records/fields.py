"""Fields: one column or reference of a record, described once, next to the column itself.

A record declares each attribute with one of the functions below. They make the SQLAlchemy column (or relationship)
and hang a `Field` on it; screens, workbooks, imports and the history read that `Field` and nothing else:

    class Movement(Record):
        name: Mapped[str] = text(_("Tên"), 300, search=True)
        owner_id: Mapped[int | None] = key("organisation.id")
        owner: Mapped["Organisation | None"] = reference(_("Cơ quan chủ trì"), "Movement.owner_id")
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import MappedColumn, mapped_column, relationship
from sqlalchemy.types import TypeEngine

from models.records.choices import Choice
from models.records.personal import LATER
from models.records.text import code_key

_order = itertools.count()

MONEY_LIMIT = 10**15
"""đồng; a thousand times the province's largest sum (`docs/domain.md` 7)."""


class Kind(StrEnum):
    """What sort of value a field holds; everything that treats values differently goes by this."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CODE = "code"
    INTEGER = "integer"
    MONEY = "money"
    DECIMAL = "decimal"
    YEAR = "year"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"
    CHOICE = "choice"
    REFERENCE = "reference"
    REFERENCES = "references"
    CHILDREN = "children"


NUMBERS = frozenset({Kind.INTEGER, Kind.MONEY, Kind.DECIMAL, Kind.YEAR})
TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.CODE})
MASK = "•••"
"""Stands for someone's personal data in front of those who may not read it."""


@dataclass(frozen=True)
class Days:
    """How a day stands in the calendar: its name there, the field with the last day, if it may be several.

    With `by_kind` a day is named by what its record is: a workshop, not an event. `place` is the field that says where.
    """

    label: str
    until: str = ""
    by_kind: bool = False
    place: str = ""


@dataclass(frozen=True)
class Field:
    """The description of one attribute of a record.

    `name`, `required` and `target` (the record class a reference leads to) are filled in when the record's class is
    complete; the rest is said in the declaration. `column` is the key column behind a reference. A `keyed` code is told
    from others by a column of its own (`models/records/keys.py`).
    """

    label: str
    kind: Kind
    help: str = ""
    search: bool = False
    personal: bool = False
    derived: bool = False
    choices: type[Choice] | None = None
    minimum: int | None = None
    maximum: int | None = None
    length: int | None = None
    places: int = 0
    column: str | None = None
    calendar: Days | None = None
    keyed: bool = False
    name: str = ""
    required: bool = False
    target: Any = None
    order: int = field(default_factory=lambda: next(_order), compare=False)

    @property
    def compared_in(self) -> str:
        """The column in which records are told apart by this field."""
        return f"{self.name}_key" if self.keyed else self.name

    def compared(self, value: Any) -> Any:
        """The value as it stands in that column."""
        return code_key(value) if self.keyed and isinstance(value, str) else value

    def completed(self, **found: Any) -> Field:
        """The same field with what the finished class knows about it."""
        return replace(self, **found)


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC; databases that forget time zones get it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        found: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return found


KEY_LENGTH = 400
KEY_TEXT = String(KEY_LENGTH).with_variant(String(KEY_LENGTH, collation="C"), "postgresql")
"""Text compared byte by byte on every database: sort keys and tree paths."""


def _column(spec: Field, type_: TypeEngine[Any], **more: Any) -> MappedColumn[Any]:
    return mapped_column(type_, info={"field": spec}, **more, **(LATER if spec.personal else {}))


def text(label: str, length: int = 300, **about: Any) -> MappedColumn[Any]:
    """One line of text, at most `length` characters. A longer one is refused, never cut."""
    more = {name: about.pop(name) for name in ("unique", "default", "nullable") if name in about}
    return _column(Field(label, Kind.TEXT, length=length, **about), String(length), **more)


def long_text(label: str, **about: Any) -> MappedColumn[Any]:
    """Text of several lines, at most what an Excel cell holds."""
    return _column(Field(label, Kind.LONG_TEXT, length=32_767, **about), Text())


def code_field(label: str, length: int = 40, **about: Any) -> MappedColumn[Any]:
    """A code or number that people write and search by; sorted as it is written.

    One that is `unique`, or `keyed` because it is so together with other columns, is compared in whatever case.
    """
    about["keyed"] = about.get("keyed", False) or about.get("unique", False)
    more = {name: about.pop(name) for name in ("unique", "default") if name in about}
    about.setdefault("search", True)
    return _column(Field(label, Kind.CODE, length=length, **about), String(length), **more)


def integer(label: str, *, minimum: int = 0, maximum: int = 2_000_000_000, **about: Any) -> MappedColumn[Any]:
    """A count, from 0 unless said otherwise."""
    more = {"default": about.pop("default")} if "default" in about else {}
    return _column(Field(label, Kind.INTEGER, minimum=minimum, maximum=maximum, **about), Integer(), **more)


def money(label: str, **about: Any) -> MappedColumn[Any]:
    """A sum in whole đồng."""
    more = {"default": about.pop("default")} if "default" in about else {}
    return _column(Field(label, Kind.MONEY, minimum=0, maximum=MONEY_LIMIT, **about), BigInteger(), **more)


def decimal(
    label: str, places: int = 2, *, minimum: int | None = 0, maximum: int | None = None, **about: Any
) -> MappedColumn[Any]:
    """A number with a fixed count of decimal places, kept exactly."""
    limit = 10**12 if maximum is None else maximum
    return _column(
        Field(label, Kind.DECIMAL, minimum=minimum, maximum=limit, places=places, **about),
        Numeric(18, places, asdecimal=True),
    )


def year_field(label: str, *, minimum: int = 1900, maximum: int = 2100, **about: Any) -> MappedColumn[Any]:
    """A calendar year."""
    return _column(Field(label, Kind.YEAR, minimum=minimum, maximum=maximum, **about), SmallInteger())


def date_field(label: str, **about: Any) -> MappedColumn[Any]:
    """A calendar day."""
    return _column(Field(label, Kind.DATE, **about), Date())


def moment(label: str, **about: Any) -> MappedColumn[Any]:
    """A point in time, in UTC."""
    more = {name: about.pop(name) for name in ("default", "onupdate") if name in about}
    return _column(Field(label, Kind.MOMENT, **about), Moment(), **more)


def yes_no(label: str, *, default: bool = False, **about: Any) -> MappedColumn[Any]:
    """Yes or no; never unknown."""
    return _column(Field(label, Kind.YES_NO, **about), Boolean(), default=default)


def choice(label: str, choices: type[Choice], *, default: Choice | None = None, **about: Any) -> MappedColumn[Any]:
    """One member of a closed list, kept by its value and held to the list by the database."""
    kept = Enum(
        choices,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=30,
        name=choices.__name__.lower(),
    )
    more = {"default": default} if default is not None else {}
    return _column(Field(label, Kind.CHOICE, choices=choices, **about), kept, **more)


def key(target: str, *, owned: bool = False, **more: Any) -> MappedColumn[Any]:
    """The key column behind a reference.

    What a record refers to can't be deleted under it; an `owned` record, which has no life of its own, goes with it.
    """
    return mapped_column(
        ForeignKey(target, ondelete="CASCADE" if owned else "RESTRICT"), index=True, active_history=True, **more
    )


def reference(label: str, column: str, **about: Any) -> Any:
    """A reference to one record, over the key column `column` ("Movement.owner_id")."""
    more = {name: about.pop(name) for name in ("argument", "remote_side", "back_populates") if name in about}
    spec = Field(label, Kind.REFERENCE, column=column.split(".")[1], **about)
    return relationship(foreign_keys=column, info={"field": spec}, active_history=True, **more)


def references(label: str, secondary: str, *, order_by: str | None = None, **about: Any) -> Any:
    """References to several records, kept in the link table `secondary`."""
    return relationship(
        secondary=secondary, info={"field": Field(label, Kind.REFERENCES, **about)}, order_by=order_by or False
    )


def children(label: str, foreign_key: str, back_populates: str, *, order_by: str, **about: Any) -> Any:
    """The records that belong to this one and go with it; entered on its form, one row each."""
    return relationship(
        foreign_keys=foreign_key,
        back_populates=back_populates,
        order_by=order_by,
        cascade="all, delete-orphan",
        passive_deletes=True,
        info={"field": Field(label, Kind.CHILDREN, **about)},
    )
