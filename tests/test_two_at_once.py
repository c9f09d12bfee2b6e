"""Many people at one record: whatever was answered as saved is there, once, and in the history."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import AuditEntry, Role, Task
from models.history.audit import AuditKind
from tests.conftest import signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import save
from tests.statements import statements
from views.core.session import db

pytestmark = pytest.mark.database

PEOPLE, EDITS = 8, 500 if os.environ.get("TWO_AT_ONCE_FULL") else 25


def state_of(app: Flask, id_: int) -> tuple[int, int]:
    """The task's version, and the number in its note."""
    with app.app_context():
        version, note = db.session.execute(select(Task.version, Task.note).where(Task.id == id_)).one()
        return version, int(note or 0)


def test_no_edit_is_lost_and_each_leaves_its_entry(own_app: Flask) -> None:
    """Each reads a number, adds one and saves; who is told of another's edit reads it anew."""
    with own_app.app_context():
        id_ = db.session.scalars(select(Task.id).order_by(Task.id)).first() or 0
        first = db.session.scalars(select(Task.version).where(Task.id == id_)).one()
    url = f"/tasks/edit/?id={id_}"

    def add(browser: FlaskClient) -> int:
        token, told = token_of(browser.get(url).text), 0
        for _ in range(EDITS):
            while True:
                version, number = state_of(own_app, id_)
                sent = {"csrf_token": token, "version": str(version), "note": str(number + 1)}
                answer = browser.post(url, data=sent)
                assert answer.status_code in (200, 302)
                if answer.status_code == 302:
                    break
                told += 1
        return told

    people = [signed_in(own_app, Role.ADMINISTRATOR) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        told = sum(pool.map(add, people))
    version, number = state_of(own_app, id_)
    assert number == PEOPLE * EDITS
    assert version == first + PEOPLE * EDITS
    print(f"{number} edits, none lost; {told} told of another's")  # noqa: T201  a figure to read
    assert told > 0
    with own_app.app_context():
        entries = select(func.count()).where(
            AuditEntry.noun == "Task", AuditEntry.record_id == id_, AuditEntry.kind == AuditKind.CHANGED
        )
        assert db.session.scalar(entries) == PEOPLE * EDITS


@ON_SQLITE
def test_who_saved_takes_the_lock_no_second_time(desk: Flask, clerk: FlaskClient) -> None:
    """After the commit nothing is asked any more: it would wait for the others, and fail what was saved."""
    with desk.app_context():
        id_ = db.session.scalars(select(Task.id)).first()
    with statements(desk) as seen:
        assert save(clerk, f"/tasks/edit/?id={id_}", {"note": "Một lần"}).status_code == 302
    assert [each.partition(" (")[0] for each in seen[-2:]] == ["INSERT INTO audit_entry", "INSERT INTO form_number"]
