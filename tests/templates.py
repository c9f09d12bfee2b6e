"""The databases that tests begin with a copy of: every table; the seed with its demo year; the same with users.

Each is made once, as an SQLite file, and kept; PostgreSQL gets the same rows.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.orm import Session

from models import Base, Organisation, User, install
from models.accounts import passwords
from models.accounts.passwords import set_password
from models.accounts.users import Role
from seed import loader
from tests import kept, needs
from tests.databases import connected, copied
from tests.postgres import template_database

PASSWORD = "mat khau de thu"
install()
# Most tests begin by signing in: a hash that is slow to guess would be most of their time.
passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def url_of(backend: str, name: str) -> str:
    """URL of the template of this name, which must neither be changed nor stay connected to."""
    return _on_sqlite(name) if backend == "sqlite" else _on_postgresql(name)


def _on_sqlite(name: str) -> str:
    path = kept.folder() / f"{name}.db"
    if not path.exists():
        with kept.lock(path.name):
            if not path.exists():
                _make(name, path)
    return f"sqlite:///{path}"


def _on_postgresql(name: str) -> str:
    fill = partial(_fill, _on_sqlite(name))
    return template_database(needs.postgresql(), f"template_{kept.folder().name}_{name}", fill)


def _make(name: str, path: Path) -> None:
    base, make = _STEPS[name]
    making = path.with_name(f"{uuid4().hex}.making")
    if base:
        copied(_on_sqlite(base), making)
    with connected(f"sqlite:///{making}") as engine:
        make(engine)
    making.replace(path)


def _tables(engine: Engine) -> None:
    Base.metadata.create_all(engine)


def _year(engine: Engine) -> None:
    with Session(engine) as session:
        loader.load(session, demo=True)


def _users(engine: Engine) -> None:
    """One user of each role, in the province's office."""
    with Session(engine) as session:
        province = session.scalars(select(Organisation).where(Organisation.code == "MTTQ-94")).one()
        for role in Role:
            user = User(username=role.value, name=role.label, role=role, organisation=province)
            set_password(session, user, PASSWORD, must_change=False)
            session.add(user)
        session.commit()


_STEPS: dict[str, tuple[str | None, Callable[[Engine], None]]] = {
    "tables": (None, _tables),
    "year": ("tables", _year),
    "filled": ("year", _users),
}


def _fill(source: str, url: str) -> None:
    """Make the tables and copy the rows, as they are: what they had to pass they passed on their way in."""
    with connected(source) as file, connected(url) as engine, file.connect() as rows, engine.begin() as connection:
        Base.metadata.create_all(connection)
        # Rows refer to each other across the tables.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in Base.metadata.sorted_tables:
            _copy(rows, connection, table)
        connection.exec_driver_sql("ANALYZE")


def _copy(rows: Connection, connection: Connection, table: Table) -> None:
    """Copy the rows of one table, and let its ids go on where they stopped."""
    as_sent = [
        column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) or (lambda value: value)
        for column in table.columns
    ]
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    with connection.connection.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows.execute(select(table)):
            copy.write_row([send(value) for send, value in zip(as_sent, row, strict=True)])
    if table.autoincrement_column is not None:
        last = rows.scalar(select(func.max(table.autoincrement_column)))
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', table.autoincrement_column.name)
        connection.execute(select(func.setval(sequence, last or 1, last is not None)))
