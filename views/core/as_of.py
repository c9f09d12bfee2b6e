"""Looking back: a page asked for "as it was on" a day reads the book of that day's end."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import Any

from flask import flash, g, request
from flask_babel import gettext
from flask_login import current_user

from imports.cells import read_cell
from models.history.as_of import as_it_was
from models.records.clock import end_of, today
from models.records.errors import Refused
from models.records.fields import Field, Kind
from views.core.fields.formatting import day_text
from views.core.session import db

DAY = Field("", Kind.DATE)


def look_back() -> None:
    """Where the address names a day, let this request read the past; `g.as_of` says which."""
    text = request.args.get("as_of", "").strip()
    if not text or request.method != "GET" or not current_user.is_authenticated:
        return
    day = _day(text)
    if day is None or day >= today():
        flash(gettext("“%(text)s” không phải một ngày đã qua (dd/mm/yyyy).", text=text[:40]), "error")
        return
    g.looking_back = ExitStack()
    g.looking_back.enter_context(as_it_was(db.engine, end_of(day)))
    g.as_of, g.day = day_text(day), day


def page_day() -> date:
    """The day by which a page judges what is due: today, or the past day that it looks at."""
    found: date = g.get("day") or today()
    return found


def look_away(_error: BaseException | None = None) -> None:
    """Return to the present, and let go of the past that was read."""
    if looking_back := g.pop("looking_back", None):
        db.session.remove()
        looking_back.close()


def _day(text: str) -> Any:
    try:
        return read_cell(DAY, text)
    except Refused:
        return None
