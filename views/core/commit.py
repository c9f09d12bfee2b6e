"""Commit: what a screen does is committed whole, or rolled back and the reader is told why."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models.history.recording import named_act
from models.records import errors
from models.records.errors import Refused
from views.core.fields.formatting import sentence
from views.core.once import asked_again, take
from views.core.session import db


def commit_or_flash(work: Callable[[], object]) -> bool:
    """Do the work and commit it, once for a form; False if rules or the database forbid it: nothing is changed then."""
    if asked_again():
        return False
    try:
        work()
        db.session.flush()
        if not take():
            return False
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        whose = f"{refused.record}: " if refused.record is not None else ""
        for problem in refused.problems:
            flash(f"{whose}{sentence(problem)}", "error")
        return False
    except (IntegrityError, StaleDataError):
        db.session.rollback()
        flash(gettext(errors.CONSTRAINT), "error")
        return False
    return True


def commit_as(name: str, work: Callable[[], object]) -> bool:
    """The same, as one action that people see, and may undo, under this name."""

    def named() -> None:
        with named_act(db.session(), name), db.session.no_autoflush:
            work()
            db.session.flush()

    return commit_or_flash(named)
