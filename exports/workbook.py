"""The paper, the styles and the safe cells of every workbook; the only module that knows XlsxWriter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from math import ceil
from pathlib import Path
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from exports.layout import Ink, Page, Piece, Placed, Plan
from models.fields import Kind
from models.words import _

A4 = 9
CELL_LIMIT = 32_767
FIRST_YEAR = 1900
"""Excel's calendar begins then; earlier days are written as text."""
VIETNAM = timedelta(hours=7)
SAMPLE = 200
"""How many rows the widths are measured on before writing starts."""
LINE, TALLEST = 15, 27
"""Height of a line of text in points; the most lines a row shows (Excel's limit is 409 points)."""
NUMBER_WIDTH, PAGE_WIDTH, NARROWEST = 6, 150, 11
TITLE_ROW, ABOUT_ROW, HEADING_ROW = 0, 1, 2

FACE = {"font_name": "Times New Roman", "font_size": 11, "valign": "top"}
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
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text stays text: nothing becomes a formula, a link or a number by the look of it."""
CHART_FONT = {"name": "Times New Roman", "size": 11, "bold": False}
TOO_LONG = _("“%(start)s…” dài %(length)s ký tự, một ô Excel chỉ chứa được %(limit)s. Hãy rút ngắn rồi xuất lại.")


class TooLongError(ValueError):
    """A text is longer than an Excel cell holds; nothing is cut."""


class ListSheet:
    """A workbook with one table: title, a line about it, headings, rows written one after the other."""

    def __init__(self, target: IO[bytes], title: str, about: str, columns: Sequence[tuple[str, Kind, int]]) -> None:
        self.book = xlsxwriter.Workbook(
            target, {**PLAIN_TEXT, "constant_memory": True, "default_date_format": "dd/mm/yyyy"}
        )
        self.book.set_properties({"title": title, "comments": about})
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
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=1.18, right=0.6, top=0.8, bottom=0.8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADING_ROW)
        sheet.set_header('&C&"Times New Roman"&11&P')
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
        try:
            self._set_up()
            self._write_rows(rows)
        except BaseException:
            self._discard()
            raise
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
            self._forget(self.row - 1)
            for index, value in enumerate(values, start=1):
                self._cell(index, value)
        if self.row > HEADING_ROW:
            self.sheet.autofilter(HEADING_ROW, 0, self.row, len(self.kinds))

    def _forget(self, row: int) -> None:
        """Drop the height of a row that is written: XlsxWriter would keep it to the end, a million times."""
        self.sheet.row_info.pop(row, None)
        self.sheet.row_sizes.pop(row, None)

    def _discard(self) -> None:
        """Away with the file in which XlsxWriter keeps the rows of a workbook that is never finished."""
        self.sheet.row_data_fh.close()
        Path(self.sheet.row_data_filename).unlink()

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


def safe(text: str) -> str:
    """Text that XlsxWriter writes as it is: it takes "<r>…</r>" for its own markup unless told apart."""
    units = text.encode("utf-16-le", "surrogatepass")
    if (length := len(units) // 2) > CELL_LIMIT:
        raise TooLongError(TOO_LONG % {"start": text[:40], "length": length, "limit": CELL_LIMIT})
    text = units.decode("utf-16-le", "replace")  # half a letter could not be saved
    return f"{text}\u200b" if text.startswith("<r>") and text.endswith("</r>") else text


def _written(result: Any) -> None:
    if isinstance(result, int) and result < 0:
        raise TooLongError(f"XlsxWriter refused a cell ({result})")


class PaperSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter ships no types
    """A sheet whose first page carries no number."""

    def _write_header_footer(self) -> None:
        # XlsxWriter knows no first page of its own; without one in the file it stays blank.
        self._xml_start_tag("headerFooter", [("differentFirst", 1)])
        self._write_odd_header()
        self._xml_end_tag("headerFooter")


class Papers:
    """A workbook of sheets that are laid out to be printed and signed; every write is checked."""

    def __init__(self, target: IO[bytes], title: str, about: str) -> None:
        # Columns are measured in digits of the workbook's own letters.
        letters = {"font_name": FACE["font_name"], "font_size": FACE["font_size"]}
        self.book = xlsxwriter.Workbook(target, {**PLAIN_TEXT, "default_format_properties": letters})
        self.book.set_properties({"title": title, "comments": about})
        self.formats: dict[Ink, Any] = {}

    def add(self, plan: Plan) -> None:
        """Write one sheet."""
        sheet = self.book.add_worksheet(plan.annex.sheet, PaperSheet)
        self._set_up(sheet, plan)
        for piece in plan.pieces:
            self._write(sheet, piece)
        for rule in plan.rules:
            line = {"x_offset": rule.offset, "y_offset": 3, "width": rule.width, "height": 1, "decorative": True}
            _written(
                sheet.insert_textbox(rule.row, rule.column, "", {**line, "line": {"color": "black", "width": 0.75}})
            )
        if plan.charts_apart:
            sheet = self._chart_sheet(plan)
        for placed in plan.charts:
            self._draw(sheet, plan, placed)

    def close(self) -> None:
        """Finish the file."""
        self.book.close()

    def _chart_sheet(self, plan: Plan) -> Any:
        sheet = self.book.add_worksheet(f"{plan.annex.sheet} (biểu đồ)", PaperSheet)
        self._set_page(sheet, plan.page)
        title = self._format(Ink(14, bold=True, align="left", wrap=False))
        _written(sheet.write_string(0, 0, safe(plan.annex.title), title))
        return sheet

    def _set_page(self, sheet: Any, page: Page) -> None:
        sheet.set_paper(A4)
        if page.width > page.height:
            sheet.set_landscape()
        margins = {side: getattr(page, side) / 2.54 for side in ("left", "right", "top", "bottom")}
        sheet.set_margins(**margins)
        sheet.set_header('&C&"Times New Roman,Regular"&13&P', {"margin": page.top / 2.54 / 2})
        # Each sheet counts its own pages.
        sheet.set_start_page(1)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)

    def _set_up(self, sheet: Any, plan: Plan) -> None:
        self._set_page(sheet, plan.page)
        sheet.repeat_rows(*plan.repeated)
        sheet.print_area(0, 0, len(plan.heights) - 1, plan.last_column)
        sheet.set_h_pagebreaks(plan.breaks)
        sheet.outline_settings(symbols_below=False)
        for column, width in enumerate(plan.widths):
            sheet.set_column_pixels(column, column, width)
        for row, height in enumerate(plan.heights):
            sheet.set_row(row, height, None, {"level": plan.levels.get(row, 0)})

    def _write(self, sheet: Any, piece: Piece) -> None:
        place, ink = (piece.row, piece.column), self._format(piece.ink)
        if (piece.row, piece.column) != (piece.last_row, piece.last_column):
            _written(sheet.merge_range(*place, piece.last_row, piece.last_column, "", ink))
        value = piece.value
        if piece.formula is not None:
            result = sheet.write_formula(*place, piece.formula, ink, "" if value is None else value)
        elif value is None or value == "":
            result = sheet.write_blank(*place, None, ink)
        elif isinstance(value, bool):
            result = sheet.write_string(*place, "x" if value else "", ink)
        elif isinstance(value, (int, float, Decimal)):
            result = sheet.write_number(*place, value, ink)
        elif isinstance(value, date) and value.year >= FIRST_YEAR:
            result = sheet.write_datetime(*place, value, ink)
        else:
            result = sheet.write_string(*place, safe(value if isinstance(value, str) else f"{value:%d/%m/%Y}"), ink)
        _written(result)

    def _format(self, ink: Ink) -> Any:
        if ink not in self.formats:
            self.formats[ink] = self.book.add_format(
                {
                    **FACE,
                    "font_size": ink.size,
                    "bold": ink.bold,
                    "italic": ink.italic,
                    "align": ink.align,
                    "valign": "vcenter",
                    "text_wrap": ink.wrap,
                    "border": int(ink.border),
                    "num_format": ink.number,
                }
            )
        return self.formats[ink]

    def _draw(self, sheet: Any, plan: Plan, placed: Placed) -> None:
        chart = self.book.add_chart({"type": placed.chart.kind})
        name, (first, last) = plan.annex.sheet, (placed.first, placed.last)
        colours = ("#1F4E79", "#9DC3E6", "#C55A11")
        for place, column in enumerate(placed.series):
            drawn = plan.annex.columns[column - 1]
            _written(
                chart.add_series(
                    {
                        "name": " – ".join((*drawn.under, drawn.label)),
                        "categories": [name, first, placed.labels, last, placed.labels],
                        "values": [name, first, column, last, column],
                        "fill": {"color": colours[place % len(colours)]},
                        "data_labels": {"value": True, "font": CHART_FONT},
                        "gap": 60,
                    }
                )
            )
        chart.set_title({"name": placed.chart.title, "name_font": {**CHART_FONT, "size": 13}, "overlay": False})
        lying = placed.chart.kind == "bar"
        axis = {"num_font": CHART_FONT, "major_gridlines": {"visible": False}}
        # Every bar says its value: lying bars, read from the top, need no axis of values.
        chart.set_x_axis({**axis, "visible": not lying, "min": 0 if lying else None})
        chart.set_y_axis({**axis, "reverse": lying})
        if lying:
            chart.set_plotarea({"layout": {"x": 0.4, "y": 0.14, "width": 0.5, "height": 0.78}})
        chart.set_legend({"position": "bottom", "font": CHART_FONT} if len(placed.series) > 1 else {"none": True})
        chart.set_size({"width": placed.width, "height": placed.height})
        told = {"description": f"{placed.chart.title}. {placed.chart.about}", "object_position": 2}
        _written(sheet.insert_chart(placed.row, 0, chart, told))
