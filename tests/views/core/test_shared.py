"""A screen is one object for all threads: nothing of a request stays on it, so that nobody gets another's answer."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

from flask import Flask
from flask.testing import FlaskClient

from models import Role
from tests.conftest import signed_in
from tests.databases import ON_SQLITE
from tests.pages import read
from tests.shared import held
from tests.test_routes import routes

pytestmark = ON_SQLITE
WALKED = {"units", "initiatives", "reports", "periods", "users", "history"}
"""Screens of which every page is opened; of the others the list."""


def test_two_readers_of_a_list_get_each_their_own_page(app: Flask) -> None:
    def shown(browser: FlaskClient, page: int) -> list[int]:
        answers = [read(browser.get(f"/units/?page={page}&page_size=20").text) for _ in range(60)]
        return [int(each.one("nav", aria_label="Trang").one("a", aria_current="page").text) - 1 for each in answers]

    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(shown, signed_in(app, Role.VIEWER), page) for page in (0, 5)]
        assert [each.result() for each in asked] == [[0] * 60, [5] * 60]


def test_requests_leave_nothing_on_what_threads_share(app: Flask) -> None:
    readers = [signed_in(app, role) for role in (Role.VIEWER, Role.EDITOR, Role.ADMINISTRATOR)]
    urls = [
        f"{url}?id=1&page=1&search=a&flt_sample_is=0"
        for endpoint, method, url in routes(app)
        if method == "GET" and (endpoint.partition(".")[0] in WALKED or endpoint.endswith(".index_view"))
    ]
    before = held(app)
    assert len(before) > 10_000

    def walk(reader: FlaskClient) -> None:
        for url in Random(readers.index(reader)).sample(urls, len(urls)):  # noqa: S311  each in an order of their own
            reader.get(url).close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(walk, readers))
    after = held(app)
    changed = {path: (before.get(path), after.get(path)) for path in before | after}
    assert {path: values for path, values in changed.items() if values[0] != values[1]} == {}
