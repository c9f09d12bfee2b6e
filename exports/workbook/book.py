"""What every workbook shares: how it is opened, its letters, its paper, and that nothing fails unnoticed."""

from __future__ import annotations

from functools import partial
from typing import IO, Any
from zipfile import ZipFile

import xlsxwriter
import xlsxwriter.workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

A4 = 9
FONT = "Times New Roman"
FACE = {"font_name": FONT, "font_size": 11, "valign": "top"}
NUMBER, PERCENT, YEAR = "#,##0", "0.0%", "0"
LAST_LINE = 180
DATE, MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"


LEVEL = 4
"""How hard a workbook is compressed: half the time of the usual 6, an eighth more to send (`bench/excel.py`)."""
# XlsxWriter asks nobody; of its own name for the class, not of zipfile's.
xlsxwriter.workbook.ZipFile = partial(ZipFile, compresslevel=LEVEL)


class WriteError(ValueError):
    """XlsxWriter did not write what it was given."""


class Sheet(Worksheet):
    """A sheet whose first page bears no number (Decree 30/2020, Appendix I)."""

    def _write_header_footer(self) -> None:
        # XlsxWriter has no first page of its own; without a text it stays empty.
        self._xml_start_tag("headerFooter", [("differentFirst", 1)])
        if self.header:
            self._write_odd_header()
        if self.footer:
            self._write_odd_footer()
            self._xml_data_element("firstFooter", self.footer)
        self._xml_end_tag("headerFooter")


def open_book(target: IO[bytes], title: str, about: str, **more: Any) -> Any:
    """A workbook in which text stays text: nothing becomes a formula, a link or a number by the look of it.

    `more` are XlsxWriter's own options.
    """
    book = xlsxwriter.Workbook(
        target,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": DATE,
            "use_zip64": True,  # has no effect below 2 GB
            **more,
        },
    )
    book.set_properties({"title": title[:255], "comments": about[:255]})
    return book


def look(book: Any, **more: Any) -> Format:
    """A format in the office's letters; `more` in XlsxWriter's words: bold, align, num_format, border."""
    return book.add_format({**FACE, **more})


def set_paper(sheet: Any, *, landscape: bool = False, number_size: int = 13) -> None:
    """A4 with the margins of Decree 30/2020 (30, 15, 20, 20 mm), one page wide, numbered at the top from page 2."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=1.18, right=0.6, top=0.8, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f'&C&"{FONT}"&{number_size}&P')


def set_last_line(sheet: Any, text: str) -> None:
    """Let this be the last line of every page; cut where it is longer than Excel keeps."""
    line = text if len(text) <= LAST_LINE else f"{text[: LAST_LINE - 1]}…"
    sheet.set_footer(f'&L&"{FONT}"&9{line.replace("&", "&&")}')


def checked(result: Any) -> None:
    """Every method of XlsxWriter says by a negative number that it did nothing: let none pass.

    Raises WriteError.
    """
    if isinstance(result, int) and result < 0:
        raise WriteError(f"XlsxWriter refused ({result})")
