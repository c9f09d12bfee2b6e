"""Record: what every kept thing has in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    MetaData,
    Text,
    inspect,
    select,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
)
from sqlalchemy.sql.elements import conv

from models.records.clock import now
from models.records.codes import add_code_keys, hold_to_keys
from models.records.errors import Problem
from models.records.fields import KEY_TEXT, NUMBERS, TEXTS, Field, Kind, Moment
from models.records.names import quoted, refuse_names, tell_choices_apart
from models.records.order import person_key, sort_key
from models.records.personal import refuse_personal_names
from models.records.text import clean
from models.records.words import _

C = TypeVar("C", bound=Callable[..., Any])

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_remembered: list[Any] = []


def until_declared(cached: C) -> C:
    """Let a cached function that asks all record classes forget its answers when one more is declared."""
    _remembered.append(cached)
    return cached


class Base(DeclarativeBase):
    """The registry and naming convention of all tables."""

    metadata = MetaData(naming_convention=NAMING)


def snake(name: str) -> str:
    """The name of the table of the class `name`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Record(Base):
    """A kept thing. A subclass says its `label`, its fields, and, if it has any, its rules in `check`."""

    __abstract__ = True

    label: ClassVar[str]
    """What one such record is called on screen."""
    natural_key: ClassVar[tuple[str, ...]] = ()
    """The fields by which people, spreadsheets and the seed name one record."""
    title_field: ClassVar[str] = "name"
    """The field whose text names the record; lists sort by it in Vietnamese order."""
    title_is_person: ClassVar[bool] = False
    """Whether that is a person's name: lists sort it by the given name."""
    title_loads: ClassVar[tuple[str, ...]] = ()
    """The references that `__str__` reads, so that lists can load them along."""
    scoped_by: ClassVar[tuple[str, ...]] = ()
    """The references that say whose the record is; none for lists that all share (`models/access/scope.py`)."""
    open_above: ClassVar[bool] = False
    """Whether those below may read what the province and the levels above them keep here."""
    added_by_all: ClassVar[bool] = False
    """Whether anybody adds records, also such as they may not read: the history is written by whoever acts."""
    workflow: ClassVar[Any] = None
    """The stages that such a record goes through, if it does (`models/workflow/declaration.py`: `workflow_of`)."""

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    version: Mapped[int] = mapped_column(default=1, sort_order=90)
    created_at: Mapped[datetime] = mapped_column(Moment(), default=now, sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(Moment(), default=now, onupdate=now, sort_order=92)
    sample: Mapped[bool] = mapped_column(
        Boolean(),
        default=False,
        sort_order=93,
        info={
            "field": Field(
                _("Dữ liệu mẫu"), Kind.YES_NO, help=_("Dòng mẫu để thử, xóa được bằng một lệnh."), derived=True
            )
        },
    )
    search_text: Mapped[str] = mapped_column(Text(), default="", sort_order=94, active_history=True)
    title_key: Mapped[str] = mapped_column(KEY_TEXT, default="", index=True, sort_order=95, active_history=True)

    __mapper_args__ = {"version_id_col": version}

    @declared_attr.directive
    @classmethod
    def __tablename__(cls) -> str | None:
        # A subclass of a record that has a table shares it.
        return None if any(hasattr(base, "__table__") for base in cls.__mro__[1:]) else snake(cls.__name__)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        refuse_names(cls, {*dir(Record), *Record.__annotations__})
        add_code_keys(cls)
        refuse_personal_names(cls)
        tell_choices_apart(cls)
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "__table__"):
            _constrain(cls)
            for cached in _remembered:
                cached.cache_clear()

    @property
    def said_kind(self) -> str:
        """What look-ups say beside the title, where records of several kinds stand together."""
        return ""

    @classmethod
    def search_order(cls) -> Iterable[ColumnElement[Any]]:
        """What comes first among those that answer to a search; then the shorter text does."""
        return ()

    @classmethod
    def search_ways(cls, word: str) -> Iterable[ColumnElement[bool]]:
        """Conditions on which a row shows the word (without case and accents) in a way that no column's kind tells."""
        return ()

    # -- what the class knows of itself

    @classmethod
    def fields(cls) -> dict[str, Field]:
        """Every described attribute of the class by name, in the order of declaration."""
        found = cls.__dict__.get("_fields")
        if found is None:
            found = _collect_fields(cls)
            cls._fields = found
        return found

    @classmethod
    def find(cls, session: Session, text: str) -> Record | None:
        """The record that `text` names by its natural key, its parts parted by "|"; None if there is none.

        Raises LookupError if the class has no natural key or more than one record answers.
        """
        if not cls.natural_key:
            raise LookupError(f"{cls.__name__} has no natural key")
        parts = clean(text).split("|", len(cls.natural_key) - 1)
        return cls.find_by(session, dict(zip(cls.natural_key, parts, strict=False)))

    @classmethod
    def find_all(cls, session: Session, texts: Iterable[str]) -> dict[str, Record]:
        """What `find` finds for each of these texts, as far as one query can tell; the others are to be asked alone."""
        name = cls.natural_key[0] if len(cls.natural_key) == 1 else ""
        finder = next(base for base in cls.__mro__ if "find" in vars(base))
        if not name or cls.fields()[name].kind not in TEXTS or finder is not Record:
            return {}
        spec = cls.fields()[name]
        wanted = {spec.compared(clean(text)): text for text in texts}
        found: dict[str, list[Record]] = {}
        for record in session.scalars(select(cls).where(getattr(cls, spec.compared_in).in_(wanted))):
            found.setdefault(wanted[getattr(record, spec.compared_in)], []).append(record)
        return {text: records[0] for text, records in found.items() if len(records) == 1}

    @classmethod
    def find_by(cls, session: Session, parts: dict[str, Any]) -> Record | None:
        """The one record whose fields have these values; references may be given as records or as their text.

        Raises LookupError when several answer.
        """
        query = select(cls)
        for name, part in parts.items():
            spec = cls.fields()[name]
            value = _meaning(session, spec, part.strip()) if isinstance(part, str) else part
            if value is None:
                return None
            query = query.where(getattr(cls, spec.compared_in) == spec.compared(value))
        found = session.scalars(query.limit(2)).all()
        if len(found) > 1:
            raise LookupError(f"{cls.__name__}: {parts}")
        return found[0] if found else None

    @classmethod
    def in_scope(cls) -> ColumnElement[bool] | None:
        """A condition of the class's own that its rows belong to the current scope; None: its references say so."""
        return None

    # -- what a subclass may say

    def pass_on(self, session: Session) -> None:
        """Change other records as this one's change asks. Called first; they are judged with it."""

    def derive(self, session: Session) -> None:
        """Compute the values that follow from others. Called before `check`, at every flush that touches the record."""

    def check(self, session: Session) -> Iterator[Problem]:
        """The rules this record breaks. Asked once no single value of this flush is missing or out of range."""
        yield from ()

    def check_delete(self, session: Session) -> Iterator[Problem]:
        """The reasons why this record must not be deleted, beyond what refers to it."""
        yield from ()

    def search_parts(self) -> Iterable[str]:
        """Further texts to find this record by, beside its own searchable fields."""
        return ()

    def title_sort(self) -> str:
        """The key by which lists sort this record by its title."""
        title = str(getattr(self, self.title_field, None) or "")
        return person_key(title) if self.title_is_person else sort_key(title)

    def __str__(self) -> str:
        return str(getattr(self, self.title_field, None) or f"{self.label} {self.id or ''}".strip())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

    def left_out(self) -> Collection[str]:
        """The fields that mean nothing for such a record: its form and its page don't show them."""
        return ()

    # -- helpers for rules

    def was(self, name: str) -> Any:
        """The value that the attribute `name` had when the record was last in step with the database."""
        history = inspect(self).attrs[name].load_history()
        return history.deleted[0] if history.deleted else (history.unchanged[0] if history.unchanged else None)

    def changed(self, *names: str) -> bool:
        """Whether any of these attributes was given another value since the record was loaded."""
        attrs = inspect(self).attrs
        return any(attrs[name].history.has_changes() for name in names)

    @property
    def is_new(self) -> bool:
        """Whether the record is not in the database yet."""
        return not inspect(self).persistent

    @property
    def confirmed(self) -> set[str]:
        """The warnings that the writer has read and wants passed."""
        found: set[str] = self.__dict__.setdefault("_confirmed", set())
        return found


# -- the finished class


def _collect_fields(cls: type[Record]) -> dict[str, Field]:
    mapper = inspect(cls)
    found: list[Field] = []
    for column in mapper.column_attrs:
        spec = column.columns[0].info.get("field")
        if spec is not None:
            required = not column.columns[0].nullable
            found.append(spec.completed(name=column.key, required=required and spec.kind is not Kind.YES_NO))
    for relation in mapper.relationships:
        spec = relation.info.get("field")
        if spec is not None:
            required = spec.column is not None and not cls.__table__.c[spec.column].nullable
            found.append(spec.completed(name=relation.key, required=required, target=relation.mapper.class_))
    return {spec.name: spec for spec in sorted(found, key=lambda spec: (spec.name == "sample", spec.order))}


def _constrain(cls: type[Record]) -> None:
    """Give the table what its fields promise: ranges, a version, ids that are never used twice, codes in any case."""
    table: Any = cls.__table__
    table.dialect_options["sqlite"]["autoincrement"] = True
    hold_to_keys(table)
    # A subclass adds columns to the table that it shares.
    done = {constraint.name for constraint in table.constraints}
    for column in table.columns:
        spec: Field | None = column.info.get("field")
        name = NAMING["ck"] % {"table_name": table.name, "constraint_name": f"{column.name}_range"}
        if spec is None or spec.kind not in NUMBERS or name in done:
            continue
        bounds = [
            f"{quoted(column.name)} {sign} {bound}"
            for sign, bound in ((">=", spec.minimum), ("<=", spec.maximum))
            if bound is not None
        ]
        if bounds:
            table.append_constraint(CheckConstraint(" AND ".join(bounds), name=conv(name)))


def _meaning(session: Session, spec: Field, text: str) -> Any:
    """What one part of a written key stands for, in the field's own type; None if for nothing."""
    match spec.kind:
        case Kind.REFERENCE:
            return spec.target.find(session, text)
        case Kind.CHOICE if spec.choices:
            return spec.choices.read(text)
        case Kind.INTEGER | Kind.MONEY | Kind.YEAR:
            return int(text) if text.isascii() and text.isdecimal() else None
        case Kind.DATE:
            try:
                return date.fromisoformat(text)
            except ValueError:
                return None
    return text
