"""The packs' pages: what they ask, that they show what the file holds, who gets what, and what the history keeps."""

import io
import re
import zipfile
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from exports.registry import PACKS
from models.accounts.users import Role
from models.history.audit import AuditEntry, AuditKind
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import messages, read
from tests.statements import statements
from views.core.session import db

pytestmark = ON_SQLITE


def book_of(client: FlaskClient, url: str) -> openpyxl.Workbook:
    with client.get(url) as answer:
        assert answer.status_code == 200, answer.location
        return openpyxl.load_workbook(io.BytesIO(answer.data))


def texts_of(sheet: Worksheet) -> set[str]:
    """What the cells of a sheet say, spaces collapsed."""
    return {
        " ".join(str(value).split()) for row in sheet.iter_rows(values_only=True) for value in row if value is not None
    }


def test_every_pack_is_offered(app: Flask, admin: FlaskClient) -> None:
    links = [link["href"] for link in read(admin.get("/packs/").text).one("main").all("a")]
    assert links == [f"/packs/{name}/" for name in PACKS]


def test_the_list_of_what_a_meeting_is_about_leads_to_its_pack(app: Flask, admin: FlaskClient) -> None:
    led = set()
    for screen in app.extensions["screens"].values():
        links = read(admin.get(f"{screen.url}/").text).one("div", class_="heading").all("a")
        led |= {link["href"] for link in links if link["href"].startswith("/packs/")}
    assert led == {f"/packs/{name}/" for name in PACKS}


@pytest.mark.parametrize("name", PACKS)
def test_the_preview_shows_what_the_file_holds(app: Flask, admin: FlaskClient, name: str) -> None:
    page = read(admin.get(f"/packs/{name}/").text)
    table = page.one("table")
    book = book_of(admin, f"/packs/{name}/workbook/")
    sheet = book.worksheets[0]
    texts = texts_of(sheet)
    shown = [head.text for head in table.all("th")]
    assert "STT" in shown
    assert set(shown) <= texts
    labels = [row.all("td")[1].text for row in table.one("tbody").all("tr")]
    assert labels
    assert {label for label in labels if label and label != "–"} <= texts
    assert all(tab in page.one("main").text for tab in book.sheetnames if "biểu đồ" not in tab)


def test_a_page_asks_only_what_it_must(app: Flask, admin: FlaskClient) -> None:
    asked = {
        name: {
            c["name"] for c in read(admin.get(f"/packs/{name}/").text).one("main").one("form").all("input", "select")
        }
        for name in PACKS
    }
    common = {"signer", "day", "unit"}
    assert asked["festival"] == common | {"year"}
    assert asked["awards"] == common | {"round"}
    assert asked["reports"] == common | {"period"}
    assert asked["briefing"] == common | {"year", "since"}
    assert asked["initiatives"] == common | {"year", "council"}


def test_what_is_chosen_is_in_the_file(app: Flask, admin: FlaskClient) -> None:
    book = book_of(admin, "/packs/festival/workbook/?year=2023&unit=947&day=8/2/2023")
    texts = texts_of(book.worksheets[0])
    assert "trên địa bàn huyện Mỹ Xuyên" in texts
    assert "Sóc Trăng, ngày 08 tháng 02 năm 2023" in texts
    assert "Thị trấn Mỹ Xuyên" in texts


@pytest.mark.parametrize(
    "query", ["unit=nowhere", "day=30/2/2023", "year=MMXXIII", "signer=999", "unit=94|x", "year=99999999999"]
)
def test_what_is_not_there_is_said_in_a_sentence(app: Flask, admin: FlaskClient, query: str) -> None:
    page = admin.get(f"/packs/festival/?{query}")
    assert page.status_code == 200
    assert len(messages(page.text)) == 1
    assert admin.get(f"/packs/festival/workbook/?{query}").status_code == 302


def test_a_pack_can_be_made_as_the_book_stood_on_a_past_day(app: Flask, admin: FlaskClient) -> None:
    day = "1/1/2024"  # before anything was written down
    assert [admin.get(f"/packs/{name}/?as_of={day}").status_code for name in ("awards", "briefing")] == [200, 200]
    sheet = book_of(admin, f"/packs/festival/workbook/?as_of={day}&year=2023").worksheets[0]
    assert "Không có dòng nào." in texts_of(sheet)


def test_an_unknown_pack_is_no_page(app: Flask, admin: FlaskClient) -> None:
    assert [admin.get(f"/packs/{path}").status_code for path in ("x/", "x/workbook/", "x/each-district/")] == [404] * 3


def test_a_download_is_in_the_history_under_its_vietnamese_name(own_app: Flask) -> None:
    client = browser_of(own_app, Role.VIEWER.value)
    with client.get("/packs/festival/workbook/?year=2023") as answer:
        name = re.search(r"filename\*=UTF-8''(\S+)", answer.headers["Content-Disposition"])
    assert name
    assert unquote(name[1]).startswith("Ngày hội Đại đoàn kết 2023 ")
    with own_app.app_context():
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (entry.kind, entry.noun, entry.title) == (AuditKind.EXPORTED, "festival", "Ngày hội Đại đoàn kết 2023")
        assert entry.actor == Role.VIEWER.label
    assert client.get(f"/history/details/?id={entry.id}").status_code == 200


def test_a_zip_holds_a_workbook_for_each_district(own_app: Flask) -> None:
    browser = browser_of(own_app, Role.VIEWER.value)
    assert browser.get("/packs/movements/each-district/?year=2023").location == "/jobs"
    assert own_app.extensions["worker"].work()
    (job,) = browser.get("/jobs/state").json
    assert (job["state"], job["percent"]) == ("done", 100)
    with browser.get(f"/jobs/file?id={job['id']}") as answer:
        assert answer.mimetype == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    names = archive.namelist()
    assert len(names) == 11
    assert "Phong trào thi đua 2023 – Huyện Mỹ Xuyên.xlsx" in names
    book = openpyxl.load_workbook(io.BytesIO(archive.read("Phong trào thi đua 2023 – Huyện Mỹ Xuyên.xlsx")))
    assert "trên địa bàn huyện Mỹ Xuyên" in texts_of(book.worksheets[0])


def test_a_district_gets_its_own_rows_only(own_app: Flask) -> None:
    person = add_person(own_app, Role.EDITOR, "MTTQ-947")
    client = browser_of(own_app, person.username)
    for name in PACKS:
        # Without a choice it is their own unit; with "all", all that they may see.
        book = book_of(client, f"/packs/{name}/workbook/{'?unit=' if name in ('festival', 'reports') else ''}")
        texts = " ".join(text for sheet in book.worksheets for text in texts_of(sheet))
        assert "Mỹ Xuyên" in texts, name
        assert "Trần Đề" not in texts, name
        assert "An Lạc Tây" not in texts, name
    assert messages(client.get("/packs/festival/?unit=951").text)


def test_contacts_are_for_those_who_may_read_them(own_app: Flask) -> None:
    phones = {}
    for role in (Role.VIEWER, Role.APPROVER):
        sheet = book_of(browser_of(own_app, role.value), "/packs/directory/workbook/?year=2023").worksheets[0]
        column = next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == "Điện thoại")
        phones[role] = {str(row[0]) for row in sheet.iter_rows(12, None, column, column, values_only=True) if row[0]}
    assert "•••" in phones[Role.VIEWER]
    assert not any(re.search(r"\d{6}", text) for text in phones[Role.VIEWER])
    assert "•••" not in phones[Role.APPROVER]
    assert any(re.search(r"\d{6}", text) for text in phones[Role.APPROVER])


def test_pages_ask_the_database_as_often_for_many_rows_as_for_few(app: Flask, admin: FlaskClient) -> None:
    counts = []
    for year in (2023, 1999):
        with statements(app) as seen:
            assert admin.get(f"/packs/festival/?year={year}").status_code == 200
        counts.append(len(seen))
    assert counts[0] <= counts[1] + 2
    assert counts[0] < 30
