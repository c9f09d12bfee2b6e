"""A workbook with one table: title, a line about it, headings, rows as they are read, sums."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain, groupby, islice
from math import ceil
from operator import itemgetter
from typing import IO, Any

from xlsxwriter.utility import xl_col_to_name, xl_range

from exports.workbook.book import checked, look, open_book, set_last_line, set_paper
from exports.workbook.cells import CellColumn, Style
from exports.workbook.columns import NUMBER_WIDTH, ListColumn, headings, widths
from exports.workbook.stream import LINE, ROW_LIMIT, StreamedSheet
from exports.workbook.text import CUT, safe
from models.records.fields import Kind

TITLE_ROW, ABOUT_ROW, HEADING_ROW = 0, 1, 2
ROOM = ROW_LIMIT - HEADING_ROW - 2
"""How many rows a list may have: its heading and its sums apart."""
BLOCK = 500
"""How many rows are rendered together; the first block is what widths are measured on."""
TABLE = "DanhSach"
SUM = "SUBTOTAL(9,{})"
"""The sum of what a filter shows: of folded groups too, of other subtotals not."""
SHORTENED = "CHÚ Ý: {} ô quá dài đã bị cắt, chỗ cắt ghi “{}”"
MENDED = "CHÚ Ý: {} ô có ký tự hỏng, đã thay bằng “\ufffd”"


class ListSheet:
    """One table in one workbook. Its rows may come by the million: none of them is kept."""

    def __init__(
        self, target: IO[bytes], title: str, about: str, columns: Sequence[ListColumn], *, landscape: bool = True
    ) -> None:
        self.book = open_book(target, title, about)
        self.sheet: StreamedSheet = self.book.add_worksheet("Danh sách", StreamedSheet)
        self.title, self.about, self.landscape = title, about, landscape
        self.columns = [ListColumn("STT", Kind.INTEGER), *columns]
        self.count = 0

    def write(self, rows: Iterable[Sequence[Any]], group: int | None = None) -> int:
        """Write the rows, then close the workbook. Returns how many there were.

        With `group`, rows that stand together and have the same value in that column are a group, which can be folded
        and has sums of its own. Raises WriteError beyond what a sheet holds.
        """
        rest = iter(rows)
        sample = list(islice(rest, BLOCK))
        with tempfile.TemporaryFile() as file:
            self._begin(sample, file)
            if group is None:
                self._stream(chain(sample, rest))
            else:
                for value, part in groupby(chain(sample, rest), itemgetter(group)):
                    self._stream_group(value, part)
            self._finish(grouped=group is not None)
            self.book.close()
        return self.count

    def _begin(self, sample: Sequence[Sequence[Any]], file: IO[bytes]) -> None:
        """The paper, the widths, and the columns that the rows will stand in."""
        sheet = self.sheet
        set_paper(sheet, landscape=self.landscape, number_size=11)
        sheet.repeat_rows(HEADING_ROW)
        sheet.freeze_panes(HEADING_ROW + 1, 0)
        self.widths = [NUMBER_WIDTH, *widths(self.columns[1:], sample)]
        for place, width in enumerate(self.widths):
            checked(sheet.set_column(place, place, width))
        looks = [{"align": "center"}, *(column.look for column in self.columns[1:])]
        self.sums = [self._style(bold=True, **own)(False) for own in looks]
        self.cells = [
            CellColumn(xl_col_to_name(place), column.kind, self._style(text_wrap=True, **own), width)
            for place, (column, own, width) in enumerate(zip(self.columns, looks, self.widths, strict=True))
        ]
        sheet.begin(HEADING_ROW + 1, self.cells, file)

    def _style(self, **more: Any) -> Style:
        @cache
        def style(quoted: bool) -> int:
            quote = {"quote_prefix": True} if quoted else {}
            return int(look(self.book, border=1, **more, **quote)._get_xf_index())  # noqa: SLF001  no other way to it

        return style

    def _stream(self, rows: Iterable[Sequence[Any]], level: int = 0) -> None:
        rest = iter(rows)
        while block := list(islice(rest, BLOCK)):
            first = self.count + 1
            self.count += len(block)
            values = [range(first, self.count + 1), *zip(*block, strict=True)]
            self.sheet.stream(values, level)
            for column, cells, own in zip(self.columns, self.cells, values, strict=True):
                if column.total:
                    cells.add(own)

    def _stream_group(self, value: Any, rows: Iterable[Sequence[Any]]) -> None:
        first, before = self.sheet.next, [cells.total for cells in self.cells]
        self._stream(rows, level=1)
        totals = [cells.total - old for cells, old in zip(self.cells, before, strict=True)]
        self._add_sums(f"Cộng: {_in_words(value)}", first, totals)

    def _add_sums(self, label: str, first: int, totals: Sequence[Any]) -> None:
        """A row with the sums of the rows from `first` on."""
        labelled = next((place for place, column in enumerate(self.columns) if place and not column.total), 0)
        row = []
        for place, (column, cells) in enumerate(zip(self.columns, self.cells, strict=True)):
            formula = SUM.format(xl_range(first, place, self.sheet.next - 1, place)) if column.total else ""
            text = label if place == labelled else ""
            row.append(cells.sum(str(self.sheet.next + 1), self.sums[place], text, formula, totals[place]))
        self.sheet.add_row(row)

    def _finish(self, *, grouped: bool) -> None:
        """What can be said only when all rows are known: the table around them, the sums, the lines above."""
        first, last, width = HEADING_ROW + 1, self.sheet.next - 1, len(self.columns) - 1
        self._set_headings()
        if self.count:
            if grouped:
                checked(self.sheet.autofilter(HEADING_ROW, 0, last, width))
            else:
                self._set_table(last)
            texts = [xl_range(first, n, last, n) for n, cells in enumerate(self.cells) if cells.is_text]
            if texts:
                checked(self.sheet.ignore_errors({"number_stored_as_text": " ".join(texts)}))
            if any(column.total for column in self.columns):
                self._add_sums("Tổng cộng", first, [cells.total for cells in self.cells])
        checked(self.sheet.print_area(0, 0, self.sheet.next - 1, width))
        self._set_lines_above()

    def _set_lines_above(self) -> None:
        title = look(self.book, bold=True, font_size=14)
        checked(self.sheet.write_string(TITLE_ROW, 0, safe(self.title.upper()), title))
        warnings = list(self._warnings())
        about = look(self.book, **({"bold": True, "font_color": "#C00000"} if warnings else {"italic": True}))
        line = safe(" · ".join([*warnings, self.about]))
        checked(self.sheet.write_string(ABOUT_ROW, 0, line, about))
        told = f"Số dòng: {f'{self.count:,}'.replace(',', '.')} · {self.about}"
        set_last_line(self.sheet, told)
        self.book.set_properties({"title": self.title[:255], "comments": " · ".join([*warnings, told])[:255]})

    def _warnings(self) -> Iterator[str]:
        """What of the texts is not as it is kept."""
        cut, mended = (sum(getattr(cells, name) for cells in self.cells) for name in ("cut", "mended"))
        if cut:
            yield SHORTENED.format(cut, CUT)
        if mended:
            yield MENDED.format(mended)

    def _set_headings(self) -> None:
        heading = look(
            self.book, bold=True, border=1, align="center", valign="vcenter", text_wrap=True, bg_color="#F2F2F2"
        )
        self.labels = [{"header": safe(text), "header_format": heading} for text in headings(self.columns)]
        lines = 1
        for place, (label, width) in enumerate(zip(self.labels, self.widths, strict=True)):
            checked(self.sheet.write_string(HEADING_ROW, place, label["header"], heading))
            lines = max(lines, ceil(len(label["header"]) * 1.1 / width) if place else 1)
        checked(self.sheet.set_row(HEADING_ROW, LINE * lines))

    def _set_table(self, last: int) -> None:
        """A native table. XlsxWriter keeps every cell of one in memory, so it is made around one row, then widened."""
        about = {"title": self.title, "description": self.about}
        options = {"name": TABLE, "columns": self.labels, "style": None, "banded_rows": False, **about}
        width = len(self.columns) - 1
        checked(self.sheet.add_table(HEADING_ROW, 0, HEADING_ROW + 1, width, options))
        whole = xl_range(HEADING_ROW, 0, last, width)
        self.sheet.tables[-1].update(range=whole, a_range=whole, autofilter=whole)


def _in_words(value: Any) -> str:
    """The value that the rows of a group have in common, as its cells show it."""
    if value is None or value == "":
        return "(trống)"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
