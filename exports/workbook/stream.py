"""A sheet whose rows are written as they are read: kept in a file, never in memory.

XlsxWriter's "constant_memory" gives up tables and takes three times as long. So rows are rendered here, into a file
of their own, and copied into the sheet when XlsxWriter writes it; everything around them is XlsxWriter's. That leans
on names that it does not promise: its version is pinned, `tests/exports/test_stream.py` holds the outcome.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from typing import IO, Any

from exports.workbook.book import Sheet, WriteError
from exports.workbook.cells import CellColumn

ROW_LIMIT = 1_048_576
LINE, TALLEST = 15, 27
"""Height of a line of text in points; the most lines a row shows (Excel's limit is 409 points)."""


class StreamedSheet(Sheet):
    """A sheet with rows that XlsxWriter doesn't know of, between those it was given before and after them.

    Rows count from 0, as in XlsxWriter.
    """

    dim_rowmin: int
    dim_rowmax: int
    outline_row_level: int

    def begin(self, first: int, columns: Sequence[CellColumn], file: IO[bytes]) -> None:
        """Let the streamed rows begin in the row `first`, with these columns; `file` keeps them until the end."""
        self.first = self.next = first
        self.columns, self.file = columns, file

    def stream(self, values: Sequence[Sequence[Any]], level: int = 0) -> None:
        """Write rows below the last, given column by column, at this level of the outline."""
        count = len(values[0])
        numbers = [str(number) for number in range(self.next + 1, self.next + 1 + count)]
        cells = [column.render(own, numbers) for column, own in zip(self.columns, values, strict=True)]
        outline = f' outlineLevel="{level}"' if level else ""
        self.outline_row_level = max(self.outline_row_level, level)
        self._put(numbers, self._about_rows(values, outline, count), zip(*cells, strict=True))

    def add_row(self, cells: Sequence[str]) -> None:
        """Write one row of rendered cells below the last."""
        self._put([str(self.next + 1)], [""], [cells])

    def _put(self, numbers: Sequence[str], about: Sequence[str], cells: Iterable[Sequence[str]]) -> None:
        rows = [
            f'<row r="{number}"{more}>{"".join(own)}</row>'
            for number, more, own in zip(numbers, about, cells, strict=True)
        ]
        self.next += len(rows)
        if self.next > ROW_LIMIT:
            raise WriteError(f"more than {ROW_LIMIT} rows")
        self.file.write("".join(rows).encode())

    def _about_rows(self, values: Sequence[Sequence[Any]], outline: str, count: int) -> list[str]:
        """What is said of each row: its height, if it has more than one line, and its level."""
        lines = [found for c, own in zip(self.columns, values, strict=True) if (found := c.lines(own)) is not None]
        if not lines:
            return [outline] * count
        tallest = [min(max(row), TALLEST) for row in zip(*lines, strict=True)]
        return [f' ht="{LINE * most}" customHeight="1"{outline}' if most > 1 else outline for most in tallest]

    def _write_dimension(self) -> None:
        self.dim_rowmax = max(self.dim_rowmax, self.next - 1)
        super()._write_dimension()

    def _write_sheet_data(self) -> None:
        self._xml_start_tag("sheetData")
        self._write_between(self.dim_rowmin, self.first - 1)
        self.fh.flush()
        self.file.seek(0)
        shutil.copyfileobj(self.file, self.fh.buffer, 1 << 20)
        self._write_between(self.next, self.dim_rowmax)
        self._xml_end_tag("sheetData")

    def _write_between(self, first: int, last: int) -> None:
        """Let XlsxWriter write those of its rows that lie here."""
        kept = self.dim_rowmin, self.dim_rowmax
        self.dim_rowmin, self.dim_rowmax = first, last
        self._write_rows()
        self.dim_rowmin, self.dim_rowmax = kept
