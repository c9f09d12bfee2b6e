"""The frame around every page of every screen: readable by everyone, tight against strangers, in two languages."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backoffice.web import safe_next
from models import Role, Unit
from models.accounts.users import Language
from tests.conftest import WRITTEN, signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import Element, read, record_form, sent
from tests.statements import statements, writes
from views import SCREENS
from views.core.session import db

pytestmark = ON_SQLITE

OTHERS = (
    "/",
    "/account",
    "/account/second-factor",
    "/users/rights/",
    "/search?q=my+xuyen",
    "/search",
    "/search?q=zzzz",
    "/no-such-page",
)
HOSTILE = (
    "//evil.vn",
    "https://evil.vn/",
    "/\\evil.vn",
    "\\\\evil.vn",
    "javascript:alert(1)",
    "evil",
    "http:evil.vn",
    "http:///evil.vn",
    "",
)


def addresses(app: Flask) -> Iterator[str]:
    """Every page of every screen, and those beside."""
    for cls in SCREENS:
        screen = app.extensions["screens"][cls.record]
        with app.app_context():
            id_ = db.session.scalar(select(func.max(screen.record.id)))
        pages = [
            "?page_size=20&search=a&sort=0",
            "?search=zzzz",
            *(["new/"] * (cls in WRITTEN)),
            *(["tree/", "tree/?search=a"] * bool(screen.tree_columns)),
        ]
        pages += [
            f"{page}/?id={id_}"
            for page in ("details", *(("edit", "delete", "bulk", "history") * (cls in WRITTEN)))
            if id_
        ]
        yield from (f"{screen.url}/{page}" for page in pages)
    yield from OTHERS


@pytest.fixture(scope="module")
def opened(app: Flask) -> tuple[dict[str, TestResponse], list[str]]:
    """The answers of all pages, and what the database was told meanwhile."""
    client = signed_in(app, Role.ADMINISTRATOR)
    with statements(app) as seen:
        found = {url: client.get(url) for url in addresses(app)}
    return found, seen


@pytest.fixture(scope="module")
def answers(app: Flask, opened: tuple[dict[str, TestResponse], list[str]]) -> dict[str, TestResponse]:
    """The answers of all pages, of a list filtered, of forms refused, and of the door."""
    client = signed_in(app, Role.ADMINISTRATOR)
    with app.app_context():
        unit = db.session.scalar(select(Unit.id).where(Unit.code == "947"))
    filtered = f"/events/?flt_unit_below={unit}&flt_kind_is=festival&flt_starts_on_from=1/1/2023&flt_year_is=x"
    found = {**opened[0], filtered: client.get(filtered)}
    for url in ("/committees/new/", "/initiatives/new/"):
        rows = {f"{name}-0-{column}": "x" for name in ("positions", "authors") for column in ("person", "share")}
        values = {**sent(record_form(client.get(url).text)), **rows, "parent": "x", "registered_on": "x"}
        found[f"{url} refused"] = client.post(url, data=values)
    return {**found, "/login": app.test_client().get("/login")}


@pytest.fixture(scope="module")
def pages(answers: dict[str, TestResponse]) -> dict[str, Element]:
    """The same pages, read."""
    return {url: read(answer.text) for url, answer in answers.items()}


# -- for everyone


def test_every_page_has_its_parts(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        assert page.one("html")["lang"] == "vi", url
        assert page.one("main")["id"] == "main", url
        heading = page.one("h1").text
        assert heading, url
        assert page.one("head").one("title").text.split(" · ")[0] == heading, url
        assert page.one("meta", name="viewport"), url
        first = next(element for element in page.one("body").walk() if element.tag in ("a", "input", "button"))
        assert (first["class"], first["href"]) == ("skip", "#main"), url


def test_headings_leave_out_no_level(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        assert all(lower - upper <= 1 for upper, lower in pairwise(levels)), url


def test_every_control_has_a_label(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        labels = {label.get("for"): label.text for label in page.all("label")}
        for control in page.all("input", "select", "textarea"):
            if control.get("type") != "hidden":
                around = control.inside("label")
                named = labels.get(control.get("id")) or control.get("aria-label") or (around and around.text)
                assert named, (url, control.attrs)


def test_every_link_and_button_has_a_name(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        for element in page.all("a", "button", "summary"):
            assert spoken(element) or element.get("aria-label"), (url, element.attrs)


def spoken(element: Element) -> str:
    """The text that a screen reader says."""
    parts = (
        child if isinstance(child, str) else spoken(child) if child.get("aria-hidden") != "true" else ""
        for child in element.children
    )
    return "".join(parts).strip()


def test_ids_are_used_once_and_what_points_to_one_finds_it(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        ids = [element["id"] for element in page.walk() if "id" in element.attrs]
        assert len(ids) == len(set(ids)), url
        for element in page.walk():
            pointed = [*element.get("aria-describedby").split(), element.get("aria-controls"), element.get("for")]
            if element.tag == "a" and element.get("href").startswith("#"):
                pointed.append(element["href"][1:])
            assert {id_ for id_ in pointed if id_} <= set(ids), (url, element.attrs)


def test_heads_of_tables_say_what_they_head(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        for head in page.all("th"):
            assert head.get("scope") in ("col", "row"), url
            assert head.text or head.all("input"), url
        for table in page.all("table"):
            assert len(table.one("thead").all("th")) == len(
                next(iter(table.one("tbody").all("tr")), table).all("td", "th")
            ) or (not table.one("tbody").all("tr")), url


@pytest.mark.parametrize(("query", "order"), [("sort=name", "ascending"), ("sort=name&desc=1", "descending"), ("", "")])
def test_the_sorted_column_says_so(app: Flask, admin: FlaskClient, query: str, order: str) -> None:
    heads = read(admin.get(f"/events/?{query}").text).one("thead").all("th")
    assert {head.text: head["aria-sort"] for head in heads if "aria-sort" in head.attrs} == (
        {"Tên sự kiện": order} if order else {}
    )


def test_faults_are_told_where_they_are(pages: dict[str, Element]) -> None:
    for url in ("/committees/new/ refused", "/initiatives/new/ refused"):
        page = pages[url]
        invalid = page.all(aria_invalid="true")
        assert invalid
        for control in invalid:
            (error,) = [id_ for id_ in control["aria-describedby"].split() if id_.endswith("-error")]
            assert page.one(id=error).text
        linked = {link["href"] for link in page.one("main").all("a") if link.inside("form") is None}
        assert {f"#{control['id']}" for control in invalid if control.inside("fieldset") is None} <= linked


def test_messages_are_announced(pages: dict[str, Element]) -> None:
    messages = [e for page in pages.values() for e in page.all("div") if "flash" in e.classes]
    assert messages
    assert {message.get("role") for message in messages} <= {"alert", "status"}


# -- against strangers


def test_every_answer_is_fenced_in(answers: dict[str, TestResponse]) -> None:
    nonces = set()
    for url, answer in answers.items():
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        (nonce,) = set(re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"]))
        nonces.add(nonce)
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", url
        assert policy["script-src"] == policy["style-src"] == f"'self' 'nonce-{nonce}'", url
        assert policy["form-action"] == policy["connect-src"] == "'self'", url
        assert "unsafe" not in answer.headers["Content-Security-Policy"], url
        assert answer.headers["X-Content-Type-Options"] == "nosniff", url
        assert answer.headers["X-Frame-Options"] == "DENY", url
        assert answer.headers["Referrer-Policy"] == "same-origin", url
        assert answer.headers["Cache-Control"] == "no-store", url
    assert len(nonces) == len(answers)


def test_scripts_and_styles_carry_the_nonce_of_their_page(
    answers: dict[str, TestResponse], pages: dict[str, Element]
) -> None:
    for url, page in pages.items():
        loaded = page.all("script", "style", "link")
        assert len(loaded) >= 3
        for element in loaded:
            assert f"'nonce-{element['nonce']}'" in answers[url].headers["Content-Security-Policy"], url
            assert not element.text, url


def test_no_page_holds_code_or_styles_in_its_elements(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        for element in page.walk():
            names = [name for name in element.attrs if name.startswith("on") or name in ("style", "srcdoc")]
            assert names == [], url
            assert not [
                v for v in element.attrs.values() if re.match(r"\s*(javascript|data|vbscript):", v, re.IGNORECASE)
            ], url


def test_no_page_points_to_another_host(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        for element in page.walk():
            for name in ("href", "src", "action", "data-lookup", "srcset", "content"):
                assert not re.match(r"\s*([a-z]+:)?//|\s*[a-z]+:", element.get(name), re.IGNORECASE), (
                    url,
                    element.attrs,
                )


def test_every_form_that_writes_carries_a_token(pages: dict[str, Element]) -> None:
    for url, page in pages.items():
        for form in page.all("form"):
            if form.get("method").lower() == "post":
                assert len(form.all("input", type="hidden", name="csrf_token")) == 1, url


def test_exports_and_look_ups_are_not_kept_by_the_browser(admin: FlaskClient) -> None:
    for url in ("/themes/export/xlsx/", "/events/ajax/lookup/?name=unit"):
        with admin.get(url) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("target", HOSTILE)
def test_nothing_leads_away_from_here(app: Flask, admin: FlaskClient, target: str) -> None:
    with app.test_request_context():
        assert safe_next(target) == "/"
    token = token_of(admin.get("/account/password").text)
    answer = admin.post("/language", data={"language": "vi", "next": target, "csrf_token": token})
    assert answer.location == "/"
    for page in ("new", "edit", "details", "delete"):
        answer = admin.get(f"/themes/{page}/", query_string={"url": target, "id": "1"})
        assert answer.status_code == (400 if target else 200)


def test_a_form_leads_back_to_where_one_came_from(admin: FlaskClient) -> None:
    back = "/events/?search=h%E1%BB%99i&page=1"
    page = read(admin.get("/themes/edit/", query_string={"id": "1", "url": back}).text)
    assert page.one("main").one("a", class_="btn quiet")["href"] == back


# -- search, language


def test_the_search_finds_across_screens(app: Flask, admin: FlaskClient) -> None:
    page = read(admin.get("/search?q=my+xuyen").text).one("main")
    with app.app_context():
        unit = db.session.scalars(select(Unit).where(Unit.code == "947")).one()
        name, id_ = str(unit), unit.id
    links = {link["href"]: link.text for link in page.all("a")}
    assert links[f"/units/details/?id={id_}"] == name
    assert "/committees/?search=my+xuyen" in links
    assert len(page.all("section")) > 3
    assert max(len(group.all("li")) for group in page.all("section")) == 8


def test_the_search_shows_nobody_what_is_not_theirs(app: Flask, admin: FlaskClient) -> None:
    url = "/search?q=administrator"
    assert "/users/" in {link["href"].split("details")[0] for link in read(admin.get(url).text).one("main").all("a")}
    assert read(signed_in(app, Role.VIEWER).get(url).text).one("main").all("section") == []


def test_the_search_costs_few_statements(app: Flask, admin: FlaskClient) -> None:
    with statements(app) as seen:
        admin.get("/search?q=a")
    assert len(seen) <= 4 + len(SCREENS)


def test_a_reader_chooses_the_language(own_app: Flask) -> None:
    client = signed_in(own_app, Role.EDITOR)
    page = client.get("/events/new/").text
    assert read(page).one("button", value="vi", name="language")["aria-pressed"] == "true"
    values = {"language": "en", "next": "/events/new/?", "csrf_token": token_of(page)}
    assert client.post("/language", data=values).location.startswith("/events/new/")
    english = read(client.get("/events/new/").text)
    assert english.one("html")["lang"] == "en"
    assert english.one("button", value="en", name="language")["aria-pressed"] == "true"
    assert english.one("label", for_="code").text != read(page).one("label", for_="code").text
    again = read(signed_in(own_app, Role.EDITOR).get("/").text)
    assert again.one("html")["lang"] == "en"
    assert read(signed_in(own_app, Role.VIEWER).get("/").text).one("html")["lang"] == "vi"


def test_a_language_that_is_none_changes_nothing(app: Flask, admin: FlaskClient) -> None:
    token = token_of(admin.get("/account/password").text)
    with statements(app) as seen:
        admin.post("/language", data={"language": "fr", "next": "/", "csrf_token": token})
    assert not [statement for statement in seen if statement.startswith("UPDATE")]
    assert read(admin.get("/").text).one("html")["lang"] == Language.VIETNAMESE.value


def test_strangers_choose_their_language_at_the_door(client: FlaskClient) -> None:
    token = token_of(client.get("/login").text)
    answer = client.post("/language", data={"language": "en", "next": "/login", "csrf_token": token})
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert read(client.get("/login").text).one("html")["lang"] == "en"


def test_a_language_is_chosen_by_a_post_with_a_token(client: FlaskClient) -> None:
    assert client.get("/language").status_code in (302, 405)
    assert client.post("/language", data={"language": "en"}).status_code == 400
    assert read(client.get("/login").text).one("html")["lang"] == "vi"


def test_opening_pages_changes_nothing(opened: tuple[dict[str, TestResponse], list[str]]) -> None:
    answers, seen = opened
    assert len(seen) > len(answers)
    assert all("audit_entry" in statement for statement in writes(seen))


def test_taking_a_workbook_or_looking_up_changes_nothing(app: Flask, admin: FlaskClient) -> None:
    with statements(app) as seen:
        for url in ("/events/ajax/lookup/?name=unit", "/themes/export/xlsx/", "/people/export/xlsx/?sort=full_name"):
            with admin.get(url) as answer:
                assert answer.status_code == 200
    assert seen
    assert all("audit_entry" in statement for statement in writes(seen))


def test_someone_watching_hears_that_all_is_well(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")
