"""Each figure once: what pages and packs say of the same is the same, whatever areas and districts told."""

from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Event, FestivalResult, Unit
from models.events import EventKind
from models.units import Level
from tests.databases import ON_SQLITE
from tests.models.builders import save
from tests.pages import read
from views.core.session import db
from views.figures import Place, Said, compared, different, gather, in_packs, in_page

pytestmark = ON_SQLITE
YEAR = 2023


@pytest.fixture
def session(desk: Flask) -> Iterator[Session]:
    with desk.app_context():
        yield db.session()
        db.session.remove()


def seen(clerk: FlaskClient, session: Session, *units: Unit, year: int = YEAR) -> Said:
    """What every page and pack says, of the province and of these units."""

    def places() -> Iterator[Place]:
        for url in ("/", f"/festival/?year={year}", f"/plan/?year={year}"):
            yield url, in_page(clerk.get(url).text)
        for unit in (None, *units):
            yield from in_packs(session, year, unit)

    return gather(places())


def told(session: Session, place: Unit, held: int, year: int = YEAR, **values: int) -> None:
    """A result for a unit: in the Festival that it has without one, else in a new one."""
    query = select(Event).where(Event.unit == place, Event.kind == EventKind.FESTIVAL, Event.year == year)
    event = session.scalars(query.where(~Event.festival_results.any())).first()
    if event is None:
        event = save(session, Event, kind=EventKind.FESTIVAL, unit=place, year=year)
    save(session, FestivalResult, event=event, areas_total=held, areas_held=held, areas_both=held, **values)


def one(said: Said, *figure: object) -> int:
    """The number that all places say, of which there are several."""
    places = said[figure]  # type: ignore[index]  # a figure by its parts
    assert len(places) > 1, places
    (number,) = set(places.values())
    return number


def test_the_fresh_year_is_said_once(clerk: FlaskClient, session: Session) -> None:
    said = seen(clerk, session)
    assert different(said) == {}
    assert (one(said, "held", YEAR, ""), one(said, "total", YEAR, "")) == (714, 775)
    assert len(said["held", YEAR, ""]) == 6
    assert len(compared(said)) > 60


def test_two_areas_more_an_area_that_begins_and_a_sum_beside(clerk: FlaskClient, session: Session) -> None:
    planned = select(Event.unit_id).where(Event.kind == EventKind.FESTIVAL, Event.status == "planned")
    areas = session.scalars(select(Unit).where(Unit.id.in_(planned), Unit.level == Level.AREA).limit(2)).all()
    for area in areas:
        told(session, area, 1)
    district = session.scalars(select(Unit).where(Unit.code == "947")).one()
    commune = session.scalars(select(Unit).where(Unit.parent == district)).first()
    save(session, Unit, type="hamlet", parent=commune, valid_from=date(2026, 11, 1), name="Ấp Mới")
    session.commit()
    before = one(seen(clerk, session, district), "held", YEAR, district.name)
    told(session, district, 90)
    session.commit()
    said = seen(clerk, session, district)
    assert different(said) == {}
    assert (one(said, "held", YEAR, ""), one(said, "total", YEAR, "")) == (716, 775)
    assert (one(said, "held", YEAR, district.name), one(said, "total", YEAR, district.name)) == (before, 85)
    row = next(row for row in read(clerk.get("/festival/?year=2023").text).all("tr") if district.name in row.text)
    assert "huyện báo 90" in row.text
    later = dict(in_page(clerk.get("/festival/?year=2026").text))
    assert (later["held", 2026, ""], later["total", 2026, ""]) == (0, 776)


def tell(session: Session, rng: Random, district: Unit, year: int) -> None:
    """What a district and its areas may tell in a year: a sum, areas, both, nothing; some of it twice."""
    areas = list(session.scalars(select(Unit).where(Unit.branch(district), Unit.level == Level.AREA)))
    kind = rng.choice(("sum", "areas", "both", "nothing"))
    for area in rng.sample(areas, 4) if kind in ("areas", "both") else ():
        for _time in range(rng.choice((1, 1, 2))):
            told(session, area, rng.randint(0, 1), year, attendees=rng.randint(1, 300), gifts=rng.randint(0, 9))
    if kind in ("sum", "both"):
        told(session, district, rng.randint(1, 99), year, attendees=rng.randint(1, 9_000), houses=2)


def shift(session: Session, rng: Random, year: int) -> None:
    """An area that ends about the day, one that begins, one that moves, each with results; a commune's sum."""
    communes = session.scalars(select(Unit).where(Unit.level == Level.COMMUNE, Unit.valid_to.is_(None))).all()
    areas = list(session.scalars(select(Unit).where(Unit.level == Level.AREA, Unit.valid_to.is_(None))))
    ending, moving = rng.sample(areas, 2)
    for area in (ending, moving):
        told(session, area, 1, year, state_budget=2_000_000)
    ending.valid_to = date(year, 11, rng.randint(1, 30))
    moving.parent = rng.choice([commune for commune in communes if commune is not moving.parent])
    begins = date(year, 11, rng.randint(1, 30))
    told(session, save(session, Unit, type="hamlet", parent=rng.choice(communes), valid_from=begins), 1, year)
    told(session, rng.choice(communes), 3, year)


@pytest.mark.parametrize("year", range(2024, 2028))
def test_whatever_was_told_all_places_say_the_same(clerk: FlaskClient, session: Session, year: int) -> None:
    rng = Random(year)  # noqa: S311  dice, no secret
    districts = session.scalars(select(Unit).where(Unit.level == Level.DISTRICT).order_by(Unit.code)).all()
    for district in districts:
        tell(session, rng, district, year)
    shift(session, rng, year)
    if year % 2:
        told(session, session.scalars(select(Unit).where(Unit.level == Level.PROVINCE)).one(), 700, year)
    session.commit()
    said = seen(clerk, session, *rng.sample(list(districts), 2), year=year)
    assert different(said) == {}
    assert one(said, "held", year, "") > 0
    assert len(said["held", year, ""]) == 6


def test_a_year_of_which_nobody_told_anything(clerk: FlaskClient, session: Session) -> None:
    said = seen(clerk, session, year=2031)
    assert different(said) == {}
    assert one(said, "held", 2031, "") == 0
