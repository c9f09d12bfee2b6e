"""Any screen's list as a workbook: the rows of the list in its order, typed, under its Vietnamese name, printable."""

import io
import re
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.worksheet.worksheet import Worksheet

from models.accounts.users import Role
from models.records.clock import now, today
from models.records.fields import MASK, NUMBERS, Kind
from tests import needs
from tests.conftest import signed_in
from tests.databases import ON_SQLITE
from tests.pages import read
from views.core.fields.formatting import day_text

PROGRAM_SECONDS = 120


def exported(browser: FlaskClient, url: str, query: str = "") -> Worksheet:
    with browser.get(f"{url}/export/xlsx/{query}") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data), data_only=True).active
    assert isinstance(sheet, Worksheet)
    return sheet


def names_in_list(browser: FlaskClient, url: str, query: str) -> list[str]:
    """The first column of every page of the list."""
    names: list[str] = []
    for page in range(20):
        shown = read(browser.get(f"{url}/{query}&page_size=200&page={page}").text)
        names += [head.text for head in shown.all("th", class_="first")]
        if not shown.all("a", rel="next"):
            return names
    raise AssertionError("the list never ends")


@pytest.mark.parametrize(("level", "label", "count"), [("area", "Khu dân cư", 775), ("commune", "Xã", 109)])
def test_the_units_of_a_level_in_the_order_of_the_list(
    app: Flask, admin: FlaskClient, level: str, label: str, count: int
) -> None:
    query = f"?flt_level_is={level}"
    sheet = exported(admin, "/units", query)
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == count
    assert [row[0] for row in rows] == list(range(1, count + 1))
    assert [row[1] for row in rows] == names_in_list(admin, "/units", query)
    assert {row[4] for row in rows} == {label}
    assert all(isinstance(row[2], str) and isinstance(row[6], datetime) for row in rows)
    assert sheet["A2"].value.startswith(f"Cấp: {label} · ")


@pytest.mark.database
@pytest.mark.parametrize("sort", ["?sort=full_name", "?sort=valid_from&desc=1", "?search=my+xuyen&sort=1&desc=1"])
def test_the_workbook_follows_search_and_order(app: Flask, admin: FlaskClient, sort: str) -> None:
    query = f"{sort}&flt_level_is=commune"
    rows = exported(admin, "/units", query).iter_rows(min_row=4, max_col=2, values_only=True)
    assert [name for _number, name in rows] == names_in_list(admin, "/units", query)


@pytest.mark.parametrize("path", ["initiatives", "registrations", "festival-results", "reports", "people"])
def test_every_cell_is_of_its_fields_kind(app: Flask, admin: FlaskClient, path: str) -> None:
    screen = next(view for view in app.extensions["screens"].values() if view.endpoint == path)
    sheet = exported(admin, f"/{path}")
    seen = 0
    for name, cells in zip(screen.column_list, sheet.iter_cols(min_row=4, min_col=2), strict=True):
        kind = screen.specs[name].kind
        wanted = "n" if kind in NUMBERS else "d" if kind in (Kind.DATE, Kind.MOMENT) else "s"
        filled = [cell for cell in cells if cell.value is not None]
        seen += len(filled)
        assert {cell.data_type for cell in filled} <= {wanted}, name
    assert seen


def test_the_file_has_its_vietnamese_name(app: Flask, admin: FlaskClient) -> None:
    with admin.get("/units/export/xlsx/") as answer:
        header = answer.headers["Content-Disposition"]
        assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    found = re.fullmatch(r"attachment; filename=\"(.+)\"; filename\*=UTF-8''(\S+)", header)
    assert found
    assert unquote(found[2]) == f"Đơn vị hành chính {today()}.xlsx"
    assert found[1] == f"don vi hanh chinh {today()}.xlsx"


def test_the_line_above_the_table_says_what_who_and_when(app: Flask, admin: FlaskClient) -> None:
    about = exported(admin, "/units", "?search=my+xuyen&flt_type_is=hamlet")["A2"].value
    assert about.startswith("Loại đơn vị: Ấp; tìm “my xuyen” · Quản trị · ")
    assert about.rpartition(" ")[0].endswith(day_text(now()).partition(" ")[0])


def test_a_hostile_search_leaves_a_workbook_that_opens(app: Flask, admin: FlaskClient) -> None:
    sheet = exported(admin, "/units", "?search=%01%1f%0b%F0%90%ED%A0%80<r>=1%2B1</r>")
    assert sheet.max_row == 3


def test_what_a_reader_may_not_see_is_not_in_the_file(own_app: Flask) -> None:
    screen = next(view for view in own_app.extensions["screens"].values() if view.endpoint == "people")
    personal = [place for place, name in enumerate(screen.column_list, start=2) if screen.specs[name].personal]
    assert personal
    sheets = [exported(signed_in(own_app, role), "/people") for role in (Role.VIEWER, Role.APPROVER)]
    for column in personal:
        hidden, shown = ({row[0] for row in s.iter_rows(4, None, column, column, values_only=True)} for s in sheets)
        assert hidden <= {MASK, None}
        assert MASK not in shown


@ON_SQLITE
def test_libreoffice_prints_the_list_on_a4(app: Flask, admin: FlaskClient, tmp_path: Path) -> None:
    office, pdftotext, pdfinfo = needs.libreoffice(), needs.poppler("pdftotext"), needs.poppler("pdfinfo")
    with admin.get("/units/export/xlsx/?flt_level_is=commune") as answer:
        (tmp_path / "units.xlsx").write_bytes(answer.data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    said(office, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "units.xlsx")
    *pages, _end = said(pdftotext, "-layout", tmp_path / "units.pdf", "-").split("\f")
    assert 2 <= len(pages) <= 10
    assert "ĐƠN VỊ HÀNH CHÍNH" in pages[0]
    assert "Phường 1, Thành phố Sóc Trăng" in pages[0]
    assert all("Tên đầy đủ" in page for page in pages)
    assert re.search(r"Page size:\s+841\.\d+ x 595\.\d+ pts \(A4\)", said(pdfinfo, tmp_path / "units.pdf"))


def said(*command: str | Path) -> str:
    """What a program prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PROGRAM_SECONDS).stdout


def test_a_title_of_any_signs_names_the_file_and_a_failed_one_is_not_noted_as_taken(
    app: Flask, admin: FlaskClient
) -> None:
    title = "Danh sách “Ngày hội” – đợt 1: អង្គ/2"
    with admin.get("/units/export/xlsx/", query_string={"title": title, "flt_level_is": "district"}) as answer:
        assert answer.status_code == 200
        bare, encoded = re.findall(r"filename\*?=(\S.*?)(?:;|$)", answer.headers["Content-Disposition"])
        assert answer.headers["Content-Disposition"].isascii()
        assert bare.count('"') == 2
    assert unquote(encoded.removeprefix("UTF-8''")) == f"Danh sách “Ngày hội” – đợt 1- អង្គ-2 {today()}.xlsx"


def test_a_zips_members_are_named_as_windows_takes_them(app: Flask, admin: FlaskClient) -> None:
    asked = {"title": "Sổ: “a/b?”", "split": "district", "flt_level_is": "commune"}
    with admin.get("/units/export/xlsx/", query_string=asked) as answer:
        names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert len(names) == 11
    assert not set('<>:"/\\|?*') & set("".join(names))


@pytest.mark.parametrize(
    ("path", "group", "wanted"),
    [
        ("units", "sample", {"Cộng: có", "Cộng: không"}),
        ("initiatives", "golden_book", {"Cộng: có", "Cộng: không"}),
        ("initiatives", "decision", {"Cộng: (trống)"}),
        ("events", "year", {"Cộng: 2023"}),
    ],
)
def test_the_sums_of_a_group_are_named_by_its_value(
    app: Flask, admin: FlaskClient, path: str, group: str, wanted: set[str]
) -> None:
    sheet = exported(admin, f"/{path}", f"?group={group}")
    said = {cell.value for row in sheet.iter_rows(min_row=4) for cell in row if str(cell.value).startswith("Cộng: ")}
    assert wanted <= said


def test_what_is_typed_over_a_telephone_number_stays_text(app: Flask, admin: FlaskClient) -> None:
    sheet = exported(admin, "/people", "?c=full_name&c=phone&c=identity_number&c=workplace")
    assert {cell.number_format for cells in sheet.iter_cols(min_row=4, min_col=2) for cell in cells} == {"@"}
