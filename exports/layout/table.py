"""The table: its lines, groups and totals, with formulas that keep their sums."""

from __future__ import annotations

from collections.abc import Iterator

from exports.annex import Annex, AnnexCell, AnnexLine, Column, Look
from exports.font_metrics import wrapped
from exports.layout.sheet import AIR, PADDING, CellStyle, Plan, line_height
from exports.layout.widths import FINE
from models.records.fields import Kind

NOTHING = "Không có dòng nào."


def add_table(made: Plan, found: list[AnnexLine]) -> None:
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
            style = _style(made, line, align=_align(column, cell), number=number_format(column))
            made.put(row, place + 1, place + 1, cell.value, style, formula=_formula(cell, first, place + 1, row))
    if not found:
        row = made.add_row(line_height(made.size) + AIR)
        made.put(row, 0, made.last_column, NOTHING, CellStyle(made.size, italic=True, border=True))
    made.body = (first, len(made.heights))


def _label(made: Plan, line: AnnexLine, row: int, label_end: int) -> None:
    """The mark of a line; of a group or total also what it is called, over all columns before the sums."""
    if line.look is Look.TOTAL:
        made.put(row, 0, label_end, line.cells[0].value, _style(made, line))
        return
    made.put(row, 0, 0, line.mark, _style(made, line))
    if line.look is Look.GROUP:
        made.put(row, 1, label_end, line.cells[0].value, _style(made, line, align="left"))


def _style(made: Plan, line: AnnexLine, align: str = "center", number: str = "General") -> CellStyle:
    return CellStyle(made.size, bold=line.look is not Look.ROW, border=True, align=align, number=number)


def _label_end(annex: Annex) -> int:
    """The last column that the label of a group or total reaches over: up to the first that adds up."""
    for place, column in enumerate(annex.columns):
        if place and (column.total or column.computed):
            return place
    return len(annex.columns)


def _needs(made: Plan, line: AnnexLine, label_end: int) -> Iterator[float]:
    """The height that each cell of a line needs, in points."""
    for place, cell in enumerate(line.cells):
        bold = line.look is not Look.ROW
        last = label_end if bold and not place else place + 1
        if not isinstance(cell.value, str) or (bold and 0 < place < label_end):
            continue
        text = cell.value
        count = len(wrapped(text, made.span(place + 1, last) - PADDING, made.size, bold=bold))
        yield line_height(made.size) * count + AIR


def _align(column: Column, cell: AnnexCell) -> str:
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
        # What is typed over a code or a telephone number stays as it is typed, its zeros with it.
        return "@" if column.kind is Kind.CODE else "General"
    if column.places is None:
        return f"[>={FINE}]#,##0;General"
    return "#,##0" + ("." + "0" * column.places if column.places else "")


def _formula(cell: AnnexCell, first: int, column: int, row: int) -> str | None:
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
