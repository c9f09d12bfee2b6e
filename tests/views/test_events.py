"""Events' own forms: a Festival's leaves out what its result tells; from an area one comes to its result."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Event, FestivalResult, Unit
from models.events import EventKind
from models.units import Level
from tests.databases import ON_SQLITE
from tests.models.builders import save as put
from tests.pages import messages, read, record_form, save, sent
from views.core.session import db

pytestmark = ON_SQLITE
OF_RESULT = {"attendees", "state_budget", "social_budget"}


def form_of(client: FlaskClient, url: str) -> set[str]:
    return set(sent(record_form(client.get(url).text)))


@pytest.fixture(scope="module")
def festival(desk: Flask) -> tuple[int, int, int]:
    """An area with its Festival and that one's result."""
    with desk.app_context():
        query = select(FestivalResult).join(FestivalResult.event).join(Event.unit).where(Unit.level == Level.AREA)
        result = db.session.scalars(query).first()
        assert result is not None
        return result.event.unit_id, result.event_id, result.id


def test_a_festivals_form_leaves_out_what_its_result_tells(
    desk: Flask, clerk: FlaskClient, festival: tuple[int, int, int]
) -> None:
    _area, event, _result = festival
    assert not OF_RESULT & form_of(clerk, f"/events/edit/?id={event}")
    assert not OF_RESULT & form_of(clerk, "/events/new/?kind=festival")
    assert form_of(clerk, "/events/new/?kind=workshop") >= OF_RESULT
    labels = [term.text for term in read(clerk.get(f"/events/details/?id={event}").text).one("main").all("dt", "th")]
    assert "Kinh phí ngân sách (đồng)" not in labels[: labels.index("Nội dung, chương trình")]
    with desk.app_context():
        workshop = put(db.session(), Event, kind=EventKind.WORKSHOP, attendees=40)
        db.session.commit()
        url = f"/events/edit/?id={workshop.id}"
    assert form_of(clerk, url) >= OF_RESULT
    assert save(clerk, url, {"kind": "festival"}).status_code == 200


def test_an_areas_result_is_one_click_away(clerk: FlaskClient, festival: tuple[int, int, int]) -> None:
    area, _event, result = festival
    for url in (f"/units/details/?id={area}", "/festival/?year=2023&show=held"):
        links = [link["href"] for link in read(clerk.get(url).text).one("main").all("a")]
        assert f"/festival-results/details/?id={result}" in links, url


def test_a_missing_result_is_typed_in_from_there(desk: Flask, clerk: FlaskClient) -> None:
    page = read(clerk.get("/festival/?year=2023&show=missing").text).one("main")
    urls = [row.all("a")[-1]["href"] for row in page.one("tbody").all("tr")]
    known = next(url for url in urls if url.startswith("/festival-results/new/"))
    form = sent(record_form(clerk.get(known).text))
    assert form["event"] == re.findall(r"event=(\d+)", known)
    assert clerk.post(known, data={**form, "areas_held": "1"}).status_code == 302
    silent = next(url for url in urls if url.startswith("/events/new/"))
    form = sent(record_form(clerk.get(silent).text))
    assert [*form["kind"], *form["year"], *form["unit"]] == ["festival", "2023", *re.findall(r"unit=(\d+)", silent)]


def test_a_figure_that_can_hardly_be_is_asked_about_at_its_box(
    clerk: FlaskClient, festival: tuple[int, int, int]
) -> None:
    _area, event, result = festival
    for url, box in (
        (f"/festival-results/edit/?id={result}", ""),
        (f"/events/edit/?id={event}", "festival_results-0-"),
    ):
        odd = {
            f"{box}people": "9000",
            f"{box}households": "100",
            f"{box}poor_households": "101",
            f"{box}attendees": "1",
        }
        odd |= {f"{box}{name}": "0" for name in ("praised_households", "praised_people", "near_poor_households")}
        odd |= {f"{box}{name}": "0" for name in ("cultural_registered", "cultural_reached", "minority_households")}
        form = {**sent(record_form(clerk.get(url).text)), **odd}
        answer = clerk.post(url, data=form)
        asked = [box["value"] for box in read(answer.text).all("input", name="confirm")]
        assert asked == ["“Hộ nghèo” (101) lớn hơn “Số hộ” (100)."], messages(answer.text)
        assert clerk.post(url, data={**form, "confirm": asked}).status_code == 302
        assert save(clerk, url, {f"{box}note": "Đã hỏi"}).status_code == 302
        assert save(clerk, url, {f"{box}poor_households": "1"}).status_code == 302
