"""Scope: which rows a person may see and touch: their organisation's branch of the tree.

One layer at the session holds it, on every road to the data: criteria on each select, a guard on each flush, and a
check of each statement that would pass by both. Screens, exports and imports never filter for themselves.

Who is not limited (the province's office, administrators, commands at the machine itself) pays nothing for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    Table,
    TableClause,
    TextClause,
    and_,
    bindparam,
    event,
    false,
    inspect,
    or_,
    select,
    true,
)
from sqlalchemy.engine import Engine
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, QueryableAttribute, Session, object_session
from sqlalchemy.sql.selectable import Alias, AliasedReturnsRows
from sqlalchemy.sql.util import extract_first_column_annotation

from models.organisations import Family, Organisation
from models.records.base import Base, Problem, Record, Refused, base_class, flushing, owner_field, whole_view
from models.records.fields import KEY_TEXT, Kind
from models.records.tree import TreeRecord
from models.records.words import _
from models.units import Level, Unit

OUTSIDE = _("Ngoài phạm vi được giao: “%(what)s” không thuộc tổ chức của bạn.")
SHARED = _("Danh mục dùng chung do tỉnh quản lý; bạn chỉ được xem.")
UNKNOWN = _("Không tìm thấy mục đã chọn.")


@dataclass(frozen=True)
class Scope:
    """The branch of one organisation, as ids and as ranges of the trees' paths.

    The Front's own committee answers for everything in its unit, and so has units of its own; a member organisation
    for its own branches only. The units that may be read are those of its unit; `above` are the ones around it.
    """

    organisation_id: int = -1
    organisation_low: str = "-"
    organisation_high: str = "-"
    own_unit_id: int = -1
    own_unit_low: str = "-"
    own_unit_high: str = "-"
    seen_unit_id: int = -1
    seen_unit_low: str = "-"
    seen_unit_high: str = "-"
    above: tuple[int, ...] = (-1,)


class ScopeError(RuntimeError):
    """A statement would read or write past the scope."""


ALL: None = None
"""No limit."""
NOTHING = Scope()
"""Nobody's branch: what is shared is read, nothing is written."""

Limit: TypeAlias = Scope | None
current: ContextVar[Limit] = ContextVar("scope", default=ALL)
"""The limit of what runs now. A request begins with NOTHING and gets its user's."""


def scope_of(organisation: Organisation | None) -> Limit:
    """The scope of someone who works for this organisation."""
    if organisation is None:
        return NOTHING
    front = organisation.family is not Family.MEMBER
    if front and organisation.level in (Level.CENTRE, Level.PROVINCE):
        return ALL
    unit = organisation.unit
    places: dict[str, Any] = {}
    if unit is not None:
        for name in ("own_unit", "seen_unit") if front else ("seen_unit",):
            places |= _range(name, unit)
        places["above"] = tuple(unit.ancestor_ids) or (-1,)
    return Scope(**_range("organisation", organisation), **places)


def _range(name: str, node: TreeRecord) -> dict[str, Any]:
    low, high = node.branch_range
    return {f"{name}_id": node.id, f"{name}_low": low, f"{name}_high": high}


@contextmanager
def limited_to(limit: Limit) -> Iterator[None]:
    """Run the block under this limit."""
    token = current.set(limit)
    try:
        yield
    finally:
        current.reset(token)


def holds(organisation: Organisation | None) -> bool:
    """Whether whoever acts now answers for this organisation; for None, which is the province: whether for all."""
    scope = current.get()
    if scope is None or organisation is None:
        return scope is None
    unit = organisation.unit
    return _is_in(scope, "organisation", organisation) or (unit is not None and _is_in(scope, "own_unit", unit))


def _is_in(scope: Scope, name: str, node: TreeRecord) -> bool:
    low, high = getattr(scope, f"{name}_low"), getattr(scope, f"{name}_high")
    return bool(node.id == getattr(scope, f"{name}_id") or low <= (node.path or "") < high)


# -- which rows: conditions that a database can answer from its indexes, the same for every scope but for their values


def _value(name: str, kind: Any) -> Any:
    """A place in a condition that takes this value of the current scope when the statement runs."""

    def read() -> Any:
        scope = current.get()
        return getattr(scope if scope is not None else NOTHING, name)

    return bindparam(f"scope_{name}", type_=kind, unique=True, callable_=read)


def _in_branch(cls: type[Any], name: str) -> ColumnElement[bool]:
    low, high = _value(f"{name}_low", KEY_TEXT), _value(f"{name}_high", KEY_TEXT)
    return or_(cls.id == _value(f"{name}_id", Integer()), and_(cls.path >= low, cls.path < high))


def _above(column: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(
        bindparam(
            "scope_above",
            type_=Integer(),
            unique=True,
            expanding=True,
            callable_=lambda: (current.get() or NOTHING).above,
        )
    )
    return found


def _own_units() -> ColumnElement[bool]:
    return _in_branch(Unit, "own_unit")


def _seen_units() -> ColumnElement[bool]:
    return or_(_in_branch(Unit, "seen_unit"), _above(Unit.id))


def _own_organisations() -> ColumnElement[bool]:
    return or_(_in_branch(Organisation, "organisation"), Organisation.unit_id.in_(select(Unit.id).where(_own_units())))


def _seen_organisations() -> ColumnElement[bool]:
    return or_(
        _own_organisations(),
        Organisation.level.in_((Level.CENTRE, Level.PROVINCE)),
        and_(
            or_(_above(Organisation.unit_id), Organisation.unit_id == _value("seen_unit_id", Integer())),
            Organisation.family != Family.MEMBER,
        ),
    )


def home_fields(cls: type[Record]) -> tuple[str, ...]:
    """The references that say whose a record of this class is; none for lists that all share.

    What belongs to another record and goes with it is whose that is.
    """
    if cls.scoped_by:
        return cls.scoped_by
    owner = owner_field(cls)
    return (owner.name,) if owner and is_scoped(owner.target) else ()


def is_scoped(cls: type[Record]) -> bool:
    """Whether records of this class belong to someone."""
    return issubclass(cls, (Unit, Organisation)) or cls in special or bool(home_fields(cls))


@cache
def own(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a row of `cls` belongs to the current scope: it may be changed."""
    if cls in special:
        return special[cls]()
    if issubclass(cls, Unit):
        return _own_units()
    if issubclass(cls, Organisation):
        return _own_organisations()
    return _through_home(cls, own) if home_fields(cls) else false()


@cache
def seen(cls: type[Record]) -> ColumnElement[bool]:
    """The condition that a row of `cls` may be read: one's own, what is shared, and what those above keep for all."""
    if cls in special:
        return special[cls]()
    if issubclass(cls, Unit):
        return _seen_units()
    if issubclass(cls, Organisation):
        return _seen_organisations()
    if not home_fields(cls):
        return true()
    return _through_home(cls, seen if cls.open_above else own)


def _through_home(cls: type[Record], condition: Callable[[type[Record]], ColumnElement[bool]]) -> ColumnElement[bool]:
    fields = cls.fields()
    keys = {getattr(cls, fields[name].column or ""): fields[name].target for name in home_fields(cls)}
    ways = [column.in_(select(target.id).where(condition(target))) for column, target in keys.items()]
    if condition is seen:
        ways.append(and_(*(column.is_(None) for column in keys)))
    return or_(*ways)


def home_of(record: Record) -> tuple[int | None, int | None]:
    """Whose a record is: the ids of its organisation and its unit, as far as it has them."""
    if isinstance(record, Unit):
        return None, record.id
    if isinstance(record, Organisation):
        return record.id, record.unit_id
    organisation_id = unit_id = None
    for name in home_fields(type(record)):
        spec = record.fields()[name]
        if spec.target is Unit or spec.target is Organisation:
            id_ = _id_of(record, name)
            organisation_id, unit_id = (id_, unit_id) if spec.target is Organisation else (organisation_id, id_)
        elif (owner := getattr(record, name)) is not None:
            return home_of(owner)
        elif (session := object_session(record)) is not None and getattr(record, spec.column or "") is not None:
            # An orphan on its way out: its owner let go of it, its key still names the owner.
            owner = session.get(spec.target, getattr(record, spec.column or ""))
            return home_of(owner) if owner is not None else (None, None)
    return organisation_id, unit_id


special: dict[type[Record], Callable[[], ColumnElement[bool]]] = {}
"""Records whose condition is their own, not that of a reference."""


# -- reading


class _Criterion(LoaderCriteriaOption):
    """What rows of one class a scope lets through.

    Its condition is the same for every scope, values apart, and those are read when the statement runs. So its part
    in the statement's cache key is its class alone, which is found faster than by walking the condition.
    """

    inherit_cache = True

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> tuple[Any, ...]:
        return (_Criterion, self.entity)


@cache
def _criteria() -> tuple[Any, ...]:
    return tuple(
        _Criterion(cls, seen(cls), include_aliases=True, propagate_to_loaders=False) for cls in scoped_classes()
    )


@cache
def scoped_classes() -> tuple[type[Record], ...]:
    """Every record with a table of its own whose rows belong to someone."""
    return tuple(
        mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record) and mapper.inherits is None and is_scoped(mapper.class_)
    )


@cache
def _scoped_tables() -> frozenset[str]:
    return frozenset(inspect(cls).local_table.name for cls in scoped_classes())  # type: ignore[attr-defined]


@cache
def _names_a_table() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(_scoped_tables()))})\b", re.IGNORECASE)


@event.listens_for(Session, "do_orm_execute")
def _limit(state: ORMExecuteState) -> None:
    """Put the scope's conditions on whatever a limited session asks."""
    scope = current.get()
    free = whole_view.get() or flushing() or state.execution_options.get("unscoped")
    if scope is not None and not free:
        if not _selects_only(state.statement):
            raise ScopeError("under a scope only selects of records run, and flushes")
        _refuse_plain_tables(state.statement)
        # Each lazy load comes through here as a statement of its own: none relies on what its parent was loaded with.
        state.statement = state.statement.options(*_criteria())
        if state.is_column_load and state.bind_mapper is not None:
            # Criteria don't follow a record that is read anew.
            anew: Any = state.statement
            state.statement = anew.where(seen(state.bind_mapper.base_mapper.class_))  # type: ignore[arg-type]
    state.update_execution_options(scoped=True)


def _selects_only(statement: Any) -> bool:
    if isinstance(statement, CompoundSelect):
        return all(_selects_only(part) for part in statement.selects)
    return isinstance(statement, Select)


def _refuse_plain_tables(element: Any, around: tuple[frozenset[Any], ...] = ()) -> None:
    """Refuse a select that names a scoped table not as its record: criteria follow records only.

    `around` are the records' tables that each select around it names, the outermost first.
    """
    known = around[-1] if around else frozenset()
    if isinstance(element, Select):
        named = frozenset(_followed(element))
        known = named | _reached(element, named, around)
        around = (*around, known)
    elif isinstance(element, AliasedReturnsRows):
        if isinstance(element, Alias) and element in known:
            return
        around, known = (), frozenset()
    _refuse_text(element)
    table = element if isinstance(element, Table) else getattr(element, "table", None)
    if isinstance(table, Table) and table.name in _scoped_tables() and table not in known:
        raise ScopeError(f"select the record, not its table {table.name}: the scope can't follow there")
    for child in element.get_children():
        _refuse_plain_tables(child, around)


def _refuse_text(element: Any) -> None:
    """Refuse a scoped table's name in what is text to SQLAlchemy."""
    texts: list[str] = []
    if isinstance(element, TextClause):
        texts.append(element.text)
    elif (isinstance(element, ColumnClause) and element.is_literal) or (
        isinstance(element, TableClause) and not isinstance(element, Table)
    ):
        texts.append(element.name)
    elif isinstance(element, Select):
        # SQLAlchemy has no public way to ask a select for these.
        added = (*element._prefixes, *element._suffixes, *element._statement_hints)  # noqa: SLF001
        texts.extend(str(part) for pair in added for part in pair)
    if any(_names_a_table().search(text) for text in texts):
        raise ScopeError(f"select the record, don't write its table's name: {texts}")


def _reached(query: Any, named: frozenset[Any], around: tuple[frozenset[Any], ...]) -> frozenset[Any]:
    """The tables of the selects around it that this one refers to instead of reading them anew."""
    if not around:
        return frozenset()
    everything: frozenset[Any] = frozenset().union(*around)
    # SQLAlchemy has no public way to ask a select what it is correlated with.
    if query._correlate_except is not None:  # noqa: SLF001
        return everything - set(query._correlate_except)  # noqa: SLF001
    if query._correlate:  # noqa: SLF001
        return everything & set(query._correlate)  # noqa: SLF001
    # A select that names nothing else reads the table anew.
    return around[-1] if query._auto_correlate and named - around[-1] else frozenset()  # noqa: SLF001


def _followed(query: Any) -> Iterator[Any]:
    """The tables, or their aliases, of the records in a select that criteria follow."""
    # SQLAlchemy has no public way to ask a select for what it names.
    if query._propagate_attrs.get("compile_state_plugin") != "orm":  # noqa: SLF001
        return
    for column in query._raw_columns:  # noqa: SLF001
        # Of all the records in an expression the first one alone gets criteria.
        first = extract_first_column_annotation(column, "parententity")  # type: ignore[no-untyped-call]
        yield from [first.selectable] if first is not None else _records_named(column)
    for part in (*query._from_obj, *(join[0] for join in query._setup_joins)):  # noqa: SLF001
        # A join given whole is followed nowhere.
        entity: Any = part.comparator.entity if isinstance(part, QueryableAttribute) else _entity_of(part)  # type: ignore[attr-defined]
        if entity is not None:
            yield entity.selectable


def _records_named(element: Any) -> Iterator[Any]:
    entity = _entity_of(element)
    if entity is not None:
        yield entity.selectable
    elif not isinstance(element, Select):
        for child in element.get_children():
            yield from _records_named(child)


def _entity_of(element: Any) -> Any:
    return getattr(element, "_annotations", {}).get("parententity")


@event.listens_for(Engine, "before_cursor_execute")
def _choke(_connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    """Refuse what came neither through a session's select nor through its flush: raw text, bare connections."""
    if current.get() is None or flushing() or whole_view.get():
        return
    options = context.execution_options if context is not None else {}
    if not (options.get("scoped") or options.get("recorded")) and _names_a_table().search(statement):
        raise ScopeError(f"under a scope no statement passes by the session: {statement[:80]}")


# -- writing


@event.listens_for(Session, "before_flush", insert=True)
def _give_a_home(session: Session, _context: Any, _instances: Any) -> None:
    """What someone makes without saying whose it is, is their own organisation's."""
    scope = current.get()
    if scope is None:
        return
    for record in session.new:
        if not isinstance(record, Record) or isinstance(record, (Unit, Organisation)) or not is_scoped(type(record)):
            continue
        specs = [record.fields()[name] for name in home_fields(type(record))]
        if all(getattr(record, s.name) is None and getattr(record, s.column or "") is None for s in specs):
            for spec in specs:
                if spec.target is Organisation and scope.organisation_id > 0:
                    setattr(record, spec.name, session.get(Organisation, scope.organisation_id))
                    break


@event.listens_for(Session, "before_flush")
def _guard(session: Session, _context: Any, _instances: Any) -> None:
    """Refuse a flush that touches, makes or points to what lies outside the scope."""
    scope = current.get()
    if scope is None:
        return
    kept = [r for r in session.dirty if isinstance(r, Record) and session.is_modified(r)]
    gone = [r for r in session.deleted if isinstance(r, Record)]
    made = [r for r in session.new if isinstance(r, Record)]
    token = whole_view.set(True)
    try:
        with session.no_autoflush:
            for record in (*kept, *gone, *made):
                if not is_scoped(type(record)):
                    raise Refused([Problem(SHARED)], record)
            _refuse_foreign(session, [*kept, *gone])
            _refuse_leaving(session, scope, [*kept, *made])
            _refuse_pointing(session, [*kept, *made])
    finally:
        whole_view.reset(token)


def _ids_that(session: Session, cls: type[Record], ids: Iterable[int], condition: ColumnElement[bool]) -> set[int]:
    wanted = set(ids)
    if not wanted:
        return set()
    query = select(cls.id).where(cls.id.in_(wanted), condition)
    return set(session.scalars(query))


def _refuse_foreign(session: Session, records: list[Record]) -> None:
    """Each of these, as it stands in the database, must be one's own."""
    by_class: dict[type[Record], list[Record]] = {}
    for record in records:
        by_class.setdefault(base_class(type(record)), []).append(record)
    for cls, group in by_class.items():
        ours = _ids_that(session, cls, (r.id for r in group), own(cls))
        for record in group:
            if record.id not in ours:
                raise Refused([Problem(OUTSIDE, None, {"what": str(record)})], record)


def _refuse_leaving(session: Session, scope: Scope, records: list[Record]) -> None:
    """Each of these, as it will be, must be one's own."""
    units = set(session.scalars(select(Unit.id).where(_own_units())))
    organisations: set[int] | None = None
    for record in records:
        if isinstance(record, Unit):
            if _id_of(record, "parent") not in units and record.id != scope.own_unit_id:
                raise Refused([Problem(OUTSIDE, "parent", {"what": str(record)})], record)
            continue
        if organisations is None:
            organisations = set(session.scalars(select(Organisation.id).where(_own_organisations())))
        if isinstance(record, Organisation):
            inside = (
                record.id == scope.organisation_id
                or _id_of(record, "parent") in organisations
                or _id_of(record, "unit") in units
            )
        else:
            organisation_id, unit_id = home_of(record)
            inside = organisation_id in organisations or unit_id in units
        if not inside:
            name = "unit" if isinstance(record, Organisation) else home_fields(type(record))[0]
            raise Refused([Problem(OUTSIDE, name, {"what": str(record)})], record)


def _refuse_pointing(session: Session, records: list[Record]) -> None:
    """What these newly refer to must be something that may be read."""
    asked: dict[type[Record], dict[int, list[tuple[Record, str]]]] = {}
    for record in records:
        for name, spec in record.fields().items():
            if spec.target is None or not is_scoped(spec.target) or spec.kind is Kind.CHILDREN:
                continue
            base = base_class(spec.target)
            for id_ in _new_ids(record, name, spec.column):
                asked.setdefault(base, {}).setdefault(id_, []).append((record, name))
    for cls, places in asked.items():
        missing = set(places) - _ids_that(session, cls, places, seen(cls))
        for id_ in missing:
            record, name = places[id_][0]
            raise Refused([Problem(UNKNOWN, name)], record)


def _new_ids(record: Record, name: str, column: str | None) -> Iterator[int]:
    """The ids that a reference newly leads to."""
    if column is None:
        history = inspect(record).attrs[name].history
        yield from (other.id for other in history.added or () if other.id is not None)
    elif record.is_new or record.changed(name, column):
        id_ = _id_of(record, name)
        if id_ is not None:
            yield id_


def _id_of(record: Record, name: str) -> int | None:
    """The id that a reference will have after the flush."""
    spec = record.fields()[name]
    if record.changed(name):
        # The key follows in the flush; only of an orphan on its way out it still names the owner.
        other = getattr(record, name)
        if other is not None or not spec.required:
            return other.id if other is not None else None
    return getattr(record, spec.column or "")  # type: ignore[no-any-return]
