"""Record: what every kept thing has in common, and the one gate through which all of them are written.

Whatever writes (a form, an import, the seed, the shell), SQLAlchemy's flush calls the gate below for every new or
changed record, and for the record it belongs to: derived values are computed, then the record's rules asked. All
problems of the first record that has any come back in one `Refused`, before any SQL is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from weakref import ref

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    UOWTransaction,
    declared_attr,
    mapped_column,
    object_session,
)
from sqlalchemy.orm.attributes import AttributeEventToken, QueryableAttribute
from sqlalchemy.orm.base import NO_VALUE

from models.records import errors
from models.records.choices import Choice
from models.records.errors import Problem, Refused
from models.records.fields import KEY_TEXT, NUMBERS, TEXTS, Field, Kind, Moment
from models.records.text import clean, fold, sort_key
from models.records.words import _

if TYPE_CHECKING:
    from models.workflow.declaration import Stages

R = TypeVar("R", bound="Record")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


latest_flush: ContextVar[ref[UOWTransaction] | None] = ContextVar("latest_flush", default=None)
"""The flush that began last here, whatever became of it."""
whole_view: ContextVar[bool] = ContextVar("whole_view", default=False)
"""Whether rules look: they judge by all rows, whoever writes."""


def flushing() -> bool:
    """Whether a flush is sending its statements: they were checked and are recorded.

    Its own transaction says so: it begins when the last listener let the flush pass, and ends with it in any case.
    """
    flush = latest_flush.get()
    transaction = getattr(flush and flush(), "transaction", None)
    return transaction is not None and bool(transaction.is_active)


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
    title_loads: ClassVar[tuple[str, ...]] = ()
    """The references that `__str__` reads, so that lists can load them along."""
    scoped_by: ClassVar[tuple[str, ...]] = ()
    """The references that say whose the record is; none for lists that all share (`models/access/scope.py`)."""
    open_above: ClassVar[bool] = False
    """Whether those below may read what the province and the levels above them keep here."""
    stages: ClassVar[Stages | None] = None
    """The way that such a record goes from desk to desk, if it goes one (`models/workflow/declaration.py`)."""

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
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "__table__"):
            _constrain(cls)

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
        return find_by_key(session, cls, dict(zip(cls.natural_key, parts, strict=False)))

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
        return sort_key(str(getattr(self, self.title_field, None) or ""))

    def __str__(self) -> str:
        return str(getattr(self, self.title_field, None) or f"{self.label} {self.id or ''}".strip())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"

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
        return self.__dict__.setdefault("_confirmed", set())  # type: ignore[no-any-return]


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
    """Give the table what its fields promise: ranges, a version, ids that are never used twice."""
    table: Any = cls.__table__
    table.dialect_options["sqlite"]["autoincrement"] = True
    # A subclass adds columns to the table that it shares.
    done = table.info.setdefault("constrained", set())
    for column in table.columns:
        spec: Field | None = column.info.get("field")
        if spec is None or spec.kind not in NUMBERS or column.name in done:
            continue
        done.add(column.name)
        bounds = [
            f"{column.name} {sign} {bound}"
            for sign, bound in ((">=", spec.minimum), ("<=", spec.maximum))
            if bound is not None
        ]
        if bounds:
            table.append_constraint(CheckConstraint(" AND ".join(bounds), name=f"{column.name}_range"))


# -- on the way in: one spelling, the right type


@event.listens_for(Record, "attribute_instrument", propagate=True)
def _listen(cls: type[Record], name: str, attribute: QueryableAttribute[Any]) -> None:
    columns = getattr(attribute.property, "columns", None)
    spec: Field | None = columns[0].info.get("field") if columns else None
    if spec is None:
        return

    def receive(target: Record, value: Any, old: Any, initiator: AttributeEventToken) -> Any:
        return accept(spec, value, name)

    # Rules compare with what was there before, so the old value is loaded even if nobody has read it.
    event.listen(attribute, "set", receive, retval=True, active_history=True)


def accept(spec: Field, value: Any, name: str) -> Any:  # noqa: C901  one case per kind of field
    """The value as the field keeps it. Raises Refused if it is of another sort than the field holds."""
    if value is None or value is NO_VALUE:
        return None
    match spec.kind:
        case kind if kind in TEXTS and isinstance(value, str):
            return clean(value, lines=kind is Kind.LONG_TEXT) or None
        case Kind.CHOICE if isinstance(value, str) and spec.choices:
            member = value if isinstance(value, spec.choices) else spec.choices.read(value)
            if member is not None:
                return member
            raise Refused([Problem(errors.UNKNOWN_CHOICE, name, {"value": str(value)})])
        case Kind.INTEGER | Kind.MONEY | Kind.YEAR if isinstance(value, int) and not isinstance(value, bool):
            return value
        case Kind.DECIMAL if _is_number(value):
            if len(f"{value:f}".partition(".")[2].rstrip("0")) > spec.places:
                raise Refused([Problem(errors.TOO_FINE, name, {"value": str(value), "places": spec.places})])
            return Decimal(value)
        case Kind.DATE if isinstance(value, date) and not isinstance(value, datetime):
            return value
        case Kind.MOMENT if isinstance(value, datetime):
            return value
        case Kind.YES_NO if isinstance(value, bool):
            return value
    raise Refused([Problem(errors.WRONG_KIND, name, {"value": str(value)})])


def _is_number(value: Any) -> bool:
    """Whether this is a number that is exact: no fraction of powers of two, no infinity."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and Decimal(value).is_finite()


# -- the gate


@event.listens_for(Session, "before_flush")
def _gate(session: Session, context: Any, instances: Any) -> None:
    """Compute and check every record of this flush; refuse the first that has anything wrong."""
    token = whole_view.set(True)
    try:
        with session.no_autoflush:
            _delete_along(session)
            _judge(session)
    finally:
        whole_view.reset(token)


def _delete_along(session: Session) -> None:
    """What belongs to a deleted record goes with it, through the session: its rules are asked, its history is kept."""
    left = [r for r in session.deleted if isinstance(r, Record)]
    while left:
        going: dict[type[Record], list[int]] = {}
        for record in left:
            _refuse(record, record.check_delete(session))
            going.setdefault(type(record), []).append(record.id)
        left = [
            child
            for cls, ids in going.items()
            for child_class, column, along in referrers(cls)
            if along
            for start in range(0, len(ids), 500)
            for child in session.scalars(select(child_class).where(column.in_(ids[start : start + 500])))
            if child not in session.deleted
        ]
        for child in left:
            session.delete(child)


def _judge(session: Session) -> None:
    settled: dict[Record, None] = {}
    while fresh := [record for record in _written(session) if record not in settled]:
        for record in fresh:
            _settle(session, record)
        for record in fresh:
            record.pass_on(session)
        settled |= dict.fromkeys(fresh)
    written = _with_owners(session, list(settled))
    for record in written:
        prepare(session, record)
    for record in written:
        _refuse(record, _shape_problems(record))
    for record in written:
        stages = record.stages.problems(record) if record.stages else ()
        _refuse(record, [*record.check(session), *stages, *_taken(session, record)])


def _written(session: Session) -> list[Record]:
    return [
        r
        for r in [*session.new, *session.dirty]
        if isinstance(r, Record) and (r in session.new or session.is_modified(r))
    ]


def prepare(session: Session, record: Record) -> None:
    """Compute what follows from the record's other values: its own derived fields, its search text, its place."""
    record.derive(session)
    searched = [getattr(record, name) for name, spec in record.fields().items() if spec.search]
    record.search_text = fold(" ".join([*(str(text) for text in searched if text), *record.search_parts()]))
    record.title_key = record.title_sort()[:400]


def _refuse(record: Record, problems: Iterable[Problem]) -> None:
    left = [p for p in problems if p.confirm is None or p.confirm not in record.confirmed]
    if left:
        raise Refused(left, record)


def _settle(session: Session, record: Record) -> None:
    """Fill what SQLAlchemy would fill later, so that rules may read it: defaults, references given by key only."""
    columns, unmodified = inspect(type(record)).columns, inspect(record).unmodified
    for name, spec in record.fields().items():
        if spec.column and spec.column not in unmodified and name in unmodified:
            id_ = getattr(record, spec.column)
            found = None if id_ is None else session.get(spec.target, id_)
            if found is None and id_ is not None:
                _refuse(record, [Problem(errors.UNKNOWN_CHOICE, name, {"value": id_})])
            setattr(record, name, found)
        elif record.is_new and name in columns and getattr(record, name) is None:
            default: Any = columns[name].default
            if default is not None and default.is_scalar:
                setattr(record, name, default.arg)


def _with_owners(session: Session, written: list[Record]) -> list[Record]:
    """These records, and those that they or what is deleted belong to: the shares of all authors are one rule.

    The owner gets a new version, so that two people can't change parts of it that only fit together one by one; but
    samples leave real records as they are.
    """
    found = dict.fromkeys(written)
    left = [*written, *(r for r in session.deleted if isinstance(r, Record))]
    while left:
        record = left.pop()
        spec = owner_field(type(record))
        owners = {getattr(record, spec.name), record.was(spec.name)} if spec else set()
        for owner in owners - {None}:
            if owner.is_new or owner in session.deleted:
                continue
            if record in session.deleted:
                _take_out(record, owner)
            if owner.sample or not record.sample:
                owner.updated_at = now()
            if owner not in found:
                found[owner] = None
                left.append(owner)
    return list(found)


def _take_out(part: Record, owner: Record) -> None:
    """Take a deleted part out of its owner's list, where SQLAlchemy would leave it until the owner is loaded anew."""
    for name, spec in owner.fields().items():
        if spec.kind is Kind.CHILDREN and part in getattr(owner, name):
            getattr(owner, name).remove(part)


def _shape_problems(record: Record) -> Iterator[Problem]:
    """What is wrong with single values: missing, too long, out of range."""
    for name, spec in record.fields().items():
        if spec.kind in (Kind.CHILDREN, Kind.REFERENCES) or (name not in record.__dict__ and record.id is not None):
            continue
        value = getattr(record, name)
        if value is not None:
            yield from _limit_problems(spec, value, name)
        elif spec.required:
            yield Problem(errors.MISSING, name)


def _limit_problems(spec: Field, value: Any, name: str) -> Iterator[Problem]:
    if spec.kind in TEXTS and spec.length and len(value) > spec.length:
        yield Problem(errors.TOO_LONG, name, {"limit": spec.length})
    elif spec.kind in NUMBERS and spec.minimum is not None and value < spec.minimum:
        yield Problem(errors.TOO_SMALL, name, {"limit": spec.minimum})
    elif spec.kind in NUMBERS and spec.maximum is not None and value > spec.maximum:
        yield Problem(errors.TOO_LARGE, name, {"limit": spec.maximum})


def _key_value(record: Record, column: Column[Any]) -> Any:
    """The value that `column` will have after the flush; None if it can't be known before."""
    for name, spec in record.fields().items():
        if spec.column == column.key and record.__dict__.get(name) is not None:
            return record.__dict__[name].id
    return getattr(record, inspect(type(record)).get_property_by_column(column).key)


def base_class(cls: type[Record]) -> type[Record]:
    """The record that a kind of it is one of, and whose table they share: Organisation for Committee."""
    found: type[Record] = inspect(cls).base_mapper.class_
    return found


def _unique_sets(cls: type[Record]) -> Iterator[list[Column[Any]]]:
    table: Any = cls.__table__
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns)


def _taken(session: Session, record: Record) -> Iterator[Problem]:
    """What another record already holds, of what must be held once."""
    # All that share the table, not only records of this one's own kind: a code is taken by any organisation.
    cls = base_class(type(record))
    for columns in _unique_sets(cls):
        values = [_key_value(record, column) for column in columns]
        if None in values:
            continue
        query = select(cls).where(*(column == value for column, value in zip(columns, values, strict=True)))
        other = session.scalars(query.where(cls.id != record.id) if record.id else query).first()
        if other is not None and other not in session.deleted:
            # Where the last column is none that people see, the record's own rule finds better words.
            for name in (n for n, s in record.fields().items() if columns[-1].key in (n, s.column)):
                yield _taken_by(session, other, name)


def _taken_by(session: Session, other: Record, field: str) -> Problem:
    """That `other` has it; what the writer may not see isn't named."""
    cls = base_class(type(other))
    if may_be_named(session, cls, other.id):
        return Problem(errors.TAKEN, field, {"other": str(other)})
    return Problem(errors.TAKEN_ELSEWHERE, field)


# -- asking about other records


def may_be_named(session: Session, cls: type[Record], id_: int) -> bool:
    """Whether the writer may see the record of this id, so that a rule, which sees all, may name it."""
    token = whole_view.set(False)
    try:
        return session.scalar(select(cls.id).where(cls.id == id_)) is not None
    finally:
        whole_view.reset(token)


def earlier_new(session: Session, record: R) -> Iterator[R]:
    """The new records of this kind that go to the database with `record` and came before it: no query finds them."""
    for other in session.new:
        if other is record:
            return
        if isinstance(other, type(record)):
            yield other


@cache
def owner_field(cls: type[Record]) -> Field | None:
    """The field that names the record which this class's records belong to and go with."""
    columns: Any = cls.__table__.c
    for spec in cls.fields().values():
        if spec.column and any(key.ondelete == "CASCADE" for key in columns[spec.column].foreign_keys):
            return spec
    return None


def find_by_key(session: Session, cls: type[Record], parts: dict[str, Any]) -> Record | None:
    """The one record of `cls` whose fields have these values; references may be given as records or as their text.

    Raises LookupError when several answer.
    """
    query = select(cls)
    for name, part in parts.items():
        value = _meaning(session, cls.fields()[name], part.strip()) if isinstance(part, str) else part
        if value is None:
            return None
        query = query.where(getattr(cls, name) == value)
    found = session.scalars(query.limit(2)).all()
    if len(found) > 1:
        raise LookupError(f"{cls.__name__}: {parts}")
    return found[0] if found else None


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


def referrers(cls: type[Record]) -> Iterator[tuple[type[Record], Column[Any], bool]]:
    """Every column of another record that refers to `cls`: (its record class, the column, whether it goes along)."""
    for mapper in Base.registry.mappers:
        if not issubclass(mapper.class_, Record) or mapper.inherits is not None:
            continue
        table: Any = mapper.local_table
        for constraint in table.constraints:
            if isinstance(constraint, ForeignKeyConstraint) and constraint.referred_table is cls.__table__:
                yield mapper.class_, next(iter(constraint.columns)), constraint.ondelete == "CASCADE"


__all__ = [
    "Base",
    "Choice",
    "Index",
    "Problem",
    "Record",
    "Refused",
    "String",
    "UniqueConstraint",
    "func",
    "now",
    "object_session",
]
