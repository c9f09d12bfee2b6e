"""The past: the tables as they were at a moment, read back from the history."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select
from sqlalchemy.orm import Session

from models import (
    AuditEntry,
    Base,
    Committee,
    Event,
    Initiative,
    MemberOrganisation,
    Record,
    Refused,
    Task,
    Theme,
    Unit,
)
from models.history.as_of import FREELY, KEPT, PastError, as_it_was
from models.history.audit import WRITES, AuditKind, record_classes
from models.history.rewind import PastChange, take_back, without_constraints
from models.initiatives import Author
from models.records.clock import now
from models.records.database import engine_options
from models.units import UnitType
from tests.databases import Databases, connected
from tests.models.builders import build

pytestmark = pytest.mark.database

OPPOSITE = {AuditKind.CREATED: AuditKind.DELETED, AuditKind.DELETED: AuditKind.CREATED}
Book = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def engine(databases: Databases, tables: str) -> Iterator[Engine]:
    with databases(tables) as url, connected(url) as engine:
        yield engine


def book(connection: Connection) -> Book:
    """Every row of every table of records, without what only counts changes."""
    found: Book = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "audit_entry":
            continue
        columns = [column for column in table.c if column.name not in ("version", "updated_at")]
        rows = connection.execute(select(*columns), execution_options=FREELY)
        found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def test_every_thread_reads_the_same_past(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(build(Theme, name="Chủ đề hồi đó"))
        session.commit()
        then = now()
        session.add(build(Theme, name="Chủ đề mới"))
        session.commit()

    def names(_thread: int) -> list[str]:
        with as_it_was(engine, then) as copy, Session(copy) as session:
            return list(session.scalars(select(Theme.name)))

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(names, range(40))) == [["Chủ đề hồi đó"]] * 40


def test_a_past_that_is_read_stays_until_it_was_read(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(build(Theme))
        session.commit()
    moment = now()
    with as_it_was(engine, moment) as copy:
        for further in range(1, KEPT + 2):
            with as_it_was(engine, moment + timedelta(seconds=further)):
                pass
        with Session(copy) as session:
            assert session.scalar(select(func.count()).select_from(Theme)) == 1
    for further in range(1, KEPT + 1):
        with as_it_was(engine, moment - timedelta(seconds=further)):
            pass
    assert not inspect(copy).get_table_names(), "a past that nobody reads gives its memory back"


def present(engine: Engine) -> Book:
    with engine.connect() as connection:
        return book(connection)


class Office:
    """Somebody who makes, changes, moves and deletes at random."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.chance = session, random.Random(seed)  # noqa: S311  a game, no secret
        province = build(Unit, type=UnitType.PROVINCE)
        session.add_all([province, *(build(Unit, type=UnitType.DISTRICT, parent=province) for _ in range(2))])
        session.add_all([build(Theme) for _ in range(4)])
        session.commit()

    def one(self, cls: type[Any]) -> Any:
        found = self.session.scalars(select(cls).order_by(cls.id)).all()
        return self.chance.choice(found) if found else None

    def step(self) -> None:
        """Do one thing, if the rules let it."""
        works = (self.make, self.make, self.change, self.move, self.delete, self.share, self.link)
        try:
            with self.session.begin_nested():
                self.chance.choice(works)()
        except Refused:
            pass
        self.session.commit()

    def make(self) -> None:
        unit, parent = self.one(Unit), self.one(MemberOrganisation)
        district = self.session.scalars(select(Unit).where(Unit.type == UnitType.DISTRICT)).first()
        making: list[Record] = [
            build(Unit, type=UnitType.COMMUNE, parent=district),
            build(Task),
            build(MemberOrganisation, parent=parent),
            build(Initiative, unit=unit, authors=[Author(full_name=name, share=50) for name in "AB"]),
            build(Event, unit=unit, themes=[self.one(Theme)]),
        ]
        self.session.expunge_all()
        self.session.add(self.session.merge(self.chance.choice(making)))

    def change(self) -> None:
        record = self.one(self.chance.choice([Unit, Task, Initiative, Event, Committee, Author]))
        if record is not None:
            record.note = f"Ghi {self.chance.random()}" if hasattr(record, "note") else None
            setattr(record, record.title_field if record.title_field != "full_name" else "name", "Tên mới")

    def move(self) -> None:
        cls = self.chance.choice([Unit, MemberOrganisation])
        record = self.one(cls)
        if record is not None:
            record.parent = self.one(cls)

    def delete(self) -> None:
        record = self.one(self.chance.choice([Task, Initiative, Event]))
        if record is not None:
            self.session.delete(record)

    def share(self) -> None:
        initiative = self.one(Initiative)
        if initiative is not None:
            first, second = initiative.authors
            first.share, second.share = second.share - 10, first.share + 10

    def link(self) -> None:
        held = self.one(Event)
        if held is not None:
            held.themes = list({self.one(Theme), self.one(Theme)})


def lived(engine: Engine, seed: int) -> list[tuple[datetime, Book]]:
    """Sixty steps, and the tables as they were at some moments between."""
    seen = []
    with Session(engine) as session:
        office = Office(session, seed)
        for number in range(60):
            office.step()
            if number % 15 == 0:
                seen.append((now(), present(engine)))
                session.rollback()
    return seen


@pytest.mark.parametrize("seed", [1, 2])
def test_the_past_is_as_it_was(engine: Engine, seed: int) -> None:
    for moment, wanted in lived(engine, seed):
        with as_it_was(engine, moment) as copy, copy.connect() as connection:
            assert book(connection) == wanted


def replay(history: Connection, copy: Connection) -> int:
    """Do again, in an empty `copy`, every change that the history tells. Returns how many."""
    entries: Any = AuditEntry.__table__
    told = history.execute(select(entries).where(entries.c.kind.in_(WRITES)).order_by(entries.c.id)).all()
    classes = record_classes()
    take_back(
        copy,
        [
            PastChange(
                classes[e.noun],
                e.record_id,
                OPPOSITE.get(e.kind, e.kind),
                {n: new for n, (_o, new) in e.changes.items()},
            )
            for e in told
        ],
    )
    return len(told)


def test_doing_all_again_gives_the_present(engine: Engine) -> None:
    lived(engine, 3)
    url = "sqlite://"
    empty = create_engine(url, **engine_options(url))
    with empty.begin() as copy, engine.connect().execution_options(**FREELY) as history:
        copy.execution_options(**FREELY)
        without_constraints(Base.metadata).create_all(copy)
        assert replay(history, copy) > 30
        again = book(copy)
    assert again == present(engine)
    empty.dispose()


def test_the_past_is_read_and_never_written(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(build(Task, name="Cũ"))
        session.commit()
        moment = now()
        task = session.scalars(select(Task)).one()
        task.name = "Mới"
        session.commit()
    with as_it_was(engine, moment) as copy:
        with Session(copy) as session:
            assert session.scalars(select(Task.name)).all() == ["Cũ"]
        with Session(engine) as session:
            session.add(build(Task))
            with pytest.raises(PastError):
                session.flush()
    with Session(engine) as session:
        assert session.scalars(select(AuditEntry.title).where(AuditEntry.noun == "Task")).all() == ["Cũ", "Mới"]
