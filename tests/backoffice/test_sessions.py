"""Sessions: which cookies open the door, until when, and who can end them."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backoffice.cli import cli
from backoffice.factory import create_app
from backoffice.sessions import device
from models import AuditEntry, AuditKind, User
from models.accounts.sessions import living_sessions
from models.accounts.users import Role, UserSession
from models.records.clock import now
from models.records.database import sqlite
from tests.conftest import PASSWORD, add_person, browser_of, token_of, try_sign_in
from tests.databases import ON_SQLITE
from tests.pages import read
from views.core.session import db

Way = Callable[[Flask, User, FlaskClient], None]
NEW = "ba bó lúa và hai con trâu"


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the cookie of this one."""
    cookie = client.get_cookie("session")
    assert cookie
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    return thief


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def post(client: FlaskClient, url: str, **data: str) -> TestResponse:
    return client.post(url, data=data | {"csrf_token": token_of(client.get("/account").text)})


def log_out(app: Flask, person: User, client: FlaskClient) -> None:
    assert post(client, "/logout").status_code == 302


def change_password(app: Flask, person: User, client: FlaskClient) -> None:
    assert post(client, "/account/password", current=PASSWORD, new=NEW, again=NEW).status_code == 302


def sign_in_again(app: Flask, person: User, client: FlaskClient) -> None:
    assert try_sign_in(client, person.username).status_code == 302


def by_administrator(url: str, **data: str) -> Way:
    def do(app: Flask, person: User, client: FlaskClient) -> None:
        administrator = browser_of(app, "administrator")
        assert post(administrator, url, id=str(person.id), **data).status_code in (200, 302)

    return do


def edit(**values: object) -> Way:
    def do(app: Flask, person: User, client: FlaskClient) -> None:
        with app.app_context():
            user = db.session.get_one(User, person.id)
            for name, value in values.items():
                setattr(user, name, value)
            db.session.commit()

    return do


def age(**values: timedelta) -> Way:
    def do(app: Flask, person: User, client: FlaskClient) -> None:
        with app.app_context():
            row = db.session.scalars(select(UserSession).where(UserSession.user_id == person.id)).one()
            for name, value in values.items():
                setattr(row, name, now() - value)
            db.session.commit()

    return do


def remove(app: Flask, person: User, client: FlaskClient) -> None:
    with app.app_context():
        db.session.delete(db.session.get_one(User, person.id))
        db.session.commit()


def by_command(app: Flask, person: User, client: FlaskClient) -> None:
    assert app.test_cli_runner().invoke(cli, ["user", "end-sessions", person.username]).exit_code == 0


WAYS: dict[str, Way] = {
    "logout": log_out,
    "own change of password": change_password,
    "signing in anew": sign_in_again,
    "reset": by_administrator("/users/reset-password/"),
    "ended by administrator": by_administrator("/users/end-sessions/"),
    "disabled by administrator": by_administrator("/users/disable/"),
    "second factor taken away": by_administrator("/users/second-factor-off/"),
    "disabled": edit(active=False),
    "another role": edit(role=Role.VIEWER),
    "idle for an hour": age(seen_at=timedelta(minutes=61)),
    "in use for twelve hours": age(created_at=timedelta(hours=12, seconds=1)),
    "ended by command": by_command,
    "deleted": remove,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_copied_cookie_is_refused_after(app: Flask, person: User, way: str) -> None:
    client = browser_of(app, person.username)
    thief = copy_of(app, client)
    assert is_in(thief)
    WAYS[way](app, person, client)
    assert not is_in(thief)
    assert thief.post("/language", data={"language": "en"}).status_code >= 400


@pytest.mark.parametrize("way", ["idle for fifty minutes", "in use for eleven hours"])
def test_until_then_it_is_good(app: Flask, person: User, way: str) -> None:
    client = browser_of(app, person.username)
    grow = age(seen_at=timedelta(minutes=50)) if way.startswith("idle") else age(created_at=timedelta(hours=11))
    grow(app, person, client)
    assert is_in(client)


def test_whoever_changes_the_password_stays_in_here_only(app: Flask, person: User) -> None:
    here, elsewhere = browser_of(app, person.username), browser_of(app, person.username)
    change_password(app, person, here)
    assert is_in(here)
    assert not is_in(elsewhere)


def test_the_token_is_in_no_table(app: Flask, person: User) -> None:
    client = browser_of(app, person.username)
    with client.session_transaction() as held, app.app_context():
        kept = [row.token_hash for row in db.session.scalars(select(UserSession))]
        assert held["token"] not in kept


@pytest.mark.parametrize("token", ["", "x" * 43, 7, None, ["a"], {"a": 1}])
def test_any_other_token_opens_nothing(app: Flask, token: object) -> None:
    client = app.test_client()
    with client.session_transaction() as held:
        held["token"] = token
    assert not is_in(client)


@pytest.mark.database
def test_it_is_written_down_once_a_minute_that_a_session_is_in_use(app: Flask, person: User) -> None:
    client = browser_of(app, person.username)
    seen = []
    for seconds in (30, 90):
        age(seen_at=timedelta(seconds=seconds))(app, person, client)
        client.get("/account")
        with app.app_context():
            seen.append(
                now() - db.session.scalars(select(UserSession.seen_at).where(UserSession.user_id == person.id)).one()
            )
    assert seen[0] > timedelta(seconds=29)
    assert seen[1] < timedelta(seconds=20)


@ON_SQLITE
def test_reading_waits_for_no_writer(app: Flask, person: User) -> None:
    client = browser_of(app, person.username)
    age(seen_at=timedelta(minutes=5))(app, person, client)
    with app.app_context():
        path = db.engine.url.database
    # The same SQLite as the application: a second library on one file would let go of the first one's locks.
    writer = sqlite.connect(str(path), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        before = perf_counter()
        assert client.get("/account").status_code == 200
        assert perf_counter() - before < 2
    finally:
        writer.execute("ROLLBACK")
        writer.close()
    with app.app_context():
        assert db.session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000


# -- the account page


def test_it_lists_ends_one_and_ends_all_others(app: Flask, person: User) -> None:
    browsers = [browser_of(app, person.username) for _i in range(4)]
    here = browsers[0]
    ids = re.findall(r'name="id" value="(\d+)"', here.get("/account").text)
    assert len(ids) == 3
    post(here, "/account/sessions/end", id=ids[-1])
    assert [is_in(browser) for browser in browsers].count(False) == 1
    post(here, "/account/sessions/end", id="others")
    assert [is_in(browser) for browser in browsers] == [True, False, False, False]


def test_nobody_ends_another_s_session(app: Flask, person: User) -> None:
    other = add_person(app, Role.VIEWER)
    theirs, ours = browser_of(app, other.username), browser_of(app, person.username)
    with app.app_context():
        (row,) = living_sessions(db.session(), other.id)
    post(ours, "/account/sessions/end", id=str(row.id))
    assert is_in(theirs)
    for bad in ("", "x", "-1", "9" * 30, "1;2"):
        assert post(ours, "/account/sessions/end", id=bad).status_code == 400


def test_the_account_page_says_who_one_is(app: Flask, person: User) -> None:
    page = browser_of(app, person.username).get("/account").text
    for text in (person.name, person.username, "Nhập liệu", "tỉnh Sóc Trăng", "máy này"):
        assert text in page


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iOS"),
        ("curl/8", "curl/8"),
        ("", "?"),
    ],
)
def test_browsers_have_names(agent: str, name: str) -> None:
    assert device(agent) == name


# -- what the administrator does


def test_each_thing_an_administrator_does_is_written_down(app: Flask, person: User) -> None:
    doings = {"reset-password": "Đặt lại mật khẩu", "unlock": "Mở khóa đăng nhập", "end-sessions": "Đăng xuất mọi nơi"}
    doings |= {"second-factor-off": "Tắt xác thực hai bước", "disable": "Ngừng cho đăng nhập"}
    doings |= {"enable": "Cho đăng nhập lại"}
    administrator = browser_of(app, "administrator")
    for url in doings:
        post(administrator, f"/users/{url}/", id=str(person.id))
    with app.app_context():
        query = select(AuditEntry).where(AuditEntry.kind == AuditKind.ACCOUNT, AuditEntry.record_id == person.id)
        noted = [(entry.actor, entry.act_name) for entry in db.session.scalars(query.order_by(AuditEntry.id))]
    assert noted == [("Quản trị", name) for name in doings.values()]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR, Role.APPROVER])
def test_nobody_else_may(app: Flask, person: User, role: Role) -> None:
    client = browser_of(app, add_person(app, role).username)
    for url in ("reset-password", "unlock", "end-sessions", "second-factor-off", "disable", "enable"):
        assert post(client, f"/users/{url}/", id=str(person.id)).status_code == 403
    assert client.get("/users/rights/").status_code == 403
    assert client.get("/users/rights/export/").status_code == 403


def test_a_page_that_grew_old_lets_nobody_in_whom_another_put_out(app: Flask, person: User) -> None:
    first, second = browser_of(app, "administrator"), browser_of(app, "administrator")
    button = read(first.get(f"/users/details/?id={person.id}").text).all("form", action="/users/disable/")
    assert len(button) == 1
    for administrator in (second, first):
        post(administrator, "/users/disable/", id=str(person.id))
        assert try_sign_in(app.test_client(), person.username).status_code == 200
    assert read(first.get(f"/users/details/?id={person.id}").text).all("form", action="/users/disable/") == []
    for administrator in (second, first):
        post(administrator, "/users/enable/", id=str(person.id))
        assert try_sign_in(app.test_client(), person.username).status_code == 302


def test_a_one_time_password_is_shown_once_and_works_once(app: Flask, person: User) -> None:
    administrator = browser_of(app, "administrator")
    page = post(administrator, "/users/reset-password/", id=str(person.id))
    found = re.search(r'<code class="one-time">([^<]*)</code>', page.text)
    assert found
    assert page.headers["Cache-Control"] == "no-store"
    assert found[1] not in administrator.get(f"/users/details/?id={person.id}").text
    client = app.test_client()
    assert try_sign_in(client, person.username, found[1]).status_code == 302
    assert client.get("/").location == "/account/password"


# -- cookies


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_says_how_it_may_travel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, https: bool) -> None:
    monkeypatch.setenv("BACKOFFICE_HTTPS", "1" if https else "0")
    app = create_app({"SQLALCHEMY_DATABASE_URI": "sqlite://"}, tmp_path)
    with app.app_context():
        db.create_all()
    with app.test_client() as client:
        cookie = client.get("/login").headers["Set-Cookie"]
    name = "__Host-session" if https else "session"
    assert cookie.startswith(f"{name}=")
    parts = set(cookie.split("; ")[1:])
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert ("Secure" in parts) is https
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("host", "secure", "said"), [("127.0.0.1", False, 0), ("192.168.1.5", False, 1), ("192.168.1.5", True, 0)]
)
def test_plain_http_on_the_network_is_said_to_administrators(
    app: Flask, monkeypatch: pytest.MonkeyPatch, host: str, secure: bool, said: int
) -> None:
    administrator, viewer = browser_of(app, "administrator"), browser_of(app, "viewer")
    with app.app_context():
        end = db.session.scalars(select(User).where(User.username == "administrator")).one()
        end.totp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        db.session.commit()
    try:
        monkeypatch.setitem(app.config, "HOST", host)
        if secure:
            monkeypatch.setattr("backoffice.web.is_plain_http", lambda: False)
        assert administrator.get("/").text.count("không mã hóa") == said
        assert viewer.get("/").text.count("không mã hóa") == 0
    finally:
        with app.app_context():
            end = db.session.scalars(select(User).where(User.username == "administrator")).one()
            end.totp_secret = None
            db.session.commit()


def test_old_rows_are_cleared_away(app: Flask, person: User) -> None:
    browser_of(app, person.username)
    age(seen_at=timedelta(days=31))(app, person, app.test_client())
    browser_of(app, person.username)
    with app.app_context():
        assert len(db.session.scalars(select(UserSession).where(UserSession.user_id == person.id)).all()) == 1
