"""The official annex: what a paper says, as data; `layout.py` says where it stands, `workbook.py` writes it.

Form by Nghị định 30/2020/NĐ-CP, Appendix I, and what offices make of it for tables (`docs/domain.md` 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from exports.number_words import mark
from models.records.fields import NUMBERS, Kind

Value: TypeAlias = str | int | float | Decimal | date | bool | None
WIDEST_PORTRAIT = 7
"""A table of more columns lies on its side."""


@dataclass(frozen=True)
class Column:
    """A column of a table. One that is computed, by `plus` or `ratio`, takes no value from the rows."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    width: float = 10
    """Its share of the page beside the others."""
    under: tuple[str, ...] = ()
    """The headings above its own, the outermost first."""
    places: int | None = 0
    """Decimal places; None: as many as a number has, none from a hundred up."""
    total: bool = False
    """Whether groups and the last row add it up."""
    plus: tuple[str, ...] = ()
    """The columns whose sum it is."""
    ratio: tuple[str, str] | None = None
    """The columns whose share it is: part, whole."""

    @property
    def computed(self) -> bool:
        return bool(self.plus or self.ratio)

    @property
    def is_number(self) -> bool:
        return self.computed or (self.kind in NUMBERS and self.kind is not Kind.YEAR)


@dataclass(frozen=True)
class Row:
    """A row of values, one for each column that is not computed."""

    values: tuple[Value, ...]


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own: I, II; below that 1, 2; below that a, b."""

    label: str
    rows: Sequence[Row | Group]


@dataclass(frozen=True)
class Chart:
    """A native chart of columns of the table, whose rows stand in no groups."""

    title: str
    about: str
    """What it shows, for those who can't see it."""
    labels: str
    """The key of the column that names the bars."""
    series: tuple[str, ...]
    kind: str = "bar"
    """"bar", lying; "column", standing."""
    height: float = 9
    """In centimetres."""


@dataclass(frozen=True)
class Signature:
    """Who signs, and how: authority and post above, the name below the room for the hand."""

    authority: str | None
    post: str
    name: str | None = None


@dataclass(frozen=True)
class Letterhead:
    """Whose paper it is."""

    parent: str | None
    agency: str
    body: str | None


@dataclass(frozen=True)
class Annex:
    """One sheet: a table with all that stands above and below it."""

    sheet: str
    """The name of the sheet's tab."""
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row | Group]
    number: str | None = None
    """"Phụ lục I"."""
    subtitle: str | None = None
    basis: str | None = None
    """The line that says what it belongs to: "(Kèm theo Báo cáo số …)"."""
    measure: str | None = None
    """"đồng": what its sums are counted in."""
    total: str | None = "Tổng cộng"
    numbered_anew: bool = True
    """Whether rows are counted from 1 in each group."""
    outline: bool = False
    """Whether groups fold on screen."""
    closing: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    signatures: tuple[Signature, ...] | None = None
    """Who signs this sheet; None: who signs the whole; (): nobody."""

    @property
    def landscape(self) -> bool:
        return len(self.columns) + 1 > WIDEST_PORTRAIT

    @property
    def given(self) -> list[Column]:
        """The columns that take their values from the rows."""
        return [column for column in self.columns if not column.computed]

    @property
    def has_total(self) -> bool:
        return self.total is not None and bool(self.rows) and any(column.total for column in self.columns)


@dataclass(frozen=True)
class AnnexWorkbook:
    """A pack's workbook: its sheets, and what all of them say at head and foot."""

    title: str
    about: str
    """Who made it, when, of what."""
    letterhead: Letterhead
    place_and_day: str
    signatures: tuple[Signature, ...]
    recipients: tuple[str, ...]
    sheets: tuple[Annex, ...]

    @property
    def rows(self) -> int:
        """How many rows its tables have together, without groups and totals."""
        return sum(1 for sheet in self.sheets for line in lines(sheet) if line.look is Look.ROW)


# -- the heading of a table


@dataclass(frozen=True)
class Heading:
    """A cell of a table's heading, and over how many rows and columns it reaches."""

    text: str
    row: int
    column: int
    height: int = 1
    width: int = 1


def headings(annex: Annex) -> Iterator[Heading]:
    """The cells of the heading, row by row; the first column counts the rows."""
    depth = heading_depth(annex)
    paths = [("STT",), *((*column.under, column.label) for column in annex.columns)]
    for row in range(depth):
        place = 0
        while place < len(paths):
            path = paths[place]
            last = len(path) - 1
            end = place + 1
            if row < last:
                while end < len(paths) and len(paths[end]) - 1 > row and paths[end][: row + 1] == path[: row + 1]:
                    end += 1
            if row <= last:
                yield Heading(path[row], row, place, depth - row if row == last else 1, end - place)
            place = end


def heading_depth(annex: Annex) -> int:
    """How many rows the heading takes, without the row of column numbers."""
    return 1 + max(len(column.under) for column in annex.columns)


def column_numbers(annex: Annex) -> list[str]:
    """The row under the heading: (1), (2), and how a computed column comes about: (3)=(1)+(2)."""
    places = {column.key: place for place, column in enumerate(annex.columns, start=2)}
    texts = ["(1)"]
    for place, column in enumerate(annex.columns, start=2):
        text = f"({place})"
        if column.plus:
            parts = [f"({places[key]})" for key in column.plus]
            text += "=" + ("+".join(parts) if len(parts) <= 3 else f"{parts[0]}+…+{parts[-1]}")
        elif column.ratio:
            text += "=" + "/".join(f"({places[key]})" for key in column.ratio)
        texts.append(text)
    return texts


# -- the lines of a table


class Look(Enum):
    """What kind of line it is."""

    ROW = "row"
    GROUP = "group"
    TOTAL = "total"


@dataclass(frozen=True)
class Sum:
    """How a cell comes about: from the lines `first` to `last` of its column, or from cells of its own line."""

    first: int | None = None
    last: int | None = None
    plus: tuple[int, ...] = ()
    ratio: tuple[int, int] | None = None


@dataclass(frozen=True)
class AnnexCell:
    """A value, and how Excel computes it again, also once someone fills in what is not known yet."""

    value: Value
    sum: Sum | None = None


@dataclass(frozen=True)
class AnnexLine:
    """A line of the table as it is printed: a row, a group's heading with its sums, or the total."""

    look: Look
    mark: str
    cells: tuple[AnnexCell, ...]
    depth: int = 0


@dataclass
class _LineCounter:
    """How many lines and rows there are so far."""

    lines: int = 0
    rows: int = 0
    found: list[AnnexLine] = field(default_factory=list)


def lines(annex: Annex) -> list[AnnexLine]:
    """Every line under the heading, its sums computed."""
    count = _LineCounter()
    top = _add(annex, annex.rows, 0, count)
    found = count.found
    if annex.has_total:
        cells = _sums(annex, annex.total or "", top, Sum(0, len(found) - 1))
        found.append(AnnexLine(Look.TOTAL, "", cells))
    return found


def _add(annex: Annex, rows: Sequence[Row | Group], depth: int, count: _LineCounter) -> list[tuple[Value, ...]]:
    """Append the lines of these rows. Returns the values of all rows among them."""
    below: list[tuple[Value, ...]] = []
    groups = 0
    if annex.numbered_anew:
        count.rows = 0
    for row in rows:
        if isinstance(row, Group):
            groups += 1
            place = len(count.found)
            header = AnnexLine(Look.GROUP, mark(depth, groups), (), depth)
            count.found.append(header)
            inner = _add(annex, row.rows, depth + 1, count)
            span = Sum(place + 1, len(count.found) - 1) if inner else None
            count.found[place] = replace(header, cells=_sums(annex, row.label, inner, span))
            below += inner
        else:
            count.rows += 1
            below.append(row.values)
            count.found.append(AnnexLine(Look.ROW, str(count.rows), _row_cells(annex, row.values), depth))
    return below


def _row_cells(annex: Annex, values: tuple[Value, ...]) -> tuple[AnnexCell, ...]:
    given = dict(zip((column.key for column in annex.given), values, strict=True))
    return _with_computed(annex, {key: AnnexCell(value) for key, value in given.items()})


def _sums(annex: Annex, label: str, values: list[tuple[Value, ...]], span: Sum | None) -> tuple[AnnexCell, ...]:
    """The cells of a group's or the last line: its label, then the sums of the columns that add up."""
    cells: dict[str, AnnexCell] = {}
    for place, column in enumerate(annex.given):
        if column.total:
            # Of nothing known the sum is unknown: a group that has not sent stays empty.
            known = [row[place] for row in values if isinstance(row[place], (int, float, Decimal))]
            cells[column.key] = AnnexCell(sum(known) if known else None, span)  # type: ignore[arg-type]
        else:
            cells[column.key] = AnnexCell(None)
    cells[annex.given[0].key] = AnnexCell(label)
    return _with_computed(annex, cells)


def _with_computed(annex: Annex, cells: dict[str, AnnexCell]) -> tuple[AnnexCell, ...]:
    places = {column.key: place for place, column in enumerate(annex.columns)}
    for column in annex.columns:
        if column.plus:
            parts = [_number(cells[key]) for key in column.plus]
            known = [part for part in parts if part is not None]
            how = Sum(plus=tuple(places[key] for key in column.plus))
            cells[column.key] = AnnexCell(sum(known) if known else None, how)
        elif column.ratio:
            part, whole = (_number(cells[key]) for key in column.ratio)
            how = Sum(ratio=(places[column.ratio[0]], places[column.ratio[1]]))
            cells[column.key] = AnnexCell(
                None if part is None or whole is None else float(part / whole) if whole else 0, how
            )
    return tuple(cells[column.key] for column in annex.columns)


def _number(cell: AnnexCell) -> Decimal | None:
    value = cell.value
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return Decimal(str(value))
    return None
