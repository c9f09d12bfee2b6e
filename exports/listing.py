"""Any screen's list as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from exports.workbook import ListSheet
from models.fields import Kind


@dataclass(frozen=True)
class Column:
    """A column of a list: its heading, the kind of its values, their decimal places."""

    label: str
    kind: Kind
    places: int = 0


@dataclass(frozen=True)
class Listing:
    """A list to write: title, a line saying filter, who and when, the columns, and rows of values in that order."""

    title: str
    about: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


def write_listing(target: IO[bytes], listing: Listing) -> int:
    """Write the list to `target` while its rows are read. Returns the number of rows.

    Raises `exports.workbook.TooLongError` when a text doesn't fit in a cell.
    """
    columns = [(column.label, column.kind, column.places) for column in listing.columns]
    sheet = ListSheet(target, listing.title, listing.about, columns)
    return sheet.write(listing.rows)
