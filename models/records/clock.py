"""The clock: the present moment, and the day it is in Vietnam."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam's time: the same all year."""


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Vietnam."""
    return now().astimezone(VIETNAM).date()
