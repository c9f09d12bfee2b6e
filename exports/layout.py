"""Where everything of an annex stands on its sheet: widths, heights, cells, pages. Nothing here knows a file format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from exports.annex import (
    Annex,
    Book,
    Cell,
    Chart,
    Column,
    Line,
    Look,
    Signature,
    Value,
    column_numbers,
    heading_depth,
    headings,
    lines,
)
from exports.typeface import LEADING, POINTS_TO_PIXELS, width_of, wrapped
from models.records.fields import Kind

CM = 96 / 2.54
"""Pixels in a centimetre."""
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
RECIPIENTS = "Nơi nhận:"
NOTHING = "Không có dòng nào."
UNIT = re.compile(r" (?=(?:TỈNH|THÀNH PHỐ|THỊ XÃ|HUYỆN|PHƯỜNG|THỊ TRẤN|XÃ) )")
AGENCY = 6 * CM
"""The width that the agency's name wants."""
SIZES = (12.0, 11.0, 10.0, 9.0, 8.0)
"""Sizes of a table's letters: the largest with which every number and word fits."""
SMALL = 10.0
"""No smaller than this only because rows would be high."""
FINE = 100
"""Below it a number of no fixed places shows what follows the comma."""
MANY = 2
"""Lines of text in a row that are still read at a glance."""
SAMPLE = 200
"""Rows by which that is judged."""
PADDING = 7
"""Pixels that a cell keeps free beside its text."""
AIR = 4
"""Points that a row keeps free above and below."""
TALLEST = 409
"""Excel's highest row, in points."""
CHART_ROW = 15.0
"""Height of the rows under a chart, in points."""
HAND = 4
"""Lines left free for a signature."""
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
class Ink:
    """How a cell looks."""

    size: float = 13
    bold: bool = False
    italic: bool = False
    align: str = "center"
    wrap: bool = True
    border: bool = False
    number: str = "General"
    indent: int = 0


@dataclass(frozen=True)
class Piece:
    """A cell, or several merged into one, with what is written there."""

    row: int
    column: int
    value: Value
    ink: Ink
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
class Placed:
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
    pieces: list[Piece] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    charts: list[Placed] = field(default_factory=list)
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

    def put(self, row: int, first: int, last: int, value: Value, ink: Ink, **more: object) -> None:
        """Write into the columns from `first` to `last` of a row."""
        self.pieces.append(Piece(row, first, value, ink, row, last, **more))  # type: ignore[arg-type]

    def add_text(self, text: str, ink: Ink, after: float = 0) -> None:
        """A new row of text over the whole width, as high as the text."""
        count = len(wrapped(text, self.span(0, self.last_column) - PADDING, ink.size, bold=ink.bold))
        self.put(self.add_row(line_height(ink.size) * count + after), 0, self.last_column, text, ink)


def line_height(size: float) -> float:
    """Points that a line of text takes."""
    return size * LEADING * 1.08


def plan(book: Book, annex: Annex) -> Plan:
    """Lay out one sheet of a book."""
    page = LANDSCAPE if annex.landscape else PORTRAIT
    found = lines(annex)
    size, widths = _fit(annex, found, page)
    made = Plan(annex, page, size, widths)
    _head(made, book)
    _title(made)
    _heading(made)
    _body(made, found)
    _foot(made, book)
    _charts(made, signed=bool(_signers(book, annex)))
    made.breaks = list(_page_breaks(made))
    return made


# -- widths


def shown(value: Value, column: Column) -> str:
    """The value as Excel will show it in this column, in a Vietnamese Windows."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if column.kind is Kind.YEAR:
        return str(value)
    if column.ratio:
        return f"{value * 100:.1f}%".replace(".", ",")
    places = column.places if column.places is not None else 0 if value >= FINE else 2
    text = f"{value:,.{places}f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return text if column.places is not None or "," not in text else text.rstrip("0").rstrip(",")


def _fit(annex: Annex, found: list[Line], page: Page) -> tuple[float, list[int]]:
    """The size of the letters, and the widths of all columns: the largest at which nothing is broken or towers up."""
    for size in SIZES if not annex.landscape else SIZES[1:]:
        least = [_least(annex, found, place, size) for place in range(-1, len(annex.columns))]
        widths = _widths(annex, least, page.room)
        if sum(least) <= page.room and (size <= SMALL or _lines(annex, found, widths, size) <= MANY):
            break
    return size, widths


def _widths(annex: Annex, least: list[float], room: int) -> list[int]:
    """Whole pixels for all columns, together the page's room."""
    first, *others = least
    rest = room - first
    wanted = [column.width for column in annex.columns]
    widths = _share(rest, wanted, others) if sum(others) <= rest else [part * rest / sum(others) for part in others]
    rounded = [round(first), *(int(width) for width in widths)]
    rounded[max(range(1, len(rounded)), key=rounded.__getitem__)] += room - sum(rounded)
    return rounded


def _lines(annex: Annex, found: list[Line], widths: list[int], size: float) -> int:
    """How many lines of text four in five rows stay within."""
    counts = sorted(
        max(
            len(wrapped(cell.value, width - PADDING, size)) if isinstance(cell.value, str) else 1
            for cell, width in zip(line.cells, widths[1:], strict=True)
        )
        for line in found[:SAMPLE]
        if line.look is Look.ROW
    )
    return counts[len(counts) * 4 // 5] if counts else 1


def _least(annex: Annex, found: list[Line], place: int, size: float) -> float:
    """The pixels that a column needs so that no number and no word is broken; -1 is the column that counts."""
    if place < 0:
        texts = ["STT", *(line.mark for line in found)]
        return max(width_of(text, size, bold=True) for text in texts) + PADDING + 1
    column = annex.columns[place]
    need = max(width_of(word, size, bold=True) for word in column.label.split())
    for line in found:
        text = shown(line.cells[place].value, column)
        if text and (column.is_number or column.kind in (Kind.DATE, Kind.YEAR)):
            need = max(need, width_of(text, size, bold=line.look is not Look.ROW))
        elif line.look is Look.ROW:
            need = max(need, *(width_of(word, size) for word in text.split()), 0)
    return need + PADDING + 1


def _share(room: float, wanted: Sequence[float], least: Sequence[float]) -> list[float]:
    """Widths in proportion to what is wanted, none less than its least."""
    fixed: set[int] = set()
    while True:
        free = [i for i in range(len(wanted)) if i not in fixed]
        left = room - sum(least[i] for i in fixed)
        total = sum(wanted[i] for i in free)
        narrow = {i for i in free if left * wanted[i] / total < least[i]}
        if not narrow:
            return [least[i] if i in fixed else left * wanted[i] / total for i in range(len(wanted))]
        fixed |= narrow


# -- above the table


def _head(made: Plan, book: Book) -> None:
    """Whose paper it is, on the left; the national title, on the right; a rule under each."""
    start = _split(made, AGENCY, width_of(NATION, 12, bold=True) + PADDING)
    left_room, right_room = (made.span(*block) - PADDING for block in ((0, start - 1), (start, made.last_column)))
    size = min(12, 12 * right_room / width_of(NATION, 12, bold=True) // 0.5 * 0.5)
    head = book.letterhead
    above = [text for text in (head.parent, head.agency if head.body else None) if text]
    plain, strong = Ink(size, wrap=False), Ink(size, bold=True, wrap=False)
    left = [(part, plain) for text in above for part in _name_lines(text, left_room, size)]
    left += [(part, strong) for part in _name_lines(head.body or head.agency, left_room, size, bold=True)]
    right = [(NATION, strong), (MOTTO, Ink(size + 1, bold=True, wrap=False))]
    rows = [made.add_row(line_height(13)) for _each in range(max(len(left), len(right)))]
    rows.append(made.add_row(12))
    for block, (first, last), length in (
        (left, (0, start - 1), 0.4 * width_of(left[-1][0], size, bold=True)),
        (right, (start, made.last_column), width_of(MOTTO, size + 1, bold=True)),
    ):
        for row, (text, ink) in zip(rows, block, strict=False):
            made.put(row, first, last, text, ink)
        made.rules.append(Rule(rows[len(block)], first, (made.span(first, last) - length) / 2, length))
    made.add_row(8)


def _name_lines(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """An agency's name: where one line is too short, the unit that it is of begins the next."""
    lines_ = UNIT.split(text) if width_of(text, size, bold=bold) > room else [text]
    return [part for line in lines_ for part in wrapped(line, room, size, bold=bold)]


def _split(made: Plan, left: float, right: float) -> int:
    """The column at which the right part begins so that both parts have the pixels they want, or share the want."""
    places = range(1, made.last_column + 1)
    return max(places, key=lambda at: min(made.span(0, at - 1) / left, made.span(at, made.last_column) / right))


def _title(made: Plan) -> None:
    annex = made.annex
    if annex.number:
        made.add_text(annex.number, Ink(14, bold=True))
    made.add_text(annex.title.upper(), Ink(14, bold=True))
    if annex.subtitle:
        made.add_text(annex.subtitle, Ink(13, bold=True))
    if annex.basis:
        made.add_text(annex.basis, Ink(13, italic=True))
    made.add_row(10)
    if annex.measure:
        made.add_text(f"Đơn vị tính: {annex.measure}", Ink(12, italic=True, align="right"))


def _heading(made: Plan) -> None:
    depth = heading_depth(made.annex)
    first = len(made.heights)
    ink = Ink(made.size, bold=True, border=True)
    tall = [line_height(made.size) + AIR] * depth
    cells = list(headings(made.annex))
    for cell in sorted(cells, key=lambda cell: cell.height):
        room = made.span(cell.column, cell.column + cell.width - 1) - PADDING
        need = line_height(made.size) * len(wrapped(cell.text, room, made.size, bold=True)) + AIR
        last = cell.row + cell.height - 1
        # What several rows are too low for, the lowest gives.
        tall[last] += max(0, need - sum(tall[cell.row : last + 1]))
    for height in tall:
        made.add_row(height)
    for cell in cells:
        row = first + cell.row
        made.pieces.append(Piece(row, cell.column, cell.text, ink, row + cell.height - 1, cell.column + cell.width - 1))
    small = Ink(max(made.size - 2, 7), italic=True, border=True)
    texts = column_numbers(made.annex)
    count = max(len(wrapped(text, width - PADDING, small.size)) for text, width in zip(texts, made.widths, strict=True))
    row = made.add_row(line_height(small.size) * count + 2)
    for place, text in enumerate(texts):
        made.put(row, place, place, text, small)
    made.repeated = (first, row)


# -- the table


def _body(made: Plan, found: list[Line]) -> None:
    first = len(made.heights)
    label_end = _label_end(made.annex)
    for line in found:
        row = made.add_row(max(line_height(made.size) + AIR, *_needs(made, line, label_end)))
        if made.annex.outline and line.look is not Look.TOTAL:
            made.levels[row] = line.depth
        if line.look is Look.GROUP:
            made.together.append((row, row + 2))
        _label(made, line, row, label_end)
        for place in range(label_end if line.look is not Look.ROW else 0, len(line.cells)):
            cell, column = line.cells[place], made.annex.columns[place]
            ink = _ink(made, line, align=_align(column, cell), number=number_format(column))
            made.put(row, place + 1, place + 1, cell.value, ink, formula=_formula(cell, first, place + 1, row))
    if not found:
        row = made.add_row(line_height(made.size) + AIR)
        made.put(row, 0, made.last_column, NOTHING, Ink(made.size, italic=True, border=True))
    made.body = (first, len(made.heights))


def _label(made: Plan, line: Line, row: int, label_end: int) -> None:
    """The mark of a line; of a group or total also what it is called, over all columns before the sums."""
    if line.look is Look.TOTAL:
        made.put(row, 0, label_end, line.cells[0].value, _ink(made, line))
        return
    made.put(row, 0, 0, line.mark, _ink(made, line))
    if line.look is Look.GROUP:
        made.put(row, 1, label_end, line.cells[0].value, _ink(made, line, align="left"))


def _ink(made: Plan, line: Line, align: str = "center", number: str = "General") -> Ink:
    return Ink(made.size, bold=line.look is not Look.ROW, border=True, align=align, number=number)


def _label_end(annex: Annex) -> int:
    """The last column that the label of a group or total reaches over: up to the first that adds up."""
    for place, column in enumerate(annex.columns):
        if place and (column.total or column.computed):
            return place
    return len(annex.columns)


def _needs(made: Plan, line: Line, label_end: int) -> Iterator[float]:
    """The height that each cell of a line needs, in points."""
    for place, cell in enumerate(line.cells):
        bold = line.look is not Look.ROW
        last = label_end if bold and not place else place + 1
        if not isinstance(cell.value, str) or (bold and 0 < place < label_end):
            continue
        text = cell.value
        count = len(wrapped(text, made.span(place + 1, last) - PADDING, made.size, bold=bold))
        yield line_height(made.size) * count + AIR


def _align(column: Column, cell: Cell) -> str:
    if isinstance(cell.value, str) and column.kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.REFERENCE):
        return "left"
    return "right" if column.is_number and not isinstance(cell.value, (str, bool)) else "center"


def number_format(column: Column) -> str:
    """How Excel shows the numbers and days of a column."""
    if column.ratio:
        return "0.0%"
    if column.kind is Kind.DATE:
        return "dd/mm/yyyy"
    if column.kind is Kind.YEAR:
        return "0"
    if not column.is_number:
        return "General"
    if column.places is None:
        return f"[>={FINE}]#,##0;General"
    return "#,##0" + ("." + "0" * column.places if column.places else "")


def _formula(cell: Cell, first: int, column: int, row: int) -> str | None:
    how = cell.sum
    if how is None:
        return None
    if how.first is not None and how.last is not None:
        letter = column_letter(column)
        parts = [f"{letter}{first + how.first + 1}:{letter}{first + how.last + 1}"]
        text = f"SUBTOTAL(9,{parts[0]})"
    elif how.ratio:
        parts = [f"{column_letter(place + 1)}{row + 1}" for place in how.ratio]
        text = f"IF({parts[1]}=0,0,{parts[0]}/{parts[1]})"
    else:
        parts = [f"{column_letter(place + 1)}{row + 1}" for place in how.plus]
        text = "+".join(parts)
    if cell.value is not None:
        return f"={text}"
    # Of nothing known the sum is no 0.
    least = 2 if how.ratio else 1
    return f'=IF(COUNT({",".join(parts)})<{least},"",{text})'


def column_letter(column: int) -> str:
    """The name of the column at this place, from 0: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


# -- below the table


def _signers(book: Book, annex: Annex) -> tuple[Signature, ...]:
    return book.signatures if annex.signatures is None else annex.signatures


def _foot(made: Plan, book: Book) -> None:
    """The closing sentences, place and day, signatures and recipients, in one piece with the last lines."""
    start = max(made.body[0], made.body[1] - 3)
    if made.annex.closing:
        made.add_row(6)
    for text in made.annex.closing:
        made.add_text(text, Ink(13, italic=True, align="left"), after=3)
    signers = _signers(book, made.annex)
    if signers:
        made.add_row(6)
        blocks = list(_blocks(made, len(signers), beside=bool(book.recipients) and len(signers) == 1))
        _date(made, book, blocks[-1])
        first = len(made.heights)
        if len(signers) == 1 and len(blocks) == 2:
            _stack(made, first, blocks[0], _recipients(made, book, blocks[0]))
        for signer, block in zip(signers, blocks[-len(signers) :], strict=True):
            _stack(made, first, block, _signature(made, signer, block))
        if len(signers) > 1 and made.annex.signatures is None and book.recipients:
            block = (0, made.last_column)
            _stack(made, len(made.heights), block, _recipients(made, book, block))
    made.together.append((start, len(made.heights)))


def _blocks(made: Plan, count: int, *, beside: bool) -> Iterator[tuple[int, int]]:
    """The columns of each signature, from the left; `beside` one alone stand the recipients."""
    parts = 2 if count == 1 else count
    first = 0
    for part in range(1, parts):
        split = max(_split(made, part, parts - part), first + 1)
        if beside or count > 1:
            yield first, split - 1
        first = split
    yield first, made.last_column


def _date(made: Plan, book: Book, block: tuple[int, int]) -> None:
    made.put(made.add_row(line_height(13)), *block, book.place_and_day, Ink(13, italic=True, wrap=False))


def _signature(made: Plan, signer: Signature, block: tuple[int, int]) -> list[tuple[str, Ink]]:
    ink = Ink(13, bold=True, wrap=False)
    room = made.span(*block) - PADDING
    texts = [part for text in (signer.authority, signer.post) if text for part in wrapped(text, room, 13, bold=True)]
    return [(text, ink) for text in (*texts, *[""] * HAND, signer.name or "")]


def _recipients(made: Plan, book: Book, block: tuple[int, int]) -> list[tuple[str, Ink]]:
    found = [(RECIPIENTS, Ink(12, bold=True, italic=True, align="left", wrap=False))]
    ink = Ink(11, align="left", wrap=False)
    for text in book.recipients:
        found += [(part, ink) for part in wrapped(f"- {text}", made.span(*block) - PADDING, 11)]
    return found


def _stack(made: Plan, first: int, block: tuple[int, int], texts: list[tuple[str, Ink]]) -> None:
    """Write these lines under one another, from the row `first` on."""
    for row, (text, ink) in enumerate(texts, start=first):
        if row == len(made.heights):
            made.add_row(line_height(13))
        if text:
            made.put(row, *block, text, ink)


def _charts(made: Plan, *, signed: bool) -> None:
    """Charts stand under the table if all of it is one page; else, or under signatures, on a sheet of their own."""
    charts = made.annex.charts
    below = sum(made.heights) + sum(_chart_rows(chart) * CHART_ROW for chart in charts)
    made.charts_apart = bool(charts) and (signed or below > made.page.length)
    places = {column.key: place for place, column in enumerate(made.annex.columns, start=1)}
    first, last = made.body[0], made.body[1] - (2 if made.annex.has_total else 1)
    row = 2 if made.charts_apart else len(made.heights) + 1
    for chart in charts:
        size = made.span(0, made.last_column), chart.height * CM
        series = tuple(places[key] for key in chart.series)
        made.charts.append(Placed(chart, row, *size, first, last, places[chart.labels], series))
        row += _chart_rows(chart)
        if not made.charts_apart:
            made.heights += [CHART_ROW] * _chart_rows(chart)


def _chart_rows(chart: Chart) -> int:
    """The rows that a chart covers, and one before it."""
    return ceil(chart.height * CM / POINTS_TO_PIXELS / CHART_ROW) + 1


# -- pages


def _page_breaks(made: Plan) -> Iterator[int]:
    """The rows before which a new page begins."""
    first, last = made.repeated
    repeated = sum(made.heights[first : last + 1])
    filled = 0.0
    for start, end in _chunks(made):
        height = sum(made.heights[start:end])
        if start > last and filled + height > made.page.length:
            yield start
            filled = repeated
        filled += height


def _chunks(made: Plan) -> Iterator[tuple[int, int]]:
    """The rows in pieces that stay on one page: what must stand together, else a row alone."""
    ends: dict[int, int] = {}
    for start, end in made.together:
        ends[start] = max(end, ends.get(start, 0))
    row, count = 0, len(made.heights)
    while row < count:
        end = row + 1
        inner = row
        while inner < end:
            end = max(end, ends.get(inner, 0))
            inner += 1
        yield row, end
        row = end


__all__ = ["Ink", "Page", "Piece", "Placed", "Plan", "column_letter", "plan"]
