"""An empty database for each test; one application with the whole seed for the screens."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backoffice.factory import create_app
from models import Organisation, User
from models.accounts.passwords import set_password
from models.accounts.users import Role
from tests import kept, postgres, schedule, templates
from tests.databases import BACKENDS, Databases, connected
from tests.routing import compile_addresses_once
from tests.templates import PASSWORD
from views import SCREENS
from views.core.session import db

WRITTEN = tuple(screen for screen in SCREENS if screen.access.edit is not None)
"""The screens on which people write."""


def pytest_configure(config: pytest.Config) -> None:
    compile_addresses_once()
    if not hasattr(config, "workerinput"):
        postgres.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.end()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    schedule.deal_out(config, items)


def pytest_collection_finish() -> None:
    # What was loaded so far stays until the end: the garbage collector need not go through it again and again.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", params=BACKENDS)
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Makes databases; on which ones a test runs `tests/schedule.py` says."""
    return Databases(request.param, tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def tables(databases: Databases) -> str:
    """A database with every table and no row, to copy."""
    return templates.url_of(databases.backend, "tables")


@pytest.fixture(scope="session")
def year(databases: Databases) -> str:
    """A database with the whole seed and the demo year, to copy."""
    return templates.url_of(databases.backend, "year")


@pytest.fixture(scope="session")
def filled(databases: Databases) -> str:
    """The same and one user of each role, to copy."""
    return templates.url_of(databases.backend, "filled")


@pytest.fixture
def session(databases: Databases, tables: str) -> Iterator[Session]:
    with databases(tables) as url, connected(url) as engine, Session(engine) as session:
        yield session


@pytest.fixture(scope="session")
def app(databases: Databases, filled: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over the whole seed, which all tests share: they leave it as they find it."""
    with databases(filled) as url, running_on(url, tmp_path_factory.mktemp("instance")) as app:
        yield app


@pytest.fixture
def own_app(databases: Databases, filled: str, tmp_path: Path) -> Iterator[Flask]:
    """The same application for one test alone, to do with as it likes."""
    with databases(filled) as url, running_on(url, tmp_path / "instance") as app:
        yield app


@pytest.fixture(scope="module")
def desk(databases: Databases, filled: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The same application for one module of tests: each writes what is its own and leaves the rest."""
    with databases(filled) as url, running_on(url, tmp_path_factory.mktemp("instance")) as app:
        yield app


@pytest.fixture(scope="module")
def clerk(desk: Flask) -> FlaskClient:
    """The administrator's browser at the module's own application."""
    return signed_in(desk, Role.ADMINISTRATOR)


@contextmanager
def running_on(url: str, instance: Path) -> Iterator[Flask]:
    """An application over this database, without connections left over after the block."""
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": url}, instance)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(kept.compiled_templates()))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """The administrator's browser."""
    return signed_in(app, Role.ADMINISTRATOR)


@pytest.fixture
def person(app: Flask) -> User:
    """A user of this test's own, an editor in the province's office, detached from the database."""
    return add_person(app, Role.EDITOR)


def add_person(app: Flask, role: Role, organisation: str = "MTTQ-94") -> User:
    """One more user, of this role, in the organisation of this code."""
    with app.app_context():
        home = db.session.scalars(select(Organisation).where(Organisation.code == organisation)).one()
        user = User(username=f"u{uuid4().hex[:10]}", name="Trần Thị Hoa", role=role, organisation=home)
        set_password(db.session(), user, PASSWORD, must_change=False)
        db.session.add(user)
        db.session.commit()
        db.session.refresh(user)
        db.session.expunge(user)
    return user


def try_sign_in(client: FlaskClient, username: str, password: str = PASSWORD, **fields: str) -> TestResponse:
    """What the door answers."""
    token = token_of(client.get("/login").text)
    return client.post("/login", data={"username": username, "password": password, "csrf_token": token, **fields})


def browser_of(app: Flask, username: str) -> FlaskClient:
    """A browser in which this user signed in, put the second factor off, and saw a first page."""
    client = app.test_client()
    answer = try_sign_in(client, username)
    assert answer.status_code == 302, answer.text
    put_off(client)
    client.get("/account")
    return client


def signed_in(app: Flask, role: Role) -> FlaskClient:
    """A browser signed in with this role."""
    return browser_of(app, role.value)


def put_off(client: FlaskClient) -> None:
    """Not now: what a person at their own machine says when asked for a second factor."""
    with client.session_transaction() as kept:
        kept["later"] = True


def token_of(page: str) -> str:
    """The token that a page's forms carry."""
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
