"""Nobody crosses the scope: people of three levels do whatever they can think of, in any order, on both databases.

After each thing done, nothing that came out may have a mark of a row that is not theirs to see, and no row that is not
theirs may be stored otherwise than before. Then each guard is taken away in turn: the same people must find that out.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import delete, insert, literal_column, make_url, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, aliased, joinedload
from werkzeug.test import TestResponse

from models import AuditEntry, Event, Initiative, Organisation, Person, Record, Refused, Task, Theme, Unit
from models.access import guards
from models.access.guards import ScopeError
from models.access.scope import ALL, limited_to
from models.history.guards import UnrecordedError
from models.history.undo import carry_out, entries_of_act, plan
from models.initiatives import Author
from models.records import claims, errors
from models.records.clock import now
from models.records.errors import Problem
from models.units import UnitType
from tests.databases import ON_SQLITE, Databases
from tests.models.builders import build
from tests.world import PROVINCE, READERS, SCREENS, TITLES, World, world_on
from views.core.session import db

pytestmark = pytest.mark.database

FULL = bool(os.environ.get("SCOPE_FULL"))
OPERATIONS = 15_000 if FULL else 1_500
"""How many on each database."""
WITHIN = 1_000
"""After how many, at the latest, a missing guard is found."""
STEPS = 50
YESTERDAY = (now() - timedelta(days=1)).strftime("%d/%m/%Y")


class NothingThere(Exception):  # noqa: N818  nothing is wrong with that
    """What someone wanted to work on is not in their sight."""


@dataclass
class Attempt:
    """One thing that someone does, with two numbers to choose by."""

    world: World
    who: str
    pick: int
    other: int
    session: Session

    def kind(self, among: tuple[type[Record], ...] = tuple(TITLES)) -> type[Any]:
        return among[self.other % len(among)]

    def id_of(self, cls: type[Record], number: int | None = None) -> int:
        """The id of some row, own or foreign."""
        ids = sorted(self.world.book.rows[cls])
        if not ids:
            raise NothingThere
        return ids[(self.pick if number is None else number) % len(ids)]

    def found(self, cls: type[Any], id_: int | None = None) -> Any:
        """Some record, if it is in sight."""
        record = self.session.get(cls, id_ or self.id_of(cls))
        if record is None:
            raise NothingThere
        return record

    def in_hand(self, cls: type[Any]) -> Any:
        """Some record that was loaded before the limit was set."""
        with limited_to(ALL):
            return self.found(cls)

    def home(self) -> int:
        """The organisation that this person works for."""
        for id_, row in self.world.book.rows[Organisation].items():
            if row["code"] == self.who:
                return id_
        raise NothingThere

    def named(self) -> str:
        return self.world.mark("Mới")

    # -- over HTTP

    def get(self, path: str, **query: Any) -> str:
        return said(self.world.browsers[self.who].get(path, query_string=query))

    def post(self, path: str, query: dict[str, Any] | None = None, **form: Any) -> str:
        sent = {"csrf_token": self.world.tokens[self.who], **form}
        return said(self.world.browsers[self.who].post(path, query_string=query, data=sent))

    def screen(self) -> tuple[type[Any], str]:
        cls = self.kind(tuple(SCREENS))
        return cls, f"/{SCREENS[cls]}"


def said(answer: TestResponse) -> str:
    """All text of an answer, a workbook's too."""
    with answer:
        assert answer.status_code < 500, answer.status
        if not answer.mimetype.endswith("sheet"):
            return answer.text
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return " ".join(book.read(name).decode() for name in book.namelist())


HELD = (Person, Task, Initiative, Event)
Operation = Callable[[Attempt], Any]
READS: dict[str, Operation] = {}
WRITES: dict[str, Operation] = {}
PAGES: dict[str, Operation] = {}
FORMS: dict[str, Operation] = {}


def title(cls: type[Any]) -> Any:
    return getattr(cls, TITLES[cls])


def table(cls: type[Any]) -> Any:
    return cls.__table__


def told(rows: Any) -> str:
    """All values of some rows; of records, their titles."""
    values = [value for row in rows for value in row]
    return " ".join(str(getattr(v, TITLES[_family(type(v))]) if isinstance(v, Record) else v) for v in values)


@cache
def _family(cls: type[Any]) -> type[Record]:
    return next(base for base in cls.__mro__ if base in TITLES)


# -- reading, at the session


def every_row(a: Attempt) -> str:
    """Exactly the rows that are theirs to see."""
    cls = a.kind()
    ids = set(a.session.scalars(select(cls.id)))
    wanted = a.world.book.ids(a.who, cls) if a.who in READERS else ids
    assert ids <= wanted, f"seen foreign: {cls.__name__} {ids - wanted}"
    assert ids >= wanted, f"hidden own: {cls.__name__} {wanted - ids}"
    return told(a.session.execute(select(cls)).unique())


def references(a: Attempt) -> str:
    parts = {
        Task: ("owner",),
        Event: ("unit", "organisation", "themes"),
        Initiative: ("unit", "organisation", "authors"),
    }
    cls = a.kind(tuple(parts))
    found = []
    for record in a.session.scalars(select(cls)):
        for name in parts[cls]:
            value = getattr(record, name)
            found += value if isinstance(value, list) else [value]
    return told([[other] for other in found if other is not None])


def read_anew(a: Attempt) -> str:
    record = a.in_hand(a.kind())
    a.session.expire(record)
    return str(getattr(record, TITLES[_family(type(record))]))


def on_its_own(a: Attempt) -> str:
    with a.world.app.app_context(), db.engine.connect() as connection:
        return told(connection.execute(select(title(a.kind()).label("x")).select_from(table(a.kind()))))


def raw(a: Attempt, cls: type[Any]) -> str:
    return f"SELECT {TITLES[cls]} FROM {table(cls).name} WHERE id = {a.id_of(cls)}"  # noqa: S608  what is tried


READS |= {
    "every row": every_row,
    "references": references,
    "one": lambda a: told([[a.found(a.kind())]]),
    "columns": lambda a: told(a.session.execute(select(title(a.kind())))),
    "alias": lambda a: told(a.session.execute(select(getattr(aliased(c := a.kind()), TITLES[c])))),
    "joined": lambda a: told(a.session.execute(select(Theme.id, title(c := a.kind(HELD))).join(c, c.id == a.id_of(c)))),
    "children along": lambda a: told(
        [author]
        for i in a.session.scalars(select(Initiative).options(joinedload(Initiative.authors))).unique()
        for author in i.authors
    ),
    "history": lambda a: told(a.session.execute(select(AuditEntry.title, AuditEntry.changes))),
    "read anew": read_anew,
    "table": lambda a: told(a.session.execute(select(table(a.kind())))),
    "table joined": lambda a: told(
        a.session.execute(select(Theme.id, t := table(a.kind(HELD))).join(t, t.c.id == a.id_of(a.kind(HELD))))
    ),
    "table for record": lambda a: told(a.session.execute(select(c := a.kind()).from_statement(select(table(c))))),
    "text": lambda a: told(a.session.execute(text(raw(a, a.kind())))),
    "text for record": lambda a: told(
        a.session.execute(select(Task).from_statement(text(f"SELECT * FROM task WHERE id = {a.id_of(Task)}")))  # noqa: S608
    ),
    "text as column": lambda a: told(a.session.execute(select(Theme.id, literal_column(f"({raw(a, a.kind())})")))),
    "connection": lambda a: told(a.session.connection().execute(select(table(a.kind())))),
    "connection, text": lambda a: told(a.session.connection().exec_driver_sql(raw(a, a.kind()))),
    "connection of its own": on_its_own,
}

# -- writing, at the session


def rename(record: Any, name: str) -> None:
    setattr(record, TITLES[_family(type(record))], name)


def give(record: Any, home: int) -> None:
    """Put the record into the hands of an organisation, by its key."""
    column = "owner_id" if isinstance(record, Task) else "organisation_id"
    setattr(record, column, home)


def make_without_a_home(a: Attempt) -> None:
    """What one makes without saying whose it is, is one's own."""
    home, made = a.home(), build(Person, full_name=a.named())
    a.session.add(made)
    try:
        a.session.flush()
    except Refused as refused:
        raise AssertionError("own things can't be made") from refused
    assert made.organisation_id == home or a.who == PROVINCE


def code_taken(a: Attempt) -> str:
    """A code that another task has: the refusal names no foreign one."""
    code = a.world.book.rows[Task][a.id_of(Task)]["code"]
    a.session.add(Task(code=code, name="Việc", owner_id=a.home()))
    try:
        a.session.flush()
    except Refused as refused:
        a.session.rollback()
        return str(refused)
    return ""


def undo(a: Attempt) -> None:
    with limited_to(ALL):
        acts = list(dict.fromkeys(a.session.scalars(select(AuditEntry.act).order_by(AuditEntry.id))))
    carry_out(a.session, plan(a.session, entries_of_act(a.session, acts[a.pick % len(acts)])), "Hoàn tác")


def link(a: Attempt, event: Event) -> None:
    event.themes = [theme for theme in a.session.scalars(select(Theme)) if (theme.id + a.other) % 2]


WRITES |= {
    "make a person": lambda a: a.session.add(build(Person, full_name=a.named(), organisation_id=a.id_of(Organisation))),
    "make a task": lambda a: a.session.add(build(Task, name=a.named(), owner_id=a.id_of(Organisation))),
    "make without a home": make_without_a_home,
    "make an initiative": lambda a: a.session.add(
        build(Initiative, name=a.named(), organisation_id=a.id_of(Organisation), unit_id=a.id_of(Unit, a.other))
    ),
    "make an initiative of one's own": lambda a: a.session.add(
        build(Initiative, name=a.named(), organisation_id=a.home(), unit_id=a.id_of(Unit))
    ),
    "make an event": lambda a: a.session.add(build(Event, name=a.named(), unit_id=a.id_of(Unit))),
    "add an author": lambda a: a.session.add(
        build(Author, full_name=a.named(), initiative_id=a.id_of(Initiative), share=0)
    ),
    "make a unit": lambda a: a.session.add(build(Unit, name=a.named(), type=UnitType.COMMUNE, parent_id=a.id_of(Unit))),
    "make a theme": lambda a: a.session.add(build(Theme, name=a.named())),
    "rename": lambda a: rename(a.found(a.kind()), a.named()),
    "rename in hand": lambda a: rename(a.in_hand(a.kind()), a.named()),
    "move": lambda a: give(a.found(a.kind(HELD)), a.id_of(Organisation, a.other)),
    "take": lambda a: give(a.in_hand(a.kind(HELD)), a.home()),
    "delete": lambda a: a.session.delete(a.found(a.kind((*HELD, Theme)))),
    "delete in hand": lambda a: a.session.delete(a.in_hand(a.kind((*HELD, Theme)))),
    "link": lambda a: link(a, a.found(Event)),
    "link in hand": lambda a: link(a, a.in_hand(Event)),
    "code taken": code_taken,
    "undo": undo,
    "update": lambda a: a.session.execute(update(Task).where(Task.id == a.id_of(Task)).values(name=a.named())),
    "delete from": lambda a: a.session.execute(delete(Author).where(Author.id == a.id_of(Author))),
    "insert": lambda a: a.session.execute(
        insert(Author).values(full_name=a.named(), share=0, initiative_id=a.id_of(Initiative))
    ),
    "bulk": lambda a: a.session.bulk_save_objects(
        [Author(full_name=a.named(), share=0, initiative_id=a.id_of(Initiative))]
    ),
    "text": lambda a: a.session.execute(text(f"UPDATE task SET note = 'x' WHERE id = {a.id_of(Task)}")),  # noqa: S608
    "connection": lambda a: a.session.connection().execute(
        update(table(Task)).where(table(Task).c.id == a.id_of(Task)).values(note="x")
    ),
}

# -- over HTTP


def entry_id(a: Attempt) -> int:
    with limited_to(ALL):
        ids = a.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()
    a.session.rollback()
    return ids[a.pick % len(ids)]


def act(a: Attempt) -> str:
    id_ = entry_id(a)
    with limited_to(ALL):
        found = a.session.scalars(select(AuditEntry.act).where(AuditEntry.id == id_)).one()
    a.session.rollback()
    return found


def some_mark(a: Attempt) -> str:
    """Nearly the mark of some row: what is asked for is said again on the page."""
    marks = sorted(a.world.marked)
    return marks[a.pick % len(marks)][:-1]


def on(page: str) -> Operation:
    """Ask for a page of some record."""

    def ask(a: Attempt) -> str:
        cls, url = a.screen()
        return a.get(f"{url}/{page}/", id=a.id_of(cls))

    return ask


PAGES |= {
    "list": lambda a: a.get(f"{a.screen()[1]}/", page_size=200),
    "search": lambda a: a.get(f"{a.screen()[1]}/", search=some_mark(a)),
    "search everything": lambda a: a.get("/search", q=some_mark(a)),
    "details": on("details"),
    "edit page": on("edit"),
    "delete page": on("delete"),
    "bulk page": on("bulk"),
    "look-up": lambda a: a.get("/tasks/ajax/lookup/", name="owner", query=some_mark(a)),
    "look-up of people": lambda a: a.get("/positions/ajax/lookup/", name="person", offset=a.other % 20),
    "export": lambda a: a.get(f"{a.screen()[1]}/export/xlsx/"),
    "tree": lambda a: a.get("/committees/tree/", open=f"{a.id_of(Organisation)},{a.id_of(Organisation, a.other)}"),
}
HISTORIES: dict[str, Operation] = {
    "history": on("history"),
    "history of all": lambda a: a.get("/history/", page_size=200),
    "entry": lambda a: a.get("/history/details/", id=entry_id(a)),
    "undo page": lambda a: a.get("/history/undo/", act=act(a)),
    "as of": lambda a: a.get(f"{a.screen()[1]}/", as_of=YESTERDAY, page_size=200),
}
FORMS |= {
    "new": lambda a: a.post(
        "/tasks/new/", code=a.named()[-9:], name=a.named(), owner=a.id_of(Organisation), status="to_do"
    ),
    "new person": lambda a: a.post("/people/new/", full_name=a.named(), organisation=a.id_of(Organisation)),
    "edit": lambda a: a.post("/people/edit/", {"id": a.id_of(Person)}, full_name=a.named()),
    "give away": lambda a: a.post("/tasks/edit/", {"id": a.id_of(Task)}, owner=a.id_of(Organisation, a.other)),
    "delete": lambda a: a.post(f"{a.screen()[1]}/delete/", id=a.id_of(a.screen()[0])),
    "delete many": lambda a: a.post("/people/delete/", id=[a.id_of(Person), a.id_of(Person, a.other)]),
    "bulk edit": lambda a: a.post(
        "/people/bulk/", id=[a.id_of(Person), a.id_of(Person, a.other)], set="workplace", workplace="Nơi khác"
    ),
    "bulk give away": lambda a: a.post(
        "/people/bulk/", id=[a.id_of(Person)], set="organisation", organisation=a.id_of(Organisation, a.other)
    ),
    "themes": lambda a: a.post("/events/edit/", {"id": a.id_of(Event)}, themes=[a.id_of(Theme, a.other)]),
    "undo": lambda a: a.post("/history/undo/", {"act": act(a)}),
    "bring back": lambda a: a.post("/history/undo/", {"deleted": entry_id(a)}),
    "a theme": lambda a: a.post("/themes/edit/", {"id": a.id_of(Theme)}, name=a.named()),
}
AT_SESSION = {f"session, {name}": op for name, op in READS.items()} | {f"write, {n}": op for n, op in WRITES.items()}
OVER_HTTP = PAGES | HISTORIES | {f"send, {name}": op for name, op in FORMS.items()}
REFUSALS = (Refused, ScopeError, UnrecordedError, SQLAlchemyError)
PAST = {*HISTORIES, "session, history", "send, undo", "send, bring back"}
"""What may tell of rows that were theirs once."""


class Crossed(AssertionError):  # noqa: N818  a find, no error
    """Somebody saw or changed what was not theirs."""


class People(RuleBasedStateMachine):
    """They do one thing after the other."""

    world: World
    done = 0
    forgiving = False
    """With a guard missing, whatever stops them otherwise may look like an error of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.world.begin()

    @rule(
        who=st.sampled_from((*READERS, *READERS, PROVINCE)),
        what=st.sampled_from((*AT_SESSION, *AT_SESSION, *AT_SESSION, *OVER_HTTP)),
        pick=st.integers(0, 9_999),
        other=st.integers(0, 9_999),
    )
    def do(self, who: str, what: str, pick: int, other: int) -> None:
        """Do this; look at what came of it."""
        type(self).done += 1
        text_seen = self._try(who, what, pick, other)
        writing = what.startswith(("write", "send"))
        faults = self.world.changes(who) if writing else []
        if who != PROVINCE:
            foreign = self.world.foreign(who, text_seen, history=what in PAST)
            faults += [f"seen foreign: {mark} of {self.world.marked[mark]}" for mark in foreign]
        if faults:
            raise Crossed(who, what, faults[:5])

    def _try(self, who: str, what: str, pick: int, other: int) -> str:
        limit = self.world.book.readers[who].limit if who in READERS else ALL
        with self.world.app.app_context():
            engine = db.engine
        with Session(engine) as session:
            attempt = Attempt(self.world, who, pick, other, session)
            try:
                if what in OVER_HTTP:
                    return str(OVER_HTTP[what](attempt))
                with limited_to(limit):
                    found = AT_SESSION[what](attempt)
                    session.commit()
                return found if isinstance(found, str) else ""
            except AssertionError as crossed:
                raise Crossed(who, what, str(crossed)) from crossed
            except NothingThere:
                return ""
            except REFUSALS:
                if what in OVER_HTTP and not self.forgiving:
                    raise
                return ""


def let_loose(world: World, operations: int, *, forgiving: bool = False) -> tuple[int, Crossed | None]:
    """Let the people do so many things, until something is found: how many they did, and what was found."""
    machine = type("Machine", (People,), {"world": world, "forgiving": forgiving})
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=operations // STEPS,
                stateful_step_count=STEPS,
                derandomize=True,
                database=None,
                deadline=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Crossed as crossed:
        return machine.done, crossed
    return machine.done, None


@pytest.fixture(scope="module")
def world(databases: Databases, tables: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world as offices have it: on PostgreSQL under the row policies."""
    locked = make_url(tables).get_backend_name() == "postgresql"
    with world_on(databases, tables, tmp_path_factory.mktemp("instance"), locked=locked) as made:
        yield made


def test_nobody_crosses_the_scope(world: World) -> None:
    done, crossed = let_loose(world, OPERATIONS)
    print(done, "operations")  # noqa: T201  a figure to read
    assert crossed is None, crossed
    assert done >= OPERATIONS


# -- the controls: each guard away, one at a time


def _away(patch: pytest.MonkeyPatch, listener: str) -> None:
    """Let a listener do nothing, where it stands among the others."""
    patch.setattr(getattr(guards, listener), "__code__", (lambda *_args, **_more: None).__code__)


def _but_the_history(patch: pytest.MonkeyPatch) -> None:
    every = guards._criteria  # noqa: SLF001  a guard
    patch.setattr(guards, "_criteria", lambda: tuple(c for c in every() if c.entity.class_ is not AuditEntry))


REMOVED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "criteria": lambda p: p.setattr(guards, "_criteria", lambda: ()),
    "criteria of the history": _but_the_history,
    "criteria of what is read anew": lambda p: p.setattr(ORMExecuteState, "is_column_load", False),
    "refusal of plain tables": lambda p: p.setattr(guards, "_refuse_plain_tables", lambda *_: None),
    "refusal of text": lambda p: p.setattr(guards, "_refuse_text", lambda *_: None),
    "choke": lambda p: _away(p, "refuse_unscoped"),
    "flush guard": lambda p: _away(p, "guard_writing"),
    "flush guard of what is foreign": lambda p: p.setattr(guards, "_refuse_foreign", lambda *_: None),
    "flush guard of what leaves": lambda p: p.setattr(guards, "_refuse_leaving", lambda *_: None),
    "flush guard of what is pointed to": lambda p: p.setattr(guards, "_refuse_pointing", lambda *_: None),
    "given home": lambda p: _away(p, "give_a_home"),
    "silence about who has a code": lambda p: p.setattr(claims, "_taken_by", _naming),
}


def _naming(_session: Session, other: Record, field: str) -> Problem:
    return Problem(errors.TAKEN, field, {"other": str(other)})


@ON_SQLITE
@pytest.mark.parametrize("guard", REMOVED)
def test_a_missing_guard_is_found(world: World, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    REMOVED[guard](monkeypatch)
    done, crossed = let_loose(world, WITHIN, forgiving=True)
    assert crossed is not None
    assert done <= WITHIN + STEPS


# -- PostgreSQL's row policies, the second lock

ON_POSTGRESQL = pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session")
HELD_TWICE = ("criteria", "refusal of plain tables", "choke", "flush guard of what leaves")
"""Guards that the row policies stand behind. The links between records have none, nor has what a row points to."""


@ON_POSTGRESQL
def test_the_row_policies_hold_what_missing_guards_let_through(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for guard in HELD_TWICE:
        REMOVED[guard](monkeypatch)
    _done, crossed = let_loose(world, 200, forgiving=True)
    assert crossed is None, crossed


@ON_POSTGRESQL
@pytest.mark.parametrize("guard", HELD_TWICE)
def test_without_both_locks_it_is_found(
    databases: Databases, tables: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    with world_on(databases, tables, tmp_path) as unlocked:
        REMOVED[guard](monkeypatch)
        _done, crossed = let_loose(unlocked, WITHIN, forgiving=True)
    assert crossed is not None
