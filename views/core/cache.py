"""Cache: what was worked out from the book holds as long as its history has no new entry."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from flask import current_app, g
from sqlalchemy import func, select

from models.access.scope import current
from models.history.audit import AuditEntry
from models.records.database import only_reading
from views.core.session import db

LONGEST = 60.0
"""Seconds that something is believed: on PostgreSQL an entry may be seen later than one with a greater number."""

T = TypeVar("T")


class _Kept(NamedTuple):
    """What was worked out while the history's last entry was this one."""

    entry: int | None
    until: float
    found: dict[Hashable, Any]


def while_unchanged(work: Callable[[], T], *key: Hashable) -> T:
    """What `work` gives within the present scope: worked out once for each key and each state of the book.

    Every change leaves an entry in the history, so while there is no new one what was found still holds. `work` must
    give plain values, in words of no language.
    """
    if "as_of" in g:
        return work()
    entry = _last_entry()
    kept: _Kept | None = current_app.extensions.get("memo")
    if kept is None or kept.entry != entry or monotonic() > kept.until:
        kept = current_app.extensions["memo"] = _Kept(entry, monotonic() + LONGEST, {})
    asked = (current.get(), *key)
    if asked not in kept.found:
        kept.found[asked] = work()
    found: T = kept.found[asked]
    return found


def _last_entry() -> int | None:
    """The number of the history's last entry; asked for once by who only reads."""
    if only_reading.get() and "last_entry" in g:
        seen: int | None = g.last_entry
        return seen
    found = db.session.scalars(select(func.max(AuditEntry.id)).execution_options(unscoped=True)).one()
    g.last_entry = found
    return found
