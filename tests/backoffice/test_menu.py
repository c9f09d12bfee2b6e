"""The menu: every screen that one may open, with counts that are never those of before, or of someone else."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Role, Theme
from tests.conftest import add_person, browser_of, signed_in
from tests.databases import ON_SQLITE
from tests.pages import Element, read
from tests.statements import statements
from views import SCREENS
from views.core import cache
from views.core.session import db

pytestmark = ON_SQLITE


def links_of(client: FlaskClient, url: str = "/") -> list[Element]:
    return [
        link for link in read(client.get(url).text).one("nav", class_="side").all("a") if link.get("class") != "brand"
    ]


def counts_of(client: FlaskClient) -> dict[str, int]:
    return {link["href"]: int(link.one("span").text.replace(".", "")) for link in links_of(client) if link.all("span")}


@pytest.fixture
def theme(desk: Flask) -> Iterator[None]:
    """One theme more, put there by someone else."""
    with desk.app_context():
        db.session.add(Theme(name="Chủ đề của phiên khác"))
        db.session.commit()
    yield
    with desk.app_context():
        db.session.delete(db.session.scalars(select(Theme).where(Theme.name == "Chủ đề của phiên khác")).one())
        db.session.commit()


def test_the_menu_has_every_screen_with_its_count(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        expected = {
            f"{app.extensions['screens'][cls.record].url}/": db.session.scalar(
                select(func.count()).select_from(cls.record)
            )
            for cls in SCREENS
            if cls.listed
        }
    assert counts_of(admin) == expected


def test_the_menu_marks_where_one_is(app: Flask, admin: FlaskClient) -> None:
    for cls in SCREENS:
        place = f"{app.extensions['screens'][cls.record].url}/"
        assert [link["href"] for link in links_of(admin, place) if link.get("aria-current") == "page"] == [place]
    assert not [link for link in links_of(admin) if link.get("aria-current") == "page"]


def test_readers_see_only_their_part_of_the_menu(app: Flask) -> None:
    places = [link["href"] for link in links_of(signed_in(app, Role.VIEWER))]
    assert "/events/" in places
    assert "/users/" not in places


def test_what_was_counted_isnt_counted_again(app: Flask, admin: FlaskClient) -> None:
    admin.get("/themes/")
    with statements(app) as seen:
        admin.get("/themes/")
    assert not [statement for statement in seen if "UNION ALL" in statement]


def test_a_change_by_anyone_is_counted_at_once(desk: Flask, clerk: FlaskClient, request: pytest.FixtureRequest) -> None:
    before = counts_of(clerk)
    request.getfixturevalue("theme")
    assert counts_of(clerk)["/themes/"] == before["/themes/"] + 1


def test_each_scope_has_its_own_counts(app: Flask, admin: FlaskClient) -> None:
    district = browser_of(app, add_person(app, Role.EDITOR, "MTTQ-947").username)
    member = browser_of(app, add_person(app, Role.EDITOR, "MTTQ-948").username)
    every, here, there = counts_of(admin), counts_of(district), counts_of(member)
    assert here["/units/"] < every["/units/"]
    assert there["/units/"] < every["/units/"]
    assert here["/units/"] != there["/units/"]
    assert counts_of(admin) == every


def test_counts_grow_old(app: Flask, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LONGEST", -1.0)
    app.extensions.pop("memo", None)
    admin.get("/themes/")
    with statements(app) as seen:
        admin.get("/themes/")
    assert [statement for statement in seen if "UNION ALL" in statement]
