"""The iCalendar file: lines, escapes, whole days, identities (RFC 5545)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from exports.calendar import write_calendar
from models import Event, Task
from models.calendar import CalendarEntry, Source, sources
from models.events import EventKind, EventStatus

MOMENT = datetime(2023, 11, 2, 3, 4, 5, tzinfo=UTC)
TITLE = "Ngày hội Đại đoàn kết; ấp Đay Sô, xã Tham Đôn\\ “2023”: " + "lễ và hội " * 12


def entry(**values: Any) -> CalendarEntry:
    given: dict[str, Any] = {
        "source": next(s for s in sources() if s.record is Event),
        "id": 7,
        "title": TITLE,
        "first": date(2023, 11, 18),
        "last": date(2023, 11, 18),
        "status": EventStatus.PLANNED,
        "changed_at": MOMENT,
        "version": 3,
    }
    return CalendarEntry(**{**given, **values})


def written(*found: CalendarEntry) -> bytes:
    return write_calendar(found, "Lịch", "so.vn", lambda _e: "Ngày hội", lambda e: f"https://so.vn/{e.id}")


def test_lines_end_as_they_must_and_are_short() -> None:
    text = written(entry())
    assert text.endswith(b"\r\n")
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert any(line.startswith(b" ") for line in text.split(b"\r\n"))
    unfolded = text.replace(b"\r\n ", b"").decode()
    assert "Đại đoàn kết\\; ấp Đay Sô\\, xã Tham Đôn\\\\ “2023”" in unfolded
    assert "DTSTART;VALUE=DATE:20231118\r\nDTEND;VALUE=DATE:20231119" in unfolded


def test_what_was_written_is_read_again() -> None:
    calendar = Calendar.from_ical(written(entry(last=date(2023, 11, 20), status=EventStatus.CANCELLED), entry(id=8)))
    assert (calendar["version"], calendar["prodid"][:2]) == ("2.0", "-/")
    first, second = calendar.walk("VEVENT")
    assert first["summary"] == f"Ngày hội: {TITLE}"
    assert (first.decoded("dtstart"), first.decoded("dtend")) == (date(2023, 11, 18), date(2023, 11, 21))
    assert first.decoded("dtstamp") == first.decoded("last-modified") == MOMENT
    assert (first["sequence"], first["status"], first["url"]) == (2, "CANCELLED", "https://so.vn/7")
    assert (second["uid"], second.get("status")) == ("event-starts_on-8@so.vn", None)


def test_an_entry_keeps_its_identity_whatever_becomes_of_it() -> None:
    source = next(s for s in sources() if s.record is Event)
    workshop = Source(source.record, source.spec, EventKind.WORKSHOP)
    moved = entry(source=workshop, first=date(2023, 12, 1), last=date(2023, 12, 1), title="Khác", version=9)
    task = next(s for s in sources() if s.record is Task)
    uids = [
        event["uid"]
        for e in (entry(), moved, entry(source=task))
        for event in Calendar.from_ical(written(e)).walk("VEVENT")
    ]
    assert uids[0] == uids[1] != uids[2]


def test_programs_are_told_when_to_ask_again_and_where_an_entry_is() -> None:
    (calendar,) = Calendar.from_ical(written(entry(place="Hội trường A; lầu 2, TP. Sóc Trăng"))).walk("VCALENDAR")
    assert calendar["refresh-interval"].dt == timedelta(hours=1)
    assert b"X-PUBLISHED-TTL:PT1H" in written()
    (event,) = calendar.walk("VEVENT")
    assert str(event["location"]) == "Hội trường A; lầu 2, TP. Sóc Trăng"
