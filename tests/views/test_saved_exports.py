"""Saved exports: a list laid out by its reader, made again with one press, by whom it is shared with."""

from collections.abc import Iterator
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select

from models import Event, Initiative, Role, SavedExport, Unit
from tests.conftest import add_person, browser_of, signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import Element, messages, read
from views.core.session import db

pytestmark = ON_SQLITE
LAYOUT = "/saved-exports/layout/"


@pytest.fixture(autouse=True)
def _none_left(desk: Flask) -> Iterator[None]:
    yield
    with desk.app_context():
        for saved in db.session.scalars(select(SavedExport)):
            db.session.delete(saved)
        db.session.commit()


def sheet_at(client: FlaskClient, url: str) -> Worksheet:
    with client.get(url) as answer:
        assert answer.status_code == 200, answer.text
        sheet = load_workbook(BytesIO(answer.data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def heads(sheet: Worksheet) -> list[str]:
    return [str(cell.value) for cell in sheet[3]]


def column(sheet: Worksheet, label: str) -> list[object]:
    place = heads(sheet).index(label)
    return [row[place].value for row in sheet.iter_rows(min_row=4) if isinstance(row[0].value, int)]


def save(client: FlaskClient, name: str, **asked: object) -> str:
    """Save a layout of the initiatives; the address it leads to."""
    token = token_of(client.get("/saved-exports/layout/?screen=initiatives").text)
    data = {"screen": "initiatives", "save_as": name, "do": "save", "csrf_token": token, **asked}
    return client.post("/saved-exports/save/", data=data).location


def links(client: FlaskClient) -> dict[str, str]:
    """The saved exports that one may press, with where they lead."""
    page = read(client.get("/saved-exports/").text).one("main")
    return {row.text.removeprefix("⤓ "): row.one("a")["href"] for row in page.all("th", scope="row")}


def picks(page: Element) -> list[tuple[str, bool]]:
    return [(box["value"], "checked" in box.attrs) for box in page.one("ol").all("input", name="c")]


def test_columns_stand_as_they_were_chosen(clerk: FlaskClient) -> None:
    sheet = sheet_at(clerk, "/initiatives/export/xlsx/?c=economic_value&c=name&c=year")
    labels = [Initiative.fields()[name].label for name in ("economic_value", "name", "year")]
    assert heads(sheet) == ["STT", *labels]


def test_groups_have_sums_of_their_own(desk: Flask, clerk: FlaskClient) -> None:
    sheet = sheet_at(clerk, "/initiatives/export/xlsx/?c=name&c=unit&c=economic_value&group=unit")
    with desk.app_context():
        query = select(Initiative.unit_id, func.sum(Initiative.economic_value)).group_by(Initiative.unit_id)
        wanted = {str(db.session.get_one(Unit, id_)): total or 0 for id_, total in db.session.execute(query)}
    with clerk.get("/initiatives/export/xlsx/?c=name&c=unit&c=economic_value&group=unit") as answer:
        values = load_workbook(BytesIO(answer.data), data_only=True).active
    assert isinstance(values, Worksheet)
    place = heads(sheet).index(Initiative.fields()["economic_value"].label)
    sums = {
        str(text).removeprefix("Cộng: "): row[place].value
        for row in values.iter_rows(min_row=4)
        for text in [cell.value for cell in row]
        if str(text).startswith("Cộng: ")
    }
    assert sums == wanted
    units = column(sheet, Initiative.fields()["unit"].label)
    assert len([one for one, next_ in zip(units, [*units[1:], None], strict=True) if one != next_]) == len(wanted)


def test_order_title_and_paper_are_as_they_were_chosen(clerk: FlaskClient) -> None:
    asked = "c=registered_on&c=name&order=registered_on&down=1&title=Sổ+sáng+kiến&paper=portrait"
    sheet = sheet_at(clerk, f"/initiatives/export/xlsx/?{asked}")
    days = [str(day) for day in column(sheet, Initiative.fields()["registered_on"].label)]
    assert days == sorted(days, reverse=True)
    assert sheet["A1"].value == "SỔ SÁNG KIẾN"
    assert sheet.page_setup.orientation == "portrait"


def test_only_the_chosen_rows_are_exported(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        chosen = list(db.session.scalars(select(Initiative.id).order_by(Initiative.id).offset(3).limit(3)))
        codes = list(db.session.scalars(select(Initiative.code).where(Initiative.id.in_(chosen))))
    sheet = sheet_at(clerk, "/initiatives/export/xlsx/?c=code&" + "&".join(f"id={id_}" for id_ in chosen))
    assert sorted(map(str, column(sheet, Initiative.fields()["code"].label))) == sorted(codes)
    assert "3 dòng đã chọn" in str(sheet["A2"].value)


def test_the_last_line_says_how_many_who_and_when(desk: Flask, clerk: FlaskClient) -> None:
    sheet = sheet_at(clerk, "/themes/export/xlsx/")
    count = len([row for row in sheet.iter_rows(min_row=4) if isinstance(row[0].value, int)])
    for footer in (sheet.oddFooter, sheet.firstFooter):
        last = str(footer.left.text)
        assert last.startswith(f"Số dòng: {count} · Tất cả · {Role.ADMINISTRATOR.label} · ")


def test_one_press_makes_the_same_again(clerk: FlaskClient) -> None:
    back = save(clerk, "Họp giao ban", c=["name", "year"], title="Bảng họp", flt_kind_is="initiative", search="a")
    assert back == "/saved-exports/"
    url = links(clerk)["Họp giao ban"]
    assert url in [link["href"] for link in read(clerk.get("/").text).one("main").all("a")]
    asked = parse_qs(urlsplit(url).query)
    assert asked["c"] == ["name", "year"]
    assert asked["search"] == ["a"]
    assert sheet_at(clerk, url)["A1"].value == "BẢNG HỌP"


def test_a_saved_layout_is_opened_changed_and_saved_again(desk: Flask, clerk: FlaskClient) -> None:
    save(clerk, "Sổ", c=["year", "name"], group="year")
    row = read(clerk.get("/saved-exports/").text).one("main").one("tbody").one("tr")
    page = read(clerk.get(row.one("a", class_="btn quiet")["href"]).text).one("main")
    assert picks(page)[:3] == [("year", True), ("name", True), ("code", False)]
    assert page.one("input", name="save_as")["value"] == "Sổ"
    save(clerk, "Sổ", c=["code"])
    with desk.app_context():
        (saved,) = db.session.scalars(select(SavedExport))
        assert "c=code" in (saved.asked or "")


def test_who_shares_a_layout_says_with_whom(desk: Flask, clerk: FlaskClient) -> None:
    save(clerk, "Của riêng", c="name")
    save(clerk, "Của người duyệt", c="name", shared_with="approver")
    save(clerk, "Của mọi người", c="name", shared_with="viewer")
    district = browser_of(desk, add_person(desk, Role.EDITOR, "MTTQ-947").username)
    assert set(links(district)) == {"Của mọi người"}
    assert set(links(signed_in(desk, Role.APPROVER))) == {"Của người duyệt", "Của mọi người"}
    assert len(links(clerk)) == 3


def test_a_shared_layout_shows_each_reader_their_own_rows(desk: Flask, clerk: FlaskClient) -> None:
    token = token_of(clerk.get("/saved-exports/layout/?screen=events").text)
    data = {"screen": "events", "c": "code", "save_as": "Sự kiện", "shared_with": "viewer", "csrf_token": token}
    clerk.post("/saved-exports/save/", data=data)
    district = browser_of(desk, add_person(desk, Role.EDITOR, "MTTQ-947").username)
    label = Event.fields()["code"].label
    here, every = (column(sheet_at(c, links(c)["Sự kiện"]), label) for c in (district, clerk))
    assert 0 < len(here) < len(every)


def test_nobody_deletes_what_another_saved(desk: Flask, clerk: FlaskClient) -> None:
    save(clerk, "Của tôi", c="name", shared_with="viewer")
    with desk.app_context():
        id_ = db.session.scalars(select(SavedExport.id)).one()
    other = browser_of(desk, add_person(desk, Role.ADMINISTRATOR).username)
    for browser, status in ((other, 404), (clerk, 302)):
        data = {"id": id_, "csrf_token": token_of(browser.get("/account").text)}
        assert browser.post("/saved-exports/delete/", data=data).status_code == status
    assert links(clerk) == {}


@pytest.mark.parametrize(("name", "told"), [("", "đặt tên"), ("x" * 151, "dài quá"), ("  ", "đặt tên")])
def test_what_was_laid_out_is_not_lost_for_want_of_a_name(clerk: FlaskClient, name: str, told: str) -> None:
    back = save(clerk, name, c=["year"], title="Tiêu đề", group="year")
    page = clerk.get(back).text
    assert any(told in text for text in messages(page))
    assert picks(read(page).one("main"))[0] == ("year", True)
    assert read(page).one("main").one("input", id="title")["value"] == "Tiêu đề"


def test_an_old_address_passes_over_what_is_gone(clerk: FlaskClient) -> None:
    url = "/initiatives/export/xlsx/?c=gone&c=name&c=name&group=nowhere&order=gone&id=x"
    assert heads(sheet_at(clerk, url)) == ["STT", Initiative.fields()["name"].label]


def test_a_press_without_saving_leads_to_the_file(clerk: FlaskClient) -> None:
    token = token_of(clerk.get("/saved-exports/layout/?screen=themes").text)
    data = {"screen": "themes", "c": "name", "do": "export", "csrf_token": token, "save_as": "không lưu"}
    answer = clerk.post("/saved-exports/save/", data=data)
    assert (answer.status_code, urlsplit(answer.location).path) == (303, "/themes/export/xlsx/")
    assert "token" not in answer.location
    assert links(clerk) == {}
