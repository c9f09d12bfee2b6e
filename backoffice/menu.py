"""The menu: every screen that the user may open, with how many records it holds for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from models.units import Unit
from views.core.cache import while_unchanged
from views.core.fields.formatting import many
from views.core.query import count_each
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db

SAMPLE = "sample"
"""Under this name the counts say whether there are sample data."""
Counts = dict[str, int]


def counts() -> Counts:
    """How many records each screen holds for the user, by the screen's endpoint."""
    screens = [screen for screen in _screens() if screen.listed]
    return while_unchanged(lambda: _count(screens), "menu", *(screen.endpoint for screen in screens))


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
    queries = [screen.query.all().with_only_columns(screen.record.id) for screen in screens]
    samples = select(Unit.id).where(Unit.sample).limit(1)
    names = [*(screen.endpoint for screen in screens), SAMPLE]
    return dict(zip(names, count_each(db.session(), [*queries, samples]), strict=True))
