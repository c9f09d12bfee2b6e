"""Errors: a number and a sentence in Vietnamese, never a trace of the code."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Theme, User
from models.accounts.users import Role
from tests.conftest import signed_in, token_of
from tests.pages import read
from views.core.session import db

SECRET = "mật khẩu của cơ sở dữ liệu"


def sentences(page: str) -> list[str]:
    """The heading and the sentence of an error's page."""
    main = read(page).one("main")
    return [main.one("h1").text, main.all("p")[0].text]


@pytest.fixture
def broken(own_app: Flask) -> Flask:
    """The application as it is in use, with a page that fails half-way."""

    def fail() -> None:
        for user in db.session.scalars(select(User)):
            user.name = "Đã đổi"
        db.session.flush()
        raise RuntimeError(SECRET)

    own_app.config["PROPAGATE_EXCEPTIONS"] = False
    own_app.add_url_rule("/fail", "fail", fail)
    return own_app


@pytest.mark.parametrize("path", ["/khong-co", "/units/khong-co/", "/units/export/pdf/", "/units/ajax/lookup/?name=x"])
def test_a_page_that_is_not_there(app: Flask, admin: FlaskClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 404
    assert sentences(answer.text) == ["Lỗi 404", "Không có trang này."]
    assert "Về bàn làm việc" in answer.text


def test_a_page_that_takes_no_such_request(app: Flask, admin: FlaskClient) -> None:
    answer = admin.get("/logout")
    assert answer.status_code == 405
    assert sentences(answer.text) == ["Lỗi 405", "Trang này không nhận cách gửi đó."]


def test_what_a_role_may_not_do(app: Flask) -> None:
    browser = signed_in(app, Role.VIEWER)
    for path in ("/users/", "/users/export/xlsx/", "/users/details/?id=1"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert sentences(answer.text) == ["Lỗi 403", "Bạn không có quyền làm việc này."]


def test_a_fault_of_ours_says_so_and_changes_nothing(broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
    browser = signed_in(broken, Role.ADMINISTRATOR)
    with caplog.at_level(logging.ERROR):
        answer = browser.get("/fail")
    assert answer.status_code == 500
    assert sentences(answer.text)[0] == "Lỗi 500"
    assert "Dữ liệu chưa bị thay đổi" in sentences(answer.text)[1]
    for trace in ("Traceback", "RuntimeError", SECRET, ".py"):
        assert trace not in answer.text
    assert SECRET in caplog.text
    with broken.app_context():
        assert not db.session.scalar(select(func.count()).where(User.name == "Đã đổi"))
    assert browser.get("/").status_code == 200


@pytest.mark.database
def test_a_database_that_is_gone_says_so_too(broken: Flask) -> None:
    browser = signed_in(broken, Role.ADMINISTRATOR)
    with broken.app_context(), db.engine.begin() as connection:
        for table in ("user", "office"):
            connection.exec_driver_sql(f'ALTER TABLE "{table}" RENAME TO "{table}_gone"')
    answer = browser.get("/units/")
    assert answer.status_code == 500
    assert "Có lỗi trong phần mềm. " in answer.text
    assert broken.test_client().get("/healthz").text == "ok"


def test_a_form_without_its_token_is_refused_and_the_session_stays(own_app: Flask) -> None:
    browser = signed_in(own_app, Role.ADMINISTRATOR)
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "sai"}):
        answer = browser.post("/themes/new/", data={"name": "Chủ đề", **token})
        assert answer.status_code == 400
        assert 'value="Chủ đề"' in answer.text
    assert browser.get("/").status_code == 200
    with own_app.app_context():
        assert not db.session.scalar(select(func.count()).where(Theme.name == "Chủ đề"))


def test_no_form_of_another_site_is_taken(own_app: Flask) -> None:
    browser, other = signed_in(own_app, Role.ADMINISTRATOR), signed_in(own_app, Role.ADMINISTRATOR)
    token = token_of(other.get("/").text)
    for path in ("/units/delete/", "/units/edit/?id=1", "/account/password", "/logout", "/language"):
        assert browser.post(path, data={"csrf_token": token}).status_code == 400


def test_a_form_too_large_is_refused(own_app: Flask) -> None:
    browser = signed_in(own_app, Role.ADMINISTRATOR)
    token = token_of(browser.get("/").text)
    own_app.config["MAX_CONTENT_LENGTH"] = 10_000
    answer = browser.post("/themes/new/", data={"name": "x" * 20_000, "csrf_token": token})
    assert answer.status_code == 413
    assert sentences(answer.text)[0] == "Lỗi 413"


def test_a_form_with_every_long_text_full_is_taken(own_app: Flask) -> None:
    browser = signed_in(own_app, Role.ADMINISTRATOR)
    page = browser.get("/initiatives/new/").text
    areas = [area["name"] for area in read(page).all("textarea") if area.inside("template") is None]
    sent = {**dict.fromkeys(areas, "ạ" * 32_767), "csrf_token": token_of(page)}
    assert len(areas) > 1
    assert browser.post("/initiatives/new/", data=sent).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "?page=x&page_size=x&sort=999",
        "?flt_level_is=none",
        "?search=%00",
        "?flt_zz=1&flt1_2=3",
        "?search=%25%5F%5C%27%22--",
    ],
)
def test_nonsense_in_an_address_is_no_error(app: Flask, admin: FlaskClient, query: str) -> None:
    assert admin.get(f"/units/{query}").status_code == 200
