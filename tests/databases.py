"""Databases for the tests: empty ones and copies, as SQLite files or on a PostgreSQL server."""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, create_engine, inspect, make_url

from models.access import row_security
from models.records.database import configure, engine_options
from tests import needs
from tests.postgres import fresh_database, replace_database

BACKENDS = ("sqlite", "postgresql")
ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")
"""For tests of what happens far from the database: once is enough."""


@dataclass(frozen=True)
class Databases:
    """Makes databases on one backend; SQLite's files lie in `folder`."""

    backend: str
    folder: Path

    def __call__(self, template: str | None) -> AbstractContextManager[str]:
        """URL of a database that lives as long as the block: a copy of the one at this URL, or else empty."""
        if self.backend == "sqlite":
            return _file(self.folder, template)
        return fresh_database(needs.postgresql(), template)


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
    copied(template, live)


def copied(template: str, path: Path) -> None:
    """Put a copy of the SQLite database at the URL `template`, which nobody is connected to, at this path."""
    shutil.copyfile(str(make_url(template).database), path)


@contextmanager
def under_locks(owner: Engine) -> Iterator[str]:
    """URL of a PostgreSQL database as an office's role has it: it owns the tables and must keep to the row policies."""
    role = f"office_{uuid4().hex}"
    with owner.begin() as connection:
        row_security.install_policies(connection)
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN NOSUPERUSER")
        for table in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'ALTER TABLE "{table}" OWNER TO {role}')
    yield owner.url.set(username=role).render_as_string(hide_password=False)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"REASSIGN OWNED BY {role} TO CURRENT_USER")
        connection.exec_driver_sql(f"DROP ROLE {role}")


@contextmanager
def _file(folder: Path, template: str | None) -> Iterator[str]:
    path = folder / f"{uuid4().hex}.db"
    if template:
        copied(template, path)
    yield f"sqlite:///{path}"
    path.unlink(missing_ok=True)
