"""Undo: what the history tells is taken back, unless somebody changed it since."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, Event, Initiative, Organisation, Task, Theme
from models.dossiers import DossierKind
from models.history.recording import named_act
from models.history.undo import (
    Reversal,
    carry_out,
    deleted_with,
    entries_of_act,
    history_of,
    newer_than,
    plan,
)
from models.initiatives import Author
from tests.models.builders import build, save

pytestmark = pytest.mark.database


def last(session: Session, record: Any) -> AuditEntry:
    found = session.scalars(history_of(type(record), record.id)).first()
    assert found
    return found


def take_back(session: Session, *entries: AuditEntry) -> list[Reversal]:
    found = plan(session, entries)
    carry_out(session, found, "Hoàn tác")
    session.commit()
    return found


def test_a_change_is_taken_back_and_that_too(session: Session) -> None:
    task = save(session, Task, name="Cũ")
    session.commit()
    task.name, task.note = "Mới", "Ghi"
    session.commit()
    for wanted in (("Cũ", None), ("Mới", "Ghi")):
        take_back(session, last(session, task))
        assert (task.name, task.note) == wanted
        assert last(session, task).act_name == "Hoàn tác"


def test_a_creation_is_taken_back(session: Session) -> None:
    task = save(session, Task)
    session.commit()
    id_ = task.id
    take_back(session, last(session, task))
    assert session.get(Task, id_) is None


def test_a_deletion_is_taken_back_with_all_that_went_along(session: Session) -> None:
    authors = [Author(full_name=name, share=50) for name in ("An", "Bình")]
    initiative = save(session, Initiative, authors=authors, name="Sáng kiến")
    themes = [save(session, Theme), save(session, Theme)]
    held = save(session, Event, themes=themes)
    session.commit()
    kept = initiative.id, {author.id for author in initiative.authors}, held.id, {theme.id for theme in themes}
    session.delete(initiative)
    session.delete(held)
    session.commit()
    whole = AuditEntry.noun.in_(["Initiative", "Event"])
    gone = session.scalars(select(AuditEntry).where(AuditEntry.kind == "deleted", whole))
    entries = [entry for first in gone for entry in deleted_with(session, first)]
    assert len(entries) == 1 + len(authors) + len(DossierKind) + 1
    take_back(session, *entries)
    back, event = session.get(Initiative, kept[0]), session.get(Event, kept[2])
    assert back
    assert event
    assert {author.id for author in back.authors} == kept[1]
    assert {theme.id for theme in event.themes} == kept[3]


def test_what_was_changed_since_is_named_and_left(session: Session) -> None:
    task, other = save(session, Task, name="Một"), save(session, Task, name="Hai")
    session.commit()
    task.name, other.name = "Một mới", "Hai mới"
    session.commit()
    entries = entries_of_act(session, last(session, task).act)
    task.name = "Một mới hơn"
    session.commit()
    obstacles = {r.id: str(r.obstacle) if r.obstacle else None for r in take_back(session, *entries)}
    assert obstacles == {task.id: "Đã sửa lại sau đó: Nội dung nhiệm vụ.", other.id: None}
    assert (task.name, other.name) == ("Một mới hơn", "Hai")


def test_what_was_deleted_since_stays_so(session: Session) -> None:
    task = save(session, Task)
    task.name = "Mới"
    session.commit()
    entry = last(session, task)
    session.delete(task)
    session.commit()
    assert str(plan(session, [entry])[0].obstacle) == "Đã bị xóa sau đó."


def test_what_is_there_again_does_not_come_back_twice(session: Session) -> None:
    task = save(session, Task)
    session.commit()
    session.delete(task)
    session.commit()
    entry = last(session, task)
    take_back(session, entry)
    assert str(plan(session, [entry])[0].obstacle) == "Đã có lại."


def test_a_creation_in_use_stays(session: Session) -> None:
    task = save(session, Task)
    session.commit()
    made = plan(session, [last(session, task.owner)])
    assert str(made[0].obstacle) == f"Đang được dùng ở 1 bản ghi: {Task.label}."


def test_what_pointed_to_something_lost_stays_lost(session: Session) -> None:
    task = save(session, Task)
    session.commit()
    owner = task.owner
    session.delete(task)
    session.commit()
    entry = last(session, task)
    session.delete(session.get(Organisation, owner.id))
    session.commit()
    obstacle = plan(session, [entry])[0].obstacle
    assert str(obstacle) == f"Mục mà bản ghi này trỏ tới không còn: {Task.fields()['owner'].label}."


def test_an_older_version_is_restored(session: Session) -> None:
    task = save(session, Task, name="Một")
    session.commit()
    for name in ("Hai", "Ba", "Bốn"):
        task.name = name
        session.commit()
    second = session.scalars(history_of(Task, task.id)).all()[2]
    take_back(session, *newer_than(session, second))
    assert task.name == "Hai"


def test_a_whole_named_act_is_taken_back(session: Session) -> None:
    old, gone = save(session, Task, name="Cũ"), save(session, Task)
    session.commit()
    gone_id = gone.id
    with named_act(session, "Nhập"):
        made = build(Task)
        session.add(made)
        old.name = "Mới"
        session.delete(gone)
        session.commit()
    made_id = made.id
    act = last(session, old).act
    entries = entries_of_act(session, act)
    assert {entry.act_name for entry in entries} == {"Nhập"}
    take_back(session, *entries)
    assert old.name == "Cũ"
    assert session.get(Task, made_id) is None
    assert session.get(Task, gone_id)


@pytest.mark.parametrize("field", ["name", "note"])
def test_an_unrelated_change_since_is_no_obstacle(session: Session, field: str) -> None:
    task = save(session, Task, name="Cũ", note="Cũ")
    session.commit()
    setattr(task, field, "Mới")
    session.commit()
    entry = last(session, task)
    task.clause = "III"
    session.commit()
    take_back(session, entry)
    assert (getattr(task, field), task.clause) == ("Cũ", "III")
