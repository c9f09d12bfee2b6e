"""Row locks: PostgreSQL itself holds the scope, whatever the connection is used for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, func, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import AuditEntry, Person, Task
from models.access import guards, row_security
from models.access.branch import scoped_classes
from models.access.scope import ALL, Limit, limited_to, scope_of
from models.history.audit import AuditKind
from models.history.recording import note
from tests.databases import Databases, connected, under_locks
from tests.models.builders import build
from tests.scopes import by_code

pytestmark = pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session")
FREELY = {"recorded": True, "scoped": True}


@pytest.fixture(scope="module")
def engine(databases: Databases, year: str) -> Iterator[Engine]:
    """The demo year under locks, as a role that is no superuser has it, and owns it."""
    with databases(year) as url, connected(url) as owner, under_locks(owner) as role, connected(role) as engine:
        owner.dispose()
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def limits(engine: Engine) -> dict[str, Limit]:
    with Session(engine) as session:
        return {code: scope_of(by_code(session, code)) for code in ("MTTQ-942", "MTTQ-31576", "HND-942", "HND-94")}


def test_a_connection_told_nothing_sees_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        for cls in scoped_classes():
            table = inspect(cls).local_table  # type: ignore[attr-defined]
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0, table.name


@pytest.mark.parametrize("code", ["MTTQ-942", "MTTQ-31576", "HND-942", "HND-94"])
def test_a_connection_sees_what_the_session_sees(engine: Engine, limits: dict[str, Limit], code: str) -> None:
    with Session(engine) as session, limited_to(limits[code]):
        wanted = {cls: set(session.scalars(select(cls.id))) for cls in scoped_classes()}
    with engine.connect() as connection:
        row_security.tell(connection, limits[code])
        for cls, ids in wanted.items():
            table = inspect(cls).local_table  # type: ignore[attr-defined]
            assert {row.id for row in connection.execute(select(table.c.id))} == ids, table.name


def test_what_was_told_ends_with_the_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        row_security.tell(connection, ALL)
        assert connection.exec_driver_sql("SELECT count(*) FROM unit").scalar()
        connection.rollback()
        assert connection.exec_driver_sql("SELECT count(*) FROM unit").scalar() == 0


def test_nothing_foreign_is_written(engine: Engine, limits: dict[str, Limit]) -> None:
    with Session(engine) as session:
        foreign = by_code(session, "MTTQ-945").id
    table = Task.__table__
    with engine.connect().execution_options(**FREELY) as connection:
        row_security.tell(connection, limits["MTTQ-942"])
        own = connection.execute(select(table.c.owner_id)).scalars().first()
        assert connection.execute(update(table).where(table.c.owner_id == foreign).values(name="x")).rowcount == 0
        assert connection.execute(delete(table).where(table.c.owner_id == foreign)).rowcount == 0
        row = {"code": "NV-x", "name": "x", "owner_id": foreign, "version": 1, "status": "to_do", "sample": False}
        row |= {"search_text": "", "title_key": "", "created_at": func.now(), "updated_at": func.now()}
        for statement in (insert(table).values(row), update(table).values(owner_id=foreign)):
            with pytest.raises(DBAPIError, match="row-level security"), connection.begin_nested():
                connection.execute(statement)
        assert own
        connection.rollback()


def test_sessions_work_under_the_locks(engine: Engine, limits: dict[str, Limit]) -> None:
    with Session(engine) as session:
        home, foreign = by_code(session, "MTTQ-942"), by_code(session, "MTTQ-945")
        with limited_to(limits["MTTQ-942"]):
            made = build(Task, owner=home)
            session.add(made)
            session.flush()
            made.name = "Đổi"
            session.flush()
            with session.begin_nested() as part:
                made.name = "Không giữ"
                session.flush()
                part.rollback()
            assert made.name == "Đổi"
            session.delete(made)
            session.flush()
        session.add(build(Task, owner=foreign))
        session.flush()
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Task))


def test_a_flush_keeps_to_the_locks_without_the_sessions_guard(
    engine: Engine, limits: dict[str, Limit], monkeypatch: pytest.MonkeyPatch
) -> None:
    for guard in ("_refuse_foreign", "_refuse_leaving", "_refuse_pointing"):
        monkeypatch.setattr(guards, guard, lambda *_: None)
    with Session(engine) as session:
        foreign = by_code(session, "MTTQ-945")
        with limited_to(limits["MTTQ-942"]):
            session.add(build(Task, owner=foreign))
            with pytest.raises(DBAPIError, match="row-level security"):
                session.flush()


def test_what_is_done_is_noted_by_who_may_not_read_it(engine: Engine, limits: dict[str, Limit]) -> None:
    with Session(engine) as session:
        person = session.scalars(select(Person)).first()
        session.expunge_all()
        before = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    with limited_to(limits["MTTQ-942"]):
        for about in ({"record": person}, {"noun": "Person", "title": "Nhân sự", "rows": 3}):
            with Session(engine) as session:
                note(session, AuditKind.EXPORTED, **about)
                session.commit()
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before + 2


def test_locks_are_taken_away_and_put_back(engine: Engine) -> None:
    with engine.connect() as connection:
        row_security.uninstall_policies(connection)
        assert connection.exec_driver_sql("SELECT count(*) FROM unit").scalar()
        row_security.install_policies(connection)
        row_security.install_policies(connection)
        assert connection.exec_driver_sql("SELECT count(*) FROM unit").scalar() == 0
        connection.rollback()
