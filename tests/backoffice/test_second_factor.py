"""The second factor: codes and recovery codes, each once; who must have it, and where."""

import re
import threading
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Base, User
from models.accounts.passwords import set_password
from models.accounts.second_factor import accept, new_recovery_codes, turn_on
from models.accounts.sign_in import state_of
from models.accounts.users import RecoveryCode, Role
from models.records.clock import now
from models.records.database import configure, engine_options
from tests import needs
from tests.conftest import PASSWORD, add_person, browser_of, token_of, try_sign_in
from tests.pages import read
from tests.postgres import fresh_database
from views.core.session import db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(now() + timedelta(seconds=30 * steps))


@pytest.fixture
def guarded(app: Flask, person: User) -> User:
    """A user whose second factor is on."""
    with app.app_context():
        db.session.get_one(User, person.id).totp_secret = SECRET
        db.session.commit()
    return person


def password_step(app: Flask, person: User, **fields: str) -> tuple[FlaskClient, str]:
    client = app.test_client()
    answer = try_sign_in(client, person.username, **fields)
    assert answer.status_code == 200
    assert "Mã xác thực" in answer.text
    return client, token_of(answer.text)


def code_step(app: Flask, person: User, code: str) -> TestResponse:
    client, token = password_step(app, person)
    return client.post("/login/code", data={"code": code, "csrf_token": token})


def test_the_password_alone_opens_nothing(app: Flask, guarded: User) -> None:
    client, _token = password_step(app, guarded)
    for url in ("/", "/account", "/events/", "/account/password"):
        assert client.get(url).location.startswith("/login")


def test_a_code_opens_the_door_and_one_lands_where_one_was_going(app: Flask, guarded: User) -> None:
    client, token = password_step(app, guarded, next="/events/")
    page = client.get("/login/code?next=/events/").text
    assert 'value="/events/"' in page
    answer = client.post("/login/code", data={"code": code_at(), "csrf_token": token, "next": "/events/"})
    assert answer.location == "/events/"
    assert client.get("/account").status_code == 200


def test_the_same_code_opens_it_once(app: Flask, guarded: User) -> None:
    code = code_at()
    assert [code_step(app, guarded, code).status_code for _i in range(3)] == [302, 200, 200]


def test_two_browsers_at_once_share_no_code(app: Flask, guarded: User) -> None:
    steps = [password_step(app, guarded) for _i in range(4)]
    data = {"code": code_at()}
    answers: list[int] = []
    go = threading.Barrier(len(steps))

    def send(client: FlaskClient, token: str) -> None:
        go.wait()
        answers.append(client.post("/login/code", data=data | {"csrf_token": token}).status_code)

    threads = [threading.Thread(target=send, args=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 200, 200, 302]


def test_an_older_code_is_not_taken_after_a_newer_one(app: Flask, guarded: User) -> None:
    assert code_step(app, guarded, code_at(1)).status_code == 302
    assert code_step(app, guarded, code_at(0)).status_code == 200
    assert code_step(app, guarded, code_at(-1)).status_code == 200


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_codes_of_another_time_are_refused(app: Flask, guarded: User, steps: int) -> None:
    assert code_step(app, guarded, code_at(steps)).status_code == 200


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "' OR 1=1", "x" * 5000, "\x00"])
def test_what_is_no_code_is_refused(app: Flask, guarded: User, code: str) -> None:
    assert code_step(app, guarded, code).status_code == 200


def test_guessed_codes_lock_and_the_right_password_does_not_unlock(app: Flask, guarded: User) -> None:
    client, token = password_step(app, guarded)
    for number in range(3):
        client.post("/login/code", data={"code": f"00000{number}", "csrf_token": token})
    password_step(app, guarded)
    for number in range(2):
        client.post("/login/code", data={"code": f"00000{number}", "csrf_token": token})
    answer = client.post("/login/code", data={"code": code_at(), "csrf_token": token})
    assert answer.status_code == 200
    assert "tạm khóa" in answer.text
    with app.app_context():
        assert state_of(db.session(), guarded.id).failures == 5


def test_the_first_step_is_good_for_five_minutes_and_this_password(app: Flask, guarded: User) -> None:
    client, token = password_step(app, guarded)
    with client.session_transaction() as held:
        held["pending"] = [guarded.id, held["pending"][1] - 301, held["pending"][2]]
    assert "để quá lâu" in client.post("/login/code", data={"code": code_at(), "csrf_token": token}).text
    client, token = password_step(app, guarded)
    with app.app_context():
        user = db.session.get_one(User, guarded.id)
        set_password(db.session(), user, "ba bó lúa và hai con trâu", must_change=False)
        db.session.commit()
    assert client.post("/login/code", data={"code": code_at(), "csrf_token": token}).status_code == 200


# -- recovery codes


def test_a_recovery_code_stands_in_once(app: Flask, guarded: User) -> None:
    with app.app_context():
        codes = new_recovery_codes(db.session(), db.session.get_one(User, guarded.id))
        db.session.commit()
    assert len(set(codes)) == 10
    written = [codes[0], codes[1].upper().replace("-", " "), codes[0], codes[1]]
    assert [code_step(app, guarded, code).status_code for code in written] == [302, 302, 200, 200]
    with app.app_context():
        rows = db.session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == guarded.id)).all()
    assert [bool(row.used_at) for row in rows].count(True) == 2
    assert not {row.code_hash for row in rows} & set(codes)


def test_new_codes_make_the_old_ones_worthless(app: Flask, guarded: User) -> None:
    with app.app_context():
        user = db.session.get_one(User, guarded.id)
        old, new = new_recovery_codes(db.session(), user), new_recovery_codes(db.session(), user)
        db.session.commit()
    assert code_step(app, guarded, old[0]).status_code == 200
    assert code_step(app, guarded, new[0]).status_code == 302


def test_nobody_uses_another_s_code(app: Flask, guarded: User) -> None:
    other = add_person(app, Role.EDITOR)
    with app.app_context():
        codes = new_recovery_codes(db.session(), db.session.get_one(User, other.id))
        db.session.commit()
    assert code_step(app, guarded, codes[0]).status_code == 200


def test_on_postgresql_too_two_at_once_share_no_code() -> None:
    with fresh_database(needs.postgresql()) as url:
        engine = create_engine(url, **engine_options(url))
        configure(engine)
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            user = User(username="an", name="An", role=Role.ADMINISTRATOR, totp_secret=SECRET)
            session.add(user)
            session.flush()
            (recovery, *_rest), id_ = new_recovery_codes(session, user), user.id
            session.commit()
        for code in (code_at(), recovery):
            taken: list[bool] = []

            def take(code: str = code, taken: list[bool] = taken) -> None:
                with Session(engine) as session:
                    taken.append(accept(session, session.get_one(User, id_), code))
                    session.commit()

            threads = [threading.Thread(target=take) for _i in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(taken) == [False] * 5 + [True]
        engine.dispose()


# -- setting up


def offer(page: str) -> tuple[str, dict[str, str]]:
    hidden = re.search(r'name="offer" value="([^"]*)"', page)
    secret = re.search(r'<code class="secret">([^<]*)</code>', page)
    assert hidden
    assert secret
    return secret[1].replace(" ", ""), {"offer": unescape(hidden[1]), "csrf_token": token_of(page)}


def test_it_is_set_up_by_one_code_and_ten_codes_are_shown_once(app: Flask, person: User) -> None:
    client, elsewhere = browser_of(app, person.username), browser_of(app, person.username)
    secret, data = offer(client.get("/account/second-factor").text)
    wrong = client.post("/account/second-factor", data=data | {"code": "000000"})
    assert offer(wrong.text)[0] == secret
    page = client.post("/account/second-factor", data=data | {"code": pyotp.TOTP(secret).now()}).text
    codes = re.findall(r"<code>([a-z0-9-]{19})</code>", page)
    assert len(codes) == 10
    assert codes[0] not in client.get("/account").text
    assert "đang bật" in client.get("/account").text
    assert elsewhere.get("/account").status_code == 302
    assert code_step(app, person, codes[0]).status_code == 302
    assert code_step(app, person, pyotp.TOTP(secret).now()).status_code == 200


def test_another_s_offer_is_not_taken(app: Flask, person: User) -> None:
    other = browser_of(app, add_person(app, Role.EDITOR).username)
    secret, theirs = offer(other.get("/account/second-factor").text)
    client = browser_of(app, person.username)
    _mine, data = offer(client.get("/account/second-factor").text)
    code = pyotp.TOTP(secret).now()
    answer = client.post("/account/second-factor", data=data | {"offer": theirs["offer"], "code": code})
    assert offer(answer.text)[0] != secret


def test_turning_it_off_needs_the_password(app: Flask, guarded: User) -> None:
    client, token = password_step(app, guarded)
    client.post("/login/code", data={"code": code_at(), "csrf_token": token})
    token = token_of(client.get("/account/second-factor/change").text)
    for password, is_on in (("", True), ("sai", True), (PASSWORD, False)):
        client.post("/account/second-factor/change", data={"password": password, "do": "off", "csrf_token": token})
        with app.app_context():
            assert (db.session.get_one(User, guarded.id).totp_secret is not None) is is_on
    assert client.get("/account").status_code == 200


def test_the_picture_has_a_name_and_needs_no_style_and_nothing_from_elsewhere(app: Flask, person: User) -> None:
    page = read(browser_of(app, person.username).get("/account/second-factor").text)
    picture = page.one(role="img", aria_label="Mã QR để quét bằng ứng dụng xác thực")
    assert picture.one("svg").all("path")
    for element in picture.walk():
        assert "style" not in element.attrs
        assert not any("http" in value or "data:" in value for value in element.attrs.values())


# -- who must


@pytest.fixture
def exposed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "HOST", "192.168.1.5")


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR])
def test_on_the_network_who_approves_and_administers_must(app: Flask, role: Role, exposed: None) -> None:
    client = app.test_client()
    assert try_sign_in(client, add_person(app, role).username).status_code == 302
    page = client.get("/account/second-factor").text
    assert "Để sau" not in page
    client.post("/account/second-factor/later", data={"csrf_token": token_of(page)})
    for url in ("/", "/events/", "/account", "/search"):
        assert client.get(url).location.startswith("/account/second-factor")
    assert client.post("/events/new/", data={"csrf_token": token_of(page)}).location.startswith(
        "/account/second-factor"
    )


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_others_may_and_are_not_asked(app: Flask, role: Role, exposed: None) -> None:
    client = app.test_client()
    try_sign_in(client, add_person(app, role).username)
    assert client.get("/events/").status_code == 200
    assert "chưa bật" in client.get("/account").text


def test_behind_a_proxy_with_https_too(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    try_sign_in(client, add_person(app, Role.APPROVER).username)
    with app.app_context():
        monkeypatch.setattr("backoffice.second_factor.is_exposed", lambda: True)
    assert client.get("/events/").location.startswith("/account/second-factor")


def test_on_one_s_own_machine_one_press_puts_it_off(app: Flask) -> None:
    client = app.test_client()
    try_sign_in(client, add_person(app, Role.ADMINISTRATOR).username)
    assert client.get("/events/?page=0").location == "/account/second-factor?next=/events/?page%3D0"
    page = client.get("/account/second-factor?next=/events/").text
    answer = client.post("/account/second-factor/later", data={"csrf_token": token_of(page), "next": "/events/"})
    assert answer.location == "/events/"
    assert client.get("/events/").status_code == 200


def test_only_a_right_and_new_code_turns_it_on(session: Session) -> None:
    user = User(username="an", name="An", role=Role.ADMINISTRATOR)
    session.add(user)
    session.flush()
    assert turn_on(session, user, SECRET, "000000") is None
    assert user.totp_secret is None
    assert turn_on(session, user, SECRET, code_at())
    assert turn_on(session, user, SECRET, code_at()) is None
