"""Workbooks of papers: sheets that are laid out to be printed and signed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import IO, Any

from exports.layout.sheet import CellStyle, Page, PlacedCell, PlacedChart, Plan
from exports.names import TAB_LENGTH, tab_name
from exports.workbook.book import A4, FACE, FONT, Sheet, checked, look, open_book
from exports.workbook.text import safe

FIRST_YEAR = 1900
"""Excel's calendar begins then; earlier days are written as text."""
CHART_FONT = {"name": FONT, "size": 11, "bold": False}
CHART = " (biểu đồ)"
COLOURS = ("#1F4E79", "#9DC3E6", "#C55A11")


class PrintedWorkbook:
    """A workbook of sheets that are laid out to be printed and signed; every write is checked."""

    def __init__(self, target: IO[bytes], title: str, about: str) -> None:
        # Columns are measured in digits of the workbook's own letters.
        letters = {"font_name": FACE["font_name"], "font_size": FACE["font_size"]}
        self.book = open_book(target, title, about, default_format_properties=letters)
        self.formats: dict[CellStyle, Any] = {}

    def add(self, plan: Plan) -> None:
        """Write one sheet."""
        sheet = self.book.add_worksheet(self._tab(plan.annex.sheet), Sheet)
        self._set_up(sheet, plan)
        for piece in plan.pieces:
            self._write(sheet, piece)
        for rule in plan.rules:
            line = {"x_offset": rule.offset, "y_offset": 3, "width": rule.width, "height": 1, "decorative": True}
            checked(
                sheet.insert_textbox(rule.row, rule.column, "", {**line, "line": {"color": "black", "width": 0.75}})
            )
        if plan.charts_apart:
            sheet = self._chart_sheet(plan)
        for placed in plan.charts:
            self._draw(sheet, plan, placed)

    def _tab(self, text: str) -> str:
        return tab_name(text, [sheet.get_name() for sheet in self.book.worksheets()])

    def close(self) -> None:
        """Finish the file."""
        self.book.close()

    def _chart_sheet(self, plan: Plan) -> Any:
        sheet = self.book.add_worksheet(self._tab(f"{plan.annex.sheet[: TAB_LENGTH - len(CHART)]}{CHART}"), Sheet)
        self._set_page(sheet, plan.page)
        title = self._format(CellStyle(14, bold=True, align="left", wrap=False))
        checked(sheet.write_string(0, 0, safe(plan.annex.title), title))
        return sheet

    def _set_page(self, sheet: Any, page: Page) -> None:
        sheet.set_paper(A4)
        if page.width > page.height:
            sheet.set_landscape()
        margins = {side: getattr(page, side) / 2.54 for side in ("left", "right", "top", "bottom")}
        sheet.set_margins(**margins)
        sheet.set_header(f'&C&"{FONT},Regular"&13&P', {"margin": page.top / 2.54 / 2})
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

    def _write(self, sheet: Any, piece: PlacedCell) -> None:
        place, style = (piece.row, piece.column), self._format(piece.style)
        if (piece.row, piece.column) != (piece.last_row, piece.last_column):
            checked(sheet.merge_range(*place, piece.last_row, piece.last_column, "", style))
        value = piece.value
        if piece.formula is not None:
            result = sheet.write_formula(*place, piece.formula, style, "" if value is None else value)
        elif value is None or value == "":
            result = sheet.write_blank(*place, None, style)
        elif isinstance(value, bool):
            result = sheet.write_string(*place, "x" if value else "", style)
        elif isinstance(value, (int, float, Decimal)):
            result = sheet.write_number(*place, value, style)
        elif isinstance(value, date) and value.year >= FIRST_YEAR:
            result = sheet.write_datetime(*place, value, style)
        else:
            result = sheet.write_string(*place, safe(value if isinstance(value, str) else f"{value:%d/%m/%Y}"), style)
        checked(result)

    def _format(self, style: CellStyle) -> Any:
        if style not in self.formats:
            self.formats[style] = look(
                self.book,
                font_size=style.size,
                bold=style.bold,
                italic=style.italic,
                align=style.align,
                valign="vcenter",
                text_wrap=style.wrap,
                border=int(style.border),
                num_format=style.number,
            )
        return self.formats[style]

    def _draw(self, sheet: Any, plan: Plan, placed: PlacedChart) -> None:
        chart = self.book.add_chart({"type": placed.chart.kind})
        name, (first, last) = plan.annex.sheet, (placed.first, placed.last)
        for place, column in enumerate(placed.series):
            drawn = plan.annex.columns[column - 1]
            checked(
                chart.add_series(
                    {
                        "name": " – ".join((*drawn.under, drawn.label)),
                        "categories": [name, first, placed.labels, last, placed.labels],
                        "values": [name, first, column, last, column],
                        "fill": {"color": COLOURS[place % len(COLOURS)]},
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
        checked(sheet.insert_chart(placed.row, 0, chart, told))
