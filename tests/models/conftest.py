"""One database for all tests of the domain: what a test writes is taken back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.databases import Databases, connected


@pytest.fixture(scope="session")
def engine(databases: Databases, tables: str) -> Iterator[Engine]:
    with databases(tables) as url, connected(url) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with engine.connect() as connection, connection.begin() as everything:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        everything.rollback()
