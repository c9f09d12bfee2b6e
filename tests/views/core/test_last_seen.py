"""Back to the list: every way leads to the same filter, order and page; the whole list is one press away."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Role, Task
from tests.conftest import add_person, browser_of, put_off, token_of, try_sign_in
from tests.databases import ON_SQLITE
from tests.pages import Element, ids_in, messages, read, record_form, save, sent
from views import SCREENS
from views.core.last_seen import COOKIE
from views.core.screen import RecordView
from views.core.session import db

pytestmark = ON_SQLITE
BARE = "/tasks/"


@pytest.fixture
def mark(desk: Flask) -> str:
    """What the names of thirty tasks of this test's own have in common."""
    mark = uuid4().hex[:8]
    with desk.app_context():
        like = db.session.scalars(select(Task)).first()
        assert like is not None
        db.session.add_all(Task(code=f"{mark}-{n:02}", name=f"Việc {mark} {n:02}", owner=like.owner) for n in range(30))
        db.session.commit()
    return mark


@pytest.fixture
def asked(mark: str) -> str:
    """The address of the second page of their list, the last name first."""
    return f"/tasks/?flt_sample_is=0&search=viec+{mark}&sort=name&desc=1&page=1&page_size=20"


@pytest.fixture
def person(desk: Flask) -> FlaskClient:
    """The browser of someone who may do everything, and has seen no list."""
    return browser_of(desk, add_person(desk, Role.ADMINISTRATOR).username)


def numbers(app: Flask, page: str) -> list[int]:
    """Which of the thirty a page shows."""
    with app.app_context():
        return [int(db.session.get_one(Task, id_).name[-2:]) for id_ in ids_in(page)]


def follow(client: FlaskClient, url: str) -> str:
    """The page at this address, or where that leads."""
    return client.get(url, follow_redirects=True).text


def button(page: str, text: str) -> Element:
    """The link that says this."""
    return next(a for a in read(page).one("main").all("a") if a.text == text)


def press(client: FlaskClient, page: str, text: str, rows: int = 2) -> str:
    """Tick the first rows of a list and press the button below: the address that it leads to."""
    doing = next(b for b in read(page).one("main").all("button") if b.text == text)
    form = doing.inside("form")
    assert form is not None
    values = {**sent(form), "id": [str(id_) for id_ in ids_in(page)[:rows]]}
    answer = client.get(doing.get("formaction") or form["action"], query_string=values)
    return str(answer.request.url)


def send(client: FlaskClient, url: str, typed: dict[str, str | list[str]]) -> str:
    """Send the form of the page at this address; the page that follows."""
    form = next(form for form in read(client.get(url).text).one("main").all("form") if form.get("method") == "post")
    answer = client.post(form.get("action") or url, data={**sent(form), **typed}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("cls", SCREENS)
def test_the_menu_leads_back_to_each_list_as_it_was_left(
    clerk: FlaskClient, cls: type[RecordView], desk: Flask
) -> None:
    screen = desk.extensions["screens"][cls.record]
    sort = next(name for name in screen.column_list if name in screen.sortable)
    left = {"flt0_sample_is": "0", "search": "a", "sort": sort, "desc": "1", "page_size": "20"}
    clerk.get(f"{screen.url}/", query_string=left)
    (link,) = {
        a["href"] for a in read(clerk.get("/").text).one("nav", class_="side").all("a") if a["href"] == f"{screen.url}/"
    }
    again = urlsplit(clerk.get(link).location)
    assert again.path == f"{screen.url}/"
    assert parse_qs(again.query) == {name: [value] for name, value in left.items()}
    clerk.get(f"{screen.url}/?page=0")


def test_a_list_never_narrowed_is_whole(person: FlaskClient) -> None:
    assert person.get(BARE).status_code == 200
    person.get("/tasks/details/?id=1")
    assert person.get(BARE).status_code == 200


@pytest.mark.parametrize("way", ["details", "history", "edit", "saved", "tree of another", "menu"])
def test_every_way_back_leads_to_the_same_page(desk: Flask, person: FlaskClient, asked: str, way: str) -> None:
    page = person.get(asked).text
    assert numbers(desk, page) == list(range(9, -1, -1))
    id_ = ids_in(page)[0]
    details = person.get(f"/tasks/details/?id={id_}").text
    match way:
        case "details":
            url = button(details, "Về danh sách")["href"]
        case "history":
            url = button(person.get(f"/tasks/history/?id={id_}").text, "Về danh sách")["href"]
        case "edit":
            url = button(person.get(button(details, "Sửa")["href"]).text, "Hủy")["href"]
        case "saved":
            url = str(save(person, button(details, "Sửa")["href"], {"note": "Đã xem"}).location)
        case _:
            person.get("/units/?search=soc")
            url = BARE
    assert numbers(desk, follow(person, url)) == list(range(9, -1, -1))


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(
    ("doing", "typed", "left"),
    [
        ("Xóa mục đã chọn", {}, range(7, -1, -1)),
        ("Sửa mục đã chọn", {"set": "partners", "partners": "Sở Nội vụ"}, range(9, -1, -1)),
        ("Chuyển giai đoạn", {"to": "under_way"}, range(9, -1, -1)),
    ],
)
def test_what_is_done_to_chosen_rows_comes_back_to_their_page(
    desk: Flask,
    person: FlaskClient,
    asked: str,
    doing: str,
    typed: dict[str, str | list[str]],
    left: range,
    again: bool,
) -> None:
    page = person.get(asked).text
    url = press(person, page, doing)
    if again:  # in another tab the same list is looked at otherwise meanwhile
        person.get("/tasks/?search=bao+cao")
    came_back = send(person, url, typed)
    assert messages(came_back)[0].startswith("Đã ")
    assert numbers(desk, came_back) == list(left)
    assert [chip.one("span").text for chip in read(came_back).all("li", class_="chip")] == ["Dữ liệu mẫu: không"]


def test_one_record_deleted_or_moved_from_its_own_page(desk: Flask, person: FlaskClient, asked: str) -> None:
    id_ = ids_in(person.get(asked).text)[0]
    moved = send(person, f"/tasks/details/?id={id_}", {"to": "under_way"})
    assert read(moved).one("h1").text.endswith("09")
    came_back = send(person, f"/tasks/delete/?id={id_}", {})
    assert numbers(desk, came_back) == list(range(8, -1, -1))


def test_what_is_refused_goes_back_to_the_same_page(person: FlaskClient, asked: str) -> None:
    person.get(asked)
    for page in ("delete", "bulk", "move", "history"):
        answer = person.get(f"/tasks/{page}/?id=999999999")
        assert parse_qs(urlsplit(person.get(answer.location).location).query)["page"] == ["1"]


def test_the_whole_list_is_one_press_away(person: FlaskClient, asked: str, mark: str) -> None:
    total = len(ids_in(person.get("/tasks/?page_size=200").text))
    for leave in ("Bỏ hết", "Bỏ hết lọc"):
        page = person.get(asked).text
        assert "page=1" in person.get(BARE).location
        cleared = read(person.get(button(page, leave)["href"]).text)
        assert not cleared.all("li", class_="chip")
    chip = read(person.get("/tasks/?flt_sample_is=0").text).one("li", class_="chip").one("a")
    whole = person.get(chip["href"])
    assert whole.status_code == 200
    assert person.get(BARE).status_code == 200
    nothing = person.get(f"/tasks/?search=nothing+{mark}&page_size=200").text
    person.get(button(nothing, "Xem toàn bộ danh sách")["href"])
    assert person.get(BARE).status_code == 200
    assert len(ids_in(person.get("/tasks/?page_size=200").text)) == total


def test_a_filter_emptied_is_none(person: FlaskClient) -> None:
    page = read(person.get("/tasks/?flt_sample_is=0").text)
    form = next(form for form in page.all("form") if form.all("div", class_="filter-grid"))
    emptied = {name: value for name, value in sent(form).items() if any(value) and name != "flt_sample_is"}
    answer = person.get(form["action"], query_string=emptied)
    assert answer.status_code == 200
    assert not read(answer.text).all("li", class_="chip")


def test_the_first_page_is_one_too(desk: Flask, person: FlaskClient, asked: str) -> None:
    page = read(person.get(asked).text)
    first = person.get(page.one("a", rel="prev")["href"])
    assert numbers(desk, first.text) == list(range(29, 9, -1))
    assert numbers(desk, follow(person, BARE)) == list(range(29, 9, -1))


def test_looking_back_keeps_what_is_asked(person: FlaskClient, asked: str) -> None:
    page = read(person.get(asked).text)
    form = page.one("form", class_="as-of")
    past = follow(person, f"{form['action']}?as_of=1/1/2020")
    assert "như cuối ngày 01/01/2020" in " ".join(messages(past))
    assert read(past).all("li", class_="chip")
    search = read(past).one("form", class_="search")
    assert sent(search)["as_of"] == ["01/01/2020"]
    assert "như cuối ngày 01/01/2020" in " ".join(messages(follow(person, button(past, "Bỏ hết")["href"])))


def test_whoever_signs_in_next_begins_with_whole_lists(desk: Flask, asked: str) -> None:
    one, other = add_person(desk, Role.EDITOR), add_person(desk, Role.EDITOR)
    client = browser_of(desk, one.username)
    client.get(asked)
    assert client.get(BARE).status_code == 302
    client.post("/logout", data={"csrf_token": token_of(client.get("/account").text)})
    assert try_sign_in(client, other.username).status_code == 302
    put_off(client)
    assert client.get(BARE).status_code == 200


def test_the_cookie_is_the_screens_alone_and_short(person: FlaskClient, asked: str) -> None:
    answer = person.get(asked)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "Path=/tasks/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert cookie.startswith(f"{COOKIE}=")
    longest = person.get(BARE, query_string={"search": "ệ" * 200})
    assert len(longest.headers.getlist("Set-Cookie")[0]) < 4000
    person.get(BARE, query_string={f"flt{n}_due_on_from": "2023-01-01" for n in range(80)})
    assert person.get(BARE).status_code == 200


@pytest.mark.parametrize("value", ["", ".", "x.y=1", "%00", "0" * 16 + ".page=1", "a" * 4000])
def test_a_cookie_that_means_nothing_is_none(person: FlaskClient, value: str) -> None:
    person.set_cookie(COOKIE, value, path=BARE)
    assert person.get(BARE).status_code == 200


def test_the_record_form_is_left_to_where_it_was_opened(desk: Flask, person: FlaskClient, asked: str) -> None:
    page = person.get(asked).text
    edit = next(a for a in read(page).one("main").all("a") if a.text == "Sửa")["href"]
    person.get("/tasks/?search=bao+cao")
    form = record_form(person.get(edit).text)
    answer = person.post(edit, data=sent(form), follow_redirects=True)
    assert numbers(desk, answer.text) == list(range(9, -1, -1))
