"""The book's address and its proxies: said once, right everywhere, and no word believed of who is no proxy."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from backoffice.address import SettingError, read_address, read_proxies
from backoffice.entrance import Entrance
from backoffice.factory import create_app
from models import Organisation, Task, User
from models.accounts.users import Role
from models.records.clock import now
from tests.conftest import running_on, signed_in, token_of
from tests.databases import Databases
from tests.pages import read
from tests.program import run
from views.core.session import db

OURS = {"BACKOFFICE_ADDRESS": "https://so.example/mttq", "BACKOFFICE_PROXIES": "1"}


@pytest.fixture(scope="module")
def prefixed(databases: Databases, filled: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application at an address with a prefix, behind one proxy."""
    with pytest.MonkeyPatch.context() as patch, databases(filled) as url:
        for name, value in OURS.items():
            patch.setenv(name, value)
        with running_on(url, tmp_path_factory.mktemp("instance")) as app:
            # What others make meanwhile is made without them.
            patch.undo()
            yield app


@pytest.fixture(scope="module")
def inside(prefixed: Flask) -> FlaskClient:
    """The administrator's browser, with a second factor, as is asked of them at such an address."""
    client = signed_in(prefixed, Role.ADMINISTRATOR)
    with prefixed.app_context():
        user = db.session.scalars(select(User).where(User.username == Role.ADMINISTRATOR.value)).one()
        user.totp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        db.session.commit()
    return client


def app_with(patch: pytest.MonkeyPatch, folder: Path, **settings: str) -> Flask:
    """An application without a book, as these settings make it."""
    for name in (*OURS, "BACKOFFICE_HTTPS"):
        patch.delenv(name, raising=False)
    for name, value in settings.items():
        patch.setenv(name, value)
    return create_app(instance=folder)


def caller(proxies: str, peer: str, **headers: str) -> tuple[str, str]:
    """Who asks, and by which scheme, as the application sees it behind these proxies."""
    seen: dict[str, Any] = {}

    def look(environ: dict[str, Any], _start: object) -> list[bytes]:
        seen.update(environ)
        return []

    asked = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "PATH_INFO": "/", "HTTP_HOST": "so.example", **headers}
    start: Any = None
    Entrance(look, None, read_proxies(proxies))(asked, start)
    return seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://so.example/mttq", ("https", "so.example", "/mttq")),
        ("https://so.example/mttq/", ("https", "so.example", "/mttq")),
        ("HTTPS://So.Example:443", ("https", "so.example", "")),
        ("http://192.168.1.5:8000/", ("http", "192.168.1.5:8000", "")),
        ("https://[2001:DB8::1]:8443/a/b", ("https", "[2001:db8::1]:8443", "/a/b")),
        ("https://sổ.vn", ("https", "xn--s-0xm.vn", "")),
    ],
)
def test_an_address_is_read(text: str, parts: tuple[str, str, str]) -> None:
    address = read_address(text)
    assert address is not None
    assert (address.scheme, address.host, address.prefix) == parts


@pytest.mark.parametrize(
    "text",
    [
        *(
            "so.example",
            "so.example/mttq",
            "/mttq",
            "ftp://so.example",
            "https://",
            "https:///mttq",
            "https://so.example:x",
        ),
        *("https://so.example:0", "https://so.example:99999", "https://a@so.example", "https://so.example/?a=1"),
        *("https://so.example/#a", "https://so.example/a b", "https://so.example/a//b", "https://so.example/../a"),
        *("https://so.example/sổ", "https://so example", "https://so.example/a;b", "https://*.example"),
    ],
)
def test_an_address_that_is_none_is_told(text: str) -> None:
    with pytest.raises(SettingError, match="is where people come in"):
        read_address(text)


@pytest.mark.parametrize("text", ["-1", "một", "1.5", "10", "1 proxy", "1 10.0.0.300", "10.0.0.5", "²"])
def test_proxies_that_are_none_are_told(text: str) -> None:
    with pytest.raises(SettingError, match="BACKOFFICE_PROXIES is how many"):
        read_proxies(text)


def test_wrong_settings_end_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, "serve", BACKOFFICE_ADDRESS="so.example/mttq")
    assert (done.returncode, done.stdout) == (2, "")
    assert "such as https://so.example" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"BACKOFFICE_ADDRESS": "http://so.example", "BACKOFFICE_HTTPS": "1"}, "which is right"),
        ({"BACKOFFICE_ADDRESS": "https://so.example/events"}, "a page of the book has that name"),
    ],
)
def test_settings_that_contradict_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingError, match=said):
        app_with(monkeypatch, tmp_path, **settings)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "found"),
    [
        ("", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("0", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("1", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("1", "::1", "2001:db8::7", "2001:db8::7"),
        ("1", "::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("1", "192.168.1.77", "203.0.113.9", "192.168.1.77"),
        ("1 192.168.1.5", "192.168.1.5", "203.0.113.9", "203.0.113.9"),
        ("1 192.168.1.5", "127.0.0.1", "203.0.113.9", "127.0.0.1"),
        ("1 172.16.0.0/12", "172.17.0.1", "203.0.113.9", "203.0.113.9"),
        # What the sender wrote itself stands before what the proxies add.
        ("1", "127.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("2", "127.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("2", "127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("1", "127.0.0.1", "203.0.113.9:5123", "203.0.113.9"),
        ("1", "127.0.0.1", "[2001:db8::7]:5123", "2001:db8::7"),
        ("1", "127.0.0.1", "<script>", "127.0.0.1"),
        ("1", "127.0.0.1", "unknown", "127.0.0.1"),
    ],
)
def test_only_proxies_are_believed_and_only_as_many(proxies: str, peer: str, forwarded: str, found: str) -> None:
    scheme = "https" if read_proxies(proxies).believes(peer) else "http"
    said = {"HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_FORWARDED_PROTO": "https"}
    assert caller(proxies, peer, **said) == (found, scheme)


@pytest.mark.parametrize(
    ("host", "peer", "status"),
    [
        ("so.example", "10.0.0.9", 200),
        ("SO.example:443", "10.0.0.9", 200),
        ("127.0.0.1:8000", "127.0.0.1", 200),
        ("127.0.0.1:8000", "10.0.0.9", 421),
        ("book:443", "10.0.0.9", 421),
        ("so.example.evil.vn", "10.0.0.9", 421),
        ("so.example:8443", "127.0.0.1", 421),
        ("evil.vn", "127.0.0.1", 421),
        ("", "10.0.0.9", 421),
    ],
)
def test_no_other_host_is_answered(prefixed: Flask, host: str, peer: str, status: int) -> None:
    client = prefixed.test_client()
    answer = client.get("/mttq/login", headers={"Host": host}, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status
    if status == 421:
        assert "Sổ này chỉ trả lời ở địa chỉ https://so.example/mttq/" in answer.text
        assert "evil" not in answer.text


def test_cookies_and_headers_are_of_the_address(prefixed: Flask) -> None:
    answer = prefixed.test_client().get("/login")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Secure-session-mttq=")
    assert {"Secure", "HttpOnly", "Path=/mttq"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    spoken = prefixed.test_client().post("/language", data={"language": "en"})
    assert all("Path=/mttq" in each for each in spoken.headers.getlist("Set-Cookie"))


def test_plain_http_promises_no_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/login").headers


def test_books_on_one_host_have_cookies_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = ["", "/a", "/b", ":8443", ":8444/a"]
    names = {
        app_with(monkeypatch, tmp_path, BACKOFFICE_ADDRESS=f"https://so.example{place}").config["SESSION_COOKIE_NAME"]
        for place in places
    }
    assert len(names) == len(places)


@pytest.mark.parametrize("path", ["/mttq/", "/mttq", "/mttq/events/?page=1"])
def test_the_way_in_leads_back_to_what_was_asked_for(prefixed: Flask, path: str) -> None:
    client = prefixed.test_client()
    where = client.get(path, base_url="https://so.example").location
    assert unquote(where).startswith("/mttq/login?next=/mttq/")
    page = client.get(where, base_url="https://so.example")
    data = {"username": "viewer", "password": "x", "csrf_token": token_of(page.text)}
    assert 'name="next" value="/mttq/' in client.post(where, base_url="https://so.example", data=data).text


def test_every_address_on_every_page_has_the_prefix(inside: FlaskClient, prefixed: Flask) -> None:
    screens = [screen.endpoint for screen in prefixed.extensions["screens"].values() if screen.listed]
    pages = ["/", "/account", "/search?q=my", "/calendar/", "/plan/", "/festival/", "/packs/", "/jobs"]
    with prefixed.test_request_context():
        lists = [url_for(f"{name}.index_view").removeprefix("/mttq") for name in screens]
    seen = 0
    for path in [*pages, *lists, "/units/new/", "/events/new/", "/events/?as_of=2023-01-01", "/units/details/?id=1"]:
        answer = inside.get(path)
        assert answer.status_code == 200, path
        places = re.findall(r'(?:href|src|action|data-[a-z-]+)="(/[^"]*)"', answer.text)
        seen += len(places)
        assert [place for place in places if not place.startswith("/mttq/")] == [], path
    assert seen > 1000


def test_the_log_and_the_calendar_link_say_where_from(
    prefixed: Flask, inside: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = prefixed.test_client()
    client.environ_base.update({"HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9"})
    token = token_of(client.get("/login").text)
    data = {"username": "viewer", "password": "a", "csrf_token": token}
    caplog.set_level(logging.INFO, "backoffice.requests")
    monkeypatch.setattr(logging.getLogger("backoffice.requests"), "propagate", True)
    client.post("/login", data=data)
    assert json.loads(caplog.messages[-1])["address"] == "203.0.113.9"
    with prefixed.app_context():
        ahead = now().date() + timedelta(days=9)
        home = db.session.scalars(select(Organisation).where(Organisation.code == "MTTQ-94")).one()
        db.session.add(Task(code="VIEC-LICH", name="Việc", owner=home, due_on=ahead))
        db.session.commit()
    page = inside.post("/account/calendar", data={"csrf_token": token_of(inside.get("/account").text)})
    link = read(page.text).one("code", class_="secret").text
    assert link.startswith("https://so.example/mttq/")
    feed = prefixed.test_client().get(link)
    assert feed.status_code == 200
    urls = [event["url"] for event in Calendar.from_ical(feed.data).walk("VEVENT")]
    assert urls
    assert [url for url in urls if not url.startswith("https://so.example/mttq/")] == []
