"""Widths: the largest letters, and the columns, with which no number and no word of a table is broken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from exports.annex import Annex, AnnexLine, Column, Look, Value
from exports.font_metrics import width_of, wrapped
from exports.layout.sheet import PADDING, Page
from models.records.fields import Kind

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


def fit(annex: Annex, found: list[AnnexLine], page: Page) -> tuple[float, list[int]]:
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


def _lines(annex: Annex, found: list[AnnexLine], widths: list[int], size: float) -> int:
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


def _least(annex: Annex, found: list[AnnexLine], place: int, size: float) -> float:
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
