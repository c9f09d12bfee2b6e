"""An empty database in memory for each test; one application with the whole seed for the screens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import StrictUndefined
from sqlalchemy import StaticPool, create_engine
from sqlalchemy.orm import Session

from backoffice import create_app
from backoffice.auth import set_password
from models import Base, User
from models.database import configure, engine_options
from models.users import Role
from seed import loader
from views.session import db

PASSWORD = "mat khau de thu"


@pytest.fixture
def session() -> Iterator[Session]:
    options = engine_options("sqlite://")
    engine = create_engine("sqlite://", poolclass=StaticPool, **options)
    configure(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over SQLite with the real seed, the demo year and one user of each role."""
    instance: Path = tmp_path_factory.mktemp("instance")
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{instance / 'test.db'}"}, instance)
    app.jinja_env.undefined = StrictUndefined
    with app.app_context():
        db.create_all()
        loader.load(db.session(), demo=True)
        for role in Role:
            user = User(username=role.value, name=role.label, role=role)
            set_password(user, PASSWORD, must_change=False)
            db.session.add(user)
        db.session.commit()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """The administrator's browser, whose forms need no token."""
    return signed_in(app, Role.ADMINISTRATOR)


def signed_in(app: Flask, role: Role) -> FlaskClient:
    """A browser signed in with this role."""
    client = app.test_client()
    token = token_of(client.get("/login").text)
    answer = client.post("/login", data={"username": role.value, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 302
    return client


def token_of(page: str) -> str:
    """The token that a page's forms carry."""
    return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
