"""The paper, the styles and the safe cells of every workbook; the only package that knows XlsxWriter."""

from exports.workbook.book import (
    DATE,
    MOMENT,
    NUMBER,
    PERCENT,
    YEAR,
    Sheet,
    WriteError,
    checked,
    look,
    open_book,
    set_paper,
)
from exports.workbook.columns import ListColumn
from exports.workbook.printed import PrintedWorkbook
from exports.workbook.sheet import ROOM, ListSheet
from exports.workbook.text import CELL_LIMIT, CUT, fitted, safe

__all__ = [
    "CELL_LIMIT",
    "CUT",
    "DATE",
    "MOMENT",
    "NUMBER",
    "PERCENT",
    "ROOM",
    "YEAR",
    "ListColumn",
    "ListSheet",
    "PrintedWorkbook",
    "Sheet",
    "WriteError",
    "checked",
    "fitted",
    "look",
    "open_book",
    "safe",
    "set_paper",
]
