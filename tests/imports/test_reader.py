"""Rows out of CSV files, and what is wrong with files that can't be read."""

from pathlib import Path

import pytest

from imports.errors import RowError
from imports.reader import SourceRow, read_csv


def sheet(folder: Path, content: bytes) -> Path:
    path = folder / "units.csv"
    path.write_bytes(content)
    return path


def fault(path: Path) -> RowError:
    with pytest.raises(RowError) as caught:
        list(read_csv(path))
    return caught.value


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_order_mark_makes_no_difference(tmp_path: Path, mark: bytes) -> None:
    path = sheet(tmp_path, mark + "code,name\n94,Tỉnh\n".encode())
    assert list(read_csv(path)) == [SourceRow(2, {"code": "94", "name": "Tỉnh"})]


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    path = sheet(tmp_path, b'code,name\r\n\r\n1,"a\r\nb"\r\n2,c\r\n')
    assert [row.line for row in read_csv(path)] == [3, 5]


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    error = fault(sheet(tmp_path, "code,name\n1,a\n2,Ngã Năm\n".encode("cp1258", "replace")))
    assert (error.file, error.line) == ("units.csv", 3)
    assert "UTF-8" in error.reason


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"", 1, ""),
        (b"code,\n1,2\n", 1, ""),
        (b"code,code\n1,2\n", 1, "code"),
        (b"code,name\n1,a\n2\n", 3, ""),
        (b"code,name\n1,a\n2,b,c\n", 3, ""),
        (b'code,name\n1,"a\n', 2, ""),
    ],
)
def test_a_misshapen_file_is_refused(tmp_path: Path, content: bytes, line: int, column: str) -> None:
    error = fault(sheet(tmp_path, content))
    assert (error.line, error.column) == (line, column)


def test_an_error_says_where_it_is() -> None:
    assert str(RowError("a.csv", 4, "Tên", "Chưa nhập.")) == "a.csv, dòng 4, cột “Tên”: Chưa nhập."
    assert str(RowError("a.csv", 4, "", "Trùng.")) == "a.csv, dòng 4: Trùng."
    assert str(RowError("", 0, "", "Trùng.")) == "Trùng."
