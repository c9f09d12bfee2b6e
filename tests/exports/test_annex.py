"""The official annex: its sums and formulas, its place on the paper, and what it looks like once printed."""

import io
import re
import subprocess
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from exports.annex import (
    Annex,
    AnnexWorkbook,
    Chart,
    Column,
    Group,
    Letterhead,
    Look,
    Row,
    Signature,
    column_numbers,
    headings,
    lines,
)
from exports.font_metrics import width_of, wrapped
from exports.layout import plan
from exports.layout.sheet import LANDSCAPE, PORTRAIT
from exports.layout.table import column_letter, number_format
from exports.layout.widths import shown
from exports.registry import write
from models.records.fields import Kind
from tests import needs

MONEY = ("Kinh phí",)
COLUMNS = (
    Column("name", "Đơn vị", width=30),
    Column("all", "Tổng số", Kind.INTEGER, total=True),
    Column("held", "Đã tổ chức", Kind.INTEGER, total=True),
    Column("rate", "Tỷ lệ", ratio=("held", "all")),
    Column("state", "Ngân sách", Kind.MONEY, under=MONEY, total=True),
    Column("social", "Xã hội hóa", Kind.MONEY, under=MONEY, total=True),
    Column("spent", "Cộng", Kind.MONEY, under=MONEY, plus=("state", "social")),
    Column("note", "Ghi chú"),
)
SIGNED = Signature("TM. BAN THƯỜNG TRỰC", "PHÓ CHỦ TỊCH", "Lâm Thị Sà Rương")


def annex(rows: Sequence[Row | Group], columns: Sequence[Column] = COLUMNS, **more: object) -> Annex:
    return Annex("Đơn vị", "Kết quả Ngày hội", columns, rows, **more)  # type: ignore[arg-type]


def book(*sheets: Annex, signatures: tuple[Signature, ...] = (SIGNED,)) -> AnnexWorkbook:
    head = Letterhead(None, "ỦY BAN MTTQ VIỆT NAM TỈNH SÓC TRĂNG", "BAN THƯỜNG TRỰC")
    recipients = ("TT Tỉnh ủy (để báo cáo);", "Lưu: VT, BPT-TG.")
    return AnnexWorkbook(
        "Ngày hội", "Tất cả", head, "Sóc Trăng, ngày 08 tháng 02 năm 2023", signatures, recipients, sheets
    )


def written(made: AnnexWorkbook) -> openpyxl.Workbook:
    target = io.BytesIO()
    write(target, made)
    return openpyxl.load_workbook(target)


def row(name: str, *values: int | None) -> Row:
    return Row((name, *values, None))


def many(count: int) -> list[Row]:
    return [row(f"Ấp số {n}", 10, n % 10, 1_000_000 * n, 500_000) for n in range(1, count + 1)]


# -- what it says


def test_headings_reach_over_what_stands_under_them() -> None:
    found = {(h.text, h.row, h.column): (h.height, h.width) for h in headings(annex([]))}
    assert found["STT", 0, 0] == (2, 1)
    assert found["Kinh phí", 0, 5] == (1, 3)
    assert found["Cộng", 1, 7] == (1, 1)
    assert sum(height * width for height, width in found.values()) == 2 * 9


def test_neighbours_of_one_name_under_other_heads_stay_apart() -> None:
    columns = (Column("a", "A"), Column("b", "B", under=("X", "Y")), Column("c", "C", under=("Z", "Y")))
    found = [(h.text, h.row, h.column, h.width) for h in headings(annex([], columns))]
    assert [h for h in found if h[0] == "Y"] == [("Y", 1, 2, 1), ("Y", 1, 3, 1)]


def test_the_row_of_numbers_says_how_columns_come_about() -> None:
    assert column_numbers(annex([])) == ["(1)", "(2)", "(3)", "(4)", "(5)=(4)/(3)", "(6)", "(7)", "(8)=(6)+(7)", "(9)"]
    long = (Column("a", "A"), *(Column(k, k, Kind.INTEGER) for k in "bcde"), Column("f", "F", plus=tuple("bcde")))
    assert column_numbers(annex([], long))[-1] == "(7)=(3)+…+(6)"


def test_groups_are_marked_and_rows_counted_anew() -> None:
    tree = [
        Group("Tập thể", [row("a", 1), row("b", 2)]),
        Group("Cá nhân", [Group("Tỉnh", [row("c", 3)]), Group("Huyện", [Group("Xã", [row("d", 4)])])]),
    ]
    columns = (COLUMNS[0], COLUMNS[1], COLUMNS[-1])
    found = lines(annex(tree, columns))
    assert [(line.mark, line.cells[0].value, line.cells[1].value) for line in found] == [
        ("I", "Tập thể", 3),
        ("1", "a", 1),
        ("2", "b", 2),
        ("II", "Cá nhân", 7),
        ("1", "Tỉnh", 3),
        ("1", "c", 3),
        ("2", "Huyện", 4),
        ("a", "Xã", 4),
        ("1", "d", 4),
        ("", "Tổng cộng", 10),
    ]
    assert [line.look for line in found][-1] is Look.TOTAL


def test_of_nothing_known_the_sum_is_no_nought() -> None:
    found = lines(annex([row("a", 5, None, None, None), row("b", 0, 0, 7, None)]))
    first, second, total = ([cell.value for cell in line.cells[1:7]] for line in found)
    assert first == [5, None, None, None, None, None]
    assert second == [0, 0, 0, 7, None, 7]
    assert total == [5, 0, 0.0, 7, None, 7]


def test_what_is_not_known_yet_is_computed_once_it_is_filled_in() -> None:
    sheet = written(book(annex([row("a", None, None, None, None)])))["Đơn vị"]
    formulas = [cell.value for line in sheet.iter_rows() for cell in line if str(cell.value).startswith("=")]
    assert any(re.fullmatch(r'=IF\(COUNT\(F\d+,G\d+\)<1,"",F\d+\+G\d+\)', text) for text in formulas)
    assert any(re.fullmatch(r'=IF\(COUNT\(D\d+,C\d+\)<2,"",IF\(C\d+=0,0,D\d+/C\d+\)\)', text) for text in formulas)


def test_numbers_are_shown_as_an_office_writes_them() -> None:
    fine = Column("x", "X", Kind.DECIMAL, places=None)
    assert [shown(Decimal(v), fine) for v in ("1.50", "3", "99.25", "1632.4")] == ["1,5", "3", "99,25", "1.632"]
    assert shown(1_250_000, COLUMNS[4]) == "1.250.000"
    assert shown(0.9267, COLUMNS[3]) == "92,7%"
    assert shown(date(2023, 2, 8), Column("d", "D", Kind.DATE)) == "08/02/2023"
    assert [number_format(c) for c in (fine, *COLUMNS[1:4])] == ["[>=100]#,##0;General", "#,##0", "#,##0", "0.0%"]


def test_columns_are_named_as_excel_names_them() -> None:
    assert [column_letter(n) for n in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]


# -- letters


def test_text_is_as_wide_as_its_letters() -> None:
    assert width_of("iii", 12) < width_of("mmm", 12) < width_of("mmm", 12, bold=True)
    assert width_of("ẫ", 12) == width_of("a", 12)
    assert width_of("ab", 24) == 2 * width_of("ab", 12)


def test_text_is_broken_between_words_and_long_words_within() -> None:
    room = width_of("một hai", 12) + 1
    assert wrapped("một hai ba\nbốn", room, 12) == ["một hai", "ba", "bốn"]
    assert "".join(wrapped("x" * 50, room, 12)) == "x" * 50
    assert all(width_of(part, 12) <= room for part in wrapped("x" * 50, room, 12))


# -- where it stands


def test_more_than_seven_columns_lie_on_their_side() -> None:
    upright, lying = annex([], COLUMNS[:6]), annex([], COLUMNS[:7])
    assert (plan(book(), upright).page, plan(book(), lying).page) == (PORTRAIT, LANDSCAPE)


def test_the_table_fills_the_page_and_no_more() -> None:
    for columns in (COLUMNS[:3], COLUMNS):
        made = plan(book(), annex([], columns))
        assert sum(made.widths) == made.page.room


def test_numbers_and_words_are_never_broken() -> None:
    values = (10**9, 10**9, 10**12, 10**12)
    made = plan(book(), annex([row("Thị trấn Huỳnh Hữu Nghĩa", *values)]))
    for place, width in zip((1, 2, 4, 5), (made.widths[i] for i in (2, 3, 5, 6)), strict=True):
        assert width_of(shown(values[0 if place < 4 else 2], COLUMNS[place]), made.size) < width


def test_letters_shrink_before_rows_tower() -> None:
    text = "Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh " * 3
    wide = [Column(f"c{n}", "Nội dung") for n in range(12)]
    assert plan(book(), annex([Row((text,) * 12)], wide)).size < plan(book(), annex([Row(("a",) * 12)], wide)).size


def test_the_signature_stands_with_the_last_lines() -> None:
    for count in range(1, 60):
        made = plan(book(), annex(many(count)))
        end = made.body[1]
        assert all(row <= max(made.body[0], end - 3) for row in made.breaks), count


def test_pages_are_no_longer_than_the_paper() -> None:
    made = plan(book(), annex(many(200)))
    starts = [0, *made.breaks, len(made.heights)]
    repeated = sum(made.heights[made.repeated[0] : made.repeated[1] + 1])
    for place, (start, end) in enumerate(pairwise(starts)):
        assert sum(made.heights[start:end]) + (repeated if place else 0) <= made.page.length


def test_a_group_never_ends_a_page() -> None:
    groups = [Group(f"Xã {n}", many(n % 4 + 1)) for n in range(60)]
    made = plan(book(), annex(groups))
    look = [line.look for line in lines(made.annex)]
    assert made.breaks
    assert not any(look[row - made.body[0] - 1] is Look.GROUP for row in made.breaks if row < made.body[1])


def test_the_sheet_is_set_up_to_be_printed() -> None:
    sheet = written(book(annex(many(30))))["Đơn vị"]
    assert isinstance(sheet, Worksheet)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    made = plan(book(), annex(many(30)))
    assert sheet.print_area == f"'Đơn vị'!$A$1:$I${len(made.heights)}"
    assert sheet.print_title_rows == f"${made.repeated[0] + 1}:${made.repeated[1] + 1}"
    assert sheet.page_margins.left == pytest.approx(2.0 / 2.54)
    assert sheet.HeaderFooter.differentFirst
    assert (sheet.firstHeader.center.text, sheet.oddHeader.center.text) == (None, "&P")
    assert (sheet.oddHeader.center.font, sheet.oddHeader.center.size) == ("Times New Roman,Regular", 13)
    assert {cell.font.name for line in sheet.iter_rows() for cell in line} == {"Times New Roman"}


def test_all_that_office_paper_says_is_there() -> None:
    more = {"number": "Phụ lục II", "basis": "(Kèm theo Báo cáo số 12/BC-MTTQ-BTT)", "measure": "đồng"}
    sheet = written(book(annex(many(3), closing=("Có 03 (ba) đơn vị./.",), **more)))["Đơn vị"]
    texts = [str(value) for line in sheet.iter_rows(values_only=True) for value in line if value is not None]
    wanted = [
        "ỦY BAN MTTQ VIỆT NAM TỈNH SÓC TRĂNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BAN THƯỜNG TRỰC",
        "Độc lập - Tự do - Hạnh phúc",
        "Phụ lục II",
        "KẾT QUẢ NGÀY HỘI",
        "(Kèm theo Báo cáo số 12/BC-MTTQ-BTT)",
        "Đơn vị tính: đồng",
        "STT",
        "(1)",
        "Ấp số 1",
        "Tổng cộng",
        "Có 03 (ba) đơn vị./.",
        "Sóc Trăng, ngày 08 tháng 02 năm 2023",
        "Nơi nhận:",
        "TM. BAN THƯỜNG TRỰC",
        "- TT Tỉnh ủy (để báo cáo);",
        "PHÓ CHỦ TỊCH",
        "- Lưu: VT, BPT-TG.",
        "Lâm Thị Sà Rương",
    ]
    assert [text for text in texts if text in wanted] == wanted


def test_text_in_a_paper_stays_text() -> None:
    hostile = ["=1+1", "@SUM(A1)", "{=1}", "http://example.org/", "<r>x</r>", "a\x00b", "\ud800", "0123"]
    rows = [Row((text, text)) for text in hostile]
    sheet = written(book(annex(rows, (Column("a", "=A"), Column("b", "B")), closing=("=1+1",))))["Đơn vị"]
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert not any(cell.hyperlink for cell in cells)
    assert [cell.value for cell in cells if cell.value in ("=1+1", "0123")].count("=1+1") == 3


def test_an_empty_table_says_so() -> None:
    sheet = written(book(annex([])))["Đơn vị"]
    assert "Không có dòng nào." in {value for line in sheet.iter_rows(values_only=True) for value in line}


def test_charts_tell_what_they_show_to_those_who_cannot_see() -> None:
    chart = Chart("Ngày hội", "Mỗi đơn vị hai cột.", labels="name", series=("all", "held"))
    target = io.BytesIO()
    write(target, book(annex(many(3), charts=(chart,))))
    parts = openpyxl.load_workbook(target)
    assert parts.sheetnames == ["Đơn vị", "Đơn vị (biểu đồ)"]
    drawing = _part(target, "xl/drawings/drawing2.xml")
    assert 'descr="Ngày hội. Mỗi đơn vị hai cột."' in drawing
    data = _part(target, "xl/charts/chart1.xml")
    made = plan(book(), annex(many(3)))
    assert f"'Đơn vị'!$C${made.body[0] + 1}:$C${made.body[0] + 3}" in data
    assert "<c:v>10</c:v>" in data


def test_charts_of_what_nobody_signs_stay_on_the_page() -> None:
    chart = Chart("Ngày hội", "Một cột.", labels="name", series=("all",), height=6)
    made = written(book(annex(many(3), charts=(chart,), signatures=())))
    assert made.sheetnames == ["Đơn vị"]


def _part(file: io.BytesIO, name: str) -> str:
    return ZipFile(file).read(name).decode()


# -- once printed


def test_libreoffice_prints_it_as_it_was_laid_out(tmp_path: Path) -> None:
    office, pdftotext = needs.libreoffice(), needs.poppler("pdftotext")
    sheet = annex(many(60), closing=("Danh sách có 60 (sáu mươi) đơn vị./.",))
    with (tmp_path / "list.xlsx").open("wb") as target:
        write(target, book(sheet))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    run = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "list.xlsx")]
    subprocess.run(run, check=True, capture_output=True, timeout=120)
    text = subprocess.run(
        [pdftotext, "-layout", str(tmp_path / "list.pdf"), "-"], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    *pages, _end = text.split("\f")
    assert len(pages) == len(plan(book(), sheet).breaks) + 1 >= 3
    assert all("Ngân sách" in page for page in pages)
    assert [page.split()[0] for page in pages[1:]] == [str(n) for n in range(2, len(pages) + 1)]
    assert pages[0].split()[0] != "1"
    assert "Ấp số 60" in pages[-1]
    assert "Tổng cộng" in pages[-1]
    assert "Lâm Thị Sà Rương" in pages[-1]
    assert "PHÓ CHỦ TỊCH" not in "".join(pages[:-1])
