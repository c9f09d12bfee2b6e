"""AuditEntry: one change to one record, written in the same transaction as the change.

Whatever flushes, by form, import, seed, shell or job, leaves an entry for each record it makes, changes or deletes
(`recording.py`). Statements that would pass by the flush are refused, and entries can't be altered: the database itself
forbids it (`guards.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    Integer,
    String,
    inspect,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.access.scope import writable
from models.accounts.users import Role
from models.organisations import Organisation
from models.records.base import Base, Record
from models.records.choices import Choice
from models.records.clock import now
from models.records.fields import choice, moment, text
from models.records.keys import PERSONAL_TEXT
from models.records.text import fold
from models.records.words import _
from models.units import Unit

UNRECORDED = frozenset({"version", "updated_at", "path", "search_text", "title_key", PERSONAL_TEXT})
"""Columns that follow from the others or only count the changes themselves."""
SECRET = "•"  # noqa: S105  a mark, no password
"""Stands in the history for a value that nobody may read there."""


class AuditKind(Choice):
    """What happened."""

    CREATED = "created", _("Thêm"), "ok"
    CHANGED = "changed", _("Sửa"), "warn"
    DELETED = "deleted", _("Xóa"), "late"
    READ = "read", _("Xem thông tin cá nhân")
    EXPORTED = "exported", _("Xuất Excel")
    SIGNED_IN = "signed_in", _("Đăng nhập")
    REFUSED = "refused", _("Bị từ chối"), "late"
    SIGNED_OUT = "signed_out", _("Đăng xuất")
    ACCOUNT = "account", _("Tài khoản"), "warn"


WRITES = (AuditKind.CREATED, AuditKind.CHANGED, AuditKind.DELETED)


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, or a job by its name, which has no role and no limits."""

    name: str
    id: int | None = None
    role: Role | None = None


actor: ContextVar[Actor] = ContextVar("actor", default=Actor("shell"))  # noqa: B039  frozen
"""Who acts now. A request sets its user; a command its name."""


class AuditEntry(Record):
    """One change to one record, or one thing done with records that changed none.

    `changes` is {column: [old, new]} for every recorded column that differs; a many-to-many link is a list of ids
    under its relationship's name. A creation has only new values, a deletion only old ones. For what changes no
    record it says what was done: {"filter": …, "rows": …}.
    """

    label = _("Lịch sử")
    title_field = "title"
    added_by_all = True
    __table_args__ = (Index(None, "noun", "record_id"), Index(None, "owner_noun", "owner_id"), Index(None, "at"))

    at: Mapped[datetime] = moment(_("Lúc"), default=now)
    kind: Mapped[AuditKind] = choice(_("Việc"), AuditKind)
    actor: Mapped[str] = text(_("Ai"), 120, search=True)
    noun: Mapped[str] = text(_("Loại"), 60)
    title: Mapped[str] = text(_("Bản ghi"), 600, search=True)
    act_name: Mapped[str | None] = text(_("Thao tác"), 300, search=True)
    act: Mapped[str] = mapped_column(String(32), index=True)
    """The transaction that the change was part of."""
    actor_id: Mapped[int | None] = mapped_column(Integer(), index=True)
    record_id: Mapped[int | None] = mapped_column(Integer())
    owner_noun: Mapped[str | None] = mapped_column(String(60))
    """The record that this one belongs to and goes with: its history shows this change too."""
    owner_id: Mapped[int | None] = mapped_column(Integer())
    home_organisation_id: Mapped[int | None] = mapped_column(Integer(), index=True)
    """Whose record it was, for the scope of whoever reads the history."""
    home_unit_id: Mapped[int | None] = mapped_column(Integer(), index=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"), default=dict)

    @classmethod
    def search_ways(cls, word: str) -> Iterable[ColumnElement[bool]]:
        """By what people call the changed record's kind."""
        nouns = [noun for noun, found in record_classes().items() if word in fold(found.label)]
        return [cls.noun.in_(nouns)] if nouns else []

    @property
    def record_class(self) -> type[Record]:
        """The class of the record that changed. Raises KeyError if the project no longer has it."""
        return record_classes()[self.noun]

    @classmethod
    def in_scope(cls) -> ColumnElement[bool]:
        """An entry is read by whoever answers for what it tells of."""
        return or_(
            cls.home_organisation_id.in_(select(Organisation.id).where(writable(Organisation))),
            cls.home_unit_id.in_(select(Unit.id).where(writable(Unit))),
        )

    def __str__(self) -> str:
        return self.title


def record_classes() -> dict[str, type[Record]]:
    """Every recorded class by its name."""
    return {
        mapper.class_.__name__: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record) and mapper.class_ is not AuditEntry
    }


# -- values on their way to and from JSON


def to_json(value: Any) -> Any:
    """A field's value as JSON keeps it; other records by their ids."""
    if isinstance(value, list):
        return sorted(other.id for other in value)
    if isinstance(value, Record):
        return value.id
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_json(cls: type[Record], name: str, value: Any) -> Any:
    """The value that `to_json` made of the column `name` of `cls`, in the column's own type."""
    if value is None:
        return None
    kind: Any = inspect(cls).column_attrs[name].columns[0].type
    kind = getattr(kind, "impl_instance", kind)
    member = getattr(kind, "enum_class", None)
    if member is not None:
        return member(value)
    python = kind.python_type
    return python.fromisoformat(value) if python in (date, datetime) else python(value)


@cache
def recorded_columns(cls: type[Record]) -> tuple[str, ...]:
    """The columns of a record that its history keeps."""
    computed = UNRECORDED.union(spec.compared_in for spec in cls.fields().values() if spec.keyed)
    return tuple(attribute.key for attribute in inspect(cls).column_attrs if attribute.key not in computed)


@cache
def secret_columns(cls: type[Record]) -> frozenset[str]:
    """Those of which the history keeps only that they changed."""
    columns = inspect(cls).column_attrs
    return frozenset(name for name in recorded_columns(cls) if columns[name].columns[0].info.get("secret"))
