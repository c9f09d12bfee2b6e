"""Guards of the scope: what each statement reads and each flush writes stays in the branch of whoever acts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Table,
    TableClause,
    TextClause,
    inspect,
    select,
)
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, QueryableAttribute, Session
from sqlalchemy.sql.selectable import Alias, AliasedReturnsRows
from sqlalchemy.sql.util import extract_first_column_annotation

from models.access.branch import home_fields, home_of, id_of, is_scoped, scoped_classes
from models.access.scope import Scope, current, own_organisations, own_units, readable, writable
from models.organisations import Organisation
from models.records.base import Record, until_declared
from models.records.context import flushing, viewing, whole_view
from models.records.errors import Problem, Refused
from models.records.fields import Kind
from models.records.lookups import base_class, table_of
from models.records.words import _
from models.units import Unit

OUTSIDE = _("Ngoài phạm vi được giao: “%(what)s” không thuộc tổ chức của bạn.")
SHARED = _("Danh mục dùng chung do tỉnh quản lý; bạn chỉ được xem.")
UNKNOWN = _("Không tìm thấy mục đã chọn.")


class ScopeError(RuntimeError):
    """A statement would read or write past the scope."""


# -- reading


class _Criterion(LoaderCriteriaOption):
    """What rows of one class a scope lets through.

    Its condition is the same for every scope, values apart, and those are read when the statement runs. So its part
    in the statement's cache key is its class alone, which is found faster than by walking the condition.
    """

    inherit_cache = True

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> tuple[Any, ...]:
        return (_Criterion, self.entity)


@until_declared
@cache
def _criteria() -> tuple[Any, ...]:
    return tuple(
        _Criterion(cls, readable(cls), include_aliases=True, propagate_to_loaders=False) for cls in scoped_classes()
    )


@until_declared
@cache
def _scoped_tables() -> frozenset[str]:
    return frozenset(table_of(cls).name for cls in scoped_classes())


@until_declared
@cache
def _names_a_table() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(_scoped_tables()))})\b", re.IGNORECASE)


def limit_reading(state: ORMExecuteState) -> None:
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
            base: Any = state.bind_mapper.base_mapper.class_
            state.statement = anew.where(readable(base))
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
        first = extract_first_column_annotation(column, "parententity")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
        yield from [first.selectable] if first is not None else _records_named(column)
    for part in (*query._from_obj, *(join[0] for join in query._setup_joins)):  # noqa: SLF001
        # A join given whole is followed nowhere.
        attribute: Any = part
        entity = attribute.comparator.entity if isinstance(part, QueryableAttribute) else _entity_of(part)
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


def refuse_unscoped(
    _connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool
) -> None:
    """Refuse what came neither through a session's select nor through its flush: raw text, bare connections."""
    if current.get() is None or flushing() or whole_view.get():
        return
    options = context.execution_options if context is not None else {}
    if not (options.get("scoped") or options.get("recorded")) and _names_a_table().search(statement):
        raise ScopeError(f"under a scope no statement passes by the session: {statement[:80]}")


# -- writing


def give_a_home(session: Session, _context: Any, _instances: Any) -> None:
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


def guard_writing(session: Session, _context: Any, _instances: Any) -> None:
    """Refuse a flush that touches, makes or points to what lies outside the scope."""
    scope = current.get()
    if scope is None:
        return
    kept = [r for r in session.dirty if isinstance(r, Record) and session.is_modified(r)]
    gone = [r for r in session.deleted if isinstance(r, Record)]
    made = [r for r in session.new if isinstance(r, Record)]
    with viewing(all_rows=True), session.no_autoflush:
        for record in (*kept, *gone, *made):
            if not is_scoped(type(record)):
                raise Refused([Problem(SHARED)], record)
        _refuse_foreign(session, [*kept, *gone])
        _refuse_leaving(session, scope, [*kept, *made])
        _refuse_pointing(session, [*kept, *made])


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
        ours = _ids_that(session, cls, (r.id for r in group), writable(cls))
        for record in group:
            if record.id not in ours:
                raise Refused([Problem(OUTSIDE, None, {"what": str(record)})], record)


def _refuse_leaving(session: Session, scope: Scope, records: list[Record]) -> None:
    """Each of these, as it will be, must be one's own."""
    units = set(session.scalars(select(Unit.id).where(own_units())))
    organisations: set[int] | None = None
    for record in records:
        if isinstance(record, Unit):
            if id_of(record, "parent") not in units and record.id != scope.own_unit_id:
                raise Refused([Problem(OUTSIDE, "parent", {"what": str(record)})], record)
            continue
        if organisations is None:
            organisations = set(session.scalars(select(Organisation.id).where(own_organisations())))
        if isinstance(record, Organisation):
            inside = (
                record.id == scope.organisation_id
                or id_of(record, "parent") in organisations
                or id_of(record, "unit") in units
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
        missing = set(places) - _ids_that(session, cls, places, readable(cls))
        for id_ in missing:
            record, name = places[id_][0]
            raise Refused([Problem(UNKNOWN, name)], record)


def _new_ids(record: Record, name: str, column: str | None) -> Iterator[int]:
    """The ids that a reference newly leads to."""
    if column is None:
        history = inspect(record).attrs[name].history
        yield from (other.id for other in history.added or () if other.id is not None)
    elif record.is_new or record.changed(name, column):
        id_ = id_of(record, name)
        if id_ is not None:
            yield id_
