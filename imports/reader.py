"""Rows out of a CSV file, each with its line, so that a fault can be pointed at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from imports.errors import (
    CELL_COUNT,
    COLUMN_TWICE,
    NAMELESS_COLUMN,
    NO_HEADER,
    NOT_CSV,
    NOT_UTF8,
    RowError,
)

if TYPE_CHECKING:
    from _csv import Reader

Cell: TypeAlias = "str | Sequence[Mapping[str, Cell]]"
"""The text of a cell; or, for a field of children, their cells, one mapping a child."""


@dataclass(frozen=True)
class SourceRow:
    """One row: where it stands in its file, and what stands in each column."""

    line: int
    cells: Mapping[str, Cell]


def read_csv(path: Path, *, file: str = "") -> Iterator[SourceRow]:
    """The rows of a CSV file in UTF-8, with or without a byte order mark, without blank lines.

    `file` is how errors call it. Raises RowError where it can't be read.
    """
    file = file or path.name
    reader = csv.reader(io.StringIO(_text(file, path.read_bytes()), newline=""), strict=True)
    try:
        yield from _rows(file, reader)
    except csv.Error as error:
        raise RowError(file, reader.line_num, "", NOT_CSV) from error


def _text(file: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RowError(file, content[: error.start].count(b"\n") + 1, "", NOT_UTF8) from error


def _rows(file: str, reader: Reader) -> Iterator[SourceRow]:
    columns = _header(file, next(reader, []))
    line = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            if len(cells) != len(columns):
                counts = {"cells": len(cells), "columns": len(columns)}
                raise RowError(file, line, "", CELL_COUNT % counts)
            yield SourceRow(line, dict(zip(columns, cells, strict=True)))
        line = reader.line_num + 1


def _header(file: str, cells: list[str]) -> list[str]:
    columns = [cell.strip() for cell in cells]
    if not any(columns):
        raise RowError(file, 1, "", NO_HEADER)
    if not all(columns):
        raise RowError(file, 1, "", NAMELESS_COLUMN)
    for column in columns:
        if columns.count(column) > 1:
            raise RowError(file, 1, column, COLUMN_TWICE)
    return columns
