"""The Festival's page: each figure is the number of areas behind it; leaders awaited at two places are shown."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text

from models import AuditEntry, AuditKind, Event, FestivalResult, Role, Unit, Visit
from models.festival_differences import ACT
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import Element, ids_in, messages, read, record_form, save, sent
from tests.statements import statements
from views.core.fields.formatting import number_text
from views.core.session import db
from views.festival import SHOWN

pytestmark = ON_SQLITE
AREAS = "SELECT count(*) FROM unit WHERE level = 'area'"
SENT = """
    SELECT count(DISTINCT e.unit_id) FROM event e JOIN festival_result r ON r.event_id = e.id
    JOIN unit u ON u.id = e.unit_id
    WHERE e.year = 2023 AND u.level = 'area'
"""


def table(client: FlaskClient, url: str = "/festival/") -> list[Element]:
    """The rows of the districts and, last, their sum."""
    main = read(client.get(url).text).one("main")
    return [row for part in main.all("table")[0].all("tbody", "tfoot") for row in part.all("tr")]


def figures(row: Element) -> list[Element]:
    return [cell.all("a")[0] for cell in row.all("td", class_="n")]


def test_the_sum_is_the_provinces(app: Flask, admin: FlaskClient) -> None:
    rows = table(admin)
    assert len(rows) == 12
    totals = dict(zip(SHOWN, (int(link.text) for link in figures(rows[-1])), strict=True))
    with app.app_context():
        areas, results = (db.session.scalar(text(query)) for query in (AREAS, SENT))
    assert (totals["areas"], totals["sent"], totals["missing"]) == (areas, results, areas - results)
    assert totals["held"] + totals["planned"] + totals["silent"] == areas
    for place, name in enumerate(SHOWN):
        assert sum(int(figures(row)[place].text) for row in rows[:-1]) == totals[name]
    assert rows[-1].all("td")[-2].text == "8/11"


def test_each_figure_leads_to_its_areas(admin: FlaskClient) -> None:
    rows = table(admin)
    for link in [*figures(rows[0]), *figures(rows[-1])[-1:]]:
        page = read(admin.get(link["href"]).text).one("main")
        assert len(page.all("tbody")[0].all("tr") if page.all("tbody") else []) == int(link.text), link["href"]


def test_themes_and_pilots_lead_to_their_records(admin: FlaskClient) -> None:
    row = table(admin)[0]
    themes = row.all("td")[-1].all("span")
    assert len(themes) == 5
    first = themes[0]
    assert len(ids_in(admin.get(first.one("a")["href"] + "&page_size=200").text)) == int(first.text.split()[-1])
    assert admin.get(row.all("td")[-2].one("a")["href"]).status_code == 200


def test_a_leader_at_two_places_is_asked_about_and_shown(own_app: Flask) -> None:
    clerk = browser_of(own_app, "administrator")
    with own_app.app_context():
        visit = db.session.scalars(select(Visit).where(Visit.part == "morning")).first()
        assert visit is not None
        other = select(Event.id).where(Event.id != visit.event_id, Event.starts_on == visit.on)
        leader, url = str(visit.name), f"/events/edit/?id={db.session.scalars(other).first()}"
    form = {
        **sent(record_form(clerk.get(url).text)),
        "visits-0-id": "",
        "visits-0-name": leader,
        "visits-0-part": "whole",
    }
    answer = clerk.post(url, data=form)
    assert f"“{leader}” cùng buổi đó" in answer.text
    assert "flash warn" not in clerk.get("/festival/").text
    assert clerk.post(url, data={**form, "confirm": "two-places"}).status_code == 302
    (told,) = [message for message in messages(clerk.get("/festival/").text) if "hai nơi" in message]
    assert leader in told
    # Saved again, nobody is asked again.
    assert save(clerk, url, {"result": "Tốt"}).status_code == 302


def test_a_sum_that_differs_from_the_districts_own_is_marked(own_app: Flask) -> None:
    with own_app.app_context():
        district = db.session.scalars(select(Unit).where(Unit.code == "942")).one()
        festival = db.session.scalars(select(Event).where(Event.unit == district, Event.code == "NH-2023-942")).one()
        festival.festival_results = [FestivalResult(areas_total=54, areas_held=40, areas_both=40)]
        db.session.commit()
    clerk = browser_of(own_app, "administrator")
    marked = [row for row in table(clerk) if "huyện báo" in row.text]
    assert [row.one("th").text for row in marked] == ["Huyện Châu Thành"]
    assert "huyện báo 40" in marked[0].text


def test_what_an_event_once_said_otherwise_is_shown_until_someone_keeps_the_result(own_app: Flask) -> None:
    clerk = browser_of(own_app, "editor")
    assert "Số khác nhau" not in clerk.get("/festival/").text
    with own_app.app_context():
        result = db.session.scalars(select(FestivalResult).where(FestivalResult.attendees.is_not(None))).first()
        assert result is not None
        told = {"noun": "Event", "record_id": result.event_id, "title": "Ngày hội", "kind": AuditKind.CHANGED}
        entry = {**told, "act": ACT, "actor": "nâng cấp", "changes": {"attendees": [9_999, None]}}
        db.session.execute(insert(AuditEntry).inline(), [entry], execution_options={"recorded": True})
        db.session.commit()
        id_, now = result.id, number_text(result.attendees or 0)
    (link,) = [a for a in read(clerk.get("/festival/").text).one("main").all("a") if a.text == "Số khác nhau"]
    page = read(clerk.get(link["href"]).text).one("main")
    assert [cell.text for cell in page.all("td", class_="n")] == ["9.999", now]
    form = {name: page.one(name=name)["value"] for name in ("keep", "csrf_token")}
    assert clerk.post("/festival/keep/", data=form).status_code == 302
    assert "Không có số nào khác nhau." in clerk.get(link["href"]).text
    assert save(clerk, f"/festival-results/edit/?id={id_}", {"note": "Sau này"}).status_code == 302
    assert "Giữ số của kết quả: Số người dự" in clerk.get(f"/festival-results/details/?id={id_}").text


@pytest.mark.parametrize("odd", ["year=x", "year=1999", "show=x", "show=held&district=x", "show=held&district=999999"])
def test_what_can_not_be_read_is_left_out(admin: FlaskClient, odd: str) -> None:
    assert admin.get(f"/festival/?{odd}").status_code == 200


def test_a_district_sees_its_own(app: Flask) -> None:
    clerk = browser_of(app, add_person(app, Role.VIEWER, "MTTQ-947").username)
    assert [row.one("th").text for row in table(clerk)] == ["Huyện Mỹ Xuyên", "Tổng cộng"]


def test_the_page_costs_few_statements(app: Flask, admin: FlaskClient) -> None:
    for url in ("/festival/", "/festival/?year=2023&show=areas"):
        admin.get(url)
        with statements(app) as seen:
            admin.get(url)
        assert len(seen) <= 10, url
