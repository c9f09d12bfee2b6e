"""Screens stand alone: none imports another, and each works where it is the only one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

import views
from backoffice import create_app, factory
from models import Role
from tests.conftest import signed_in
from tests.databases import ON_SQLITE
from tests.pages import ids_in, read, record_form
from views import PAGES, SCREENS, WRITTEN
from views.record import RecordView
from views.session import db

FOLDER = Path(views.__file__).parent
NOUNS = sorted({cls.__module__.removeprefix("views.") for cls in (*SCREENS, *PAGES)})
CORE = {
    *(
        "access",
        "aside",
        "board",
        "bulk",
        "cells",
        "changes",
        "desk",
        "downloads",
        "files",
        "filters",
        "forms",
        "grid",
        "home",
        "layouts",
        "looking_back",
        "memo",
        "merge",
        "moves",
        "pages",
        "record",
        "rights",
        "rows",
    ),
    *("sections", "session", "sums", "traces", "tree", "workbooks", "writing"),
}
PLACES = {f"/{page.path}/" for page in PAGES}
"""Pages that are no screen and stand in every menu."""


def imported(module: str) -> set[str]:
    """The modules of `views` that a module of `views` imports."""
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("views.")}


def test_every_module_is_a_noun_or_the_core() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} == {"__init__", *NOUNS, *CORE}


@pytest.mark.parametrize("module", NOUNS)
def test_no_screen_imports_another(module: str) -> None:
    assert imported(module) <= CORE - {"home"}


@pytest.mark.parametrize("module", sorted(CORE))
def test_the_core_knows_no_screen(module: str) -> None:
    assert imported(module) & set(NOUNS) == set()


def test_every_screen_has_its_noun_and_is_in_the_menu_once() -> None:
    assert len({cls.record for cls in SCREENS}) == len(SCREENS)
    for cls in SCREENS:
        assert cls.record.__module__ == f"models.{cls.__module__.removeprefix('views.')}"
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
