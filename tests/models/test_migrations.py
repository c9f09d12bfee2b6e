"""The history of the tables: from nothing to what the records say, and back to nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, inspect, select, text
from sqlalchemy.engine.interfaces import ReflectedColumn

import models.migrations
from models import AuditEntry, Base, FestivalResult, festival_differences
from tests.conftest import running_on
from tests.databases import Databases, connected
from views.core.session import db

pytestmark = pytest.mark.database

DAY = datetime(2026, 11, 1, tzinfo=UTC)
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


def test_on_postgresql_every_unique_constraint_can_wait(app: Flask) -> None:
    upgrade()
    if db.engine.dialect.name == "postgresql":
        ours = "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
        at_once = text(ours + " AND contype = 'u' AND NOT condeferrable")
        assert db.session.scalars(at_once).all() == []


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


def written_before(codes: dict[str, str]) -> None:
    """Kinds of organisations by code and name, as the program of step 10 writes them."""
    told = {"version": 1, "sample": False, "created_at": DAY, "updated_at": DAY, "search_text": "", "family": "member"}
    kinds = Table("organisation_type", MetaData(), autoload_with=db.engine)
    rows = [{**told, "code": code, "name": name, "title_key": ""} for code, name in codes.items()]
    with db.engine.begin() as connection:
        connection.execute(kinds.insert(), rows, execution_options={"recorded": True})


def kept(*columns: str) -> list[tuple[str, ...]]:
    """These columns of the kinds of organisations, by their ids."""
    query = text(f"SELECT {', '.join(columns)} FROM organisation_type ORDER BY id")  # noqa: S608  our own columns
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query, execution_options={"unscoped": True})]


def test_codes_and_titles_of_an_older_book_are_compared_as_new_ones(app: Flask) -> None:
    upgrade(revision="0010")
    written_before({"PT-01": "Hội B", "PT-01\u200e": "Hội A", "pt\u201101": "Hội “Đ”", "PT-2": "Hội A A"})
    upgrade()
    assert kept("code_key") == [("pt-01",), ("pt-01 ~2",), ("pt-01 ~3",), ("pt-2",)]
    assert [title for _key, title in sorted(kept("title_key", "name"))] == ["Hội “Đ”", "Hội A", "Hội A A", "Hội B"]
    assert kept("search_text")[2] == ('pt-01 hoi "d"',)
    assert [row[0] for row in kept("code")] == ["PT-01", "PT-01\u200e", "pt\u201101", "PT-2"]
    downgrade(revision="0010")
    before = [title for _key, title in sorted(kept("title_key", "name"))]
    assert before == ["Hội A A", "Hội A", "Hội B", "Hội “Đ”"]  # as that program sorts
    upgrade()
    assert kept("code_key")[1] == ("pt-01 ~2",)


def put(table: str, *rows: dict[str, object]) -> None:
    """These rows in a table as it stands at this step."""
    told = {"version": 1, "sample": False, "created_at": DAY, "updated_at": DAY, "search_text": "", "title_key": ""}
    there = Table(table, MetaData(), autoload_with=db.engine)
    with db.engine.begin() as connection:
        for row in rows:
            connection.execute(there.insert(), {**told, **row}, execution_options={"recorded": True})


def test_figures_that_stood_twice_stand_in_the_result_and_what_differed_is_known(app: Flask) -> None:
    upgrade(revision="0013")
    unit = {"code": "94", "code_key": "94", "name": "A", "full_name": "A", "type": "province", "level": "province"}
    put("unit", {**unit, "valid_from": DAY.date(), "path": "/"})
    same = {"kind": "festival", "year": 2023, "unit_id": 1, "status": "planned", "name": "Ngày hội"}
    told = ({"attendees": 300}, {"attendees": 300}, {"state_budget": 7}, {"attendees": 9, "status": "held"})
    put("event", *({**same, "attendees": None, **e, "code": f"{n}", "code_key": f"{n}"} for n, e in enumerate(told)))
    counts = {"areas_total": 1, "areas_ceremony": 0, "areas_both": 0, "areas_meal": 0}
    for event, values in enumerate(({"attendees": 300}, {"attendees": 250}, {"state_budget": None}), 1):
        put("festival_result", {**counts, "areas_held": 1, "event_id": event, **values})
    upgrade()
    query = """SELECT e.status, e.attendees, e.state_budget, r.attendees, r.state_budget FROM event e
        LEFT JOIN festival_result r ON r.event_id = e.id ORDER BY e.id"""
    with db.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query), execution_options={"unscoped": True})]
    assert rows == [
        ("held", None, None, 300, None),
        ("held", None, None, 250, None),
        ("held", None, None, None, 7),
        ("planned", None, None, None, None),
    ]
    found = [(one.event_id, one.name, one.old, one.now) for one in festival_differences.differences(db.session())]
    assert found == [(2, "attendees", 300, 250), (4, "attendees", 9, None)]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.noun == "Event").order_by(AuditEntry.record_id))
    assert [entry.changes.get("attendees") for entry in entries] == [[300, None], [300, None], None, [9, None]]
    festival_differences.settle(db.session.get_one(FestivalResult, 2), "attendees")
    db.session.commit()
    assert [one.event_id for one in festival_differences.differences(db.session())] == [4]


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
