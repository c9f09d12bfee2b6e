"""The workbook opened again: what kind each cell is of, that text stays text, and how the sheet prints."""

import io
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from exports.listing import Listing, write_listing
from exports.workbook import CELL_LIMIT, CUT, ListColumn
from exports.workbook.columns import NARROWEST, PAGE_WIDTH
from models.records.fields import Kind

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "{=1+1}",
    "http://example.org/",
    "https://example.org/?a=1&b=<2>",
    "mailto:a@example.org",
    "internal:Sheet2!A1",
    "external:c:\\temp\\a.xlsx",
    "file://server/share",
    "0123",
    "1e5",
    "12/05/2023",
    "TRUE",
    "#REF!",
    "<r>Tom & Jerry",
    " đứng trước, đứng sau ",
    "Nguyễn Thị “Ánh”\nấp Trà Đức",
    "😀 tổ 7",
]


def sheet_of(
    rows: Sequence[Sequence[Any]], *kinds: Kind, places: int = 0, title: str = "Đơn vị", about: str = "Tất cả"
) -> Worksheet:
    target = io.BytesIO()
    columns = [ListColumn(f"Cột {number}", kind, places) for number, kind in enumerate(kinds, start=1)]
    assert write_listing(target, Listing(title, about, columns, rows)) == len(rows)
    sheet = openpyxl.load_workbook(target).active
    assert isinstance(sheet, Worksheet)
    return sheet


def cell_of(value: Any, kind: Kind, places: int = 0) -> Cell:
    cell = sheet_of([[value]], kind, places=places)["B4"]
    assert isinstance(cell, Cell)
    return cell


@pytest.mark.parametrize(
    ("kind", "value", "read", "look"),
    [
        (Kind.INTEGER, 1234, 1234, "#,##0"),
        (Kind.MONEY, 1_500_000_000, 1_500_000_000, "#,##0"),
        (Kind.DECIMAL, Decimal("12.50"), 12.5, "#,##0.00"),
        (Kind.YEAR, 2023, 2023, "0"),
        (Kind.DATE, date(2023, 11, 18), datetime(2023, 11, 18), "dd/mm/yyyy"),  # noqa: DTZ001  Excel knows no zones
        (Kind.MOMENT, datetime(2023, 11, 18, 20, 30, tzinfo=UTC), datetime(2023, 11, 19, 3, 30), "dd/mm/yyyy hh:mm"),  # noqa: DTZ001
    ],
)
def test_a_number_or_day_is_one_in_excel_too(kind: Kind, value: Any, read: Any, look: str) -> None:
    cell = cell_of(value, kind, places=2 if kind is Kind.DECIMAL else 0)
    assert (cell.value, cell.number_format) == (read, look)
    assert cell.data_type == ("d" if isinstance(read, datetime) else "n")


def test_a_decimal_has_the_places_of_its_field() -> None:
    assert [cell_of(Decimal(5), Kind.DECIMAL, places).number_format for places in (0, 1, 3)] == [
        "#,##0",
        "#,##0.0",
        "#,##0.000",
    ]


def test_a_day_before_excels_calendar_is_text() -> None:
    cell = cell_of(date(1890, 5, 19), Kind.DATE)
    assert (cell.value, cell.data_type) == ("19/05/1890", "s")
    assert cell_of(date(1900, 1, 1), Kind.DATE).data_type == "d"


def test_yes_is_a_cross_and_no_an_empty_cell() -> None:
    sheet = sheet_of([[True], [False], [None]], Kind.YES_NO)
    assert [sheet.cell(row, 2).value or None for row in (4, 5, 6)] == ["x", None, None]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    for kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.CODE, Kind.CHOICE, Kind.REFERENCE):
        cell = cell_of(text, kind)
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_text_stays_text_above_the_table_too() -> None:
    sheet = sheet_of([], Kind.TEXT, title="=1+1", about="http://example.org/")
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in (sheet["A1"], sheet["A2"])] == [
        ("=1+1", "s", None),
        ("http://example.org/", "s", None),
    ]


def test_xlsxwriters_own_markup_is_text() -> None:
    assert cell_of("<r>Tom & Jerry</r>", Kind.TEXT).value == "<r>Tom & Jerry</r>"
    assert sheet_of([], Kind.TEXT, about="<r>Tom & Jerry</r>")["A2"].value == "<r>Tom & Jerry</r>\u200b"


def test_control_characters_leave_a_workbook_that_opens() -> None:
    assert cell_of("a\x00b\x1fc", Kind.TEXT).value == "a_x0000_b_x001F_c"  # as Excel itself writes them
    assert cell_of("_x0041_", Kind.TEXT).value == "_x005F_x0041_"


def test_half_a_letter_leaves_a_workbook_that_opens() -> None:
    assert cell_of("a\ud800b", Kind.TEXT).value == "a\ufffdb"


@pytest.mark.parametrize("text", ["ạ" * 40_000, "😀" * (CELL_LIMIT // 2 + 1)])
def test_a_text_too_long_for_a_cell_is_cut_where_everyone_sees_it(text: str) -> None:
    sheet = sheet_of([[text], ["ngắn"], [text]], Kind.LONG_TEXT)
    kept = str(sheet["B4"].value)
    assert CELL_LIMIT - 1 <= len(kept.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert kept.endswith(CUT)
    assert text.startswith(kept.removesuffix(CUT))
    assert sheet["A2"].value == f"CHÚ Ý: 2 ô quá dài đã bị cắt, chỗ cắt ghi “{CUT}” · Tất cả"
    assert sheet["A2"].font.b


def test_a_text_that_was_mended_is_told() -> None:
    sheet = sheet_of([["a\ud800b"], ["ab"]], Kind.TEXT)
    assert sheet["A2"].value == "CHÚ Ý: 1 ô có ký tự hỏng, đã thay bằng “\ufffd” · Tất cả"


def test_a_workbook_that_fails_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[list[str]]:
        yield from [["Ấp 1"]] * 1_000
        raise LookupError

    with pytest.raises(LookupError):
        write_listing(io.BytesIO(), Listing("Ấp", "", [ListColumn("Tên", Kind.TEXT)], rows()))
    assert list(tmp_path.iterdir()) == []


def test_a_text_as_long_as_a_cell_is_kept_whole() -> None:
    assert cell_of("ạ" * CELL_LIMIT, Kind.LONG_TEXT).value == "ạ" * CELL_LIMIT


def test_the_lines_above_the_table() -> None:
    sheet = sheet_of([["a", 1]], Kind.TEXT, Kind.INTEGER, title="Đơn vị hành chính", about="Cấp: Xã · Quản trị")
    assert sheet["A1"].value == "ĐƠN VỊ HÀNH CHÍNH"
    assert sheet["A2"].value == "Cấp: Xã · Quản trị"
    assert [cell.value for cell in sheet[3]] == ["STT", "Cột 1", "Cột 2"]
    assert [cell.value for cell in sheet[4]] == [1, "a", 1]


def test_the_sheet_prints_on_a4_with_its_heading_on_every_page() -> None:
    sheet = sheet_of([["a"], ["b"]], Kind.TEXT)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.freeze_panes == "A4"
    assert sheet.tables["DanhSach"].ref == sheet.tables["DanhSach"].autoFilter.ref == "A3:B5"
    assert sheet.print_area == "'Danh sách'!$A$1:$B$5"
    assert sheet.HeaderFooter.differentFirst
    assert sheet.firstHeader.center.text is None
    assert "&P" in (sheet.oddHeader.center.text or "")


def test_a_list_without_rows_has_its_headings_and_no_filter() -> None:
    sheet = sheet_of([], Kind.TEXT)
    assert (sheet.max_row, sheet.tables) == (3, {})


def widths(sheet: Worksheet) -> list[float]:
    """The width of each column; neighbours of one width are kept as one."""
    kept = sheet.column_dimensions.values()
    return [each.width for each in kept for _column in range(each.min or 0, (each.max or 0) + 1)]


def test_columns_are_as_wide_as_what_they_hold() -> None:
    rows = [["ngắn", "Ủy ban MTTQ Việt Nam huyện Mỹ Xuyên", date(2023, 1, 1), 10**15]] * 10
    short, long, day, money = widths(sheet_of(rows, Kind.TEXT, Kind.TEXT, Kind.DATE, Kind.MONEY))[1:]
    assert short < 12 < 30 < long
    assert day >= len("01/01/2023")
    assert money >= len("1.000.000.000.000")


def test_one_long_text_makes_no_column_wide() -> None:
    rows = [["ngắn"]] * 19 + [["dài " * 100]]
    assert widths(sheet_of(rows, Kind.LONG_TEXT))[1] < 15


def test_many_texts_share_the_page() -> None:
    sheet = sheet_of([["dài " * 30] * 8] * 3, *[Kind.LONG_TEXT] * 8)
    assert sum(widths(sheet)) == pytest.approx(PAGE_WIDTH, abs=10)
    assert min(widths(sheet)[1:]) >= NARROWEST


def test_a_row_is_as_high_as_its_longest_text() -> None:
    sheet = sheet_of([["ngắn"], ["một dòng\nhai dòng\nba dòng"], ["dài " * 10_00]], Kind.LONG_TEXT)
    one, three, most = (sheet.row_dimensions[row].height or 0 for row in (4, 5, 6))
    assert one < three < most <= 409


def test_memory_does_not_grow_with_the_rows() -> None:
    kept: dict[int, int] = {}

    def rows() -> Iterator[list[str]]:
        for number in range(1, 40_001):
            yield [f"Ấp số {number}\ntổ 7"]
            if number in (2_000, 40_000):
                kept[number] = sys.getallocatedblocks()

    with tempfile.TemporaryFile() as target:
        write_listing(target, Listing("Ấp", "Tất cả", [ListColumn("Tên", Kind.LONG_TEXT)], rows()))
    assert kept[40_000] < kept[2_000] + 1_000
