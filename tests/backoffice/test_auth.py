"""The door: who gets in, who waits, where one lands, what is written down, and that no typed form is lost."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from statistics import median
from time import perf_counter

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from backoffice.cli import cli
from backoffice.sessions import STRANGER
from backoffice.web import safe_next
from models import AuditEntry, AuditKind, Movement, User
from models.access import scope
from models.access.scope import ALL, NOTHING, Limit
from models.accounts import passwords
from models.accounts.sessions import end_sessions
from models.accounts.sign_in import count_try, state_of, unlock
from models.accounts.users import Role
from models.history.audit import Actor, actor
from models.records.clock import now
from tests.conftest import PASSWORD, add_person, browser_of, token_of, try_sign_in
from views.core.session import db

REFUSED = "Không đăng nhập được"


def flashed(page: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'<div class="flash[^>]*>(.*?)</div>', page)]


def change(app: Flask, person: User, **values: object) -> None:
    with app.app_context():
        user = db.session.get_one(User, person.id)
        for name, value in values.items():
            setattr(user, name, value)
        db.session.commit()


def set_state(app: Flask, person: User, **values: object) -> None:
    with app.app_context():
        state = state_of(db.session(), person.id)
        for name, value in values.items():
            setattr(state, name, value)
        db.session.commit()


def entries(app: Flask, kind: AuditKind, person: User | None = None) -> list[AuditEntry]:
    with app.app_context():
        query = select(AuditEntry).where(AuditEntry.kind == kind).order_by(AuditEntry.id)
        found = query if person is None else query.where(AuditEntry.noun == "User", AuditEntry.record_id == person.id)
        return list(db.session.scalars(found))


# -- getting in


def test_every_refusal_reads_the_same(app: Flask, person: User) -> None:
    disabled, locked = add_person(app, Role.VIEWER), add_person(app, Role.VIEWER)
    change(app, disabled, active=False)
    set_state(app, locked, failures=5, locked_until=now() + timedelta(minutes=1))
    tries = [(person.username, "sai"), ("khong-co-ai", PASSWORD), (disabled.username, PASSWORD), ("", "")]
    tries += [(locked.username, PASSWORD), ("' OR 1=1--", "x"), ("a\x00b", "x" * 5000)]
    answers = {
        (answer.status_code, *flashed(answer.text)) for answer in (try_sign_in(app.test_client(), *t) for t in tries)
    }
    assert len(answers) == 1
    assert REFUSED in next(iter(answers))[1]


def test_an_unknown_name_takes_as_long_as_a_known_one(
    app: Flask, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "hasher", PasswordHasher())
    passwords.hash_of_nobody.cache_clear()
    change(app, person, password_hash=passwords.hash_of(PASSWORD))
    client = app.test_client()
    token = token_of(client.get("/login").text)
    times: dict[str, list[float]] = {person.username: [], "khong-co-ai": []}
    for _round in range(4):
        for name, taken in times.items():
            before = perf_counter()
            client.post("/login", data={"username": name, "password": "sai", "csrf_token": token})
            taken.append(perf_counter() - before)
    passwords.hash_of_nobody.cache_clear()
    known, unknown = (median(taken) for taken in times.values())
    assert unknown > 0.6 * known
    assert known > 0.6 * unknown


def test_a_planted_cookie_gains_nothing(app: Flask, person: User) -> None:
    client = app.test_client()
    client.get("/login")
    planted = client.get_cookie("session")
    assert planted
    assert try_sign_in(client, person.username).status_code == 302
    thief = app.test_client()
    thief.set_cookie("session", planted.value)
    assert thief.get("/events/").location.startswith("/login")


NEXT = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "///evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    " //evil.example",
    "//[",
    "/\n//evil.example",
    "evil.example",
    "",
]


@pytest.mark.parametrize("target", NEXT)
def test_nobody_is_sent_to_another_site(app: Flask, person: User, target: str) -> None:
    client = app.test_client()
    assert try_sign_in(client, person.username, next=target).location == "/"
    with app.test_request_context():
        assert safe_next(target) == "/"


def test_one_lands_where_one_was_going(app: Flask, person: User) -> None:
    client = app.test_client()
    assert client.get("/events/?search=my+xuyen").location == "/login?next=/events/?search%3Dmy%2Bxuyen"
    answer = try_sign_in(client, person.username, next="/events/?search=my+xuyen")
    assert answer.location == "/events/?search=my+xuyen"


# -- guessing


def test_of_a_hundred_wrong_passwords_five_are_looked_at(
    app: Flask, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(hash == person.password_hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Counting(time_cost=1, memory_cost=8, parallelism=1))
    other = add_person(app, Role.VIEWER)
    client = app.test_client()
    token = token_of(client.get("/login").text)
    for number in range(100):
        client.post("/login", data={"username": person.username, "password": f"sai {number}", "csrf_token": token})
    assert sum(checked) == 5
    assert try_sign_in(app.test_client(), person.username).status_code == 200
    assert try_sign_in(app.test_client(), other.username).status_code == 302
    assert len(entries(app, AuditKind.REFUSED, person)) == 101


def test_whoever_guesses_for_an_hour_gets_a_dozen_tries(
    app: Flask, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, counted = now(), 0
    with app.app_context():
        for second in range(0, 3600, 5):
            monkeypatch.setattr("models.accounts.sign_in.now", lambda second=second: start + timedelta(seconds=second))
            counted += count_try(db.session(), person.id)
    assert counted == 12


def test_locks_double_up_to_a_quarter_of_an_hour(app: Flask, person: User) -> None:
    waits = []
    for _try in range(12):
        with app.app_context():
            assert count_try(db.session(), person.id)
            until = state_of(db.session(), person.id).locked_until
        waits.append(round((until - now()).total_seconds()) if until else 0)
        set_state(app, person, locked_until=None)
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_a_right_password_forgets_the_wrong_ones(app: Flask, person: User) -> None:
    for _round in range(3):
        for _wrong in range(4):
            try_sign_in(app.test_client(), person.username, "sai")
        assert try_sign_in(app.test_client(), person.username).status_code == 302


def test_an_unlocked_user_gets_in_at_once(app: Flask, person: User) -> None:
    set_state(app, person, failures=9, locked_until=now() + timedelta(minutes=9))
    assert try_sign_in(app.test_client(), person.username).status_code == 200
    with app.app_context():
        unlock(db.session(), person.id)
        db.session.commit()
    assert try_sign_in(app.test_client(), person.username).status_code == 302


def test_the_account_page_is_no_way_round_the_lock(app: Flask, person: User) -> None:
    client = browser_of(app, person.username)
    token = token_of(client.get("/account/password").text)
    new = {"new": "ba bó lúa và hai con trâu", "again": "ba bó lúa và hai con trâu", "csrf_token": token}
    for _wrong in range(6):
        client.post("/account/password", data={"current": "sai", **new})
    assert client.post("/account/password", data={"current": PASSWORD, **new}).status_code == 200


# -- who acts, and within what


def test_a_request_acts_as_its_user_within_their_scope(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Actor, Limit]] = []

    def look() -> str:
        seen.append((actor.get(), scope.current.get()))
        return "ok"

    for endpoint in ("healthz", "search"):
        monkeypatch.setitem(app.view_functions, endpoint, look)
    district, administrator = add_person(app, Role.EDITOR, "MTTQ-947"), add_person(app, Role.ADMINISTRATOR)
    for person in (district, administrator):
        browser_of(app, person.username).get("/search")
    app.test_client().get("/healthz")
    assert [who for who, _limit in seen] == [Actor(p.name, p.id, p.role) for p in (district, administrator)] + [
        STRANGER
    ]
    limits = [limit for _who, limit in seen]
    assert limits[0] is not None
    assert limits[0].organisation_id == district.organisation_id
    assert limits[1:] == [ALL, NOTHING]


def test_a_thread_keeps_nothing_of_the_request_before(app: Flask, person: User) -> None:
    before = actor.get(), scope.current.get()
    browser_of(app, person.username).get("/events/")
    assert (actor.get(), scope.current.get()) == before


def test_whoever_belongs_nowhere_sees_nothing(app: Flask, person: User) -> None:
    with app.app_context(), db.engine.begin() as connection:
        homeless = update(User).where(User.id == person.id).values(organisation_id=None)
        connection.execute(homeless, execution_options={"recorded": True})
    page = browser_of(app, person.username).get("/events/")
    assert page.status_code == 200
    assert "Danh sách chưa có mục nào" in page.text


# -- what is written down


def test_coming_going_and_refusals_are_written_down(app: Flask, person: User) -> None:
    try_sign_in(app.test_client(), person.username, "sai rồi")
    client = browser_of(app, person.username)
    client.post("/logout", data={"csrf_token": token_of(client.get("/").text)})
    for kind, who in (
        (AuditKind.REFUSED, "Người chưa đăng nhập"),
        (AuditKind.SIGNED_IN, person.name),
        (AuditKind.SIGNED_OUT, person.name),
    ):
        (entry,) = entries(app, kind, person)
        assert entry.actor == who


def test_what_was_typed_for_an_unknown_name_is_not_written_down(app: Flask) -> None:
    try_sign_in(app.test_client(), "mat khau bi mat cua toi", "x")
    last = entries(app, AuditKind.REFUSED)[-1]
    assert "bi mat" not in f"{last.title} {last.search_text} {last.changes} {last.actor}"


def test_the_history_never_holds_a_hash_or_a_secret(app: Flask, person: User) -> None:
    change(app, person, password_hash=passwords.hash_of("một câu khác hẳn"), totp_secret="JBSWY3DPEHPK3PXP")
    with app.app_context():
        kept = db.session.scalars(select(AuditEntry.changes).where(AuditEntry.noun == "User")).all()
    assert not re.search(r"argon2|JBSWY", str(kept))
    assert "totp_secret" in str(kept)


# -- from other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:9000"},
        {"Origin": "null"},
    ],
)
def test_another_site_s_page_can_t_write_here(app: Flask, person: User, headers: dict[str, str]) -> None:
    client = browser_of(app, person.username)
    token = token_of(client.get("/").text)
    assert client.post("/language", data={"language": "en", "csrf_token": token}, headers=headers).status_code == 403
    assert client.get("/events/", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_our_own_pages_write(app: Flask, person: User, headers: dict[str, str]) -> None:
    client = browser_of(app, person.username)
    token = token_of(client.get("/").text)
    assert client.post("/language", data={"language": "vi", "csrf_token": token}, headers=headers).status_code == 302


def test_nothing_is_posted_without_a_token(app: Flask, admin: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.arguments:
            assert admin.post(rule.rule, data={"id": "1"}).status_code == 400, rule.rule


# -- what was typed is not lost


def typed_form(page: str) -> tuple[str, dict[str, str]]:
    form = page.split('<form class="plain"')[1].split("</form>", maxsplit=1)[0]
    action = re.search(r'action="([^"]*)"', form)
    fields = dict(re.findall(r'<textarea name="([^"]*)" hidden>\n(.*?)</textarea>', form, re.DOTALL))
    assert action
    return unescape(action[1]), {name: unescape(value) for name, value in fields.items()} | {
        "csrf_token": token_of(form)
    }


def sealed(page: str) -> str:
    found = re.search(r'name="typed" value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def end_all(app: Flask, person: User) -> None:
    with app.app_context():
        end_sessions(db.session(), person.id)
        db.session.commit()


def movement(name: str) -> dict[str, str]:
    note = "dòng một\r\n\r\n<b>dòng ba</b>"
    fixed = {"kind": "movement", "rhythm": "standing", "level": "province", "note": note}
    return {"code": name.upper()[:20], "name": name, **fixed}


def exists(app: Flask, name: str) -> bool:
    with app.app_context():
        return bool(db.session.scalar(select(func.count()).where(Movement.name == name)))


@pytest.fixture
def typist(app: Flask) -> User:
    return add_person(app, Role.APPROVER)


@pytest.mark.parametrize("cookie_lost", [False, True])
def test_a_form_outlives_its_session(app: Flask, typist: User, cookie_lost: bool) -> None:
    name = f"Phong trào gõ dở {cookie_lost}"
    client = browser_of(app, typist.username)
    data = movement(name) | {"csrf_token": token_of(client.get("/movements/new/").text)}
    end_all(app, typist)
    if cookie_lost:
        client.delete_cookie("session")
    answer = client.post("/movements/new/?url=/movements/", data=data)
    assert answer.status_code == 401
    assert "vẫn được giữ" in answer.text
    assert not exists(app, name)
    wrong = try_sign_in(client, typist.username, "sai", typed=sealed(answer.text))
    answer = try_sign_in(client, typist.username, typed=sealed(wrong.text))
    assert answer.status_code == 200
    assert "data-at-once" in answer.text
    path, fields = typed_form(answer.text)
    assert {n: fields[n] for n in movement(name)} == movement(name)
    assert path == "/movements/new/?url=/movements/"
    assert client.post(path, data=fields).status_code == 302
    assert exists(app, name)


def test_a_form_goes_on_for_its_writer_only(app: Flask, typist: User, person: User) -> None:
    client = browser_of(app, typist.username)
    data = movement("Của người khác") | {"csrf_token": token_of(client.get("/movements/new/").text)}
    end_all(app, typist)
    kept = sealed(client.post("/movements/new/", data=data).text)
    answer = try_sign_in(client, person.username, typed=kept)
    assert answer.status_code == 302
    assert "của người khác" in client.get("/account").text


def test_nobody_can_plant_a_form(app: Flask, typist: User) -> None:
    stranger = app.test_client()
    for token in ("", "x", token_of(stranger.get("/login").text)):
        answer = stranger.post("/movements/new/", data=movement("Gài vào") | {"csrf_token": token})
        assert answer.status_code == 401
        assert not sealed(answer.text)
    assert try_sign_in(stranger, typist.username, typed="eyJ1c2VyIjoxfQ.forged").status_code == 302


def test_files_can_t_be_kept_and_that_is_said(app: Flask, typist: User) -> None:
    client = browser_of(app, typist.username)
    data = movement("Có tệp") | {"csrf_token": token_of(client.get("/movements/new/").text)}
    end_all(app, typist)
    answer = client.post("/movements/new/", data=data | {"file": (BytesIO(b"x"), "x.xlsx")})  # type: ignore[arg-type]
    assert "tệp đính kèm thì phải chọn lại" in answer.text
    after = try_sign_in(client, typist.username, typed=sealed(answer.text)).text
    assert "Tệp đính kèm không giữ lại được" in after
    assert "data-at-once" not in after


def test_secrets_are_not_kept(app: Flask, person: User) -> None:
    client = browser_of(app, person.username)
    token = token_of(client.get("/account/password").text)
    end_all(app, person)
    data = {"current": PASSWORD, "new": "ba bó lúa và hai con trâu", "again": "ba", "csrf_token": token}
    assert not sealed(client.post("/account/password", data=data).text)


def test_a_form_also_outlives_a_reset_of_the_password(app: Flask, typist: User) -> None:
    name, one_time, new = "Qua lần đặt lại", "kxqf-7mab-9wde-hn3p", "ba bó lúa và hai con trâu"
    client = browser_of(app, typist.username)
    data = movement(name) | {"csrf_token": token_of(client.get("/movements/new/").text)}
    with app.app_context():
        passwords.set_password(db.session(), db.session.get_one(User, typist.id), one_time, must_change=True)
        db.session.commit()
    kept = sealed(client.post("/movements/new/", data=data).text)
    page = try_sign_in(client, typist.username, one_time, typed=kept).text
    token = token_of(page.split('action="/account/password"')[1])
    answers = {"current": one_time, "new": new, "again": new, "csrf_token": token, "typed": sealed(page)}
    path, fields = typed_form(client.post("/account/password", data=answers).text)
    assert client.post(path, data=fields).status_code == 302
    assert exists(app, name)


@pytest.mark.parametrize("token", ["", "hết hạn"])
def test_a_record_s_form_comes_back_as_it_was_typed(app: Flask, typist: User, token: str) -> None:
    name = f"Gõ lại {token}".strip()
    client = browser_of(app, typist.username)
    answer = client.post("/movements/new/", data=movement(name) | {"csrf_token": token})
    assert answer.status_code == 400
    assert "Những gì đã nhập vẫn còn" in answer.text
    assert f'value="{name}"' in answer.text
    assert "dòng ba" in answer.text
    assert not exists(app, name)
    assert (
        client.post("/movements/new/", data=movement(name) | {"csrf_token": token_of(answer.text)}).status_code == 302
    )
    assert exists(app, name)


def test_any_other_form_waits_for_one_press(app: Flask, typist: User) -> None:
    client = browser_of(app, typist.username)
    old = token_of(client.get("/").text)
    try_sign_in(client, typist.username)
    with app.app_context():
        id_ = db.session.scalar(select(func.min(Movement.id)))
    answer = client.post("/movements/delete/", data={"id": str(id_), "csrf_token": old})
    assert answer.status_code == 400
    assert typed_form(answer.text)[1]["id"] == str(id_)
    assert "data-at-once" not in answer.text


def test_another_user_s_form_is_not_shown(app: Flask, typist: User, person: User) -> None:
    client = browser_of(app, typist.username)
    old = token_of(client.get("/").text)
    try_sign_in(client, person.username)
    answer = client.post("/movements/new/", data=movement("Riêng của người trước") | {"csrf_token": old})
    assert answer.status_code == 400
    assert "Riêng của người trước" not in answer.text


def test_an_old_sign_in_page_asks_again(app: Flask, person: User) -> None:
    answer = app.test_client().post("/login", data={"username": person.username, "password": PASSWORD})
    assert answer.status_code == 400
    assert f'value="{person.username}"' in answer.text
    assert PASSWORD not in answer.text


# -- at the machine itself


def run(app: Flask, *words: str, given: str = "") -> tuple[int, str]:
    result = app.test_cli_runner().invoke(cli, list(words), input=given)
    return result.exit_code, result.output


def test_commands_add_unlock_and_write_down_which_it_was(app: Flask) -> None:
    before = actor.get()
    code, said = run(app, "user", "add", "huyen1", "--role", "editor", "--organisation", "MTTQ-947")
    assert code == 0
    name, one_time = said.split()
    client = app.test_client()
    assert try_sign_in(client, name, one_time).status_code == 302
    assert client.get("/").location == "/account/password"
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == "huyen1")).one()
    set_state(app, user, failures=5, locked_until=now() + timedelta(minutes=1))
    assert run(app, "user", "unlock", "huyen1")[0] == 0
    assert try_sign_in(app.test_client(), name, one_time).status_code == 302
    (added,), (unlocked,) = entries(app, AuditKind.CREATED, user), entries(app, AuditKind.ACCOUNT, user)
    assert (added.actor, unlocked.actor) == ("lệnh user add", "lệnh user unlock")
    assert actor.get() == before


@pytest.mark.parametrize(
    ("words", "given", "sentence"),
    [
        (("add", "a1", "--role", "editor"), "", "phải thuộc một tổ chức"),
        (("add", "a1", "--role", "editor", "--organisation", "XYZ"), "", "No organisation has the code XYZ."),
        (("add", "Á 1", "--role", "administrator"), "", "Chỉ dùng chữ thường"),
        (("add", "a1", "--role", "administrator", "--password-stdin"), "soctrang2023", "tên địa phương"),
        (("password", "khong-co"), "", "There is no user khong-co."),
        (("unlock", "khong-co"), "", "There is no user khong-co."),
        (("end-sessions", "khong-co"), "", "There is no user khong-co."),
    ],
)
def test_what_a_command_can_t_do_it_says_in_one_sentence(
    app: Flask, words: tuple[str, ...], given: str, sentence: str
) -> None:
    code, said = run(app, "user", *words, given=given)
    assert code == 2
    assert sentence in said
    assert said.count("Error:") == 1
    with app.app_context():
        assert not db.session.scalar(select(func.count()).where(User.username == "a1"))
