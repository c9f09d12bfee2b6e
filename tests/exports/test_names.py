"""Names of files and tabs: whatever a title says, every system takes the file and Excel the tab."""

import io

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from exports.names import TAB_LENGTH, file_name, tab_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Danh sách “Ngày hội” – đợt 1", "Danh sách “Ngày hội” – đợt 1.xlsx"),
        ("Báo cáo 1/2: ai, ở đâu?", "Báo cáo 1-2- ai, ở đâu-.xlsx"),
        ('a\\b*c"d<e>f|g', "a-b-c-d-e-f-g.xlsx"),
        ("  Hết câu... ", "Hết câu.xlsx"),
        ("con", "_con.xlsx"),
        ("LPT1.báo cáo", "_LPT1.báo cáo.xlsx"),
        ("Conference", "Conference.xlsx"),
        ("...", "_.xlsx"),
        ("dòng\nhai\ttab\x07", "dòng hai tab.xlsx"),
        ("អង្គ", "អង្គ.xlsx"),
    ],
)
def test_a_file_is_named_as_every_system_takes_it(title: str, name: str) -> None:
    assert file_name(title, "xlsx") == name


@given(st.text(max_size=400))
def test_no_title_makes_a_name_too_long(title: str) -> None:
    name = file_name(title, "xlsx")
    assert len(name.encode()) <= 210
    assert not set('<>:"/\\|?*') & set(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Phiếu 01 Lê Văn O'Brien", "Phiếu 01 Lê Văn O'Brien"),
        ("'trích'", "trích"),
        ("Nguyễn Thị Minh Khai của xã 'A' rồi", "Nguyễn Thị Minh Khai của xã 'A"),
        ("a/b:c*d?e[f]g\\h", "a-b-c-d-e-f-g-h"),
        ("History", "History (2)"),
        ("", "Trang"),
    ],
)
def test_a_tab_is_named_as_excel_takes_it(text: str, name: str) -> None:
    assert tab_name(text) == name


@given(st.lists(st.text(max_size=60), max_size=6))
def test_tabs_differ_after_they_were_cut_and_excel_takes_them(texts: list[str]) -> None:
    book, names = xlsxwriter.Workbook(io.BytesIO()), list[str]()
    for text in [*texts, "Danh sách dài của khu dân cư thứ nhất", "Danh sách dài của khu dân cư thứ hai"]:
        names.append(tab_name(text, names))
        book.add_worksheet(names[-1])
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name.encode("utf-16-le")) <= 2 * TAB_LENGTH for name in names)
    book.close()
