"""A book that an earlier version wrote is upgraded, read as of its days, and undone: its history stays as it was.

`tests/data/book-2026-11.sql.gz` was written by 670686d, before the modules, classes and words of the code got the
names they have now; beside it lie the rows of some tables at five moments, as that version had them.
"""

import gzip
import json
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, DateTime, MetaData, func, select
from sqlalchemy.orm import Session

from backoffice.factory import create_app
from models import AuditEntry, Initiative, Task
from models.history.as_of import as_it_was
from models.history.audit import AuditKind
from models.history.undo import carry_out, deleted_with, entries_of_act, plan
from views.core.session import db

DATA = Path(__file__).parents[2] / "data"
FREELY = {"recorded": True, "unscoped": True}
SINCE = {"title_key", "search_text", "version", "updated_at", "path"}
"""Columns that follow from the others, and may be computed otherwise by now."""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    with gzip.open(DATA / "book-2026-11.json.gz", "rt", encoding="utf-8") as file:
        found: dict[str, Any] = json.load(file)
    return found


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Flask]:
    path = tmp_path / "book.db"
    with gzip.open(DATA / "book-2026-11.sql.gz", "rt", encoding="utf-8") as file:
        old = sqlite3.connect(path)
        old.executescript(file.read())
        old.close()
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{path}"}, tmp_path / "instance")
    with app.app_context():
        upgrade()
        db.session.remove()
        yield app
        db.session.remove()
        db.engine.dispose()


def same(connection: Connection, table: str, then: list[dict[str, Any]]) -> bool:
    """Whether the table holds these rows, as far as it still has their columns."""
    metadata = MetaData()
    metadata.reflect(connection, only=[table])
    columns = [c for c in metadata.tables[table].c if c.name not in SINCE and (not then or c.name in then[0])]
    wanted = sorted(repr([plain(row[c.name], c) for c in columns]) for row in then)
    rows = connection.execute(select(*columns), execution_options=FREELY)
    return wanted == sorted(repr([plain(value, c) for value, c in zip(row, columns, strict=True)]) for row in rows)


def plain(value: Any, column: Any) -> str:
    """The value in one spelling, whichever way it was read."""
    if isinstance(column.type, DateTime) and isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(float(value)) if isinstance(value, (int, float, Decimal)) else str(value)


def test_it_is_read_as_of_each_of_its_moments(book: Flask, told: dict[str, Any]) -> None:
    for moment, tables in told["moments"]:
        with as_it_was(db.engine, datetime.fromisoformat(moment)) as copy, copy.connect() as connection:
            assert [table for table, rows in tables.items() if not same(connection, table, rows)] == []


def test_an_action_of_it_is_undone(book: Flask, told: dict[str, Any]) -> None:
    session: Session = db.session()
    names = set(session.scalars(select(Task.name).where(Task.name.contains("(sửa)"))))
    reversals = plan(session, entries_of_act(session, told["act"]))
    assert carry_out(session, reversals, "Hoàn tác") == len(names) == 2
    session.commit()
    assert {name.removesuffix(" (sửa)") for name in names} <= set(session.scalars(select(Task.name)))


def test_what_it_deleted_comes_back_with_all_that_went_along(book: Flask) -> None:
    session: Session = db.session()
    before = session.scalar(select(func.count()).select_from(Initiative))
    deletion = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.kind == AuditKind.DELETED, AuditEntry.noun == "Initiative")
        .order_by(AuditEntry.id.desc())
    ).first()
    assert deletion is not None
    reversals = plan(session, deleted_with(session, deletion))
    assert len(reversals) == 9  # an initiative, two authors, six papers
    assert carry_out(session, reversals, "Hoàn tác") == 9
    session.commit()
    back = session.get(Initiative, deletion.record_id)
    assert back is not None
    assert len(back.authors) == 2
    assert session.scalar(select(func.count()).select_from(Initiative)) == (before or 0) + 1
