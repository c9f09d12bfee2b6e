"""The traps that a management screen could fall into, one test each."""

import io
import re
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, func, select

import views.core.pages.export
from models import (
    Author,
    AwardDecision,
    Base,
    Committee,
    Event,
    Initiative,
    Movement,
    Position,
    Record,
    Registration,
    Term,
    Theme,
    Unit,
)
from models.events import EventKind
from models.records import errors, rules
from models.records.fields import Kind
from models.units import Level
from tests.conftest import WRITTEN, token_of
from tests.databases import ON_SQLITE
from tests.pages import cells_in, error_at, ids_in, messages, read, record_form, save, sent
from tests.statements import statements, writes
from views import SCREENS
from views.core.checks import DeclarationError
from views.core.screen import RecordView
from views.core.session import db
from views.events import EventView

pytestmark = pytest.mark.database

SQL = ("INSERT", "UNIQUE", "constraint", "sqlite", "psycopg", "IntegrityError")
TREES = [(Unit, "units", "94", "947"), (Committee, "committees", "MTTQ-94", "MTTQ-947")]


def screen_of(app: Flask, record: type[Record]) -> RecordView:
    found: RecordView = app.extensions["screens"][record]
    return found


def id_of(app: Flask, query: Select[Any]) -> int:
    """The first id that answers."""
    with app.app_context():
        return int(db.session.execute(query.limit(1)).scalar_one())


def sheet_of(client: FlaskClient, url: str) -> list[tuple[Any, ...]]:
    """The rows of the exported workbook, the title and the line about it among them, without that of the sums."""
    with client.get(url) as answer:
        assert answer.status_code == 200
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return [row for row in sheet.iter_rows(values_only=True) if row[0] is not None]


# -- what is chosen, and what is emptied


@ON_SQLITE
@pytest.mark.parametrize("cls", WRITTEN)
def test_no_reference_is_chosen_before_someone_chooses(app: Flask, admin: FlaskClient, cls: type[RecordView]) -> None:
    screen = screen_of(app, cls.record)
    form = record_form(admin.get(f"{screen.url}/new/").text)
    values = sent(form)
    for name in screen.form_names:
        if screen.specs[name].kind is Kind.REFERENCE:
            assert values[name] == values[f"{name}__text"] == [""]
    for select_ in form.all("select"):
        assert select_.all("option")[0]["value"] == ""


def test_a_required_reference_that_nobody_chose_is_asked_for(clerk: FlaskClient) -> None:
    answer = save(
        clerk, "/registrations/new/", {"code": "DK-1", "name": "Cầu", "kind": "works", "registered_on": "1/3/2023"}
    )
    assert error_at(answer.text, "movement") == error_at(answer.text, "organisation") == errors.MISSING


def test_a_form_without_a_collection_empties_none(desk: Flask, clerk: FlaskClient) -> None:
    collected = (Initiative.authors.any(), Initiative.dossier.any(), ~Initiative.adoptions.any())
    initiative = id_of(desk, select(Initiative.id).where(*collected))
    event = id_of(desk, select(Event.id).where(Event.themes.any(), Event.festival_results.any()))
    for url, name in ((f"/initiatives/edit/?id={initiative}", "authors"), (f"/events/edit/?id={event}", "themes")):
        token = token_of(clerk.get(url).text)
        answer = clerk.post(url, data={"csrf_token": token, "note": "Không kèm bảng nào", name: []})
        assert answer.status_code == 302, read(answer.text).one("main").text
    with desk.app_context():
        kept = db.session.get_one(Initiative, initiative)
        assert kept.note == "Không kèm bảng nào"
        assert kept.authors
        assert kept.dossier
        assert db.session.get_one(Event, event).themes
        assert db.session.get_one(Event, event).festival_results


def test_a_collection_that_was_shown_can_be_emptied(desk: Flask, clerk: FlaskClient) -> None:
    event = id_of(desk, select(Event.id).where(Event.themes.any()).order_by(Event.id.desc()))
    assert save(clerk, f"/events/edit/?id={event}", {"themes": ""}).status_code == 302
    with desk.app_context():
        assert db.session.get_one(Event, event).themes == []


# -- trees


@pytest.mark.parametrize(("record", "path", "above", "below"), TREES)
@pytest.mark.parametrize("itself", [True, False])
def test_a_loop_is_refused_at_the_field(
    desk: Flask, clerk: FlaskClient, record: Any, path: str, above: str, below: str, itself: bool
) -> None:
    root = id_of(desk, select(record.id).where(record.code == above))
    branch = root if itself else id_of(desk, select(record.id).where(record.code == below))
    answer = save(clerk, f"/{path}/edit/?id={root}", {"parent": str(branch)})
    assert answer.status_code == 200
    assert "Không thể đặt dưới chính nó" in error_at(answer.text, "parent")
    with desk.app_context():
        assert db.session.get_one(record, root).parent_id is None


@pytest.mark.parametrize("itself", [True, False])
def test_a_loop_of_movements_is_refused_at_the_field(desk: Flask, clerk: FlaskClient, itself: bool) -> None:
    branch = id_of(desk, select(Movement.id).where(Movement.parent_id.is_not(None)))
    root = id_of(desk, select(Movement.parent_id).where(Movement.id == branch))
    answer = save(clerk, f"/movements/edit/?id={root}", {"parent": str(root if itself else branch)})
    assert "không thể thuộc chính nó" in error_at(answer.text, "parent")


def test_a_decision_does_not_replace_itself(desk: Flask, clerk: FlaskClient) -> None:
    assert save(clerk, "/award-decisions/new/", {"excerpt": "Khen thưởng thử", "status": "draft"}).status_code == 302
    draft = id_of(desk, select(AwardDecision.id).where(AwardDecision.excerpt == "Khen thưởng thử"))
    answer = save(clerk, f"/award-decisions/edit/?id={draft}", {"replaces": str(draft)})
    assert error_at(answer.text, "replaces") == "Quyết định không thể thay chính nó."


# -- the one query


@ON_SQLITE
def test_what_narrows_the_query_narrows_every_way_to_a_record(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = screen_of(app, Initiative)
    with app.app_context():
        shown, hidden = db.session.scalars(select(Initiative.id).order_by(Initiative.id).limit(2))
    monkeypatch.setattr(screen.query, "all", lambda: select(Initiative).where(Initiative.id == shown))
    assert ids_in(admin.get("/initiatives/").text) == [shown]
    assert len(sheet_of(admin, "/initiatives/export/xlsx/")) == 4
    assert [row[0] for row in admin.get("/appraisals/ajax/lookup/?name=initiative").get_json()] == [shown]
    assert read(admin.get("/").text).one("nav", class_="side").one("a", href="/initiatives/").text.endswith(" 1")
    for page in ("details", "edit", "delete"):
        assert admin.get(f"/initiatives/{page}/?id={shown}").status_code == 200
        assert admin.get(f"/initiatives/{page}/?id={hidden}").status_code == 302


@ON_SQLITE
@pytest.mark.parametrize("cls", SCREENS)
def test_rows_cost_no_statements_of_their_own(app: Flask, admin: FlaskClient, cls: type[RecordView]) -> None:
    screen = screen_of(app, cls.record)
    counts = []
    with app.test_request_context():
        for size in (2, 200):
            with statements(app) as seen:
                _count, rows = screen.get_list(0, None, False, None, [], size)
                for row in rows:
                    for name in screen.column_list:
                        screen.shown(row, name)
            counts.append(len(seen))
            db.session.rollback()
    assert counts[0] == counts[1]


@ON_SQLITE
def test_the_pages_of_one_record_cost_few_statements(app: Flask, admin: FlaskClient) -> None:
    initiative = id_of(app, select(Initiative.id).where(Initiative.authors.any()))
    committee = id_of(app, select(Committee.id).where(Committee.code == "MTTQ-94"))
    for url in (f"/initiatives/{{}}/?id={initiative}", f"/committees/{{}}/?id={committee}"):
        for page, most in (("edit", 10), ("details", 24), ("delete", 36)):
            with statements(app) as seen:
                admin.get(url.format(page))
            assert len(seen) <= most, page


@ON_SQLITE
@pytest.mark.parametrize("cls", SCREENS)
def test_every_order_ends_in_the_id(app: Flask, cls: type[RecordView]) -> None:
    screen = screen_of(app, cls.record)
    table: Any = screen.record.__table__
    sortable = screen.scaffold_sortable_columns()
    one_of_each_kind = {screen.specs[name].kind: name for name in sortable}
    with app.test_request_context():
        for column in {None, screen.record.title_field, *one_of_each_kind.values()} & {None, *sortable}:
            with statements(app) as seen:
                screen.get_list(0, column, True, None, [], 1)
            orders = re.findall(r"ORDER BY (.+?)\s*(?:LIMIT|$)", seen[-1])
            assert [order.rpartition(", ")[2].replace('"', "") for order in orders] == [f"{table.name}.id"] * 2, column


def test_pages_neither_repeat_nor_lose_a_row(app: Flask, admin: FlaskClient) -> None:
    found = [
        id_
        for page in range(8)
        for id_ in ids_in(admin.get(f"/initiatives/?sort=stage&desc=1&page_size=50&page={page}").text)
    ]
    with app.app_context():
        everything = list(db.session.scalars(select(Initiative.id).order_by(Initiative.id)))
    assert sorted(set(found)) == everything
    assert found[: len(everything)] == list(dict.fromkeys(found))


def test_a_page_beyond_the_last_shows_the_last(app: Flask, admin: FlaskClient) -> None:
    beyond, last = (admin.get(f"/events/?page_size=200&page={page}").text for page in (999, 3))
    assert ids_in(beyond) == ids_in(last) != []
    assert read(beyond).one("nav", aria_label="Trang").one("a", aria_current="page").text == "4"


# -- looking up


@ON_SQLITE
@pytest.mark.parametrize("limit", ["100000", "0", "-5", "x", "²", ""])
def test_a_look_up_gives_twenty_at_most(admin: FlaskClient, limit: str) -> None:
    found = admin.get("/events/ajax/lookup/", query_string={"name": "unit", "limit": limit}).get_json()
    assert 1 <= len(found) <= 20


@ON_SQLITE
def test_a_look_up_is_only_for_references_of_the_form(admin: FlaskClient) -> None:
    for name in ("", "name", "id", "password_hash", "authors", "authors.full_name", "unit_id"):
        assert admin.get("/initiatives/ajax/lookup/", query_string={"name": name}).status_code == 404, name
    assert admin.get("/initiatives/ajax/lookup/?name=authors.person").status_code == 200


@ON_SQLITE
def test_no_single_cell_can_be_written(app: Flask, admin: FlaskClient) -> None:
    data = {"list_form_pk": "1", "name": "Đổi", "csrf_token": token_of(admin.get("/password").text)}
    with statements(app) as seen:
        for cls in SCREENS:
            assert admin.post(f"{screen_of(app, cls.record).url}/ajax/update/", data=data).status_code == 404
    assert writes(seen) == []


# -- what a refusal says


def test_a_duplicate_is_named_at_its_field(desk: Flask, clerk: FlaskClient) -> None:
    typed = {"code": "HS-94", "name": "Trùng", "parent": "", "unit": str(id_of(desk, select(Unit.id)))}
    taken = id_of(desk, select(Committee.id).where(Committee.code == "MTTQ-947"))
    answer = save(clerk, "/departments/new/", typed | {"code": "MTTQ-947"})
    with desk.app_context():
        assert error_at(answer.text, "code") == f"Đã có ở “{db.session.get_one(Committee, taken)}”."


def test_what_only_the_database_knows_is_said_without_its_words(
    desk: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "taken", lambda *_args: ())
    answer = save(clerk, "/themes/new/", {"name": "Chủ đề một lần"})
    assert answer.status_code == 302
    answer = save(clerk, "/themes/new/", {"name": "Chủ đề một lần"})
    assert messages(answer.text) == [errors.CONSTRAINT]
    assert not [word for word in SQL if word in answer.text]
    assert sent(record_form(answer.text))["name"] == ["Chủ đề một lần"]


@ON_SQLITE
def test_a_fault_in_a_view_is_not_tried_again(app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def broken(*args: object, **more: object) -> None:
        calls.append((args, more))
        raise TypeError("mine")

    monkeypatch.setattr(screen_of(app, Event), "get_list", broken)
    with pytest.raises(TypeError, match="mine"):
        admin.get("/events/")
    assert len(calls) == 1


@ON_SQLITE
def test_an_unknown_fault_shows_none_of_its_words(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("SELECT password")

    monkeypatch.setattr(screen_of(app, Event), "get_list", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = admin.get("/events/")
    assert answer.status_code == 500
    assert "SELECT" not in answer.text
    assert read(answer.text).one("main").text.startswith("Lỗi 500 Có lỗi trong phần mềm.")


# -- what hangs on a record


def test_related_lists_lead_to_their_own_screens(app: Flask, admin: FlaskClient) -> None:
    district = id_of(app, select(Unit.id).where(Unit.code == "947"))
    page = read(admin.get(f"/units/details/?id={district}").text)
    related = [a["href"] for part in page.all("section") if part.all("h3") for a in part.all("a")]
    assert {href.split("/")[1] for href in related} >= {"committees", "member-organisations", "units", "events"}
    for href in related:
        answer = admin.get(href)
        assert answer.status_code == 200, href
        assert "Mỹ Xuyên" in read(answer.text).one("main").text, href


# -- what is shown


@ON_SQLITE
@pytest.mark.parametrize("cls", SCREENS)
def test_choices_show_their_labels(app: Flask, cls: type[RecordView]) -> None:
    screen = screen_of(app, cls.record)
    with app.test_request_context():
        _count, rows = screen.get_list(0, None, False, None, [], 50)
        for name in screen.column_list:
            choices = screen.specs[name].choices
            if choices:
                shown = {read(str(screen.shown(row, name))).text for row in rows}
                assert shown <= {"–", *(member.label for member in choices)}, name


def test_a_choice_reaches_the_rules_as_a_member(desk: Flask, clerk: FlaskClient) -> None:
    registration = id_of(desk, select(Registration.id).where(Registration.done_on.is_(None)))
    answer = save(clerk, f"/registrations/edit/?id={registration}", {"status": "done"})
    assert error_at(answer.text, "done_on") == "Đã hoàn thành thì phải có ngày hoàn thành."


@ON_SQLITE
def test_what_people_write_is_never_read_as_html(desk: Flask, clerk: FlaskClient) -> None:
    evil = "<img src=x onerror=alert(1)>\"'"
    parent = id_of(desk, select(Committee.id).where(Committee.code == "MTTQ-94"))
    typed = {"code": "X-1", "name": evil, "level": "district", "parent": str(parent), "note": evil}
    assert save(clerk, "/committees/new/", typed).status_code == 302
    id_ = id_of(desk, select(Committee.id).where(Committee.code == "X-1"))
    pages = [
        "?search=onerror",
        *(f"{page}/?id={id_}" for page in ("details", "edit", "delete")),
        "tree/?search=onerror",
    ]
    for url in (*(f"/committees/{page}" for page in pages), "/search?q=onerror", f"/departments/?flt_parent_is={id_}"):
        page = read(clerk.get(url).text)
        assert page.all("img") == [], url
        assert evil in page.text + "".join(e.get("value") for e in page.walk()), url
    assert read(clerk.get("/events/", query_string={"search": evil, "flt_x_is": evil}).text).all("img") == []


@ON_SQLITE
def test_help_is_never_read_as_html(app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = screen_of(app, Event)
    form_class = screen.get_form()
    for name in ("code", "unit", "themes", "starts_on", "kind", "festival_results"):
        getattr(form_class, name).kwargs["description"] = "<img>"
    monkeypatch.setattr(screen, "_create_form_class", form_class)
    page = read(admin.get("/events/new/").text)
    assert page.all("img") == []
    assert [hint.text for hint in page.all("p", class_="hint")].count("<img>") == 6


# -- deleting


def test_the_delete_page_names_what_keeps_a_record_and_refuses(desk: Flask, clerk: FlaskClient) -> None:
    unit = id_of(desk, select(Unit.id).where(Unit.level == Level.COMMUNE))
    url = f"/units/delete/?id={unit}"
    page = read(clerk.get(url).text)
    assert "Đang giữ lại, không cho xóa" in [heading.text for heading in page.all("h2")]
    headings = [heading.text for heading in page.all("h3")]
    assert any(text.startswith("Chặn Đơn vị hành chính: ") for text in headings)
    assert page.all("button", class_="btn danger solid") == []
    with statements(desk) as seen:
        answer = clerk.post("/units/delete/", data={"id": unit, "csrf_token": token_of(clerk.get("/password").text)})
    assert answer.status_code == 200
    assert writes(seen) == []


@pytest.mark.parametrize(
    ("path", "link", "label"),
    [("themes", "event_theme.theme_id", "Sự kiện"), ("documents", "movement_basis.document_id", "Phong trào")],
)
def test_what_is_only_linked_keeps_a_record_too(
    desk: Flask, clerk: FlaskClient, path: str, link: str, label: str
) -> None:
    table, column = link.split(".")
    id_ = id_of(desk, select(Base.metadata.tables[table].c[column]))
    page = read(clerk.get(f"/{path}/delete/?id={id_}").text)
    assert any(heading.text.startswith(f"Chặn {label}") for heading in page.all("h3"))
    token = token_of(clerk.get("/password").text)
    assert clerk.post(f"/{path}/delete/", data={"id": id_, "csrf_token": token}).status_code == 200


def test_what_a_record_owns_is_shown_and_goes_along(desk: Flask, clerk: FlaskClient) -> None:
    initiative = id_of(desk, select(Initiative.id).where(Initiative.authors.any()).order_by(Initiative.id.desc()))
    page = clerk.get(f"/initiatives/delete/?id={initiative}").text
    assert "Mất theo" in [heading.text for heading in read(page).all("h2")]
    answer = clerk.post("/initiatives/delete/", data={"id": initiative, "csrf_token": token_of(page)})
    assert answer.location == "/initiatives/"
    with desk.app_context():
        assert db.session.get(Initiative, initiative) is None
        assert db.session.scalar(select(func.count()).where(Author.initiative_id == initiative)) == 0


def test_several_are_deleted_together_or_not_at_all(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        free, kept = (
            Term(code=code, name=code, level=Level.COMMUNE, starts_in=1, ends_in=2) for code in ("N-1", "N-2")
        )
        free.starts_in = kept.starts_in = 2019
        free.ends_in = kept.ends_in = 2024
        position = db.session.scalars(select(Position).where(Position.term_id.is_not(None))).first()
        assert position is not None
        db.session.add_all([free, kept])
        position.term = kept
        db.session.commit()
        ids = [free.id, kept.id]
    token = token_of(clerk.get("/password").text)
    assert clerk.post("/terms/delete/", data={"id": ids, "csrf_token": token}).status_code == 200
    with desk.app_context():
        assert db.session.get(Term, ids[0]) is not None
    assert clerk.post("/terms/delete/", data={"id": ids[:1], "csrf_token": token}).status_code == 302
    with desk.app_context():
        assert db.session.get(Term, ids[0]) is None


@ON_SQLITE
def test_the_model_may_keep_a_record_too(desk: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Theme, "check_delete", lambda *_args: [errors.Problem("Giữ.")])
    theme = id_of(desk, select(Theme.id))
    page = read(clerk.get(f"/themes/delete/?id={theme}").text)
    assert page.one(role="alert").text == "Không xóa được: Giữ."
    token = token_of(clerk.get("/password").text)
    assert clerk.post("/themes/delete/", data={"id": theme, "csrf_token": token}).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("page", ["delete", "edit", "new"])
def test_nothing_is_written_without_the_token(app: Flask, admin: FlaskClient, page: str) -> None:
    event = id_of(app, select(Event.id))
    for token in ({}, {"csrf_token": "x"}):
        with statements(app) as seen:
            answer = admin.post(f"/events/{page}/?id={event}", data={"id": event, "name": "Đổi", **token})
        assert answer.status_code == 400
        assert writes(seen) == []


# -- Excel


def test_the_workbook_has_the_rows_and_the_order_of_the_list(app: Flask, admin: FlaskClient) -> None:
    district = id_of(app, select(Unit.id).where(Unit.code == "947"))
    query = f"flt_unit_below={district}&flt_starts_on_from=01/10/2023&search=ngay+hoi+dai+doan&sort=unit&desc=1"
    shown = [
        text
        for page in range(2)
        for text in cells_in(admin.get(f"/events/?{query}&page_size=50&page={page}").text, "Địa điểm")
    ]
    title, about, _head, *rows = sheet_of(admin, f"/events/export/xlsx/?{query}&page=3&page_size=20")
    assert title[0] == "SỰ KIỆN"
    assert "Địa bàn: thuộc, gồm cấp dưới Huyện Mỹ Xuyên" in about[0]
    assert "tìm “ngay hoi dai doan”" in about[0]
    assert len(shown) > 50
    assert shown[:9] != cells_in(admin.get(f"/events/?{query.replace('sort', 'page')}").text, "Địa điểm")[:9]
    assert [row[6] or "–" for row in rows] == shown


@ON_SQLITE
def test_too_many_rows_for_a_sheet_are_refused_with_their_number(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == EventKind.INSPECTION))
    assert count
    url = "/events/export/xlsx/?flt_kind_is=inspection"
    monkeypatch.setattr(views.core.pages.export, "ROOM", count)
    assert len(sheet_of(admin, url)) == 3 + count
    monkeypatch.setattr(views.core.pages.export, "ROOM", count - 1)
    answer = admin.get(url)
    assert answer.location == "/events/?flt_kind_is=inspection"
    assert messages(admin.get(answer.location).text) == [
        f"Có {count} dòng, nhiều hơn một trang tính chứa được ({count - 1}). Hãy lọc bớt. Tải về mỗi huyện một tệp"
    ]


@ON_SQLITE
def test_too_many_rows_are_offered_by_district_and_none_is_lost(
    app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "/events/?sort=starts_on&flt_kind_is=inspection"
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == EventKind.INSPECTION))
    assert count
    monkeypatch.setattr(views.core.pages.export, "ROOM", count - 1)
    assert admin.get(url.replace("?", "export/xlsx/?")).status_code == 302
    links = [link.get("href") for link in read(admin.get(url).text).all("a")]
    (offer,) = [link for link in links if "split=district" in link]
    with admin.get(offer) as answer:
        assert answer.mimetype == "application/zip"
        archive = ZipFile(io.BytesIO(answer.data))
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name in archive.namelist():
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read(name))).active
        assert sheet is not None
        place = name.partition(" – ")[2].removesuffix(".xlsx")
        assert str(sheet["A2"].value).startswith(f"{place}; Loại: Kiểm tra · ")
        found[place] = list(sheet.iter_rows(min_row=4, min_col=2, values_only=True))
    assert sum(map(len, found.values())) == count
    assert all(rows for rows in found.values())
    assert list(found)[-1] == "Ngoài các huyện"
    assert all(place in str(row) for place, rows in list(found.items())[:-1] for row in rows)


@ON_SQLITE
def test_a_list_that_all_share_is_not_parted(app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views.core.pages.export, "ROOM", 1)
    assert admin.get("/themes/export/xlsx/").status_code == 302
    assert messages(admin.get("/themes/").text)[0].endswith("Hãy lọc bớt.")
    assert admin.get("/themes/export/xlsx/?split=district").status_code == 302


@ON_SQLITE
def test_a_workbook_costs_as_many_statements_however_many_titles_it_shows(app: Flask, admin: FlaskClient) -> None:
    said = []
    for query in ("?flt_stage_is=registered", ""):
        with statements(app) as seen:
            admin.get(f"/initiatives/export/xlsx/{query}").close()
        said.append(len(seen))
    assert said[0] == said[1]


@ON_SQLITE
def test_the_file_has_its_vietnamese_name(admin: FlaskClient) -> None:
    with admin.get("/units/export/xlsx/") as answer:
        plain, encoded = answer.headers["Content-Disposition"].split("; filename")[1:]
    assert plain.startswith('="don vi hanh chinh ')
    assert unquote(encoded).startswith("*=UTF-8''Đơn vị hành chính ")


@ON_SQLITE
def test_there_is_no_other_kind_of_export(admin: FlaskClient) -> None:
    assert admin.get("/events/export/csv/").status_code == 404


# -- declarations


@pytest.mark.parametrize(
    ("attribute", "value", "mistake"),
    [
        ("column_list", (), "is empty"),
        ("column_list", ("nmae",), "Event has no field 'nmae'"),
        ("column_list", ["name"], "must be a tuple of field names"),
        ("column_list", ("unit.name",), "Event has no field 'unit.name'"),
        ("column_filters", ("kidn",), "Event has no field 'kidn'"),
        ("column_filters", ("content",), "'content' is of a kind that has no filters"),
        ("form_columns", ("name", "search_text"), "Event has no field 'search_text'"),
        ("column_default_sort", ("strats_on", True), "Event has no field 'strats_on'"),
        ("column_default_sort", "themes", "'themes' can't be sorted by"),
        ("inline_columns", {"name": ("a",)}, "'name' holds no children"),
        ("inline_columns", {"festival_results": ("gfits",)}, "FestivalResult has no field 'gfits'"),
        ("section", "Sự kiện", "is not a Section"),
        ("access", None, "is not an Access"),
        ("packs", ("festivla",), "there is no pack 'festivla'"),
        ("tree_columns", ("kind", "unit"), "Event is no TreeRecord"),
    ],
)
def test_a_wrong_declaration_stops_the_start(attribute: str, value: Any, mistake: str) -> None:
    wrong = type("WrongView", (EventView,), {attribute: value})
    with pytest.raises(DeclarationError) as caught:
        wrong()
    assert str(caught.value).startswith(f"WrongView.{attribute}")
    assert str(caught.value).endswith(mistake)
