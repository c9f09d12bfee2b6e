"""Databases for the tests: empty ones and copies, as SQLite files or on a PostgreSQL server."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url

from models.database import configure, engine_options
from tests import needs
from tests.postgres import fresh_database

BACKENDS = ("sqlite", "postgresql")
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
"""For tests of what happens far from the database: once is enough."""
Databases = Callable[[str | None], AbstractContextManager[str]]
"""Makes a database that lives as long as the block, as a copy of the one at a URL or else empty; gives its URL."""


@contextmanager
def databases_on(backend: str, folder: Path) -> Iterator[Databases]:
    """A maker of databases on this backend; files lie in `folder`."""
    if backend == "sqlite":
        yield partial(_file, folder)
        return
    with needs.postgresql() as server:
        yield partial(fresh_database, server)


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """An engine as the application has it, without connections left over after the block."""
    engine = create_engine(url, **engine_options(url))
    configure(engine)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _file(folder: Path, template: str | None) -> Iterator[str]:
    path = folder / f"{uuid4().hex}.db"
    if template:
        shutil.copy(str(make_url(template).database), path)
    yield f"sqlite:///{path}"
    path.unlink(missing_ok=True)
