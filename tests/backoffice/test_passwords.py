"""Which passwords are taken and which are not, each with its own sentence at the field."""

import threading
import unicodedata
from datetime import date
from time import sleep

import pytest
from argon2 import PasswordHasher, Type
from flask import Flask
from sqlalchemy.orm import Session

from models import Unit, User
from models.accounts import passwords
from models.accounts.passwords import (
    COMMON,
    IN_A_ROW,
    ONLY_DIGITS,
    OWN_NAME,
    PLACE,
    REPEATED,
    TOO_LONG,
    TOO_SHORT,
    BusyError,
    matches,
    problems,
    set_password,
)
from models.accounts.sign_in import try_password
from models.accounts.users import Role
from models.records.errors import Refused
from tests.conftest import PASSWORD, browser_of, token_of, try_sign_in
from views.core.session import db

FIRST = date(2023, 1, 1)
TABLE = [
    ("", TOO_SHORT),
    ("hoasen2023", TOO_SHORT),
    ("mười một kí", TOO_SHORT),
    ("x" * 257, TOO_LONG),
    ("aaaaaaaaaaaa", REPEATED),
    ("1212121212121", REPEATED),
    ("abcabcabcabc", REPEATED),
    ("ăăăăăăăăăăăăăă", REPEATED),
    ("aaaabbbbccccdddd", REPEATED),
    ("            ", REPEATED),
    ("123456789012", IN_A_ROW),
    ("210987654321", IN_A_ROW),
    ("abcdefghijkl", IN_A_ROW),
    ("qwertyuiop[]", IN_A_ROW),
    ("asdfghjkl;'1", IN_A_ROW),
    ("1q2w3e4r5t6y", IN_A_ROW),
    ("1qaz2wsx3edc", IN_A_ROW),
    ("QWERTY123456", IN_A_ROW),
    ("094123987650", ONLY_DIGITS),
    ("30/04/1975 02/09", ONLY_DIGITS),
    ("nguyenvanan1", OWN_NAME),
    ("Nguyễn Văn An 2023", OWN_NAME),
    ("an.nguyen.94!", OWN_NAME),
    ("soctrang2023", PLACE),
    ("Sóc Trăng 2023!", PLACE),
    ("huyenmyxuyen94", PLACE),
    ("ThamDon@12345", PLACE),
    ("password1234", COMMON),
    ("P@ssw0rd2023", COMMON),
    ("Mật khẩu 12345", COMMON),
    ("matkhaumatkhau", COMMON),
    ("matkhaumattran", COMMON),
    ("admin@1234567", COMMON),
    ("anhyeuem12345", COMMON),
    ("vietnamvodich", COMMON),
    ("mattransoctrang1", COMMON),
    ("mat khau de thu", None),
    ("hai con trâu và ba bó lúa", None),
    ("Cây phượng trước sân trường", None),
    ("chín giờ họp ở tầng hai", None),
    ("sáng mai ra Mỹ Xuyên ăn bún", None),
    ("An đi chợ mua cá lóc", None),
    ("k7#mQ2!xVz9@", None),
    ("🌾🌾 lúa chín vàng đồng", None),
    ("ghe ngo sông Maspero 2023", None),
    ("x" + "đêm qua mưa " * 20, None),
]


@pytest.fixture
def people(session: Session) -> Session:
    province = Unit(code="94", name="Tỉnh Sóc Trăng", type="province", valid_from=FIRST)
    district = Unit(code="947", name="Huyện Mỹ Xuyên", type="district", parent=province, valid_from=FIRST)
    commune = Unit(code="31693", name="Xã Tham Đôn", type="commune", parent=district, valid_from=FIRST)
    session.add_all([province, district, commune])
    session.flush()
    return session


def someone() -> User:
    return User(username="an.nguyen", name="Nguyễn Văn An", role=Role.ADMINISTRATOR)


@pytest.mark.parametrize(("text", "sentence"), TABLE)
def test_what_is_taken(people: Session, text: str, sentence: str | None) -> None:
    assert [problem.message for problem in problems(people, someone(), text)] == ([sentence] if sentence else [])


def test_a_refused_password_is_not_set(people: Session) -> None:
    user = someone()
    with pytest.raises(Refused):
        set_password(people, user, "soctrang2023", must_change=False)
    assert user.password_hash is None


def test_hashes_are_argon2id_at_the_library_s_cost() -> None:
    made = PasswordHasher()
    assert made.type is Type.ID
    assert (made.memory_cost, made.time_cost) >= (64 * 1024, 3)
    assert passwords.hash_of("x").startswith("$argon2id$")


def test_accents_may_be_typed_in_either_spelling(people: Session) -> None:
    user = someone()
    set_password(people, user, unicodedata.normalize("NFC", "hai con trâu và bó lúa"), must_change=False)
    assert matches(user.password_hash, unicodedata.normalize("NFD", "hai con trâu và bó lúa"))


def test_a_cheap_old_hash_is_made_anew_at_sign_in(app: Flask, person: User) -> None:
    with app.app_context():
        user = db.session.get_one(User, person.id)
        user.password_hash = old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
        db.session.commit()
        assert try_password(db.session(), user, PASSWORD)
        assert user.password_hash != old
        assert try_password(db.session(), user, PASSWORD)


def test_at_most_two_are_hashed_at_once_and_five_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, busy = [0], [0], [0]

    class Slow(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            running[0] += 1
            most[0] = max(most[0], running[0])
            sleep(0.05)
            running[0] -= 1
            return True

    def ask() -> None:
        try:
            matches("kept", "x")
        except BusyError:
            busy[0] += 1

    monkeypatch.setattr(passwords, "hasher", Slow())
    threads = [threading.Thread(target=ask) for _i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2
    assert busy[0] == 7


# -- the page


def change(app: Flask, person: User, **fields: str) -> tuple[str, int]:
    client = browser_of(app, person.username)
    data = {"current": PASSWORD, "new": NEW, "again": NEW, "csrf_token": token_of(client.get("/account/password").text)}
    answer = client.post("/account/password", data=data | fields)
    return answer.text, answer.status_code


NEW = "ba bó lúa và hai con trâu"


def test_it_changes(app: Flask, person: User) -> None:
    assert change(app, person)[1] == 302
    assert try_sign_in(app.test_client(), person.username).status_code == 200
    assert try_sign_in(app.test_client(), person.username, NEW).status_code == 302


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"current": "không phải mật khẩu này"}, "Mật khẩu hiện tại không đúng"),
        ({"again": "khác hẳn câu ở trên kia"}, "Hai lần nhập không giống nhau."),
        ({"new": PASSWORD, "again": PASSWORD}, "Mật khẩu mới phải khác"),
        ({"new": "soctrang2023", "again": "soctrang2023"}, PLACE),
        ({"new": "ngắn", "again": "ngắn"}, "Mới có 4 ký tự"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(app: Flask, person: User, fields: dict[str, str], sentence: str) -> None:
    text, status = change(app, person, **fields)
    assert status == 200
    at = "again" if "Hai lần" in sentence else "current" if "hiện tại không" in sentence else "new"
    assert sentence in text.split(f'id="{at}-error"')[1].split("</ul>")[0]
    assert try_sign_in(app.test_client(), person.username).status_code == 302


def test_a_one_time_password_must_be_changed_first(app: Flask, person: User) -> None:
    with app.app_context():
        user = db.session.get_one(User, person.id)
        set_password(db.session(), user, "kxqf-7mab-9wde-hn3p", must_change=True)
        db.session.commit()
    client = app.test_client()
    assert try_sign_in(client, person.username, "kxqf-7mab-9wde-hn3p").status_code == 302
    for url in ("/", "/events/", "/account", "/users/"):
        assert client.get(url).location == "/account/password"
    page = client.get("/account/password").text
    data = {"current": "kxqf-7mab-9wde-hn3p", "new": NEW, "again": NEW, "csrf_token": token_of(page)}
    assert client.post("/account/password", data=data).status_code == 302
    assert client.get("/events/").status_code == 200
