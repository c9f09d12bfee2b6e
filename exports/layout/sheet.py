"""A sheet laid out: its page, widths, heights, and what stands where. Nothing here knows a file format."""

from __future__ import annotations

from dataclasses import dataclass, field

from exports.annex import Annex, Chart, Value
from exports.font_metrics import LEADING, POINTS_TO_PIXELS, wrapped

CM = 96 / 2.54
"""Pixels in a centimetre."""
PADDING = 7
"""Pixels that a cell keeps free beside its text."""
AIR = 4
"""Points that a row keeps free above and below."""
TALLEST = 409
"""Excel's highest row, in points."""
TIGHT = 0.975
"""How much of a page is filled: renderers differ by a hair."""


@dataclass(frozen=True)
class Page:
    """A4 one way round. Margins in centimetres: the binding's edge is the left one, on its side the top one."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def room(self) -> int:
        """Pixels for the columns."""
        return int((self.width - self.left - self.right) * CM * 0.985)

    @property
    def length(self) -> float:
        """Points for the rows."""
        return (self.height - self.top - self.bottom) * CM / POINTS_TO_PIXELS * TIGHT


PORTRAIT = Page(21.0, 29.7, left=3.0, right=1.5, top=2.0, bottom=2.0)
LANDSCAPE = Page(29.7, 21.0, left=2.0, right=2.0, top=2.5, bottom=1.5)


@dataclass(frozen=True)
class CellStyle:
    """How a cell looks."""

    size: float = 13
    bold: bool = False
    italic: bool = False
    align: str = "center"
    wrap: bool = True
    border: bool = False
    number: str = "General"


@dataclass(frozen=True)
class PlacedCell:
    """A cell, or several merged into one, with what is written there."""

    row: int
    column: int
    value: Value
    style: CellStyle
    last_row: int
    last_column: int
    formula: str | None = None


@dataclass(frozen=True)
class Rule:
    """A thin line in the middle of some columns."""

    row: int
    column: int
    offset: float
    width: float


@dataclass(frozen=True)
class PlacedChart:
    """A chart in its place, with the rows of the table that it draws."""

    chart: Chart
    row: int
    width: float
    height: float
    first: int
    last: int
    labels: int
    series: tuple[int, ...]


@dataclass
class Plan:
    """A sheet: its page, the columns' widths in pixels, the rows' heights in points, and what stands where."""

    annex: Annex
    page: Page
    size: float
    widths: list[int]
    heights: list[float] = field(default_factory=list)
    pieces: list[PlacedCell] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    charts: list[PlacedChart] = field(default_factory=list)
    charts_apart: bool = False
    """Whether the charts have a sheet of their own."""
    breaks: list[int] = field(default_factory=list)
    levels: dict[int, int] = field(default_factory=dict)
    repeated: tuple[int, int] = (0, 0)
    body: tuple[int, int] = (0, 0)
    """The first line of the table, and the row after the last."""
    together: list[tuple[int, int]] = field(default_factory=list)
    """Rows that no page break parts, from … up to."""

    @property
    def last_column(self) -> int:
        return len(self.widths) - 1

    def span(self, first: int, last: int) -> int:
        """The width of these columns in pixels."""
        return sum(self.widths[first : last + 1])

    def add_row(self, height: float) -> int:
        """A new row at the end. Returns its place."""
        self.heights.append(min(height, TALLEST))
        return len(self.heights) - 1

    def put(self, row: int, first: int, last: int, value: Value, style: CellStyle, **more: object) -> None:
        """Write into the columns from `first` to `last` of a row."""
        self.pieces.append(PlacedCell(row, first, value, style, row, last, **more))  # type: ignore[arg-type]

    def add_text(self, text: str, style: CellStyle, after: float = 0) -> None:
        """A new row of text over the whole width, as high as the text."""
        count = len(wrapped(text, self.span(0, self.last_column) - PADDING, style.size, bold=style.bold))
        self.put(self.add_row(line_height(style.size) * count + after), 0, self.last_column, text, style)


def line_height(size: float) -> float:
    """Points that a line of text takes."""
    return size * LEADING * 1.08
