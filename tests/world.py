"""A small world for the scope to hold apart: three levels of the Front and of a member organisation, and their rows.

Each row has a mark of its own in its title, so that whatever comes out tells whose rows were seen.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from models import (
    Committee,
    Event,
    Initiative,
    MemberOrganisation,
    Organisation,
    Person,
    Record,
    Role,
    Task,
    Theme,
    Unit,
)
from models.access.branch import home_fields, is_scoped
from models.access.scope import Limit, scope_of
from models.history import recording
from models.initiatives import Author
from models.records.clock import now
from models.units import UnitType
from tests.conftest import add_person, browser_of, running_on, token_of
from tests.databases import Databases, connected, renew, under_locks
from tests.models.builders import build
from tests.scopes import Oracle
from views.core.session import db

READERS = ("MTTQ-A", "MTTQ-A1", "HND", "HND-A", "HND-A1")
"""A district's committee and a commune's; a member organisation of the province, its district's and its commune's."""
PROVINCE = "MTTQ"
PLACES = {"": "-", "A": "", "B": "", "A1": "A", "A2": "A", "B1": "B"}
"""Province, districts and communes, each with what it lies in."""
TITLES: dict[type[Record], str] = {
    Unit: "name",
    Organisation: "name",
    Person: "full_name",
    Task: "name",
    Event: "name",
    Initiative: "name",
    Author: "full_name",
    Theme: "name",
}
SCREENS: dict[type[Record], str] = {Person: "people", Task: "tasks", Event: "events", Initiative: "initiatives"}
LINKS = Event.__mapper__.relationships["themes"].secondary
MARK = re.compile(r"zq\d+q")
AGO = timedelta(days=3)
"""So long ago the world began: there is a past to look at."""

Row = Mapping[str, Any]
Key = tuple[type[Record], int]


@dataclass
class Reader:
    """Somebody limited to a branch, and what they own and see of the two trees."""

    limit: Limit
    own: dict[type[Record], set[int]]
    seen: dict[type[Record], set[int]]


@dataclass
class Book:
    """Every row of the world, as it is stored."""

    rows: dict[type[Record], dict[int, Row]]
    links: frozenset[tuple[int, int]]
    readers: dict[str, Reader] = field(default_factory=dict)

    def may(self, who: str, cls: type[Record], row: Row, *, own: bool) -> bool:
        """Whether this reader owns, or else may see, a row: told from the two trees and the row's own keys."""
        reader = self.readers[who]
        trees = reader.own if own else reader.seen
        if cls in trees:
            return row["id"] in trees[cls]
        if not is_scoped(cls):
            return not own
        homes = [(cls.fields()[name].target, row[cls.fields()[name].column or ""]) for name in home_fields(cls)]
        open_above = not own and cls.open_above
        if open_above and not any(id_ for _target, id_ in homes):
            return True
        return any(self._may_by_id(who, target, id_, own=not open_above) for target, id_ in homes if id_)

    def _may_by_id(self, who: str, cls: type[Record], id_: int, *, own: bool) -> bool:
        row = self.rows[cls].get(id_)
        return row is not None and self.may(who, cls, row, own=own)

    def ids(self, who: str, cls: type[Record], *, own: bool = False) -> set[int]:
        """The ids of what this reader owns, or else may see."""
        return {id_ for id_, row in self.rows[cls].items() if self.may(who, cls, row, own=own)}

    def trees(self) -> list[Any]:
        """What the scopes follow from."""
        return [
            [(r["id"], r["parent_id"], r.get("unit_id")) for r in self.rows[cls].values()]
            for cls in (Unit, Organisation)
        ]

    def faults(self, who: str, before: Book) -> Iterator[str]:
        """What this reader wrote, since `before`, that was not theirs to write."""
        for cls in self.rows:
            old, new = before.rows[cls], self.rows[cls]
            for id_ in old.keys() | new.keys():
                was, now = old.get(id_), new.get(id_)
                if was != now:
                    yield from (f"{what}: {cls.__name__} {id_}" for what in self._wrong(who, cls, before, was, now))
        for event, theme in before.links ^ self.links:
            if not any(event in book.ids(who, Event, own=True) for book in (before, self)):
                yield f"changed foreign: Event {event} linked with {theme}"

    def _wrong(self, who: str, cls: type[Record], before: Book, was: Row | None, now: Row | None) -> Iterator[str]:
        if was is not None and not before.may(who, cls, was, own=True):
            yield "changed foreign"
        if now is not None and not self.may(who, cls, now, own=True):
            yield "made foreign"
        for name, column, target in _references(cls):
            led_to = now[column] if now is not None and (was is None or was[column] != now[column]) else None
            if led_to and not any(led_to in book.ids(who, target) for book in (before, self)):
                yield f"pointed to foreign with {name}"


def _references(cls: type[Record]) -> Iterator[tuple[str, str, type[Record]]]:
    """The references of a class to what belongs to someone: name, column, class."""
    for name, spec in cls.fields().items():
        if spec.column and is_scoped(spec.target) and (target := inspect(spec.target).base_mapper.class_) in TITLES:
            yield name, spec.column, target


@dataclass
class World:
    """The application over the world, its readers' browsers, and what is known of the rows that ever were."""

    app: Flask
    engine: Engine
    """Sees and writes all, past every lock."""
    template: str
    browsers: dict[str, FlaskClient]
    tokens: dict[str, str]
    """What each browser's forms carry."""
    book: Book = field(init=False)
    marked: dict[str, Key] = field(default_factory=dict)
    last: dict[Key, Row] = field(default_factory=dict)
    owned: dict[str, set[Key]] = field(default_factory=dict)
    """What each reader ever owned: its history of then stays theirs to read."""
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def mark(self, text: str) -> str:
        """This text with a mark that no row had before."""
        return f"{text} zq{next(self.numbers)}q"

    def begin(self) -> None:
        """The world as it was first."""
        with self.app.app_context():
            db.engine.dispose()
        self.engine.dispose()
        renew(self.engine.url, self.template)
        self.marked, self.last, self.owned = {}, {}, {who: set() for who in READERS}
        self.numbers = itertools.count(1_000)
        self.book = self.read(None)
        self.learn()

    def read(self, known: Book | None) -> Book:
        """The rows as they are stored; the scopes anew only if the trees changed since `known`."""
        with self.engine.connect() as connection:
            rows = {
                cls: {row["id"]: row for row in connection.execute(select(cls.__table__)).mappings()} for cls in TITLES
            }
            links = frozenset((row[0], row[1]) for row in connection.execute(select(LINKS)))
        book = Book(rows, links)
        if known is not None and known.trees() == book.trees():
            book.readers = known.readers
            return book
        with Session(self.engine) as session:
            for who in READERS:
                # An organisation can be undone, too: then its people are nobody's.
                home = session.scalars(select(Organisation).where(Organisation.code == who)).one_or_none()
                oracle = Oracle(session, home and who, (Unit, Organisation))
                own, seen = ({c: oracle.ids(c, own=o) for c in (Unit, Organisation)} for o in (True, False))
                book.readers[who] = Reader(scope_of(home), own, seen)
        return book

    def learn(self) -> None:
        """Remember each row's marks, and who owned it."""
        for cls, rows in self.book.rows.items():
            for id_, row in rows.items():
                key = (cls, id_)
                if self.last.get(key) == row:
                    continue
                self.last[key] = row
                self.marked |= dict.fromkeys(MARK.findall(row[TITLES[cls]]), key)
                for who in READERS:
                    if self.book.may(who, cls, row, own=True):
                        self.owned[who].add(key)

    def foreign(self, who: str, text: str, *, history: bool = False) -> list[str]:
        """The marks in a text that this reader may not see; in a history one sees what was once one's own."""
        return [mark for mark in sorted(set(MARK.findall(text))) if not self._open(who, mark, history)]

    def _open(self, who: str, mark: str, history: bool) -> bool:
        key = self.marked.get(mark)
        if key is None:
            return True
        cls, id_ = key
        row = self.book.rows[cls].get(id_)
        if row is None:
            # Deleted rows live on in the history, and in the past.
            return history and (key in self.owned[who] or self.book.may(who, cls, self.last[key], own=False))
        return self.book.may(who, cls, row, own=False) or (history and key in self.owned[who])

    def changes(self, who: str) -> list[str]:
        """What this reader wrote that was not theirs to write; the world as it is now is taken in."""
        before, self.book = self.book, self.read(self.book)
        self.learn()
        return [] if who == PROVINCE else list(self.book.faults(who, before))


def settle(session: Session, named: Callable[[str], str]) -> None:
    """Make the world."""
    units: dict[str, Unit] = {}
    fronts: dict[str, Committee] = {}
    members: dict[str, MemberOrganisation] = {}
    session.add_all(build(Theme, name=named("Chủ đề")) for _ in range(3))
    for code, around in PLACES.items():
        kind = (UnitType.PROVINCE, UnitType.DISTRICT, UnitType.COMMUNE)[len(code)]
        unit = units[code] = build(Unit, type=kind, name=named("Nơi"), parent=units.get(around))
        given = {"unit": unit, "level": kind.level}
        end = f"-{code}" if code else ""
        fronts[code] = build(Committee, code=f"MTTQ{end}", name=named("Ủy ban"), parent=fronts.get(around), **given)
        members[code] = build(
            MemberOrganisation, code=f"HND{end}", name=named("Hội"), parent=members.get(around), **given
        )
        for home in (fronts[code], members[code]):
            session.add_all(build(Person, full_name=named("Người"), organisation=home) for _ in range(2))
            session.add_all(build(Task, name=named("Việc"), owner=home) for _ in range(2))
            authors = [Author(full_name=named("Tác giả"), share=50) for _ in range(2)]
            session.add(build(Initiative, name=named("Mô hình"), unit=unit, organisation=home, authors=authors))
            session.add(build(Event, name=named("Ngày hội"), unit=unit, organisation=home))
    session.commit()


@contextmanager
def world_on(databases: Databases, tables: str, folder: Path, *, locked: bool = False) -> Iterator[World]:
    """A world; `locked` by row policies on PostgreSQL, for a role that must keep to them."""
    numbers, long_ago = itertools.count(), now() - AGO
    with databases(tables) as url, connected(url) as engine, ExitStack() as stack:
        with Session(engine) as session, pytest.MonkeyPatch.context() as patch:
            patch.setattr(recording, "now", lambda: long_ago)
            settle(session, lambda text: f"{text} zq{next(numbers)}q")
        app = stack.enter_context(running_on(stack.enter_context(under_locks(engine)) if locked else url, folder))
        people = {who: add_person(app, Role.APPROVER, who) for who in (*READERS, PROVINCE)}
        browsers = {who: browser_of(app, person.username) for who, person in people.items()}
        tokens = {who: token_of(browser.get("/account/password").text) for who, browser in browsers.items()}
        with app.app_context():
            db.engine.dispose()
        engine.dispose()
        yield World(app, engine, stack.enter_context(databases(url)), browsers, tokens)
        with app.app_context():
            db.engine.dispose()
        engine.dispose()
