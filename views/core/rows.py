"""The rows of a list as plain values, read by columns: no record is made of them.

What a list shows beside its own columns (titles of other records, lists of them) is asked for a block of rows at a
time, however long the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from sqlalchemy import DateTime, Select, String, case, inspect, select, type_coerce
from sqlalchemy.orm import joinedload

from models.jobs import counted
from models.records.base import Record
from models.records.fields import MASK, Field, Kind
from views.core.session import db

if TYPE_CHECKING:
    from views.core.screen import RecordView

BLOCK = 1_000
REMEMBERED = 20_000
"""How many titles of other records are kept in mind."""
ASKED = 500
"""How many records are asked for at once."""
LISTS = {Kind.REFERENCES, Kind.CHILDREN}


def plain_rows(screen: RecordView, query: Select[Any], columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """What this reader may see of each of the query's records in these columns, in its order."""
    record, specs = screen.record, [screen.specs[name] for name in columns]
    # What is masked isn't even read; the scope follows the record that is named in its place.
    mask = case((record.id > 0, MASK))
    read = (mask.label(spec.name) if screen.masks(spec) else _column(record, spec) for spec in specs)
    selected = query.with_only_columns(*read)
    with closing(db.session.execute(selected.execution_options(yield_per=BLOCK))) as found:
        yield from counted(_shown(screen, specs, found.partitions(BLOCK)))


def _shown(screen: RecordView, specs: Sequence[Field], blocks: Iterable[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    readers = [_reader(screen, spec) for spec in specs]
    for block in blocks:
        columns = [
            read(screen.shown_values(spec.name, values))
            for spec, read, values in zip(specs, readers, zip(*block, strict=True), strict=True)
        ]
        yield from zip(*columns, strict=True)


def _column(record: type[Record], spec: Field) -> Any:
    """What is read for a field: a choice by its kept value, another record by its id, several by their owner's."""
    if spec.kind is Kind.CHOICE:
        return type_coerce(getattr(record, spec.name), String).label(spec.name)
    if spec.kind is Kind.MOMENT:  # a workbook takes it in UTC without a zone
        return type_coerce(getattr(record, spec.name), DateTime(timezone=True)).label(spec.name)
    return record.id.label(spec.name) if spec.kind in LISTS else getattr(record, spec.column or spec.name)


def _reader(screen: RecordView, spec: Field) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Makes of what was read for a block of rows what stands in their cells."""
    if spec.kind is Kind.CHOICE:
        labels = {member.value: gettext(member.label) for member in spec.choices or ()}
        return lambda values: [labels.get(value, value) for value in values]
    if spec.kind is Kind.REFERENCE:
        return Known(lambda ids: titles(spec.target, ids))
    if spec.kind in LISTS:
        return Known(lambda ids: _lists(screen, spec.name, ids))
    return lambda values: values


class Known:
    """Texts for ids, asked for when first met; what can't be seen has none."""

    def __init__(self, ask: Callable[[Sequence[int]], dict[int, str]]) -> None:
        self.ask = ask
        self.texts: dict[Any, str] = {MASK: MASK}

    def __call__(self, ids: Sequence[Any]) -> list[str | None]:
        """The texts of these; what is masked stays so."""
        if len(self.texts) > REMEMBERED:
            self.texts = {MASK: MASK}
        missing = [id_ for id_ in dict.fromkeys(ids) if id_ is not None and id_ not in self.texts]
        for start in range(0, len(missing), ASKED):
            self.texts |= self.ask(missing[start : start + ASKED])
        return [self.texts.get(id_) for id_ in ids]


def titles(cls: type[Record], ids: Sequence[int]) -> dict[int, str]:
    """The titles of those of these records that may be seen: from their column, if nothing else makes them."""
    classes, usual = [mapper.class_ for mapper in inspect(cls).self_and_descendants], vars(Record)["__str__"]
    if all(each.__str__ is usual and each.title_field == cls.title_field for each in classes):
        query = select(cls.id, getattr(cls, cls.title_field)).where(cls.id.in_(ids))
        return {id_: str(title) for id_, title in db.session.execute(query) if title}
    loads = [joinedload(getattr(cls, name)) for name in cls.title_loads]
    return {each.id: str(each) for each in db.session.scalars(select(cls).where(cls.id.in_(ids)).options(*loads))}


def _lists(screen: RecordView, name: str, ids: Sequence[int]) -> dict[int, str]:
    query = select(screen.record).where(screen.record.id.in_(ids)).options(*screen.query.loading([name]))
    return {each.id: "; ".join(map(str, getattr(each, name))) for each in db.session.scalars(query)}
