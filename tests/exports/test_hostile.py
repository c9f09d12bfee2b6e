"""Hostile texts in every text column: none becomes a formula or a link, each is read back as it was."""

import random
import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from exports.listing import Listing, write_listing
from exports.workbook import ListColumn
from exports.workbook.columns import LOOKS
from models.records.fields import Kind
from tests.workbooks import converted, parts

PAYLOADS = [
    "=1+1",
    "+1+cmd|'/C calc'!A0",
    "-1+1",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "{=1+1}",
    '=HYPERLINK("http://example.org/?"&A1,"bấm vào đây")',
    "http://example.org/?a=1&b=<2>",
    "mailto:a@example.org",
    "internal:'Danh sách'!A1",
    "file://server/share",
]
PIECES = (
    *(
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\n",
        "\r",
        "\r\n",
        " ",
        "\u00a0",
        "\u200b",
        "\u202e",
        "\ufeff",
        "'",
        '"',
        "`",
        ";",
        ",",
    ),
    *("<r>", "</r>", "<is>", "</t>", "]]>", "<![CDATA[", "&amp;", "&", "<", ">", "&#10;", "<!--", "<?xml", "%00"),
    *("_x0041_", "_x000D_", "_x", "_x00", "\x01", "\x08", "\x0b", "\x1f", "\x7f", "\x85", "\ufffe", "\uffff"),
    *("http://a.b", "https://", "ftp://", "external:", "internal:", "mailto:", "file:///", "#REF!", "TRUE", "1e5"),
    *("0123", "12/05/2023", "NaN", "😀", "👨‍👩‍👧", "e\u0301", "Ấp Trà Đức", "ạ" * 300, "đ", "٣", "SUM(1,2)", "DDE(1)"),
)
COUNT = 200
TEXT_KINDS = [kind for kind in Kind if kind not in LOOKS]


def texts() -> list[str]:
    """The payloads, and texts of hostile pieces; the same on every run."""
    dice = random.Random(1236)  # noqa: S311  no secret
    made = ["".join(dice.choices(PIECES, k=dice.randint(1, 6))) for _ in range(COUNT)]
    return [*PAYLOADS, *made, "<r>Tom & Jerry</r>"]


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("hostile") / "hostile.xlsx"
    columns = [ListColumn(kind.value, kind) for kind in TEXT_KINDS]
    with file.open("wb") as target:
        write_listing(target, Listing("=1+1", "@SUM(A1)", columns, ([text] * len(columns) for text in texts())))
    return file


def test_nothing_is_a_formula_or_a_link(workbook: Path) -> None:
    xml = "".join(parts(workbook).values())
    assert re.findall(r"<f[ >]|<hyperlink|TargetMode|externalLink|ddeLink", xml) == []


def test_openpyxl_reads_every_text_as_it_was(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["Danh sách"]
    for row, text in zip(sheet.iter_rows(min_row=4, min_col=2), texts(), strict=True):
        assert {(cell.data_type, unescape(str(cell.value))) for cell in row} == {("s", text)}


def test_what_would_be_a_formula_when_edited_stays_text(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)["Danh sách"]
    quoted = {unescape(str(cell.value)) for cell in sheet["B"][3:] if cell.quotePrefix}
    assert quoted == {text for text in texts() if text[0] in "=+-@\t\r"}


def test_libreoffice_reads_every_text_as_it_was(workbook: Path, tmp_path: Path) -> None:
    (file,) = converted(tmp_path, "xlsx", workbook)
    assert re.findall(r"<f[ >]|<hyperlink", "".join(parts(file).values())) == []
    sheet = openpyxl.load_workbook(file)["Danh sách"]
    rows = list(sheet.iter_rows(min_row=4, min_col=2, values_only=True))
    assert [{saved(str(value)) for value in row} for row in rows] == [{saved(text)} for text in texts()]


def saved(text: str) -> str:
    """What LibreOffice's own file can tell: it keeps one kind of line break, and marks no text that looks marked."""
    return unescape(text).replace("\r\n", "\n")
