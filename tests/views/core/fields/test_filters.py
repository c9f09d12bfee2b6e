"""Filters and searches: what an address asks for, what it finds, and what it can't mean."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, func, select

from backoffice.factory import create_app
from models import Committee, Event, Movement, Position, Role, Unit
from models.events import EventKind, EventStatus
from models.history import recording
from models.history.audit import AuditKind
from models.history.recording import note
from models.movements import movement_basis
from tests.conftest import signed_in
from tests.databases import ON_SQLITE
from tests.pages import cells_in, ids_in, messages, read, save
from views.core.session import db
from views.events import EventView

pytestmark = pytest.mark.database


def answers(app: Flask, query: Select[Any]) -> set[Any]:
    with app.app_context():
        return set(db.session.scalars(query))


def found(client: FlaskClient, url: str) -> set[int]:
    """The ids on all pages of a list."""
    sign = "&" if "?" in url else "?"
    ids: list[int] = []
    for page in range(20):
        more = ids_in(client.get(f"{url}{sign}page_size=200&page={page}").text)
        if not more or more[-1] in ids:
            break
        ids += more
    return set(ids)


def test_a_filter_by_place_takes_in_what_lies_below(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        district = db.session.scalars(select(Unit).where(Unit.code == "947")).one()
        start = district.branch_path
    units = answers(app, select(Unit.id).where((Unit.id == district.id) | Unit.path.startswith(start)))
    below, exactly = (found(admin, f"/events/?flt_unit_{asked}={district.id}") for asked in ("below", "is"))
    assert below == answers(app, select(Event.id).where(Event.unit_id.in_(units)))
    assert exactly == answers(app, select(Event.id).where(Event.unit_id == district.id))
    assert set() < exactly < below


def test_a_filter_by_organisation_takes_in_its_tree(app: Flask, admin: FlaskClient) -> None:
    (top,) = answers(app, select(Committee.id).where(Committee.code == "MTTQ-947"))
    boards = answers(app, select(Committee.id).where((Committee.id == top) | Committee.path.contains(f"/{top}/")))
    positions = found(admin, f"/positions/?flt_organisation_below={top}")
    assert positions == answers(app, select(Position.id).where(Position.organisation_id.in_(boards)))
    assert len(positions) > len(found(admin, f"/positions/?flt_organisation_is={top}")) > 0


def test_a_filter_by_several_references_asks_for_one_of_them(app: Flask, admin: FlaskClient) -> None:
    document = max(answers(app, select(movement_basis.c.document_id)))
    expected = answers(app, select(Movement.id).where(Movement.bases.any(id=document)))
    assert found(admin, f"/movements/?flt_bases_has={document}") == expected != set()


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ("flt_status_is=planned", Event.status == EventStatus.PLANNED),
        ("flt_status_is=Dự kiến", Event.status == EventStatus.PLANNED),
        ("flt_year_is=2023&flt_kind_is=supervision", (Event.year == 2023) & (Event.kind == EventKind.SUPERVISION)),
        ("flt_starts_on_from=1/12/2023", Event.starts_on >= date(2023, 12, 1)),
        ("flt_starts_on_to=18/11/23&flt_starts_on_from=2023-11-18", Event.starts_on == date(2023, 11, 18)),
        ("flt_sample_is=0", Event.sample.is_(False)),
    ],
)
def test_filters_read_what_people_type(app: Flask, admin: FlaskClient, asked: str, condition: Any) -> None:
    assert found(admin, f"/events/?{asked}") == answers(app, select(Event.id).where(condition)) != set()


def test_amounts_are_filtered_as_they_are_written_here(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        total = db.session.scalar(select(func.count()).select_from(Event))
    page = admin.get("/registrations/?flt_value_from=20.000.000").text
    amounts = [int(text.replace(".", "")) for text in cells_in(page, "Trị giá (đồng)")]
    assert total
    assert amounts
    assert min(amounts) >= 20_000_000


def test_a_moment_is_asked_for_by_the_day_it_lies_in_here(
    desk: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, tick = datetime(2022, 11, 25, 17, tzinfo=UTC), timedelta(microseconds=1)
    moments = {"before": first - tick, "first": first, "last": first + timedelta(days=1) - tick}
    moments["after"] = moments["last"] + tick
    with desk.app_context():
        for name, moment in moments.items():
            monkeypatch.setattr(recording, "now", lambda moment=moment: moment)
            note(db.session(), AuditKind.EXPORTED, title=f"of {name}")
        db.session.commit()
    for asked in ("26/11/2022", "2022-11-26", "26.11.22"):
        page = clerk.get("/history/", query_string={"flt_at_from": asked, "flt_at_to": asked, "search": "of"}).text
        assert sorted(cells_in(page, "Bản ghi")) == ["of first", "of last"]
        chips = [chip.one("span").text for chip in read(page).all("li", class_="chip")]
        assert chips == ["Lúc: từ 26/11/2022", "Lúc: đến 26/11/2022"]
    for edge in ("0001-01-01", "9999-12-31"):
        page = clerk.get("/history/", query_string={"flt_at_from": edge, "search": "of first"}).text
        assert cells_in(page, "Bản ghi") == ([] if edge > "2022" else ["of first"])
        page = clerk.get("/history/", query_string={"flt_at_to": edge, "search": "of first"}).text
        assert cells_in(page, "Bản ghi") == (["of first"] if edge > "2022" else [])


@ON_SQLITE
def test_an_address_by_name_survives_another_order_of_filters(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = "/events/?flt0_kind_is=inspection&flt1_status_is=held&sort=name"
    expected = ids_in(admin.get(url).text)
    assert expected
    monkeypatch.setattr(EventView, "column_filters", tuple(reversed(EventView.column_filters)))
    monkeypatch.setattr(EventView, "column_list", tuple(reversed(EventView.column_list)))
    uri = app.config["SQLALCHEMY_DATABASE_URI"]
    other = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": uri}, tmp_path_factory.mktemp("instance"))
    assert ids_in(signed_in(other, Role.ADMINISTRATOR).get(url).text) == expected
    with other.app_context():
        db.engine.dispose()


@ON_SQLITE
def test_chips_say_what_is_asked_and_take_it_back(admin: FlaskClient) -> None:
    page = read(admin.get("/events/?flt_kind_is=festival&flt1_year_is=2023&search=hoi&page=1").text)
    chips = {chip.one("span").text: chip.one("a")["href"] for chip in page.all("li", class_="chip")}
    assert chips == {
        "Loại: Ngày hội Đại đoàn kết": "/events/?flt1_year_is=2023&search=hoi",
        "Năm: 2023": "/events/?flt_kind_is=festival&search=hoi",
    }


@ON_SQLITE
def test_the_pager_and_the_headings_keep_what_is_asked(admin: FlaskClient) -> None:
    page = read(admin.get("/events/?flt_kind_is=festival&search=hoi&page_size=20&sort=name").text)
    links = [page.one("a", rel="next"), *page.one("thead").all("a")]
    assert len(links) > 5
    for link in links:
        assert "_kind_is=festival" in link["href"]
        assert "search=hoi" in link["href"]
        assert "page_size=20" in link["href"]


@ON_SQLITE
def test_a_filter_left_empty_is_none(admin: FlaskClient) -> None:
    page = admin.get("/events/?flt_kind_is=&flt_unit_below=&flt_starts_on_from=+").text
    assert messages(page) == []
    assert read(page).all(class_="chip") == []


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "value"), [("kind_is", "zzz"), ("gone_is", "1"), ("unit_below", "999999"), ("starts_on_to", "31/02/2023")]
)
def test_a_filter_that_means_nothing_is_said_once_and_exports_nothing(
    admin: FlaskClient, name: str, value: str
) -> None:
    asked = {f"flt_{name}": value}
    (message,) = messages(admin.get("/events/", query_string=asked).text)
    assert message.startswith("Không lọc được theo “")
    assert message.endswith(f"”: không hiểu “{value}”.")
    answer = admin.get("/events/export/xlsx/", query_string=asked)
    assert answer.status_code == 302
    assert len(messages(admin.get(answer.location).text)) == 1


@pytest.mark.parametrize("value", ["²", "-1", "2147483648", "9" * 30, "9" * 5000, "\x00", "%", "1,2", "🙂"])
def test_no_value_in_the_address_is_an_error(admin: FlaskClient, value: str) -> None:
    names = ("page", "sort", "desc", "search", "year_is", "unit_below", "unit_is", "registered_on_from")
    for name in (*names, "economic_value_from", "golden_book_is", "page_size"):
        asked = f"flt_{name}" if name.endswith(("_is", "_below", "_from")) else name
        assert admin.get("/initiatives/", query_string={"page_size": "20", asked: value}).status_code == 200, name
    for name in ("open", "search"):
        assert admin.get("/units/tree/", query_string={name: value}).status_code == 200, name
    for name in ("offset", "limit", "query"):
        assert admin.get("/events/ajax/lookup/", query_string={"name": "unit", name: value}).status_code == 200, name


@pytest.mark.parametrize("text", ["uy ban", "UY BAN", "Ủy ban", unicodedata.normalize("NFD", "ủy BAN"), "ban  uy"])
def test_search_ignores_case_accents_and_order(admin: FlaskClient, text: str) -> None:
    page = admin.get("/committees/", query_string={"search": text}).text
    assert cells_in(page, "Tên tổ chức")[0].startswith("Ủy ban")


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/events/?search=dai", "Đại đoàn kết"),
        ("/committees/tree/?search=uy", "Ủy ban"),
        ("/search?q=dai+doan", "Đại đoàn kết"),
        ("/nominations/ajax/lookup/?name=organisation&query=uy+ban", "Ủy ban"),
    ],
)
def test_every_way_to_search_ignores_accents(admin: FlaskClient, url: str, text: str) -> None:
    answer = admin.get(url)
    assert text in (str(answer.get_json()) if answer.is_json else read(answer.text).one("main").text)


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'"])
def test_signs_of_the_query_language_mean_themselves(desk: Flask, clerk: FlaskClient, sign: str) -> None:
    name = f"Lò Văn {sign}"
    assert save(clerk, "/people/new/", {"full_name": name}).status_code == 302
    assert cells_in(clerk.get("/people/", query_string={"search": sign}).text, "Họ và tên") == [name]
    looked_up = clerk.get("/positions/ajax/lookup/", query_string={"name": "person", "query": sign}).get_json()
    assert [text for _id, text in looked_up] == [name]
    groups = read(clerk.get("/search", query_string={"q": sign}).text).one("main").all("section")
    assert [item.text for group in groups for item in group.all("li")].count(name) == 1
