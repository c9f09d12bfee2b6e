"""A sheet: rows of one kind that go in together, out of a file or made up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imports.reader import Cell, SourceRow
from models.records.base import Record


@dataclass(frozen=True)
class SeedSheet:
    """Rows of one record class, under the name that errors call them by."""

    file: str
    record_class: type[Record]
    rows: list[SourceRow]
    sample: bool = False


def made_up(file: str, record_class: type[Record], cells: Iterable[Mapping[str, Cell]]) -> SeedSheet:
    """A sheet of sample rows; their "lines" are counted from 1."""
    return SeedSheet(file, record_class, [SourceRow(line, row) for line, row in enumerate(cells, 1)], sample=True)
