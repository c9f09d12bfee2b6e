"""The history of the tables: from nothing to what the records say, and back to nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect
from sqlalchemy.engine.interfaces import ReflectedColumn

import models.migrations
from models import Base
from tests.conftest import running_on
from tests.databases import Databases, connected
from views.core.session import db

pytestmark = pytest.mark.database

FOLDER = Path(models.migrations.__file__).parent


@pytest.fixture
def app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database with nothing in it."""
    with databases(None) as url, running_on(url, tmp_path / "instance") as app, app.app_context():
        yield app
        db.session.remove()


def differences() -> list[object]:
    """Where the database and the records differ."""
    with db.engine.connect() as connection:
        settings = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=settings), db.metadata))


def shape(url: str) -> dict[str, object]:
    """All that a database says of its tables."""
    with connected(url) as engine:
        seen = inspect(engine)
        return {
            table: (
                sorted((said(column) for column in seen.get_columns(table)), key=str),
                seen.get_pk_constraint(table),
                sorted(seen.get_foreign_keys(table), key=str),
                sorted(seen.get_indexes(table), key=str),
                sorted(seen.get_unique_constraints(table), key=str),
                sorted(seen.get_check_constraints(table), key=str),
            )
            for table in seen.get_table_names()
            if table != "alembic_version"
        }


def said(column: ReflectedColumn) -> tuple[object, ...]:
    return column["name"], str(column["type"]), column["nullable"], column["default"]


def test_the_history_makes_the_tables_that_the_records_say(app: Flask) -> None:
    upgrade()
    assert differences() == []


def test_the_history_and_the_records_make_the_same_database(app: Flask, tables: str) -> None:
    upgrade()
    made = shape(app.config["SQLALCHEMY_DATABASE_URI"])
    wanted = shape(tables)
    assert made.keys() == wanted.keys()
    for table, columns in wanted.items():
        assert made[table] == columns, table


def test_the_way_back_leaves_no_table(app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    assert differences() == []


def test_upgrading_again_changes_nothing(app: Flask) -> None:
    upgrade()
    before = shape(app.config["SQLALCHEMY_DATABASE_URI"])
    upgrade()
    assert shape(app.config["SQLALCHEMY_DATABASE_URI"]) == before


def test_every_step_can_be_undone_and_done_again(app: Flask) -> None:
    for step in reversed(list(ScriptDirectory(str(FOLDER)).walk_revisions())):
        upgrade(revision=step.revision)
        downgrade(revision="-1")
        upgrade(revision=step.revision)
    assert differences() == []


def test_the_history_has_one_end_and_needs_none_of_our_code() -> None:
    script = ScriptDirectory(str(FOLDER))
    assert len(script.get_heads()) == 1
    for step in script.walk_revisions():
        text = Path(step.path).read_text(encoding="utf-8")
        assert "import models" not in text
        assert "from models" not in text


def test_every_record_has_its_table(app: Flask) -> None:
    upgrade()
    assert set(inspect(db.engine).get_table_names()) == {"alembic_version", *Base.metadata.tables}
