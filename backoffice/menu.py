"""The menu: every screen that the user may open, with how many records it holds for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import current_app, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from sqlalchemy import select

from models.accounts.users import Role
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


class MenuEntry(NamedTuple):
    """A page in the menu, in the reader's language."""

    label: str
    url: str
    endpoint: str


class Menu(NamedTuple):
    """What everyone of one role and language sees of the menu: its sections with their entries, its screens."""

    sections: list[tuple[str, list[MenuEntry]]]
    listed: list[RecordView]


def counts() -> Counts:
    """How many records each screen holds for the user, by the screen's endpoint."""
    screens = _menu().listed
    return while_unchanged(lambda: _count(screens), "menu", *(screen.endpoint for screen in screens))


def sections(counted: Counts) -> list[SimpleNamespace]:
    """The menu's sections, each with its pages' and screens' labels, addresses and counts."""
    return [
        SimpleNamespace(label=label, items=[_item(entry, counted) for entry in entries])
        for label, entries in _menu().sections
    ]


def _item(entry: MenuEntry, counted: Counts) -> dict[str, Any]:
    is_open = request.endpoint is not None and request.endpoint.startswith(f"{entry.endpoint}.")
    return {"label": entry.label, "url": entry.url, "count": counted.get(entry.endpoint), "active": is_open}


def _menu() -> Menu:
    """The reader's menu, put together once for all of the same role and language."""
    kept: dict[tuple[Role, str, str], Menu] = current_app.extensions.setdefault("menus", {})
    key = (current_user.role, str(get_locale()), request.script_root)
    if key not in kept:
        kept[key] = _put_together()
    return kept[key]


def _put_together() -> Menu:
    screens = [screen for screen in current_app.extensions["screens"].values() if screen.is_accessible()]
    pages = [page for page in current_app.extensions["pages"] if page.is_accessible()]
    entries = [(p, gettext(p.label)) for p in pages] + [(s, many(s.record.label)) for s in screens]
    found = []
    for section in Section:
        items = [
            MenuEntry(label, url_for(f"{view.endpoint}.index_view"), view.endpoint)
            for view, label in entries
            if view.section is section
        ]
        if items:
            found.append((many(section.label), items))
    return Menu(found, [screen for screen in screens if screen.listed])


def _count(screens: list[RecordView]) -> Counts:
    """By one statement."""
    queries = [screen.query.all().with_only_columns(screen.record.id) for screen in screens]
    samples = select(Unit.id).where(Unit.sample).limit(1)
    names = [*(screen.endpoint for screen in screens), SAMPLE]
    return dict(zip(names, count_each(db.session(), [*queries, samples]), strict=True))
