"""The taking in of one file: rows become records, and a refusal finds its row and column."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from imports.cells import read_cell
from imports.errors import (
    DERIVED_COLUMN,
    NO_SUCH,
    NOT_A_SAMPLE,
    ROW_TWICE,
    SEVERAL_SUCH,
    UNKNOWN_COLUMN,
    RowError,
)
from imports.keys import FieldValues, NaturalKey, agrees, holds, key_of_record, key_of_values
from imports.reader import Cell, SourceRow
from models.records.base import Record
from models.records.errors import CONSTRAINT, Problem, Refused
from models.records.fields import TEXTS, Field, Kind
from models.records.lookups import owner_field
from models.records.personal import in_full
from models.records.text import clean


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


class Intake:
    """Takes the rows of one file in.

    It remembers what references mean, and which row each record came from.
    """

    def __init__(self, session: Session, record_class: type[Record], *, file: str = "", sample: bool = False) -> None:
        self.session = session
        self.record_class = record_class
        self.file = file
        self.sample = sample
        self._owner = owner_field(record_class)
        self._columns: dict[tuple[str, ...], dict[str, Field]] = {}
        self._targets: dict[tuple[type[Record], str], Record] = {}
        self._rows: dict[Record, SourceRow] = {}
        self._there: dict[NaturalKey, Record] = {}
        self._all_there = False
        self._lines: dict[NaturalKey, int] = {}

    def put_batch(self, rows: list[SourceRow]) -> list[Outcome]:
        """Put these rows in and send them to the database, all of them or none."""
        try:
            with self.session.begin_nested():
                self._look_ahead(rows)
                return [self._put(row) for row in rows]
        except Refused as refused:
            raise self._row_error(refused) from refused
        except IntegrityError as error:
            raise self._culprit(rows) from error

    def _culprit(self, rows: list[SourceRow]) -> RowError:
        """Find the row that the database itself refused, by sending them one by one.

        Alone, a row meets what stands before it, and the rules often find the better words.
        """
        again = Intake(self.session, self.record_class, file=self.file, sample=self.sample)
        again._look_ahead(rows)
        for row in rows:
            try:
                with self.session.begin_nested():
                    again._put(row)
            except Refused as refused:
                return again._row_error(refused, row)
            except IntegrityError:
                return RowError(self.file, row.line, "", CONSTRAINT)
        return RowError(self.file, rows[0].line, "", CONSTRAINT)

    # -- what a batch will need, in one query for all its rows

    def _look_ahead(self, rows: list[SourceRow]) -> None:
        """Find the records that these rows may be, and what they refer to."""
        with suppress(RowError):  # which is said when its row is put in
            self._load(rows)
            named: dict[type[Record], set[str]] = {}
            for row in rows:
                for target, text in self._references(self.record_class, row):
                    named.setdefault(target, set()).add(text)
            for target, texts in named.items():
                unknown = [text for text in texts if (target, text) not in self._targets]
                for text, found in target.find_all(self.session, unknown).items():
                    self._targets[target, text] = found

    def _references(self, record_class: type[Record], row: SourceRow) -> Iterator[tuple[type[Record], str]]:
        """What the row's cells refer to, and those of the children that come along."""
        for column, spec in self._columns_of(record_class, row).items():
            cell = row.cells[column]
            if not isinstance(cell, str):
                for child in cell:
                    yield from self._references(spec.target, SourceRow(row.line, child))
            elif spec.kind in (Kind.REFERENCE, Kind.REFERENCES):
                parts = cell.split(";") if spec.kind is Kind.REFERENCES else [cell]
                yield from ((spec.target, part.strip()) for part in parts if part.strip())

    def _load(self, rows: list[SourceRow]) -> None:
        """Have the records at hand that have the first part of a row's key; all of the class, if a row lacks that."""
        if self._all_there:
            return
        lists = [
            selectinload(getattr(self.record_class, name))
            for name, spec in self.record_class.fields().items()
            if spec.kind is Kind.REFERENCES
        ]
        query = select(self.record_class).options(*lists, *in_full(self.record_class))
        first = self._first_parts(rows)
        if first is None:
            self._all_there = True
        else:
            spec = self.record_class.fields()[self.record_class.natural_key[0]]
            query = query.where(getattr(self.record_class, spec.compared_in).in_(first))
        for record in self.session.scalars(query):
            self._there.setdefault(key_of_record(record) or ("", record.id), record)

    def _first_parts(self, rows: list[SourceRow]) -> set[str] | None:
        """The texts with which the rows' keys begin; None where keys begin with no text, or a row has none."""
        key = self.record_class.natural_key
        spec = self.record_class.fields()[key[0]] if key else None
        if spec is None or spec.kind not in TEXTS:
            return None
        columns = [{s.name: c for c, s in self._columns_of(self.record_class, row).items()} for row in rows]
        cells = [row.cells.get(named.get(spec.name, "")) for row, named in zip(rows, columns, strict=True)]
        found = {spec.compared(clean(cell)) for cell in cells if isinstance(cell, str)}
        return found if all(cells) and "" not in found else None

    # -- a row

    def _put(self, row: SourceRow) -> Outcome:
        with self.session.no_autoflush:
            try:
                values = self._values(self.record_class, row)
                record = self._find(values, row)
                return self._write(record, values, row)
            except Refused as refused:
                raise self._row_error(refused, row) from refused

    def _write(self, record: Record | None, values: FieldValues, row: SourceRow) -> Outcome:
        outcome = Outcome.SAME
        if record is None:
            record, outcome = self._make(self.record_class), Outcome.CREATED
        self._rows[record] = row
        changed = self._fill(record, values)
        if record.sample and not self.sample:
            record.sample = False  # what is said in earnest must not go with the samples
            changed = True
        if changed and outcome is Outcome.SAME:
            outcome = Outcome.CHANGED
        if outcome is Outcome.CREATED:
            self.session.add(record)
            self._remember(record, values)
        if outcome is not Outcome.SAME:
            self._note_owner(record, row)
        return outcome

    def _make(self, record_class: type[Record]) -> Record:
        record = record_class()
        if self.sample:
            record.sample = True
        return record

    def _note_owner(self, record: Record, row: SourceRow) -> None:
        """Remember the row for the owner too, whose rules are asked when a child changes."""
        if self._owner is not None and (owner := getattr(record, self._owner.name)) is not None:
            self._rows.setdefault(owner, row)

    # -- what the cells say

    def _values(self, record_class: type[Record], row: SourceRow) -> FieldValues:
        """The values of the filled cells, by field."""
        values: FieldValues = {}
        for column, spec in self._columns_of(record_class, row).items():
            cell = row.cells[column]
            if isinstance(cell, str) and not cell.strip():
                continue
            try:
                values[spec.name] = self._value(spec, cell, row)
            except Refused as refused:
                raise RowError(self.file, row.line, column, str(refused)) from refused
        return values

    def _columns_of(self, record_class: type[Record], row: SourceRow) -> dict[str, Field]:
        """The field that each column of the row is for."""
        named = (record_class.__name__, *row.cells)
        if named not in self._columns:
            fields = record_class.fields()
            labels = {spec.label.casefold(): spec for spec in fields.values()}
            found = {}
            for column in row.cells:
                spec = fields.get(column) or labels.get(column.casefold())
                if spec is None:
                    reason = UNKNOWN_COLUMN % {"label": record_class.label}
                    raise RowError(self.file, row.line, column, reason)
                if spec.derived:
                    raise RowError(self.file, row.line, column, DERIVED_COLUMN)
                found[column] = spec
            self._columns[named] = found
        return self._columns[named]

    def _value(self, spec: Field, cell: Cell, row: SourceRow) -> Any:
        if not isinstance(cell, str):
            return [self._values(spec.target, SourceRow(row.line, child)) for child in cell]
        if spec.kind is Kind.REFERENCE:
            return self._target(spec, cell)
        if spec.kind is Kind.REFERENCES:
            return [self._target(spec, part) for part in cell.split(";") if part.strip()]
        return read_cell(spec, cell)

    def _target(self, spec: Field, text: str) -> Record:
        """The record that `text` names."""
        text = text.strip()
        known = self._targets.get((spec.target, text))
        if known is not None:
            return known
        if any(isinstance(new, spec.target) for new in self.session.new):
            self.session.flush()
        label = {"value": text, "label": spec.target.label}
        try:
            found: Record | None = spec.target.find(self.session, text)
        except LookupError as error:
            raise Refused([Problem(SEVERAL_SUCH, spec.name, label)]) from error
        except ValueError:  # part of the key is no date
            found = None
        if found is None:
            raise Refused([Problem(NO_SUCH, spec.name, label)])
        self._targets[spec.target, text] = found
        return found

    # -- which record a row is

    def _find(self, values: FieldValues, row: SourceRow) -> Record | None:
        key = key_of_values(self.record_class, values)
        if key is None:
            found = next((r for r in self._there.values() if agrees(r, values)), None)
        elif (line := self._lines.setdefault(key, row.line)) != row.line:
            raise RowError(self.file, row.line, "", ROW_TWICE % {"line": line})
        else:
            found = self._there.get(key)
        if found is not None and self.sample and not found.sample:
            raise RowError(self.file, row.line, "", NOT_A_SAMPLE % {"record": found})
        return found

    def _remember(self, record: Record, values: FieldValues) -> None:
        """From now on the record is there, and a text may mean it that meant another one before."""
        key = key_of_values(self.record_class, values)
        if key is None:
            return
        self._there[key] = record
        first = self.record_class.fields()[self.record_class.natural_key[0]]
        for target, text in list(self._targets):
            if isinstance(record, target) and first.compared(text.split("|")[0]) == str(key[0]):
                del self._targets[target, text]

    # -- what the record then holds

    def _fill(self, record: Record, values: FieldValues) -> bool:
        """Give the record these values; say whether anything about it changed."""
        fields = record.fields()
        changed = False
        for name, value in values.items():
            if fields[name].kind is Kind.CHILDREN:
                changed |= self._fill_children(record, fields[name], value)
            elif not holds(record, fields[name], value):
                setattr(record, name, value)
                changed = True
        return changed

    def _fill_children(self, owner: Record, spec: Field, rows: list[FieldValues]) -> bool:
        link = inspect(type(owner)).relationships[spec.name].back_populates
        key = [name for name in spec.target.natural_key if name != link]
        there = {tuple(getattr(child, name) for name in key): child for child in getattr(owner, spec.name)}
        changed = False
        for values in rows:
            child = there.get(tuple(values.get(name) for name in key))
            if child is None:
                child = self._make(spec.target)
                getattr(owner, spec.name).append(child)
                changed = True
            self._rows[child] = self._rows[owner]
            changed |= self._fill(child, values)
        return changed

    # -- when the gate refuses

    def _row_error(self, refused: Refused, row: SourceRow | None = None) -> RowError:
        """The refusal with its place: the row of its record, the column of its first problem."""
        record_class = self.record_class
        if isinstance(refused.record, Record):
            row, record_class = self._rows.get(refused.record, row), type(refused.record)
        first, *others = [
            (self._column(record_class, problem.field, row), str(problem)) for problem in refused.problems
        ]
        more = [f"{column}: {said}" if column else said for column, said in others]
        return RowError(self.file, row.line if row else 0, first[0], " ".join([first[1], *more]))

    def _column(self, record_class: type[Record], name: str | None, row: SourceRow | None) -> str:
        """What the sheet calls the field `name`; its label, if the sheet has no such column."""
        if name is None:
            return ""
        if row is not None and record_class is self.record_class:
            for column, spec in self._columns_of(record_class, row).items():
                if spec.name == name:
                    return column
        spec_there = record_class.fields().get(name)
        return spec_there.label if spec_there else name
