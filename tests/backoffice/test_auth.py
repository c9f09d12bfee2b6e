"""The door: who comes in, where to, and that it is the only way in."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from backoffice import auth
from backoffice.auth import set_password, verify
from models import User
from models.users import Role
from tests.conftest import PASSWORD, signed_in, token_of
from tests.pages import read
from views.session import db

NOBODY = auth._NOBODY  # noqa: SLF001  made before the tests made passwords cheap
OPEN = {"login", "healthz", "static", "language"}
SENTENCE = "Tên đăng nhập hoặc mật khẩu không đúng."
NEW = "mot mat khau khac han"
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "\x01//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "http:///evil.example",
    "//localhost@evil.example/",
    "javascript:alert(1)",
    "evil.example",
    "",
]


def sign_in(client: FlaskClient, username: str, password: str, target: str = "") -> tuple[int, str]:
    """Sign in by the form; gives the answer's status, and where it leads or else what it says."""
    token = token_of(client.get("/login").text)
    sent = {"username": username, "password": password, "next": target, "csrf_token": token}
    answer = client.post("/login", data=sent)
    if answer.status_code == 302:
        return 302, answer.headers["Location"]
    return answer.status_code, read(answer.text).one(role="alert").text


def change(app: Flask, username: str, **values: object) -> None:
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        for name, value in values.items():
            setattr(user, name, value)
        db.session.commit()


# -- signing in


def test_the_right_password_opens_the_page_that_was_asked_for(app: Flask, client: FlaskClient) -> None:
    asked = client.get("/units/?search=m%E1%BB%B9+xuy%C3%AAn&flt_level_is=area")
    assert asked.status_code == 302
    form = read(client.get(asked.headers["Location"]).text)
    target = form.all("input", name="next")[0]["value"]
    assert sign_in(client, "viewer", PASSWORD, target) == (302, target)
    page = client.get(target)
    assert page.status_code == 200
    assert 'value="mỹ xuyên"' in page.text


@pytest.mark.parametrize("username", ["VIEWER", "  viewer ", "viewer\x00"])
def test_a_user_name_may_be_typed_loosely(app: Flask, client: FlaskClient, username: str) -> None:
    assert sign_in(client, username, PASSWORD) == (302, "/")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("viewer", "sai mat khau roi"),
        ("viewer", ""),
        ("viewer", PASSWORD.upper()),
        ("ai-do", PASSWORD),
        ("", ""),
        ("viewer' OR 1=1 --", PASSWORD),
        ("\x00", "\x00" * 12),
        ("v" * 5000, "m" * 5000),
    ],
)
def test_every_wrong_pair_gets_the_same_sentence(app: Flask, client: FlaskClient, username: str, password: str) -> None:
    assert sign_in(client, username, password) == (200, SENTENCE)
    assert client.get("/").status_code == 302


def test_who_may_no_longer_sign_in_gets_the_same_sentence_and_loses_the_session(own_app: Flask) -> None:
    browser = signed_in(own_app, Role.VIEWER)
    change(own_app, "viewer", active=False)
    assert sign_in(own_app.test_client(), "viewer", PASSWORD) == (200, SENTENCE)
    assert browser.get("/units/").status_code == 302


def test_a_hash_is_dear_to_guess() -> None:
    assert NOBODY.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_an_unknown_name_costs_a_password_check_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Hasher:
        def verify(self, kept: str, text: str) -> None:
            checked.append(kept)

    monkeypatch.setattr(auth, "hasher", Hasher())
    assert not verify(None, PASSWORD)
    assert len(checked) == 1


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(app: Flask, client: FlaskClient, target: str) -> None:
    assert sign_in(client, "viewer", PASSWORD, target) == (302, "/")
    assert client.post("/language", data={"csrf_token": csrf(client), "next": target}).headers["Location"] == "/"


def csrf(client: FlaskClient) -> str:
    return token_of(client.get("/").text)


def test_the_session_is_a_new_one(app: Flask, client: FlaskClient) -> None:
    token = token_of(client.get("/login").text)
    with client.session_transaction() as session:
        session["planted"] = "x"
    client.post("/login", data={"username": "viewer", "password": PASSWORD, "csrf_token": token})
    with client.session_transaction() as session:
        assert "planted" not in session


# -- signing out


def test_signing_out_takes_a_post(app: Flask) -> None:
    browser = signed_in(app, Role.VIEWER)
    assert browser.get("/logout").status_code == 405
    assert browser.get("/").status_code == 200
    answer = browser.post("/logout", data={"csrf_token": csrf(browser)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert browser.get("/").status_code == 302


# -- passwords


def passwords(browser: FlaskClient, current: str, new: str, again: str) -> tuple[int, str]:
    sent = {"current": current, "new": new, "again": again, "csrf_token": token_of(browser.get("/password").text)}
    answer = browser.post("/password", data=sent)
    if answer.status_code == 302:
        return 302, answer.headers["Location"]
    return answer.status_code, " ".join(errors.text for errors in read(answer.text).all("ul", class_="errors"))


def test_a_one_time_password_must_be_changed_before_anything_else(own_app: Flask) -> None:
    change(own_app, "editor", must_change_password=True)
    browser = signed_in(own_app, Role.EDITOR)
    token = token_of(browser.get("/password").text)
    for url in ("/", "/units/", "/clubs/new/", "/units/export/xlsx/", "/search?q=a", "/clubs/ajax/lookup/?name=unit"):
        assert browser.get(url).headers["Location"] == "/password"
    assert browser.post("/clubs/new/", data={"csrf_token": token}).headers["Location"] == "/password"
    assert passwords(browser, PASSWORD, NEW, NEW) == (302, "/")
    assert browser.get("/units/").status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "again", "sentence"),
    [
        ("sai mat khau roi", NEW, NEW, "Mật khẩu hiện tại không đúng."),
        (PASSWORD, NEW, NEW + "x", "Hai lần nhập không giống nhau."),
        (PASSWORD, "ngan", "ngan", "Mật khẩu phải có từ 12 đến 256 ký tự."),
        (PASSWORD, "dài" * 100, "dài" * 100, "Mật khẩu phải có từ 12 đến 256 ký tự."),
    ],
)
def test_a_wrong_change_is_refused_in_a_sentence(app: Flask, current: str, new: str, again: str, sentence: str) -> None:
    assert passwords(signed_in(app, Role.VIEWER), current, new, again) == (200, sentence)
    assert signed_in(app, Role.VIEWER)


def test_another_password_ends_the_sessions_under_the_old_one(own_app: Flask) -> None:
    mine, stolen = signed_in(own_app, Role.VIEWER), signed_in(own_app, Role.VIEWER)
    assert passwords(mine, PASSWORD, NEW, NEW) == (302, "/")
    assert mine.get("/units/").status_code == 200
    assert stolen.get("/units/").status_code == 302
    assert sign_in(own_app.test_client(), "viewer", PASSWORD) == (200, SENTENCE)
    assert sign_in(own_app.test_client(), "viewer", NEW) == (302, "/")


@pytest.mark.parametrize("text", ["", "x" * 11, "x" * 257])
def test_no_password_of_another_length_is_set(text: str) -> None:
    user = User(username="lan")
    with pytest.raises(ValueError, match=r"^Mật khẩu phải có từ 12 đến 256 ký tự\.$"):
        set_password(user, text, must_change=False)
    assert user.password_hash is None


def test_no_page_shows_a_password_hash(app: Flask, admin: FlaskClient) -> None:
    pages = ["/users/", "/users/new/", "/search?q=argon2"]
    pages += [f"/users/{page}/?id={id_}" for page in ("details", "edit", "delete") for id_ in range(1, 5)]
    for page in pages:
        assert "$argon2" not in admin.get(page).text


# -- deny by default


def urls(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address of the application with something in its places."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        yield rule, adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "xlsx"))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_address_but_the_door_is_closed_to_strangers(app: Flask, client: FlaskClient, method: str) -> None:
    token = token_of(client.get("/login").text)
    closed = [(rule, url) for rule, url in urls(app) if rule.endpoint not in OPEN and method in (rule.methods or ())]
    assert closed
    for _rule, url in closed:
        answer = client.open(url, method=method, data={"csrf_token": token} if method == "POST" else None)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/login?next="), url
        else:
            assert (answer.status_code, method) in {(401, "POST"), (401, "HEAD")}, url
        assert len(answer.data) < 400


def test_what_does_not_exist_looks_to_strangers_like_what_they_may_not_see(app: Flask, client: FlaskClient) -> None:
    assert client.get("/khong-co").headers["Location"] == "/login?next=/khong-co"


def test_the_door_is_open(app: Flask, client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/login").status_code == 200
    with client.get("/static/app.css") as answer:
        assert answer.status_code == 200
    assert {rule.endpoint for rule, _url in urls(app)} >= OPEN


def test_a_forged_or_old_session_is_a_strangers(app: Flask, client: FlaskClient) -> None:
    for planted in ({"_user_id": "1"}, {"_user_id": "x"}, {"_user_id": "1", "stamp": ""}, {"_user_id": "9" * 30}):
        with client.session_transaction() as session:
            session.clear()
            session.update(planted)
        assert client.get("/units/").status_code == 302


def test_every_answer_has_its_security_headers(app: Flask, client: FlaskClient, admin: FlaskClient) -> None:
    for browser, url in ((client, "/login"), (client, "/units/"), (admin, "/"), (admin, "/khong-co")):
        headers = browser.get(url).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
