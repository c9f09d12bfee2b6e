"""The Festival's figures: what counts when areas, districts and the province tell, or nobody does."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import Event, FestivalResult, Office, Refused, Succession, Unit
from models.events import EventKind, EventStatus
from models.festival import FestivalYear, latest_year
from models.units import UnitType
from tests.models.builders import build, refused, save

pytestmark = pytest.mark.database

YEAR = 2023
SINCE = date(2020, 1, 1)


def unit(session: Session, type_: UnitType, parent: Unit | None = None, **values: object) -> Unit:
    return save(session, Unit, **{"type": type_, "parent": parent, "valid_from": SINCE, **values})


@pytest.fixture
def province(session: Session) -> Unit:
    """A province of two districts of one commune of three areas each."""
    top = unit(session, UnitType.PROVINCE)
    for letter in "AB":
        district = unit(session, UnitType.DISTRICT, top, name=letter)
        commune = unit(session, UnitType.COMMUNE, district, name=f"{letter}1")
        for number in range(3):
            unit(session, UnitType.HAMLET, commune, name=f"{letter}1{number}")
    session.commit()
    return top


def named(session: Session, name: str) -> Unit:
    found = session.query(Unit).filter(Unit.name == name).one()
    assert isinstance(found, Unit)
    return found


def held(session: Session, place: Unit, held: int = 1, year: int = YEAR, **values: int) -> Event:
    result = FestivalResult(**{"areas_total": max(held, 1), "areas_held": held, "areas_both": held, **values})
    event = build(Event, kind=EventKind.FESTIVAL, unit=place, year=year, festival_results=[result])
    session.add(event)
    session.commit()
    return event


def figure(session: Session, name: str = "", year: int = YEAR) -> tuple[int, int, int | None]:
    """How many held it, of how many; and what the unit itself tells beside."""
    found = FestivalYear(session, year)
    counted = found.figure(found.place(named(session, name)) if name else None)
    return counted.held, counted.total, counted.told


def test_a_districts_figure_is_the_sum_of_its_areas(session: Session, province: Unit) -> None:
    assert figure(session) == (0, 6, None)
    for name in ("A10", "A11", "B10"):
        held(session, named(session, name), attendees=100)
    assert (figure(session, "A"), figure(session, "A1"), figure(session)) == ((2, 3, None), (2, 3, None), (3, 6, None))
    assert FestivalYear(session, YEAR, ["attendees"]).figure().sum("attendees") == 300


def test_its_own_sum_counts_where_its_areas_told_nothing(session: Session, province: Unit) -> None:
    held(session, named(session, "A"), 3)
    held(session, named(session, "B10"))
    assert (figure(session, "A"), figure(session)) == ((3, 3, None), (4, 6, None))
    held(session, named(session, "A10"))
    assert (figure(session, "A"), figure(session)) == ((1, 3, 3), (2, 6, None))


def test_a_communes_sum_and_the_provinces_stand_back_the_same_way(session: Session, province: Unit) -> None:
    held(session, province, 5)
    assert figure(session) == (5, 6, None)
    held(session, named(session, "A1"), 2)
    assert (figure(session, "A"), figure(session)) == ((2, 3, None), (2, 6, 5))
    held(session, named(session, "A"), 3)
    assert (figure(session, "A"), figure(session)) == ((3, 3, None), (3, 6, 5))
    held(session, named(session, "A10"))
    assert (figure(session, "A1"), figure(session, "A")) == ((1, 3, 2), (1, 3, 3))


def test_what_counts_are_the_areas_of_that_years_day(session: Session, province: Unit) -> None:
    commune, ended = named(session, "A1"), named(session, "A10")
    unit(session, UnitType.HAMLET, commune, valid_from=date(2023, 11, 19))
    unit(session, UnitType.HAMLET, commune, valid_from=date(2023, 11, 18))
    held(session, ended)
    ended.valid_to = date(2023, 11, 17)
    session.commit()
    assert (figure(session), figure(session, year=2022), figure(session, year=2024)) == (
        (0, 6, None),
        (0, 6, None),
        (0, 7, None),
    )
    assert [row.unit for row in FestivalYear(session, YEAR).strays] == [ended.full_name]
    ended.valid_to = date(2023, 11, 18)
    session.commit()
    assert figure(session) == (1, 7, None)


def test_two_results_of_one_area_are_one(session: Session, province: Unit) -> None:
    place = named(session, "A10")
    held(session, place, attendees=50)
    held(session, place, 0, attendees=70)
    assert figure(session, "A") == (1, 3, None)
    assert FestivalYear(session, YEAR, ["attendees"]).figure().sum("attendees") == 50
    held(session, place, 3, attendees=90)
    assert figure(session, "A") == (1, 3, None)
    assert sorted(row.areas_held for row in FestivalYear(session, YEAR).doubles) == [0, 1]


def test_an_area_that_moved_is_counted_once_and_where_it_stood(session: Session, province: Unit) -> None:
    place = named(session, "A10")
    held(session, place)
    place.parent = named(session, "B1")
    session.commit()
    assert (figure(session, "A"), figure(session, "B"), figure(session)) == ((0, 2, None), (1, 4, None), (1, 6, None))


def test_an_area_of_a_commune_that_began_later_stands_in_the_one_before(session: Session, province: Unit) -> None:
    old, day = named(session, "A1"), date(2024, 9, 1)
    new = unit(session, UnitType.WARD, named(session, "A"), name="A2", valid_from=day)
    save(session, Succession, predecessor=old, successor=new, on=day)
    held(session, named(session, "A10"))
    named(session, "A10").parent = new
    old.valid_to = date(2024, 8, 31)
    session.commit()
    assert (figure(session, "A1"), figure(session, "A"), figure(session)) == ((1, 3, None), (1, 3, None), (1, 6, None))
    assert figure(session, "A2", 2024) == (0, 1, None)


def test_without_a_known_one_before_it_stands_there_all_the_same(session: Session, province: Unit) -> None:
    new = unit(session, UnitType.WARD, named(session, "A"), name="A2", valid_from=date(2024, 9, 1))
    held(session, named(session, "A10"))
    named(session, "A10").parent = new
    session.commit()
    assert (figure(session, "A2"), figure(session, "A"), figure(session)) == ((1, 1, None), (1, 3, None), (1, 6, None))


def test_the_status_follows_the_result(session: Session, province: Unit) -> None:
    event = held(session, named(session, "A10"))
    assert event.status is EventStatus.HELD
    event.status = EventStatus.CANCELLED
    session.commit()
    assert event.status is EventStatus.HELD
    session.delete(event.festival_results[0])
    session.commit()
    assert event.status is EventStatus.PLANNED
    event.status = EventStatus.HELD
    session.commit()
    assert (event.status, figure(session, "A")) == (EventStatus.PLANNED, (0, 3, None))
    event.status = EventStatus.CANCELLED
    session.commit()
    assert event.status is EventStatus.CANCELLED


def test_a_result_entered_alone_says_that_it_was_held(session: Session, province: Unit) -> None:
    event = save(session, Event, kind=EventKind.FESTIVAL, unit=named(session, "A10"), year=YEAR)
    session.commit()
    result = save(session, FestivalResult, event=event, areas_held=1)
    assert event.status is EventStatus.HELD
    result.areas_held = 0
    session.commit()
    assert event.status is EventStatus.PLANNED


def test_the_latest_year_is_a_festivals(session: Session, province: Unit) -> None:
    assert latest_year(session) is None
    save(session, Event, kind=EventKind.WORKSHOP, year=2027)
    held(session, named(session, "A10"))
    assert latest_year(session) == YEAR


def test_the_office_says_which_day_counts(session: Session, province: Unit) -> None:
    unit(session, UnitType.HAMLET, named(session, "A1"), valid_from=date(2023, 11, 1))
    assert figure(session) == (0, 7, None)
    office = save(session, Office, festival_day="31/10")
    assert figure(session) == (0, 6, None)
    office.festival_day = "31/11"
    assert set(refused(session)) == {"festival_day"}


# -- what a Festival tells in its result


def test_what_is_written_on_a_festival_goes_to_its_result(session: Session, province: Unit) -> None:
    event = held(session, named(session, "A10"), attendees=300)
    event.attendees, event.state_budget = 300, 5_000_000
    session.commit()
    assert (event.attendees, event.state_budget) == (None, None)
    assert (event.festival_results[0].attendees, event.festival_results[0].state_budget) == (300, 5_000_000)
    event.attendees = 250
    assert refused(session) == {"attendees": "Số này của Ngày hội ghi ở mục “Kết quả Ngày hội”."}


def test_other_events_tell_it_themselves(session: Session) -> None:
    event = save(session, Event, kind=EventKind.WORKSHOP, attendees=300, social_budget=1)
    assert (event.attendees, event.social_budget) == (300, 1)


# -- what can hardly be


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"attendees": 9_000, "people": 100}, "attendees"),
        ({"poor_households": 41, "households": 40}, "poor_households"),
        ({"near_poor_households": 41, "households": 40}, "near_poor_households"),
        ({"households": 101, "people": 100}, "households"),
        ({"cultural_reached": 9, "cultural_registered": 8}, "cultural_reached"),
        ({"gift_value": 2_000_000, "gifts": 0}, "gift_value"),
        ({"social_budget": 15}, "social_budget"),
    ],
)
def test_what_can_hardly_be_is_asked_about_once(session: Session, values: dict[str, int], field: str) -> None:
    result = build(FestivalResult, event=build(Event, kind=EventKind.FESTIVAL), **values)
    session.add(result)
    with pytest.raises(Refused) as asked:
        session.flush()
    assert [problem.field for problem in asked.value.problems] == [field]
    session.add(result)
    result.confirmed.update(str(problem.confirm) for problem in asked.value.problems)
    session.commit()
    assert result.agreed == str(asked.value.problems[0])
    result.confirmed.clear()
    result.note = "Saved again, nobody is asked again."
    session.commit()
    setattr(result, field, getattr(result, field) + 1)
    assert set(refused(session)) == {field}


def test_what_can_be_needs_no_word(session: Session) -> None:
    values = {"attendees": 100, "people": 100, "households": 40, "poor_households": 40, "gifts": 1, "gift_value": 1_000}
    assert save(session, FestivalResult, event=build(Event, kind=EventKind.FESTIVAL), **values).agreed is None
