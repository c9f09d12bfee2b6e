"""Values that nobody types by accident: in every place that takes one, no answer is an error of ours."""

import os
import time
from collections.abc import Iterator

import pytest
from flask import Flask, g, request, request_finished, request_started
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Role
from tests.conftest import signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import read, record_form, sent
from views import SCREENS
from views.core.screen import RecordView
from views.core.session import db

FULL = os.environ.get("HOSTILE_FULL")
"""By hand, on both databases: 1, all values in all places (hours); n, each place gets every n-th value."""
pytestmark = [] if FULL else ON_SQLITE

BAD = (
    *("", " ", "0", "-0", "-1", "1", "1.5", "1,2", "1;2", "1e9", "1e999", "0x10", "1_000", "²", "٣", "NaN", "Infinity"),
    *("2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "9" * 40),
    *("' OR 1=1--", '"; DROP TABLE person;--', "%", "_", "%s%s%n", "{0}", "{{7*7}}", "${7*7}", "\\", "/", "../../etc"),
    *("<script>alert(1)</script>", "]]>", "&amp;", "\x00", "a\x00b", "\r\nSet-Cookie: a=b", "\t", "\x1b[31m", "\x7f"),
    *("\ud7ff", "\ufffe", "\u202e", "\u200b", "e\u0301" * 50, "😀", "Đ", "ﬁ", "None", "null", "true", "undefined"),
    *("[]", "{}", "31/02/2023", "00/00/0000", "99/99/9999", "01/01/10000", "2023-13-45", "1/1/1", "x" * 5_000),
)
STEP = int(FULL or 79)
"""Each place gets every n-th value, and together they get all."""
SECONDS = 5
"""How long an answer may take."""
QUERIES = ("page", "page_size", "sort", "desc", "search", "flt0_0", "flt_x_is", "url", "as_of", "lang")
LOOKUPS = ("name", "query", "limit", "offset")


@pytest.fixture(scope="module")
def browser(desk: Flask) -> Iterator[FlaskClient]:
    """The administrator's browser; by hand, every answer must have come in time."""
    took: list[tuple[float, str]] = []

    def begin(_app: Flask, **_more: object) -> None:
        g.began = time.perf_counter()

    def end(_app: Flask, **_more: object) -> None:
        took.append((time.perf_counter() - g.began, request.url))

    with request_started.connected_to(begin, desk), request_finished.connected_to(end, desk):
        yield signed_in(desk, Role.ADMINISTRATOR)
    if FULL:
        print(len(took), "requests, the slowest:", *max(took))  # noqa: T201  a figure to read
        assert max(took)[0] < SECONDS


def some(place: int) -> tuple[str, ...]:
    """This place's share of the bad values."""
    return BAD[place % STEP :: STEP]


def places(screen: RecordView) -> Iterator[tuple[str, str]]:
    """Address and argument of every place of a screen that reads the address."""
    yield from (("", name) for name in QUERIES)
    yield from (("", f"flt_{flt.key}") for flt in screen.get_filters() or ())
    yield from ((page, "id") for page in ("details/", "edit/", "delete/", "bulk/", "history/"))
    yield from (("ajax/lookup/", name) for name in LOOKUPS)
    yield from (("export/xlsx/", name) for name in ("sort", "flt_x_is", "flt_sample_is"))
    if screen.tree_columns:
        yield from (("tree/", name) for name in ("open", "search"))
    if screen.endpoint == "reports":
        yield from (("grid/", name) for name in ("kind", "year", "level"))
        yield from (("sums/", name) for name in ("period", "organisation", "indicator"))
        yield from ((page, name) for page in ("reminder/", "reminder/export/") for name in ("period", "level"))
        yield from (("new/", name) for name in ("period", "organisation", "revision"))
    if screen.endpoint == "history":
        yield from (("undo/", name) for name in ("act", "back_to", "deleted"))


@pytest.mark.parametrize("number", range(len(SCREENS)))
def test_no_bad_value_in_an_address_is_an_error_of_ours(desk: Flask, browser: FlaskClient, number: int) -> None:
    screen = desk.extensions["screens"][SCREENS[number].record]
    name_of_reference = next((n for n, s in screen.specs.items() if s.target is not None), "")
    for place, (page, name) in enumerate(places(screen)):
        for value in some(place + number * 7):
            asked = {"name": name_of_reference, name: value} if page == "ajax/lookup/" else {name: value}
            answer = browser.get(f"{screen.url}/{page}", query_string=asked)
            assert answer.status_code < 500, (screen.url, page, name, value)
            answer.close()


@pytest.mark.parametrize("number", range(len(SCREENS)))
def test_no_bad_value_in_a_form_is_an_error_of_ours(desk: Flask, browser: FlaskClient, number: int) -> None:
    screen = desk.extensions["screens"][SCREENS[number].record]
    token = token_of(browser.get("/account/password").text)
    page = browser.get(f"{screen.url}/new/")
    names = []
    if page.status_code == 200:
        controls = read(page.text).all("input", "select", "textarea")
        names = sorted(
            {c.get("name").replace("__index__", "1") for c in controls} - {"", "csrf_token", "q", "language"}
        )
    with desk.app_context():
        id_ = db.session.scalar(select(func.max(screen.record.id)))
    edited = browser.get(f"{screen.url}/edit/?id={id_}")
    kept = sent(record_form(edited.text)) if edited.status_code == 200 else {}
    for place, name in enumerate([*names, "version", "seen", "confirm"]):
        for value in some(place + number * 11):
            answer = browser.post(f"{screen.url}/edit/?id={id_}", data={**kept, "csrf_token": token, name: value})
            assert answer.status_code < 500, (screen.url, name, value)
    for value in some(number):
        everywhere = dict.fromkeys(names, value)
        answers = [
            browser.post(f"{screen.url}/new/", data=everywhere | {"csrf_token": token}),
            browser.post(f"{screen.url}/edit/", data={"csrf_token": token}, query_string={"id": value}),
            browser.post(f"{screen.url}/delete/", data={"csrf_token": token, "id": value}),
            browser.post(f"{screen.url}/action/", data={"csrf_token": token, "action": value, "rowid": value}),
            browser.post(f"{screen.url}/bulk/", data=everywhere | {"csrf_token": token, "id": str(id_), "set": names}),
        ]
        assert [a.status_code for a in answers if a.status_code >= 500] == [], (screen.url, value)


def test_no_bad_value_beside_the_screens_is_an_error_of_ours(desk: Flask, browser: FlaskClient) -> None:
    assert len(set(BAD)) == len(BAD) >= 57
    token = token_of(browser.get("/account/password").text)
    for value in BAD:
        answers = [
            browser.get("/search", query_string={"q": value}),
            browser.get("/", query_string={"as_of": value, "url": value}),
            browser.get("/users/rights/", query_string={"user": value}),
            desk.test_client().get("/login", query_string={"next": value}),
            browser.post("/language", data={"csrf_token": token, "language": value, "next": value}),
            browser.post("/account/sessions/end", data={"csrf_token": token, "id": value, "session": value}),
            *(
                browser.post(f"/users/{what}/", data={"csrf_token": token, "id": value})
                for what in ("unlock", "end-sessions")
                if value.strip() != "1"
            ),
        ]
        assert [a.status_code for a in answers if a.status_code >= 500] == [], value
