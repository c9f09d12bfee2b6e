"""The history: every change leaves one entry, in its own transaction, for good."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import AuditEntry, AuditKind, Event, Initiative, Organisation, Task, Theme, Unit, User
from models.history.audit import SECRET, Actor, actor
from models.history.guards import UnrecordedError
from models.history.recording import named_act, note
from models.initiatives import Author
from tests.models.builders import build, district, refused, save

pytestmark = pytest.mark.database


def entries(session: Session, record: Any = None) -> list[AuditEntry]:
    """The entries of a record, or all, in the order they were written."""
    query = select(AuditEntry).order_by(AuditEntry.id)
    if record is not None:
        query = query.where(AuditEntry.noun == type(record).__name__, AuditEntry.record_id == record.id)
    return list(session.scalars(query))


def kinds(session: Session, record: Any) -> list[AuditKind]:
    return [entry.kind for entry in entries(session, record)]


@pytest.fixture
def initiative(session: Session) -> Initiative:
    """An initiative of two authors."""
    authors = [Author(full_name=name, share=50) for name in ("An", "Bình")]
    return save(session, Initiative, authors=authors)


def test_a_creation_a_change_and_a_deletion_leave_one_entry_each(session: Session) -> None:
    task = save(session, Task, name="Việc")
    task.name, task.note = "Việc khác", "Ghi"
    session.flush()
    session.delete(task)
    session.flush()
    made, changed, gone = entries(session, task)
    assert [made.kind, changed.kind, gone.kind] == [AuditKind.CREATED, AuditKind.CHANGED, AuditKind.DELETED]
    assert made.changes["name"] == [None, "Việc"]
    assert {name: changed.changes[name] for name in ("name", "note")} == {
        "name": ["Việc", "Việc khác"],
        "note": [None, "Ghi"],
    }
    assert gone.changes["name"] == ["Việc khác", None]
    assert gone.title == "Việc khác"


def test_what_follows_from_others_by_count_alone_is_no_change(session: Session) -> None:
    task = save(session, Task)
    task.name = str(task.name)
    session.flush()
    assert kinds(session, task) == [AuditKind.CREATED]
    assert not {"version", "updated_at", "path"} & set(entries(session, task)[0].changes)


def test_children_have_entries_of_their_own_that_name_their_owner(session: Session, initiative: Initiative) -> None:
    first, second = initiative.authors
    first.share, second.share = 30, 70  # type: ignore[assignment]
    session.flush()
    entry = entries(session, first)[-1]
    assert entry.changes == {"share": ["50.00", "30"]} or entry.changes == {"share": ["50", "30"]}
    assert (entry.owner_noun, entry.owner_id) == ("Initiative", initiative.id)
    assert entry.home_organisation_id == initiative.organisation_id


def test_a_child_that_goes_alone_leaves_its_deletion(session: Session, initiative: Initiative) -> None:
    first, second = initiative.authors
    first.share = 100  # type: ignore[assignment]
    session.delete(second)
    session.flush()
    gone = entries(session, second)[-1]
    assert gone.kind is AuditKind.DELETED
    assert gone.owner_id == initiative.id
    assert gone.home_organisation_id == initiative.organisation_id


def test_what_belongs_to_a_deleted_record_leaves_its_deletion_too(session: Session, initiative: Initiative) -> None:
    authors = list(initiative.authors)
    session.delete(initiative)
    session.flush()
    for record in (initiative, *authors):
        assert kinds(session, record)[-1] is AuditKind.DELETED
        assert kinds(session, record).count(AuditKind.DELETED) == 1


def test_links_are_lists_of_ids(session: Session) -> None:
    one, two, three = (save(session, Theme) for _ in range(3))
    held = save(session, Event, themes=[one, two])
    held.themes = [two, three]
    session.flush()
    session.delete(held)
    session.flush()
    told = [entry.changes["themes"] for entry in entries(session, held)]
    first, second = [one.id, two.id], [two.id, three.id]
    assert told == [[None, first], [first, second], [second, None]]


def test_what_is_rolled_back_leaves_nothing(session: Session) -> None:
    kept = save(session, Task)
    with session.begin_nested() as part:
        lost = save(session, Task)
        kept.name = "Không giữ"
        session.flush()
        lost_id = lost.id
        part.rollback()
    kept.name = "Giữ"
    session.flush()
    assert [entry.changes["name"][1] for entry in entries(session, kept)][1:] == ["Giữ"]
    assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.record_id == lost_id)) == 0


def test_a_refused_flush_leaves_nothing_and_no_open_door(session: Session) -> None:
    session.add(build(Task, name=None))
    before = len(entries_without_flush(session))
    refused(session)
    session.rollback()
    assert len(entries(session)) <= before
    with pytest.raises(UnrecordedError):
        session.execute(text("UPDATE task SET name = 'x'"))


def _stop(*_all: Any) -> None:
    raise ConnectionError("the database is not told whose rows these are")


def _leave_nothing(session: Session, *_more: Any) -> None:
    session.expunge_all()


@pytest.mark.parametrize(
    ("when", "stopped"),
    [
        ("before_flush", _stop),
        ("after_flush", _stop),
        ("after_flush_postexec", _stop),
        ("before_flush", _leave_nothing),
    ],
)
def test_a_flush_that_any_listener_stops_leaves_no_open_door(
    session: Session, when: str, stopped: Callable[..., None]
) -> None:
    connection = session.connection()
    session.add(build(Theme))
    event.listen(session, when, stopped)
    with suppress(ConnectionError):
        session.flush()
    event.remove(session, when, stopped)
    for road in (text("UPDATE task SET name = 'x'"), update(Task).values(name="x"), delete(Task)):
        with pytest.raises(UnrecordedError):
            connection.execute(road)


def entries_without_flush(session: Session) -> list[AuditEntry]:
    with session.no_autoflush:
        return entries(session)


def test_an_entry_says_who_and_which_transaction(session: Session) -> None:
    token = actor.set(Actor("Chị Hoa", 7))
    try:
        with named_act(session, "Nhập 2 dòng"):
            one, two = save(session, Task), save(session, Task)
    finally:
        actor.reset(token)
    later = save(session, Task)
    first, second, third = (entries(session, task)[0] for task in (one, two, later))
    assert (first.actor, first.actor_id, first.act_name) == ("Chị Hoa", 7, "Nhập 2 dòng")
    assert (third.actor, third.actor_id, third.act_name) == ("shell", None, None)
    assert first.act == second.act
    session.commit()
    assert entries(session, save(session, Task))[0].act != first.act


def test_a_note_tells_what_was_done_and_nothing_else(session: Session) -> None:
    task = save(session, Task)
    note(session, AuditKind.READ, task)
    note(session, AuditKind.EXPORTED, title="Nhiệm vụ", noun="Task", rows=3)
    read, exported = entries(session)[-2:]
    assert (read.kind, read.record_id, read.changes) == (AuditKind.READ, task.id, {})
    assert (exported.noun, exported.title, exported.changes) == ("Task", "Nhiệm vụ", {"rows": 3})


def test_a_secret_never_appears(session: Session) -> None:
    user = save(session, User, password_hash="băm-một", totp_secret="KHÓA")
    user.password_hash = "băm-hai"
    session.flush()
    assert entries(session, user)[-1].changes["password_hash"] == [SECRET, SECRET]
    session.delete(user)
    session.flush()
    told = " ".join(str(entry.changes) for entry in entries(session, user))
    assert not [secret for secret in ("băm-một", "băm-hai", "KHÓA") if secret in told]


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"])
def test_the_database_itself_keeps_the_history(session: Session, statement: str) -> None:
    save(session, Task)
    free = session.connection().execution_options(recorded=True)
    with pytest.raises(DBAPIError, match="the history is never altered"), free.begin_nested():
        free.exec_driver_sql(statement)
    session.connection().execution_options(recorded=False)
    assert entries(session)[-1].actor == "shell"


@pytest.mark.parametrize("what", ["alter", "delete"])
def test_no_flush_alters_an_entry(session: Session, what: str) -> None:
    save(session, Task)
    entry = entries(session)[-1]
    if what == "alter":
        entry.actor = "x"
    else:
        session.delete(entry)
    with pytest.raises(DBAPIError, match="the history is never altered"):
        session.flush()


ROW = {"full_name": "An", "share": 100, "initiative_id": 1}
UNRECORDED: dict[str, Callable[[Session], Any]] = {
    "update by ORM": lambda s: s.execute(update(Task).values(name="x")),
    "update by Query": lambda s: s.query(Task).update({"name": "x"}),
    "update by keys": lambda s: s.execute(update(Task), [{"id": 1, "version": 1, "name": "x"}]),
    "delete by ORM": lambda s: s.execute(delete(Task)),
    "delete by Query": lambda s: s.query(Task).delete(),
    "insert by ORM": lambda s: s.execute(insert(Author), [ROW]),
    "bulk_save_objects": lambda s: s.bulk_save_objects([build(Unit)]),
    "bulk_insert_mappings": lambda s: s.bulk_insert_mappings(Author.__mapper__, [ROW]),
    "bulk_update_mappings": lambda s: s.bulk_update_mappings(Task.__mapper__, [{"id": 1, "version": 1, "name": "x"}]),
    "update by Core": lambda s: s.connection().execute(update(Task.__table__).values(name="x")),
    "delete by Core": lambda s: s.connection().execute(delete(Task.__table__)),
    "insert by Core": lambda s: s.connection().execute(insert(Author.__table__).values(ROW)),
    "links by Core": lambda s: s.execute(delete(Event.themes.property.secondary)),
    "entries by Core": lambda s: s.execute(delete(AuditEntry)),
    "update by text": lambda s: s.execute(text("UPDATE task SET name = 'x'")),
    "delete by text": lambda s: s.execute(text('delete from "task"')),
    "insert by text": lambda s: s.execute(text("INSERT INTO theme (name) VALUES ('x')")),
    "after a comment": lambda s: s.execute(text("/* x */ -- y\nDELETE FROM task")),
    "inside a WITH": lambda s: s.execute(text("WITH x AS (SELECT 1) DELETE FROM task")),
    "with its schema": lambda s: s.execute(text("DELETE FROM main.task" if _sqlite(s) else "DELETE FROM public.task")),
    "in brackets": lambda s: s.execute(text("DELETE FROM [task]" if _sqlite(s) else "DELETE FROM ONLY task")),
    "update or": lambda s: s.execute(text("UPDATE OR IGNORE task SET name=''" if _sqlite(s) else "TRUNCATE task")),
}


def _sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


@pytest.mark.parametrize("road", UNRECORDED)
def test_nothing_passes_by_the_history(session: Session, road: str) -> None:
    save(session, Task)
    with pytest.raises(UnrecordedError):
        UNRECORDED[road](session)


def test_an_id_is_never_used_again(session: Session) -> None:
    task = save(session, Task)
    old = task.id
    session.delete(task)
    session.flush()
    assert save(session, Task).id > old


def test_a_move_in_a_tree_is_one_entry_of_what_moved(session: Session) -> None:
    here, there = save(session, Unit), save(session, Unit)
    moved = save(session, Unit, **_below(here))
    under = save(session, Unit, type="commune", parent=moved)
    before = len(entries(session, under))
    moved.parent = there
    session.flush()
    assert entries(session, moved)[-1].changes["parent_id"] == [here.id, there.id]
    assert len(entries(session, under)) == before


def _below(unit: Unit) -> dict[str, Any]:
    made = district(parent=unit)
    return {"type": made.type, "parent": unit}


def test_an_organisation_is_recorded_under_its_own_kind(session: Session) -> None:
    organisation = save(session, Organisation)
    assert kinds(session, organisation) == [AuditKind.CREATED]
    assert entries(session, organisation)[0].home_organisation_id == organisation.id


def test_a_connection_outside_any_session_is_watched_too(session: Session) -> None:
    connection: Connection = session.connection()
    with pytest.raises(UnrecordedError):
        connection.exec_driver_sql("DELETE FROM task")
