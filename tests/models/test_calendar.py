"""The calendar: every day that a record gives it, by one statement, within the branches asked for."""

from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from models import AwardRound, Committee, Event, MemberOrganisation, Movement, Period, Registration, Task
from models import calendar as calendar_module
from models.calendar import CalendarEntry, entries, nearest, sources
from models.events import EventKind, EventStatus
from models.people import Person
from models.records.fields import Kind
from models.units import UnitType
from tests.models.builders import area, build, district, save

pytestmark = pytest.mark.database

FIRST, LAST = date(2023, 11, 1), date(2023, 11, 30)
DAY = date(2023, 11, 18)
ALL = (FIRST, LAST)


def titles(found: list[CalendarEntry]) -> set[str]:
    return {entry.title for entry in found}


def test_every_deadline_of_the_plan_has_its_place() -> None:
    found = {(source.record, source.spec.name) for source in sources()}
    assert found >= {
        (Event, "starts_on"),
        (Period, "due_on"),
        (AwardRound, "due_on"),
        (Task, "due_on"),
        (Movement, "ends_on"),
        (Registration, "due_on"),
    }
    assert len({source.key for source in sources()}) == len(sources())


def test_nothing_personal_stands_in_the_calendar() -> None:
    for source in sources():
        shown = [source.record.fields()[name] for name in (source.record.title_field, source.spec.name)]
        assert not any(spec.personal for spec in shown), source.key
        assert source.record is not Person


def test_what_can_not_stand_there_is_named_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    anew = calendar_module.sources.__wrapped__
    assert anew() == sources()
    monkeypatch.setattr(Task, "title_field", "owner")
    with pytest.raises(TypeError, match="task-due_on"):
        anew()


def test_an_event_stands_on_every_of_its_days(session: Session) -> None:
    save(session, Event, name="Dài", starts_on=date(2023, 10, 30), ends_on=date(2023, 11, 2))
    save(session, Event, name="Trước", starts_on=date(2023, 10, 31))
    save(session, Event, name="Sau", starts_on=date(2023, 12, 1))
    save(session, Event, name="Chưa định", starts_on=None, year=2023)
    (entry,) = entries(session, sources(), *ALL)
    assert (entry.title, entry.first, entry.last) == ("Dài", date(2023, 10, 30), date(2023, 11, 2))


def test_days_are_named_by_kind_where_that_says_more(session: Session) -> None:
    save(session, Event, starts_on=DAY, kind=EventKind.WORKSHOP, status=EventStatus.CANCELLED)
    save(session, Registration, due_on=DAY)
    found = {entry.source.label: entry for entry in entries(session, sources(), *ALL)}
    assert set(found) == {EventKind.WORKSHOP.label, "Hạn công trình, phần việc"}
    assert found[EventKind.WORKSHOP.label].is_off
    (workshops,) = [s for source in sources() for s in source.parts if s.kind is EventKind.WORKSHOP]
    assert len(entries(session, [workshops], *ALL)) == 1
    (trainings,) = [s for source in sources() for s in source.parts if s.kind is EventKind.TRAINING]
    assert entries(session, [trainings], *ALL) == []


def test_a_branch_has_what_is_its_own_and_what_is_everyones(session: Session) -> None:
    place = area()
    session.add(place)
    commune = place.parent
    assert commune is not None
    mine, elsewhere = build(Committee, unit=commune), build(Committee, unit=district())
    youth = build(MemberOrganisation, unit=commune)
    session.add_all([mine, elsewhere, youth])
    session.flush()
    save(session, Event, name="Ở ấp", unit=place, starts_on=DAY)
    save(session, Event, name="Nơi khác", unit=elsewhere.unit, organisation=elsewhere, starts_on=DAY)
    save(session, Task, name="Việc của xã", owner=mine, due_on=DAY)
    save(session, Task, name="Việc của Đoàn", owner=youth, due_on=DAY)
    save(session, Task, name="Việc nơi khác", owner=elsewhere, due_on=DAY)
    save(session, Period, kind="month", number=11, due_on=DAY)
    assert commune.parent is not None
    within = {"Ở ấp", "Việc của xã", "Việc của Đoàn", "Tháng 11/2023"}
    for unit in (commune, commune.parent):
        assert titles(entries(session, sources(), *ALL, unit)) == within
    assert titles(entries(session, sources(), *ALL, youth)) == {"Việc của Đoàn", "Tháng 11/2023"}
    assert titles(entries(session, sources(), *ALL, commune, youth)) == {"Việc của Đoàn", "Tháng 11/2023"}
    assert len(titles(entries(session, sources(), *ALL))) == 6
    assert commune.type is UnitType.COMMUNE


def test_the_calendar_is_in_order_and_by_one_statement(session: Session) -> None:
    for n in range(30):
        save(session, Event, name=f"Ấp {n}", starts_on=date(2023, 11, 1 + n % 7))
        save(session, Task, due_on=date(2023, 11, 1 + n % 5))
    session.commit()
    seen: list[str] = []
    connection = session.connection()

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if "set_config" not in statement:  # what row locks ask on PostgreSQL
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    found = entries(session, sources(), *ALL)
    assert len(seen) == 1
    assert len(found) == 60
    assert all(one.first <= other.first for one, other in pairwise(found))
    assert [e.title for e in found if e.source.record is Event][:3] == ["Ấp 0", "Ấp 7", "Ấp 14"]


def test_an_empty_month_points_to_the_nearest(session: Session) -> None:
    assert nearest(session, sources(), DAY) is None
    save(session, Task, due_on=date(2024, 3, 1))
    assert nearest(session, sources(), DAY) == date(2024, 3, 1)
    save(session, Event, starts_on=date(2023, 5, 1))
    assert nearest(session, sources(), DAY) == date(2023, 5, 1)
    assert sources()[0].spec.kind is Kind.DATE
