"""What an application says to its database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from models.accounts import sessions
from views.core.session import db


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The statements sent inside the block, without the beginnings of transactions.

    However slow the machine is: that a session is in use, which is written once a minute, is not written there.
    """
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sessions, "SEEN_STEP", sessions.LONGEST)
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def writes(seen: list[str]) -> list[str]:
    """Those of the statements that change something; that a form was sent changes nothing."""
    changing = (statement for statement in seen if statement.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE"))
    return [statement for statement in changing if not statement.startswith("INSERT INTO form_number")]
