"""The menu: every screen that the user may open, with how many records it holds for them."""

from __future__ import annotations

from time import monotonic
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import current_app, g, request, url_for
from flask_babel import gettext
from sqlalchemy import func, literal, select, union_all

from models.audit import AuditEntry
from models.scope import Limit, current
from models.units import Unit
from views.cells import many
from views.record import RecordView
from views.sections import Section
from views.session import db

SAMPLE = "sample"
"""Under this name the counts say whether there are sample data."""
LONGEST = 60.0
"""Seconds that counts are believed at most: on PostgreSQL an entry may be seen later than one with a greater number."""

Counts = dict[str, int]
_Asker = tuple[Limit, tuple[str, ...]]


class _Counted(NamedTuple):
    """The counts of everyone who asked while the history's last entry was this one."""

    entry: int | None
    until: float
    by_asker: dict[_Asker, Counts]


def counts() -> Counts:
    """How many records each screen holds for the user, by the screen's endpoint.

    Every change leaves an entry in the history, so while there is no new one what was counted still holds.
    """
    screens = [screen for screen in _screens() if screen.listed]
    if "as_of" in g:
        return _count(screens)
    last = select(func.max(AuditEntry.id)).execution_options(unscoped=True)
    entry = db.session.scalars(last).one()
    counted: _Counted | None = current_app.extensions.get("counted")
    if counted is None or counted.entry != entry or monotonic() > counted.until:
        counted = current_app.extensions["counted"] = _Counted(entry, monotonic() + LONGEST, {})
    asker = (current.get(), tuple(screen.endpoint for screen in screens))
    if asker not in counted.by_asker:
        counted.by_asker[asker] = _count(screens)
    return counted.by_asker[asker]


def sections(counted: Counts) -> list[SimpleNamespace]:
    """The menu's sections, each with its pages' and screens' labels, addresses and counts."""
    menu = []
    pages = [(page, gettext(page.label)) for page in current_app.extensions["pages"] if page.is_accessible()]
    entries = [*pages, *((screen, many(screen.record.label)) for screen in _screens())]
    for section in Section:
        items = [
            {
                "label": label,
                "url": url_for(f"{view.endpoint}.index_view"),
                "count": counted.get(view.endpoint),
                "active": _is_open(view.endpoint),
            }
            for view, label in entries
            if view.section is section
        ]
        if items:
            menu.append(SimpleNamespace(label=many(section.label), items=items))
    return menu


def _is_open(endpoint: str) -> bool:
    return request.endpoint is not None and request.endpoint.startswith(f"{endpoint}.")


def _screens() -> list[RecordView]:
    found: dict[Any, RecordView] = current_app.extensions["screens"]
    return [screen for screen in found.values() if screen.is_accessible()]


def _count(screens: list[RecordView]) -> Counts:
    """By one statement."""
    parts = [
        select(literal(screen.endpoint), func.count()).select_from(
            screen.get_query().with_only_columns(screen.record.id).subquery()
        )
        for screen in screens
    ]
    sample = select(literal(SAMPLE), func.count()).select_from(select(Unit.id).where(Unit.sample).limit(1).subquery())
    return {row[0]: row[1] for row in db.session.execute(union_all(*parts, sample))}
