"""Each night, and when asked for: every figure that stands in two places is read there, and must be the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context
from datetime import datetime, time, timedelta
from pathlib import Path

from flask import Flask, current_app, g
from sqlalchemy import select

from backoffice.sessions import act_as
from models.access.scope import ALL, limited_to
from models.accounts.users import Language, Role, User
from models.festival import latest_year
from models.records.clock import VIETNAM, now, today
from models.records.database import only_reading
from models.units import Level, Unit
from views.core.session import db
from views.figures import Comparison, Place, compared, different, gather, in_packs, in_page, in_words

AT = time(2)
"""When at night, in Vietnam."""


def compare(app: Flask) -> Comparison:
    """Read every such figure of the latest Festival's year, as those see it who see all."""
    # Who reads, and may, ends with it.
    return copy_context().run(_compare, app)


def _compare(app: Flask) -> Comparison:
    only_reading.set(True)
    with app.app_context(), limited_to(ALL):
        year = latest_year(db.session()) or today().year
        said = gather(_places(app, year))
        db.session.remove()
    return Comparison(now(), len(compared(said)), [*map(in_words, different(said).items())])


def _places(app: Flask, year: int) -> Iterator[Place]:
    for url in ("/", f"/festival/?year={year}", f"/plan/?year={year}"):
        yield url.partition("?")[0], in_page(_page(app, url))
    query = select(Unit).where(Unit.level == Level.DISTRICT).order_by(Unit.code)
    for unit in (None, *db.session.scalars(query)):
        yield from in_packs(db.session(), year, unit)


def _page(app: Flask, url: str) -> str:
    """A page as an administrator is shown it, whoever that is."""
    with app.test_request_context(url):
        reader = User(username="figures", name="figures", role=Role.ADMINISTRATOR, language=Language.VIETNAMESE)
        g.user = reader
        act_as(reader)
        return current_app.make_response(current_app.dispatch_request()).get_data(as_text=True)


def last(moment: datetime) -> datetime:
    """The latest moment by then at which the figures should have been compared."""
    local = moment.astimezone(VIETNAM)
    due = datetime.combine(local.date(), AT, VIETNAM)
    return due if due <= local else due - timedelta(days=1)


def compare_by_night(app: Flask, folder: Path) -> bool:
    """Compare them unless that was done since the last night. Whether it was to be done."""
    known = Comparison.read(folder)
    if known is not None and known.at >= last(now()):
        return False
    compare(app).write(folder)
    return True
