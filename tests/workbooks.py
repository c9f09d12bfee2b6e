"""Workbooks opened again: what all of them must keep, and what LibreOffice makes of them."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import openpyxl
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import needs

SECONDS = 120
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def converted(folder: Path, kind: str, *files: Path) -> list[Path]:
    """The files as LibreOffice saves them anew ("xlsx", every formula computed anew) or prints them ("pdf")."""
    profile, out = folder / "profile", folder / kind
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    command = [needs.libreoffice(), f"-env:UserInstallation={profile.as_uri()}", "--headless"]
    command += ["--convert-to", kind, "--outdir", str(out), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return [out / f"{file.stem}.{kind}" for file in files]


def parts(file: Path) -> dict[str, str]:
    """The XML files in a workbook by name."""
    with ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}


# -- accessibility: the checklist of the UK's Analysis Function for published spreadsheets


def barriers(file: Path) -> list[str]:
    """What keeps someone who can't see a data workbook from reading it; nothing, for a good one."""
    book = openpyxl.load_workbook(file)
    return [
        *_of_book(book),
        *(f"{sheet.title}: {found}" for sheet in book for found in _of_sheet(sheet)),
        *_of_art(file),
    ]


def _of_book(book: Workbook) -> Iterator[str]:
    names = [name.strip().casefold() for name in book.sheetnames]
    if len(set(names)) < len(names):
        yield "two sheets have one name"
    if any(re.fullmatch(r"(?:sheet|trang tính) ?\d*", name) for name in names):
        yield "a sheet has no name of its own"
    if not (book.properties.title or "").strip():
        yield "no document title"


def _of_sheet(sheet: Worksheet) -> Iterator[str]:
    if not str(sheet["A1"].value or "").strip():
        yield "no title in A1"
    if sheet.sheet_state != "visible" or any(each.hidden for each in sheet.column_dimensions.values()):
        yield "something is hidden"
    ranges = [table.ref for table in sheet.tables.values()] or [ref for ref in [sheet.auto_filter.ref] if ref]
    for ref in ranges:
        yield from (f"{ref}: {found}" for found in _of_table(sheet, ref))


def _of_table(sheet: Worksheet, ref: str) -> Iterator[str]:
    left, top, right, bottom = range_boundaries(ref)
    rows = list(sheet.iter_rows(top, bottom, left, right, values_only=True))
    headings = [str(value or "").strip().casefold() for value in rows[0]]
    if not all(headings) or len(set(headings)) < len(headings):
        yield "a column has no heading of its own"
    if sheet.print_title_rows != f"${top}:${top}":
        yield "more or less than one heading row"
    if any(all(value is None for value in row) for row in rows):
        yield "a blank row"
    for merged in sheet.merged_cells.ranges:
        if merged.max_row >= top and merged.min_row <= bottom and merged.max_col >= left and merged.min_col <= right:
            yield f"merged cells {merged.coord}"


def _of_art(file: Path) -> Iterator[str]:
    for name, text in parts(file).items():
        if name.startswith("xl/drawings/drawing"):
            for drawn in re.findall(r"<xdr:cNvPr[^>]*>", text):
                if not re.search(r'descr="[^"]+"', drawn):
                    yield f"{name}: a chart or picture without a text that says what it shows"
        if name.startswith("xl/tables/") and not re.search(r'altText="[^"]+"', text):
            yield f"{name}: a table without a title"
