"""Each figure once: what pages and packs say of the same is the same, whatever areas and districts told."""

from collections.abc import Iterator
from datetime import date

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
PAGES = ("/", f"/festival/?year={YEAR}", f"/plan/?year={YEAR}")


@pytest.fixture
def session(desk: Flask) -> Iterator[Session]:
    with desk.app_context():
        yield db.session()
        db.session.remove()


def seen(clerk: FlaskClient, session: Session, *units: Unit) -> Said:
    """What every page and pack says, of the province and of these units."""

    def places() -> Iterator[Place]:
        yield from ((url, in_page(clerk.get(url).text)) for url in PAGES)
        for unit in (None, *units):
            yield from in_packs(session, YEAR, unit)

    return gather(places())


def told(session: Session, place: Unit, held: int, **values: int) -> None:
    """A result for a unit: in the Festival that it has, else in a new one."""
    query = select(Event).where(Event.unit == place, Event.kind == EventKind.FESTIVAL, Event.year == YEAR)
    event = session.scalars(query).first()
    if event is None:
        event = save(session, Event, kind=EventKind.FESTIVAL, unit=place, year=YEAR)
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
    assert len(said["held", YEAR, ""]) == 5
    assert len(compared(said)) > 30


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
