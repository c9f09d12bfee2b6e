"""Dump: a book written down and filled in elsewhere is the same book, whichever database held it and holds it now."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from models import Base, Theme
from models.records import dump
from tests.databases import BACKENDS, Databases, connected
from tests.models.builders import build

Written = dict[str, tuple[list[str], bytes]]


def written(connection: Connection) -> Written:
    """Each table's columns and rows."""
    found: Written = {}
    for table in dump.tables(connection):
        lines = io.BytesIO()
        dump.write_rows(connection, table, lines)
        found[table.name] = (list(table.c.keys()), lines.getvalue())
    return found


def filled(connection: Connection, book: Written, given: dict[str, int]) -> None:
    """Fill the tables with what was written."""
    tables = dump.tables(connection)
    dump.empty(connection, tables)
    for table in tables:
        columns, lines = book[table.name]
        dump.read_rows(connection, table, columns, lambda lines=lines: io.BytesIO(lines))  # type: ignore[misc]
    dump.set_next_ids(connection, given)


@pytest.fixture
def here(databases: Databases, tables: str) -> Iterator[Engine]:
    with databases(tables) as url, connected(url) as engine:
        yield engine


@pytest.fixture(params=BACKENDS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with Databases(request.param, tmp_path)(None) as url, connected(url) as engine:
        Base.metadata.create_all(engine)
        yield engine


def test_a_book_is_the_same_wherever_it_is_filled_in(
    databases: Databases, year: str, elsewhere: Engine, tmp_path: Path
) -> None:
    with databases(year) as url, connected(url) as engine, dump.snapshot(engine, tmp_path / "copy.db") as connection:
        book, given = written(connection), dump.next_ids(connection, dump.tables(connection))
    assert sum(lines.count(b"\n") for _columns, lines in book.values()) > 10_000
    with elsewhere.connect().execution_options(**dump.FREELY) as connection, connection.begin():
        filled(connection, book, given)
    with dump.snapshot(elsewhere, tmp_path / "again.db") as connection:
        again = written(connection)
        assert dump.next_ids(connection, dump.tables(connection)) == given
    assert [name for name in book if again[name] != book[name]] == []


def test_no_number_is_given_twice(here: Engine, elsewhere: Engine, tmp_path: Path) -> None:
    with Session(here) as session:
        themes = [build(Theme) for _ in range(3)]
        session.add_all(themes)
        session.commit()
        session.delete(themes[-1])
        session.commit()
    with dump.snapshot(here, tmp_path / "copy.db") as connection:
        book, given = written(connection), dump.next_ids(connection, dump.tables(connection))
    with elsewhere.connect().execution_options(**dump.FREELY) as connection, connection.begin():
        filled(connection, book, given)
    with Session(elsewhere) as there:
        there.add(build(Theme, name="Mới"))
        there.commit()
        assert there.scalars(select(Theme.id).where(Theme.name == "Mới")).one() == 4


def test_whoever_writes_meanwhile_is_not_in_it_and_does_not_wait(here: Engine, tmp_path: Path) -> None:
    with Session(here) as session:
        session.add(build(Theme, name="Trước"))
        session.commit()
        with dump.snapshot(here, tmp_path / "copy.db") as connection:
            connection.execute(text("SELECT 1 FROM theme")).all()
            session.add(build(Theme, name="Sau"))
            session.commit()
            assert "Sau" not in written(connection)["theme"][1].decode()
        assert session.scalars(select(Theme.name).order_by(Theme.id)).all() == ["Trước", "Sau"]


def test_a_line_that_is_no_row_is_refused(here: Engine) -> None:
    with here.connect() as connection:
        table = next(table for table in dump.tables(connection) if table.name == "theme")
        with pytest.raises(ValueError, match="no row"):
            dump.read_rows(connection, table, ["id"], lambda: [b'{"id": 1}\n'])
