"""Any screen's list as a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from exports.workbook import ListColumn, ListSheet


@dataclass(frozen=True)
class Listing:
    """A list to write: title, a line saying filter, who and when, the columns, and rows of values in that order."""

    title: str
    about: str
    columns: Sequence[ListColumn]
    rows: Iterable[Sequence[Any]]
    group: int | None = None
    """The column whose equal neighbours are a group, with sums of its own."""
    portrait: bool = False
    """Upright paper; else the list lies."""


def write_listing(target: IO[bytes], listing: Listing) -> int:
    """Write the list to `target` while its rows are read. Returns the number of rows.

    Raises `exports.workbook.WriteError` if there are more than a sheet holds.
    """
    sheet = ListSheet(target, listing.title, listing.about, listing.columns, landscape=not listing.portrait)
    return sheet.write(listing.rows, listing.group)
