"""Above the table: whose paper it is, the national title, the heading of the annex and of its columns."""

from __future__ import annotations

import re

from exports.annex import AnnexWorkbook, column_numbers, heading_depth, headings
from exports.font_metrics import width_of, wrapped
from exports.layout.sheet import AIR, CM, PADDING, CellStyle, PlacedCell, Plan, Rule, line_height

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
UNIT = re.compile(r" (?=(?:TỈNH|THÀNH PHỐ|THỊ XÃ|HUYỆN|PHƯỜNG|THỊ TRẤN|XÃ) )")
AGENCY = 6 * CM
"""The width that the agency's name wants."""


def add_letterhead(made: Plan, workbook: AnnexWorkbook) -> None:
    """Whose paper it is, on the left; the national title, on the right; a rule under each."""
    start = split(made, AGENCY, width_of(NATION, 12, bold=True) + PADDING)
    left_room, right_room = (made.span(*block) - PADDING for block in ((0, start - 1), (start, made.last_column)))
    size = min(12, 12 * right_room / width_of(NATION, 12, bold=True) // 0.5 * 0.5)
    head = workbook.letterhead
    above = [text for text in (head.parent, head.agency if head.body else None) if text]
    plain, strong = CellStyle(size, wrap=False), CellStyle(size, bold=True, wrap=False)
    left = [(part, plain) for text in above for part in _name_lines(text, left_room, size)]
    left += [(part, strong) for part in _name_lines(head.body or head.agency, left_room, size, bold=True)]
    right = [(NATION, strong), (MOTTO, CellStyle(size + 1, bold=True, wrap=False))]
    rows = [made.add_row(line_height(13)) for _each in range(max(len(left), len(right)))]
    rows.append(made.add_row(12))
    for block, (first, last), length in (
        (left, (0, start - 1), 0.4 * width_of(left[-1][0], size, bold=True)),
        (right, (start, made.last_column), width_of(MOTTO, size + 1, bold=True)),
    ):
        for row, (text, style) in zip(rows, block, strict=False):
            made.put(row, first, last, text, style)
        made.rules.append(Rule(rows[len(block)], first, (made.span(first, last) - length) / 2, length))
    made.add_row(8)


def _name_lines(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """An agency's name: where one line is too short, the unit that it is of begins the next."""
    lines_ = UNIT.split(text) if width_of(text, size, bold=bold) > room else [text]
    return [part for line in lines_ for part in wrapped(line, room, size, bold=bold)]


def split(made: Plan, left: float, right: float) -> int:
    """The column at which the right part begins so that both parts have the pixels they want, or share the want."""
    places = range(1, made.last_column + 1)
    return max(places, key=lambda at: min(made.span(0, at - 1) / left, made.span(at, made.last_column) / right))


def add_title(made: Plan) -> None:
    annex = made.annex
    if annex.number:
        made.add_text(annex.number, CellStyle(14, bold=True))
    made.add_text(annex.title.upper(), CellStyle(14, bold=True))
    if annex.subtitle:
        made.add_text(annex.subtitle, CellStyle(13, bold=True))
    if annex.basis:
        made.add_text(annex.basis, CellStyle(13, italic=True))
    made.add_row(10)
    if annex.measure:
        made.add_text(f"Đơn vị tính: {annex.measure}", CellStyle(12, italic=True, align="right"))


def add_heading(made: Plan) -> None:
    depth = heading_depth(made.annex)
    first = len(made.heights)
    style = CellStyle(made.size, bold=True, border=True)
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
        made.pieces.append(
            PlacedCell(row, cell.column, cell.text, style, row + cell.height - 1, cell.column + cell.width - 1)
        )
    small = CellStyle(max(made.size - 2, 7), italic=True, border=True)
    texts = column_numbers(made.annex)
    count = max(len(wrapped(text, width - PADDING, small.size)) for text, width in zip(texts, made.widths, strict=True))
    row = made.add_row(line_height(small.size) * count + 2)
    for place, text in enumerate(texts):
        made.put(row, place, place, text, small)
    made.repeated = (first, row)
