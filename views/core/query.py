"""RecordQuery: which records of one kind, from all that may be seen to a page of them. It knows no web.

    scope → search → filters → order → page

The scope stands in the session and narrows every statement that comes from here; lists, single records, look-ups, bulk
changes, the board, the tree, the menu, the search over everything, the plan and the workbooks all begin here, so that
what narrows one narrows them all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload, selectinload, undefer

from models.access.masks import may_read_personal
from models.records.base import Record
from models.records.fields import Field, Kind
from models.records.personal import GROUP
from views.core.fields.conditions import Condition
from views.core.search import Say, answering, showing

ID_LENGTH = 9
"""Digits that fit in a key."""


@dataclass(frozen=True)
class Slice:
    """A page of a query's records: how many there are in all, which page it is, and its rows."""

    count: int
    number: int
    rows: list[Record]


class RecordQuery:
    """The questions that a screen asks of one kind of record."""

    def __init__(
        self,
        record: type[Record],
        conditions: Iterable[Condition] = (),
        *,
        sort: str | None = None,
        descending: bool = False,
        child_columns: Mapping[str, Collection[str]] | None = None,
        shown: Iterable[str] = (),
        say: Say = str,
    ) -> None:
        """`shown` are the columns of the list, whose words are searched, too; `say` puts choices in the reader's."""
        self.record = record
        self.specs = record.fields()
        self.conditions = {condition.key: condition for condition in conditions}
        self.sort = sort or record.title_field
        self.descending = descending
        self.child_columns = child_columns or {}
        self.shown, self.say = tuple(shown), say

    # -- which records

    def all(self) -> Select[Any]:
        """The records that whoever asks may see."""
        return select(self.record)

    def matching(self, text: str | None) -> Select[Any]:
        """Those that hold every word of `text`, whatever its case and accents."""
        return answering(self.all(), self.record, text or "")

    def narrowed(self, search: str | None, conditions: Iterable[tuple[Condition, Any]]) -> Select[Any]:
        """Those that answer to the search and to each condition with its value."""
        query = showing(self.all(), self.record, search or "", self.shown, self.say)
        for condition, value in conditions:
            query = condition.apply(query, value)
        return query

    def where(self, **values: Any) -> Select[Any]:
        """Those that answer to these conditions, by their names: `kind_is=EventKind.FESTIVAL`."""
        return self.narrowed(None, ((self.conditions[key], value) for key, value in values.items()))

    # -- in which order

    def ordered(self, query: Select[Any], column: str | None = None, *, descending: bool = False) -> Select[Any]:
        """`query` by this column, else in the usual order; what stands alike there, by id."""
        return self.by(query, column, descending=descending).order_by(self.record.id)

    def by(self, query: Select[Any], column: str | None = None, *, descending: bool = False) -> Select[Any]:
        """`query`, ordered further by this column, else by the usual one."""
        if column is None:
            column, descending = self.sort, self.descending
        spec = self.specs.get(column)
        key: Any
        if column == self.record.title_field or spec is None or (spec.personal and not may_read_personal()):
            key = self.record.title_key
        elif spec.kind is Kind.REFERENCE:
            other = aliased(spec.target)
            # By the reference: on any other condition a scope's own would name the table, not its alias.
            query = query.outerjoin(getattr(self.record, column).of_type(other))
            key = other.title_key
        elif spec.kind is Kind.CHOICE:
            attribute = getattr(self.record, column)
            key = case({member: member.rank for member in spec.choices or ()}, value=attribute)
        else:
            key = getattr(self.record, column)
        return query.order_by(key.desc().nulls_last() if descending else key.asc().nulls_last())

    def titled(self, query: Select[Any], columns: Iterable[str] = ()) -> Select[Any]:
        """`query` in the usual order, with what the records' titles, and these columns, read."""
        return self.ordered(query).options(*self.loading(columns))

    # -- what comes along

    def loading(self, names: Iterable[str]) -> list[Any]:
        """Load along what these fields show, so that rows cost no further statements."""
        names = list(names)
        options = [option for name in names for option in self._loading(name)]
        return [*options, *title_options(self.record, known=names)]

    def _loading(self, name: str) -> Iterator[Any]:
        spec, attribute = self.specs[name], getattr(self.record, name)
        if spec.personal and may_read_personal():
            yield undefer(attribute)
        if spec.kind in (Kind.REFERENCE, Kind.REFERENCES):
            load = joinedload(attribute) if spec.kind is Kind.REFERENCE else selectinload(attribute)
            yield from (load, *_title_loads(load, spec.target))
        elif spec.kind is Kind.CHILDREN:
            load = selectinload(attribute)
            yield load.undefer_group(GROUP) if may_read_personal() else load
            fields = spec.target.fields()
            for child in (fields[n] for n in self.child_columns.get(name, ()) if fields[n].kind is Kind.REFERENCE):
                inner = load.joinedload(getattr(spec.target, child.name))
                yield from (inner, *_title_loads(inner, child.target))

    # -- asked of the database

    def count(self, session: Session, query: Select[Any]) -> int:
        """How many records the query finds."""
        ids = query.order_by(None).with_only_columns(self.record.id)
        return session.scalar(select(func.count()).select_from(ids.subquery())) or 0

    def one(self, session: Session, id_: object, names: Iterable[str] = ()) -> Record | None:
        """The record of this id, if it may be seen, with what these fields show; None for ids that are none."""
        text = str(id_).strip() if isinstance(id_, (str, int)) else ""
        if not is_id(text):
            return None
        query = self.all().where(self.record.id == int(text)).options(*self.loading(names))
        return session.scalars(query).unique().one_or_none()

    def many(self, session: Session, ids: Iterable[str], names: Iterable[str], most: int) -> list[Record]:
        """The records of the first of these ids, `most` at most, that may be seen, in the order of the ids."""
        asked = [int(id_) for id_ in dict.fromkeys(ids) if is_id(id_)][:most]
        query = self.all().where(self.record.id.in_(asked)).options(*self.loading(names))
        found = {record.id: record for record in session.scalars(query).unique()}
        return [found[id_] for id_ in asked if id_ in found]

    def page(
        self,
        session: Session,
        query: Select[Any],
        columns: Sequence[str],
        *,
        number: int,
        size: int,
        sort: str | None = None,
        descending: bool = False,
    ) -> Slice:
        """The query's page of this number, counted from 0, in this order, with what these columns show.

        A page beyond the last is the last.
        """
        count = self.count(session, query)
        number = max(0, min(number, (count - 1) // size if count else 0))
        # The ids of the page first, from narrow rows; the wide rows and what they show only for those.
        ids = self.ordered(query, sort, descending=descending).with_only_columns(self.record.id)
        page_ids = ids.limit(size).offset(number * size).subquery()
        wide = self.all().where(self.record.id.in_(select(page_ids.c.id)))
        wide = self.ordered(wide, sort, descending=descending).options(*self.loading(columns))
        return Slice(count, number, list(session.scalars(wide).unique()))


def count_each(session: Session, queries: Sequence[Select[Any]]) -> list[int]:
    """How many rows each of these queries finds, by one statement."""
    parts = [select(literal(place), func.count()).select_from(query.subquery()) for place, query in enumerate(queries)]
    counts = {row[0]: row[1] for row in session.execute(union_all(*parts))} if parts else {}
    return [counts[place] for place in range(len(parts))]


def is_id(text: str) -> bool:
    """Whether the text can be an id: ASCII digits that fit in a key."""
    return text.isascii() and text.isdigit() and len(text) <= ID_LENGTH


def title_options(record: type[Record], known: Collection[str] = ()) -> Iterator[Any]:
    """Load along what the titles of these records read, but for the references `known` to be loaded."""
    fields: dict[str, Field] = record.fields()
    for name in record.title_loads:
        if name not in known and name in fields:
            load = joinedload(getattr(record, name))
            yield from (load, *_title_loads(load, fields[name].target))


def _title_loads(load: Any, target: type[Record]) -> list[Any]:
    return [load.joinedload(getattr(target, name)) for name in target.title_loads]
