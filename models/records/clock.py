"""The clock: the present moment, and the day it is in Vietnam."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam's time: the same all year."""


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day it is in Vietnam."""
    return now().astimezone(VIETNAM).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in Vietnam."""
    # Of the calendar's first day, its beginning here has no name in UTC.
    return datetime.combine(max(day, date(1, 1, 2)), time.min, VIETNAM)


def end_of(day: date) -> datetime:
    """The last moment of a day in Vietnam."""
    return datetime.combine(day, time.max, VIETNAM)
