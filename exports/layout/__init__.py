"""Where everything of an annex stands on its sheet: widths, heights, cells, pages."""

from __future__ import annotations

from exports.annex import Annex, AnnexWorkbook, lines
from exports.layout.breaks import page_breaks
from exports.layout.foot import add_charts, add_foot, signers_of
from exports.layout.head import add_heading, add_letterhead, add_title
from exports.layout.sheet import LANDSCAPE, PORTRAIT, Plan
from exports.layout.table import add_table
from exports.layout.widths import fit


def plan(workbook: AnnexWorkbook, annex: Annex) -> Plan:
    """Lay out one sheet of a workbook."""
    page = LANDSCAPE if annex.landscape else PORTRAIT
    found = lines(annex)
    size, widths = fit(annex, found, page)
    made = Plan(annex, page, size, widths)
    add_letterhead(made, workbook)
    add_title(made)
    add_heading(made)
    add_table(made, found)
    add_foot(made, workbook)
    add_charts(made, signed=bool(signers_of(workbook, annex)))
    made.breaks = list(page_breaks(made))
    return made
