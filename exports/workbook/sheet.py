"""The paper, the styles and the safe cells of every workbook; the only module that knows XlsxWriter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from math import ceil
from typing import IO, Any

from exports.workbook.book import FACE, open_book, set_paper
from exports.workbook.book import checked as _written
from exports.workbook.text import safe
from models.fields import Kind

FIRST_YEAR = 1900
"""Excel's calendar begins then; earlier days are written as text."""
VIETNAM = timedelta(hours=7)
SAMPLE = 200
"""How many rows the widths are measured on before writing starts."""
LINE, TALLEST = 15, 27
"""Height of a line of text in points; the most lines a row shows (Excel's limit is 409 points)."""
NUMBER_WIDTH, PAGE_WIDTH, NARROWEST = 6, 150, 11
TITLE_ROW, ABOUT_ROW, HEADING_ROW = 0, 1, 2

FORMATS: dict[Kind, dict[str, Any]] = {
    Kind.INTEGER: {"num_format": "#,##0"},
    Kind.MONEY: {"num_format": "#,##0"},
    Kind.DECIMAL: {"num_format": "#,##0"},
    Kind.YEAR: {"num_format": "0", "align": "center"},
    Kind.DATE: {"num_format": "dd/mm/yyyy", "align": "center"},
    Kind.MOMENT: {"num_format": "dd/mm/yyyy hh:mm", "align": "center"},
    Kind.YES_NO: {"align": "center"},
}
WIDTHS: dict[Kind, float] = {
    Kind.TEXT: 36,
    Kind.LONG_TEXT: 48,
    Kind.CODE: 16,
    Kind.INTEGER: 12,
    Kind.MONEY: 18,
    Kind.DECIMAL: 12,
    Kind.YEAR: 8,
    Kind.DATE: 12,
    Kind.MOMENT: 17,
    Kind.YES_NO: 9,
    Kind.CHOICE: 20,
    Kind.REFERENCE: 32,
    Kind.REFERENCES: 36,
    Kind.CHILDREN: 36,
}


class ListSheet:
    """A workbook with one table: title, a line about it, headings, rows written one after the other."""

    def __init__(self, target: IO[bytes], title: str, about: str, columns: Sequence[tuple[str, Kind, int]]) -> None:
        self.book = open_book(target, title, about)
        self.columns = [(label, kind) for label, kind, _places in columns]
        self.kinds = [kind for _label, kind in self.columns]
        self.formats = [
            self.book.add_format({**FACE, "border": 1, "text_wrap": True, **_format(kind, places)})
            for _label, kind, places in columns
        ]
        self.plain = self.book.add_format({**FACE, "border": 1, "align": "center"})
        self.sheet = self.book.add_worksheet("Danh sách")
        self.title, self.about = title, about
        self.row = HEADING_ROW

    def _set_up(self) -> None:
        """The paper, and what stands above the rows."""
        sheet = self.sheet
        set_paper(sheet, landscape=True)
        sheet.repeat_rows(HEADING_ROW)
        sheet.freeze_panes(HEADING_ROW + 1, 0)
        sheet.set_column(0, 0, NUMBER_WIDTH)
        title = self.book.add_format({**FACE, "bold": True, "font_size": 14})
        _written(sheet.write_string(TITLE_ROW, 0, safe(self.title.upper()), title))
        about = self.book.add_format({**FACE, "italic": True})
        _written(sheet.write_string(ABOUT_ROW, 0, safe(self.about), about))
        heading = self.book.add_format(
            {
                **FACE,
                "bold": True,
                "border": 1,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
                "bg_color": "#F2F2F2",
            }
        )
        for index, label in enumerate(["STT", *(label for label, _kind in self.columns)]):
            _written(sheet.write_string(HEADING_ROW, index, safe(label), heading))

    def write(self, rows: Iterable[Sequence[Any]]) -> int:
        """Write the rows, then close the workbook. Returns how many there were."""
        self._set_up()
        self._write_rows(rows)
        self.book.close()
        return self.row - HEADING_ROW

    def _write_rows(self, rows: Iterable[Sequence[Any]]) -> None:
        rest = iter(rows)
        first = list(islice(rest, SAMPLE))
        self._set_widths(first)
        for number, values in enumerate(chain(first, rest), start=1):
            self.row += 1
            self.sheet.set_row(self.row, LINE * self._lines(values))
            _written(self.sheet.write_number(self.row, 0, number, self.plain))
            for index, value in enumerate(values, start=1):
                self._cell(index, value)
        if self.row > HEADING_ROW:
            self.sheet.autofilter(HEADING_ROW, 0, self.row, len(self.kinds))

    def _set_widths(self, sample: list[Sequence[Any]]) -> None:
        """Columns as wide as what most of their cells hold; texts give way so that a page stays readable."""
        self.widths = [_width(kind, label, [row[i] for row in sample]) for i, (label, kind) in enumerate(self.columns)]
        flexible = [i for i, kind in enumerate(self.kinds) if kind not in FORMATS]
        surplus = sum(self.widths) + NUMBER_WIDTH - PAGE_WIDTH
        room = sum(self.widths[i] for i in flexible)
        if surplus > 0 and room:
            for i in flexible:
                self.widths[i] = max(NARROWEST, self.widths[i] * (room - surplus) / room)
        for index, width in enumerate(self.widths, start=1):
            self.sheet.set_column(index, index, width)
        heads = [
            ceil(len(label) * 1.1 / width) for (label, _kind), width in zip(self.columns, self.widths, strict=True)
        ]
        self.sheet.set_row(HEADING_ROW, LINE * max([1, *heads]))

    def _lines(self, values: Sequence[Any]) -> int:
        """How many lines the tallest cell of a row takes; at most what Excel can show."""
        tallest = 1
        for width, value in zip(self.widths, values, strict=True):
            if isinstance(value, str):
                lines = sum(max(1, ceil(len(line) * 0.92 / width)) for line in value.split("\n"))
                tallest = max(tallest, lines)
        return min(tallest, TALLEST)

    def _cell(self, index: int, value: Any) -> None:
        style, sheet, row = self.formats[index - 1], self.sheet, self.row
        if value is None or value == "":
            result = sheet.write_blank(row, index, None, style)
        elif isinstance(value, bool):
            result = sheet.write_string(row, index, "x" if value else "", style)
        elif isinstance(value, (int, float, Decimal)):
            result = sheet.write_number(row, index, value, style)
        elif isinstance(value, date) and value.year < FIRST_YEAR:
            result = sheet.write_string(row, index, f"{value:%d/%m}/{value.year:04}", style)
        elif isinstance(value, datetime):
            result = sheet.write_datetime(row, index, value.replace(tzinfo=None) + VIETNAM, style)
        elif isinstance(value, date):
            result = sheet.write_datetime(row, index, value, style)
        else:
            result = sheet.write_string(row, index, safe(str(value)), style)
        _written(result)


def _format(kind: Kind, places: int) -> dict[str, Any]:
    """The look of a column; numbers with the decimal places that their field keeps."""
    look = FORMATS.get(kind, {})
    return {**look, "num_format": f"{look['num_format']}.{'0' * places}"} if kind is Kind.DECIMAL and places else look


def _width(kind: Kind, label: str, values: Iterable[Any]) -> float:
    """The width that nine in ten cells need, within what suits the kind and the heading's longest word."""
    lengths = sorted(len(value) for value in values if isinstance(value, str))
    most = lengths[len(lengths) * 9 // 10] + 2 if lengths else 0
    word = max((len(part) for part in label.split()), default=0) + 3
    fixed = WIDTHS[kind] if kind in FORMATS else 0
    return max(fixed, word, min(most, WIDTHS[kind]))
