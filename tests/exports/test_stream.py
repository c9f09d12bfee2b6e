"""Rows written as they are read: what stands in the file, its sums, its groups, and what XlsxWriter makes around."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select

from exports.listing import Listing, write_listing
from exports.workbook import ListColumn, WriteError
from exports.workbook import stream as stream_module
from models.events import FestivalResult
from models.initiatives import Initiative
from models.movements import Registration
from models.records.base import Record
from models.records.fields import Kind
from tests.databases import ON_SQLITE
from tests.workbooks import barriers, converted
from views.core.session import db

COLUMNS = [
    ListColumn("Huyện", Kind.TEXT),
    ListColumn("Số hộ", Kind.INTEGER, total=True),
    ListColumn("Kinh phí", Kind.MONEY, total=True),
    ListColumn("Diện tích", Kind.DECIMAL, 2, total=True),
]
ROWS = [
    ("Huyện Mỹ Xuyên", 12, 1_500_000, Decimal("0.10")),
    ("Huyện Mỹ Xuyên", None, 10**14, Decimal("0.20")),
    ("Huyện Kế Sách", 30, None, Decimal("1234.56")),
]


def written(file: Path, rows: Any = ROWS, columns: Any = COLUMNS, group: int | None = None) -> Path:
    with file.open("wb") as target:
        write_listing(target, Listing("Kinh phí", "Tất cả", columns, rows, group))
    return file


def opened(file: Path, *, values: bool = False) -> Worksheet:
    return openpyxl.load_workbook(file, data_only=values)["Danh sách"]


# -- sums


def test_sums_are_formulas_with_their_values(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx")
    formulas, values = (opened(file, values=values)[7] for values in (False, True))
    assert [cell.value for cell in formulas] == [
        None,
        "Tổng cộng",
        "=SUBTOTAL(9,C4:C6)",
        "=SUBTOTAL(9,D4:D6)",
        "=SUBTOTAL(9,E4:E6)",
    ]
    assert [cell.value for cell in values[2:]] == [42, 10**14 + 1_500_000, 1234.86]
    assert [cell.number_format for cell in values[2:]] == ["#,##0", "#,##0", "#,##0.00"]
    assert opened(file).tables["DanhSach"].ref == "A3:E6"
    assert opened(file).print_area == "'Danh sách'!$A$1:$E$7"


def test_groups_fold_and_have_sums_of_their_own(tmp_path: Path) -> None:
    sheet = opened(written(tmp_path / "a.xlsx", group=0), values=True)
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)] == [
        [1, "Huyện Mỹ Xuyên", 12, 1_500_000, 0.1],
        [2, "Huyện Mỹ Xuyên", None, 10**14, 0.2],
        [None, "Cộng: Huyện Mỹ Xuyên", 12, 10**14 + 1_500_000, 0.3],
        [3, "Huyện Kế Sách", 30, None, 1234.56],
        [None, "Cộng: Huyện Kế Sách", 30, 0, 1234.56],
        [None, "Tổng cộng", 42, 10**14 + 1_500_000, 1234.86],
    ]
    assert [sheet.row_dimensions[row].outlineLevel for row in range(4, 10)] == [1, 1, 0, 1, 0, 0]
    assert sheet.sheet_format.outlineLevelRow == 1
    assert (sheet.auto_filter.ref, sheet.tables) == ("A3:E8", {})


SUMMED: dict[str, tuple[type[Record], list[str]]] = {
    "initiatives": (Initiative, ["economic_value"]),
    "registrations": (Registration, ["value"]),
    "festival-results": (FestivalResult, ["areas_held", "attendees", "state_budget", "social_budget"]),
}


@ON_SQLITE
def test_sums_are_those_of_the_database_and_of_libreoffice(app: Flask, admin: FlaskClient, tmp_path: Path) -> None:
    files = [written(tmp_path / "groups.xlsx", group=0)]
    for path, (cls, names) in SUMMED.items():
        screen = next(view for view in app.extensions["screens"].values() if view.endpoint == path)
        with admin.get(f"/{path}/export/xlsx/") as answer:
            files.append(tmp_path / f"{path}.xlsx")
            files[-1].write_bytes(answer.data)
        sheet = opened(files[-1], values=True)
        with app.app_context():
            sums = db.session.execute(select(*(func.sum(getattr(cls, name)) for name in names))).one()
        places = [screen.column_list.index(name) + 2 for name in names]
        assert [sheet.cell(sheet.max_row, place).value for place in places] == list(sums)
        assert any(sums)
    # One whose kept value is wrong shows that LibreOffice does compute.
    files.append(tampered(files[0], tmp_path / "wrong.xlsx"))
    for file, again in zip(files, converted(tmp_path, "xlsx", *files), strict=True):
        kept, computed = (
            [cell.value for row in opened(each, values=True).iter_rows(min_row=4) for cell in row if cell.column > 2]
            for each in (file if file.stem != "wrong" else files[0], again)
        )
        assert [pytest.approx(value) if isinstance(value, float) else value for value in kept] == computed


def tampered(file: Path, copy: Path) -> Path:
    """The workbook with another value kept for its first sum."""
    with ZipFile(file) as source, ZipFile(copy, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, text.replace(b"</f><v>12</v>", b"</f><v>13</v>"))
    assert opened(copy, values=True)["C6"].value == 13
    return copy


# -- cells


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (Kind.DATE, date(1900, 1, 1), datetime(1900, 1, 1)),  # noqa: DTZ001  Excel knows no zones
        (Kind.DATE, date(1900, 2, 28), datetime(1900, 2, 28)),  # noqa: DTZ001
        (Kind.DATE, date(1900, 3, 1), datetime(1900, 3, 1)),  # noqa: DTZ001
        (Kind.DATE, date(1899, 12, 31), "31/12/1899"),
        (Kind.DATE, "•••", "•••"),
        (Kind.MOMENT, datetime(2023, 1, 1, 20, 30), datetime(2023, 1, 2, 3, 30)),  # noqa: DTZ001
        (Kind.MOMENT, datetime(1900, 1, 5, 20, 30, tzinfo=UTC), datetime(1900, 1, 6, 3, 30)),  # noqa: DTZ001
        (Kind.INTEGER, 10**15, 10**15),
        (Kind.INTEGER, 10**15 + 1, "1000000000000001"),
        (Kind.DECIMAL, float("nan"), "nan"),
        (Kind.DECIMAL, Decimal("Infinity"), "Infinity"),
        (Kind.DECIMAL, Decimal("-0.5"), -0.5),
        (Kind.DECIMAL, True, "x"),
        (Kind.TEXT, 12, 12),
        (Kind.CODE, "012345678901", "012345678901"),
    ],
)
def test_a_value_stands_as_what_it_is_whatever_its_column(tmp_path: Path, kind: Kind, value: Any, read: Any) -> None:
    cell = opened(written(tmp_path / "a.xlsx", [[value]], [ListColumn("Cột", kind)]))["B4"]
    assert cell.value == read


def test_numbers_kept_as_text_bear_no_warning(tmp_path: Path) -> None:
    file = written(
        tmp_path / "a.xlsx", [["012345678901", 1]] * 3, [ListColumn("Số", Kind.CODE), ListColumn("b", Kind.INTEGER)]
    )
    assert '<ignoredError sqref="B4:B6" numberStoredAsText="1"/>' in xml(file, "worksheets/sheet1")
    assert opened(file)["B4"].number_format == "@"


def test_headings_of_one_name_are_told_apart(tmp_path: Path) -> None:
    file = written(tmp_path / "a.xlsx", [["a", "b"]], [ListColumn("Tên", Kind.TEXT), ListColumn("TÊN", Kind.TEXT)])
    assert [column.name for column in opened(file).tables["DanhSach"].tableColumns] == ["STT", "Tên", "TÊN (2)"]


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "ROW_LIMIT", 5)
    columns = [ListColumn("Tên", Kind.TEXT)]
    assert opened(written(tmp_path / "a.xlsx", [["a"]] * 2, columns)).max_row == 5
    with pytest.raises(WriteError):
        written(tmp_path / "b.xlsx", [["a"]] * 3, columns)


def test_rows_of_many_blocks_are_all_there(tmp_path: Path) -> None:
    def rows() -> Iterator[list[Any]]:
        yield from ([f"Ấp {number}\ntổ 1" if number % 700 == 0 else f"Ấp {number}"] for number in range(1_234))

    sheet = opened(written(tmp_path / "a.xlsx", rows(), [ListColumn("Tên", Kind.TEXT)]))
    assert [cell.value for cell in sheet["A"][3:]] == list(range(1, 1_235))
    assert [str(cell.value).split("\n")[0] for cell in sheet["B"][3:]] == [f"Ấp {number}" for number in range(1_234)]
    assert {row for row in range(4, 1_238) if sheet.row_dimensions[row].height} == {4, 704}


# -- what XlsxWriter makes around the rows: if a new version makes it otherwise, look before moving the pin


def xml(file: Path, part: str) -> str:
    with ZipFile(file) as archive:
        return archive.read(f"xl/{part}.xml").decode()


@pytest.mark.parametrize("part", ["worksheets/sheet1", "tables/table1"])
def test_the_file_is_what_it_was(tmp_path: Path, part: str) -> None:
    lines = xml(written(tmp_path / "a.xlsx"), part).replace("><", ">\n<").splitlines()
    golden = Path(__file__).with_name("golden") / f"{part.partition('/')[2]}.xml"
    assert lines == golden.read_text(encoding="utf-8").splitlines()


# -- for those who can't see it


def test_a_list_can_be_read_by_everyone(tmp_path: Path) -> None:
    assert barriers(written(tmp_path / "a.xlsx")) == []
    assert barriers(written(tmp_path / "b.xlsx", group=0)) == []


def test_the_check_finds_what_is_wrong(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(tmp_path / "a.xlsx").read_bytes()))
    sheet = book["Danh sách"]
    sheet["A1"] = None
    sheet.merge_cells("B4:C4")
    for cell in sheet[5]:
        cell.value = None
    sheet.print_title_rows = "2:3"
    sheet["C3"].value = "huyện "
    book.create_sheet("Sheet1")
    book.properties.title = ""
    book.save(tmp_path / "bad.xlsx")
    assert barriers(tmp_path / "bad.xlsx") == [
        "a sheet has no name of its own",
        "no document title",
        "Danh sách: no title in A1",
        "Danh sách: A3:E6: a column has no heading of its own",
        "Danh sách: A3:E6: more or less than one heading row",
        "Danh sách: A3:E6: a blank row",
        "Danh sách: A3:E6: merged cells B4:C4",
        "Sheet1: no title in A1",
        "xl/tables/table1.xml: a table without a title",
    ]
