"""Out to people's own calendars: entries as iCalendar (RFC 5545), whole days each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from icalendar import Calendar, Event, vDuration

from models.calendar import CalendarEntry

READ_AGAIN = timedelta(hours=1)
"""After how long programs should ask again; without it some wait a day."""
PRODUCT = "-//So Mat tran//Lich//VI"


def write_calendar(
    entries: Iterable[CalendarEntry],
    name: str,
    domain: str,
    label: Callable[[CalendarEntry], str],
    address: Callable[[CalendarEntry], str],
) -> bytes:
    """The entries as a calendar of this name.

    `label` says what sort of day an entry is, `address` where its record is shown. Under `domain` an entry keeps its
    identity from one reading to the next.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("refresh-interval", READ_AGAIN)
    calendar.add("x-published-ttl", vDuration(READ_AGAIN))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, domain, label(entry), address(entry)))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, domain: str, label: str, address: str) -> Event:
    event = Event()
    source = replace(entry.source, kind=None)
    event.add("uid", f"{source.key}-{entry.id}@{domain}")
    # No method asks for an answer: the stamp is the moment of the last change.
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.version - 1)
    event.add("dtstart", entry.first)
    # The end is the first day after.
    event.add("dtend", entry.last + timedelta(days=1))
    event.add("summary", f"{label}: {entry.title}")
    if entry.place:
        event.add("location", entry.place)
    event.add("categories", [label])
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    if entry.is_off:
        event.add("status", "CANCELLED")
    return event
