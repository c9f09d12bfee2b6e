"""Screens stand alone: each has its noun, is in the menu, and works where it is the only one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

import views
from backoffice import factory
from backoffice.factory import create_app
from models import Role
from tests.conftest import WRITTEN, signed_in
from tests.databases import ON_SQLITE
from tests.pages import ids_in, read, record_form
from views import PAGES, SCREENS
from views.core.screen import RecordView
from views.core.session import db

FOLDER = Path(views.__file__).parent
NOUNS = sorted({cls.__module__.removeprefix("views.") for cls in (*SCREENS, *PAGES)})
PARTS = {
    "desk",
    "dashboard",
    "figures",
    "report_periods",
    "report_reminder",
    "report_status",
    "report_totals",
    "rights",
    "user_actions",
}
"""What a noun's page is made of, and the first page."""
PLACES = {f"/{page.path}/" for page in PAGES}
"""Pages that are no screen and stand in every menu."""


def test_every_module_is_a_noun_or_part_of_a_page() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {"__init__", *NOUNS, *PARTS}


def test_every_screen_has_its_noun_and_is_in_the_menu_once() -> None:
    assert len({cls.record for cls in SCREENS}) == len(SCREENS)
    for cls in SCREENS:
        assert cls.record.__module__.rpartition(".")[2] == cls.__module__.rpartition(".")[2]
        assert cls.__name__ == f"{cls.record.__name__}View"


def subclasses(cls: type[RecordView]) -> Iterator[type[RecordView]]:
    for below in cls.__subclasses__():
        yield below
        yield from subclasses(below)


def test_no_screen_is_forgotten() -> None:
    declared = {cls for cls in subclasses(RecordView) if cls.__module__.startswith("views.") and hasattr(cls, "record")}
    assert declared == set(SCREENS)


@pytest.fixture
def alone(
    app: Flask, cls: type[RecordView], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """The administrator's browser at an application of one screen."""
    monkeypatch.setattr(factory, "SCREENS", (cls,))
    settings = {"TESTING": True, "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"]}
    small = create_app(settings, tmp_path_factory.mktemp("instance"))
    yield signed_in(small, Role.ADMINISTRATOR)
    with small.app_context():
        db.engine.dispose()


@ON_SQLITE
@pytest.mark.parametrize("cls", WRITTEN)
def test_a_screen_works_alone(app: Flask, alone: FlaskClient, cls: type[RecordView]) -> None:
    url = app.extensions["screens"][cls.record].url
    with app.app_context():
        id_ = db.session.scalar(select(func.min(cls.record.id)))
    assert (ids_in(alone.get(f"{url}/?page_size=20").text) != []) == (id_ is not None)
    assert record_form(alone.get(f"{url}/new/").text)
    for page in ("details", "edit", "delete") if id_ else ():
        answer = alone.get(f"{url}/{page}/?id={id_}")
        assert answer.status_code == 200, page
        links = [link["href"] for link in read(answer.text).one("nav", class_="side").all("a")][1:]
        assert [link for link in links if link not in PLACES] == [f"{url}/"]
