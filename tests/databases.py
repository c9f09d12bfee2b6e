"""Databases for the tests: empty ones and copies, as SQLite files or on a PostgreSQL server."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, create_engine, inspect, make_url

from models.access import row_security
from models.records.database import configure, engine_options
from tests import needs
from tests.postgres import fresh_database, replace_database

BACKENDS = ("sqlite", "postgresql")
ROLE = "office_of_the_test"
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


def renew(url: URL, template: str) -> None:
    """Put a copy of the database `template` in the place of the one at `url`. Nobody may be connected to either."""
    if url.get_backend_name() == "postgresql":
        replace_database(url, template)
        return
    live = Path(str(url.database))
    for journal in ("-wal", "-shm"):
        live.with_name(f"{live.name}{journal}").unlink(missing_ok=True)
    shutil.copy(str(make_url(template).database), live)


@contextmanager
def under_locks(owner: Engine) -> Iterator[str]:
    """URL of a PostgreSQL database as an office's role has it: it owns the tables and must keep to the row policies."""
    with owner.begin() as connection:
        row_security.install_policies(connection)
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {ROLE}")
        connection.exec_driver_sql(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER")
        for table in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'ALTER TABLE "{table}" OWNER TO {ROLE}')
    yield owner.url.set(username=ROLE).render_as_string(hide_password=False)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"REASSIGN OWNED BY {ROLE} TO CURRENT_USER")
        connection.exec_driver_sql(f"DROP ROLE {ROLE}")


@contextmanager
def _file(folder: Path, template: str | None) -> Iterator[str]:
    path = folder / f"{uuid4().hex}.db"
    if template:
        shutil.copy(str(make_url(template).database), path)
    yield f"sqlite:///{path}"
    path.unlink(missing_ok=True)
