"""Events, the figures of a Festival, the pilot area of each district."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Committee, Event, FestivalResult, Person, PilotArea, Recommendation, Theme, Unit, Visit
from models.access.scope import limited_to, scope_of
from models.events import CRITICAL, DayPart, EventKind, EventStatus
from models.units import Level, UnitType
from tests.models.builders import area, build, district, refused, save

pytestmark = pytest.mark.database

DAY = date(2023, 11, 18)


def festival(**values: object) -> FestivalResult:
    """A Festival's figures for ten areas, eight of which held it."""
    counts = {"areas_total": 10, "areas_held": 8, "areas_ceremony": 3, "areas_both": 5, "areas_meal": 8}
    return build(FestivalResult, event=build(Event, kind=EventKind.FESTIVAL), **{**counts, **values})


# -- events


def test_the_day_gives_the_year(session: Session) -> None:
    assert save(session, Event, year=None, starts_on=DAY).year == 2023


def test_the_day_is_of_the_year(session: Session) -> None:
    session.add(build(Event, year=2022, starts_on=DAY))
    assert refused(session) == {"starts_on": "Ngày tổ chức không thuộc năm 2022."}


def test_what_was_held_has_a_day(session: Session) -> None:
    session.add(build(Event, kind=EventKind.WORKSHOP, status="held"))
    assert refused(session) == {"starts_on": "Đã tổ chức thì phải có ngày tổ chức."}
    session.rollback()
    save(session, Event, status="held", starts_on=DAY)


def test_an_event_does_not_end_before_it_begins(session: Session) -> None:
    session.add(build(Event, starts_on=DAY, ends_on=date(2023, 11, 17)))
    assert refused(session) == {"ends_on": "Không được trước “Ngày tổ chức”."}


@pytest.mark.parametrize(
    ("sent", "answered", "right"), [(3, 3, True), (3, None, True), (3, 4, False), (None, 1, False)]
)
def test_no_more_recommendations_are_answered_than_sent(
    session: Session, sent: int | None, answered: int | None, right: bool
) -> None:
    session.add(build(Event, recommendations_sent=sent, recommendations_answered=answered))
    if right:
        session.flush()
    else:
        assert refused(session) == {"recommendations_answered": "Không thể nhiều hơn số kiến nghị đã gửi."}


def test_themes_are_several_and_outlive_the_event(session: Session) -> None:
    themes = [build(Theme, place=place) for place in (2, 1)]
    event = save(session, Event, themes=themes)
    session.expire(event)
    assert event.themes == themes[::-1]
    session.delete(themes[0])
    with pytest.raises(IntegrityError):
        session.flush()


# -- recommendations


def test_the_list_of_recommendations_gives_their_counts(session: Session) -> None:
    event = save(session, Event, kind=EventKind.SUPERVISION, recommendations_sent=9)
    event.recommendations = [
        Recommendation(content="Một", sent_on=DAY, answered_on=DAY),
        Recommendation(content="Hai", sent_on=DAY),
        Recommendation(content="Ba"),
    ]
    session.flush()
    assert (event.recommendations_sent, event.recommendations_answered) == (2, 1)
    for asked in list(event.recommendations):
        event.recommendations.remove(asked)
        session.delete(asked)
    session.flush()
    assert (event.recommendations_sent, event.recommendations_answered) == (0, 0)
    event.recommendations_sent = 4
    session.flush()
    assert event.recommendations_sent == 4


@pytest.mark.parametrize("kind", EventKind)
def test_only_supervision_and_criticism_recommend(session: Session, kind: EventKind) -> None:
    session.add(build(Recommendation, event=build(Event, kind=kind)))
    if kind in CRITICAL:
        session.flush()
    else:
        assert set(refused(session)) == {"recommendations"}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"answer": "Đã tiếp thu.", "sent_on": DAY}, "answered_on"),
        ({"answered_on": DAY}, "sent_on"),
        ({"due_on": DAY}, "sent_on"),
        ({"sent_on": DAY, "answered_on": date(2023, 11, 17)}, "answered_on"),
        ({"sent_on": DAY, "due_on": date(2023, 11, 17)}, "due_on"),
    ],
)
def test_an_answer_follows_what_was_sent(session: Session, values: dict[str, object], wrong: str) -> None:
    session.add(build(Recommendation, **values))
    assert set(refused(session)) == {wrong}


# -- leaders


def visit(session: Session, **values: object) -> Visit:
    """A leader's visit to an event of their own, in the database."""
    given = {"event": build(Event, starts_on=DAY, ends_on=date(2023, 11, 19)), "name": "Lý Thị Hoa", **values}
    return save(session, Visit, **given)


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ({}, {}, True),
        ({"part": "morning"}, {"part": "afternoon"}, False),
        ({"part": "morning"}, {"part": "morning"}, True),
        ({"part": "morning"}, {}, True),
        ({"day": date(2023, 11, 19)}, {}, False),
        ({"day": DAY}, {}, True),
        ({}, {"name": "LY THI HOA"}, True),
        ({}, {"name": "Lý Thị Hòa An"}, False),
    ],
)
def test_one_leader_at_two_places_is_asked_about(
    session: Session, first: dict[str, object], second: dict[str, object], clash: bool
) -> None:
    visit(session, **first)
    if not clash:
        visit(session, **second)
        return
    session.commit()
    later = build(Visit, **{"event": build(Event, starts_on=DAY), "name": "Lý Thị Hoa", **second})
    session.add(later)
    (told,) = refused(session).values()
    assert "cùng buổi đó" in told
    later.event.confirmed.add("two-places")
    session.flush()


def test_a_place_out_of_the_writers_sight_is_not_named(session: Session) -> None:
    mine, theirs = (build(Committee, unit=district(), level=Level.DISTRICT) for _n in range(2))
    session.add_all([mine, theirs])
    session.flush()
    visit(session, event=build(Event, unit=theirs.unit, organisation=theirs, name="Chuyện riêng", starts_on=DAY))
    event = save(session, Event, unit=mine.unit, organisation=mine, starts_on=DAY)
    session.commit()
    with limited_to(scope_of(mine)):
        event.visits.append(Visit(name="Lý Thị Hoa"))
        assert refused(session) == {"visits": "“Lý Thị Hoa” cùng buổi đó (Cả ngày, 18/11/2023) đã có tên ở nơi khác."}


def test_two_people_of_one_name_are_two(session: Session) -> None:
    for _n in range(2):
        visit(session, person=build(Person, full_name="Lý Thị Hoa"), name=None)
    session.add(build(Visit, event=build(Event, starts_on=DAY), name="Lý Thị Hoa"))
    assert set(refused(session)) == {"visits"}


def test_an_event_that_moves_takes_its_visits_along(session: Session) -> None:
    visit(session)
    other = visit(session, event=build(Event, starts_on=date(2023, 12, 1)))
    session.commit()
    other.event.starts_on = DAY
    assert set(refused(session)) == {"visits"}
    other.event.status = EventStatus.CANCELLED
    session.flush()
    other.event.name = "Không ai đến nữa"
    session.flush()


def test_whoever_confirmed_a_clash_is_not_asked_again(session: Session) -> None:
    visit(session)
    other = build(Visit, event=build(Event, starts_on=DAY), name="Lý Thị Hoa")
    other.event.confirmed.add("two-places")
    session.add(other)
    session.commit()
    other.event.confirmed.clear()
    other.event.result = "Tốt"
    session.flush()
    other.part = DayPart.MORNING
    assert set(refused(session)) == {"visits"}


def test_nobody_is_listed_twice_for_one_half_day(session: Session) -> None:
    event = visit(session).event
    event.visits.append(Visit(name="Lý Thị Hoa", part=DayPart.MORNING))
    assert refused(session) == {"visits": "“Lý Thị Hoa” được ghi hai lần cho cùng một buổi."}


def test_a_visit_is_somebodys_and_while_the_event_lasts(session: Session) -> None:
    session.add(build(Visit, name=None))
    assert set(refused(session)) == {"name"}
    session.rollback()
    session.add(build(Visit, event=build(Event, starts_on=DAY), day=date(2023, 11, 19)))
    assert refused(session) == {"day": "Sự kiện không diễn ra ngày này."}


# -- the Festival


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, set()),
        ({"areas_held": 10, "areas_ceremony": 5}, set()),
        ({"areas_held": 11}, {"areas_held"}),
        ({"areas_ceremony": 4}, {"areas_both"}),
        ({"areas_both": 6}, {"areas_both"}),
        ({"areas_meal": 9}, {"areas_meal"}),
        ({"areas_held": 7, "areas_meal": 7}, {"areas_both"}),
        ({"areas_total": 7}, {"areas_held"}),
        ({"households": 500, "minority_households": 500, "cultural_reached": 500}, set()),
        ({"households": 500, "minority_households": 501}, {"minority_households"}),
        ({"households": 500, "cultural_reached": 501}, {"cultural_reached"}),
        ({"households": 0, "cultural_reached": 1}, {"cultural_reached"}),
        ({"cultural_reached": 500}, set()),
        ({"cultural_areas": 10}, set()),
        ({"cultural_areas": 11}, {"cultural_areas"}),
    ],
)
def test_no_part_of_a_festival_is_greater_than_its_whole(
    session: Session, values: dict[str, int], wrong: set[str]
) -> None:
    session.add(festival(**values))
    if wrong:
        assert set(refused(session)) == wrong
    else:
        session.flush()


def test_a_single_area_counts_as_one(session: Session) -> None:
    result = save(session, FestivalResult, event=build(Event, kind=EventKind.FESTIVAL), areas_held=1, areas_both=1)
    assert (result.areas_total, result.areas_ceremony) == (1, 0)


@pytest.mark.parametrize("kind", EventKind)
def test_only_a_festival_has_its_figures(session: Session, kind: EventKind) -> None:
    event = save(session, Event, kind=kind)
    session.commit()
    session.add(build(FestivalResult, event_id=event.id))
    if kind is EventKind.FESTIVAL:
        session.flush()
        event.kind = EventKind.WORKSHOP
    assert set(refused(session)) == {"festival_results"}


def test_a_festival_has_one_row_of_figures(session: Session) -> None:
    event = save(session, Event, kind=EventKind.FESTIVAL)
    event.festival_results = [FestivalResult(), FestivalResult()]
    assert refused(session) == {"festival_results": "Một Ngày hội chỉ có một dòng kết quả."}
    event.festival_results = [FestivalResult()]
    session.flush()


# -- pilot areas


def pilot(chosen: Unit | None, **values: object) -> PilotArea:
    """The place of the chosen area's district on the list."""
    home = chosen.parent.parent if chosen and chosen.parent else district()
    return build(PilotArea, **{"district": home, "area": chosen, **values})


@pytest.mark.parametrize("together", [True, False])
def test_an_area_of_the_district_is_its_pilot(session: Session, together: bool) -> None:
    chosen = area()
    session.add(chosen)
    if not together:
        session.commit()
    session.add(pilot(chosen, event=build(Event, unit=chosen)))
    session.flush()


def test_a_place_stands_empty_until_the_district_has_chosen(session: Session) -> None:
    session.add(pilot(None))
    session.flush()


def test_a_district_has_one_pilot_a_year(session: Session) -> None:
    first = pilot(area())
    session.add(first)
    session.flush()
    save(session, PilotArea, district=first.district, year=2024)
    second = build(Unit, type=UnitType.HAMLET, parent=first.area.parent if first.area else None)
    session.add(pilot(second))
    assert refused(session) == {"district": f"Đã có ở “{first}”."}


def test_the_pilot_lies_in_its_district(session: Session) -> None:
    session.add(pilot(area(), district=district(name="Huyện Kế Sách")))
    assert refused(session) == {"area": "Khu dân cư này không thuộc “Huyện Kế Sách”."}


def test_the_pilot_is_a_residential_area_of_a_district(session: Session) -> None:
    commune = area().parent
    assert commune is not None
    session.add(build(PilotArea, district=commune.parent, area=commune))
    assert refused(session) == {"area": "Chọn một khu dân cư (ấp, khóm)."}
    session.rollback()
    session.add(build(PilotArea, district=build(Unit)))
    assert refused(session) == {"district": "Chọn một đơn vị cấp huyện."}


def test_the_festival_of_a_pilot_is_held_in_it(session: Session) -> None:
    session.add(pilot(area(), event=build(Event)))
    assert refused(session) == {"event": "Ngày hội này không phải của khu dân cư được chọn."}
