"""Searching a list: each row is found by any word that it shows; look-ups bring what is meant first."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Document, Event, Nomination, Organisation, Unit
from models.records.fields import MASK
from tests.pages import Element, ids_in, read
from tests.statements import statements
from views import SCREENS
from views.core.screen import RecordView
from views.core.session import db

TIME = re.compile(r"\d\d:\d\d")


def pieces(element: Element) -> str:
    """The text of the element, what stands on lines of its own parted by spaces."""
    return " ".join(child if isinstance(child, str) else pieces(child) for child in element.children)


@pytest.mark.parametrize("cls", SCREENS)
@pytest.mark.database
def test_a_row_is_found_by_any_word_that_it_shows(app: Flask, admin: FlaskClient, cls: type[RecordView]) -> None:
    screen = app.extensions["screens"][cls.record]
    bodies = read(admin.get(f"{screen.url}/?page=0").text).all("tbody")
    row = next((row for body in bodies for row in body.all("tr")), None)
    if row is None:
        pytest.skip("the demo year has none")
    id_ = int(row.one("input", name="id")["value"])
    said = {word for cell in row.all("th", "td")[1:-1] for word in pieces(cell).split()}
    asked = {word for word in said if word not in ("–", MASK) and not TIME.fullmatch(word)}
    with app.test_request_context(f"{screen.url}/"):
        this = [screen.query.narrowed(word, ()).where(cls.record.id == id_) for word in sorted(asked)]
        found = [db.session.scalar(query.with_only_columns(cls.record.id)) for query in this]
        missed = [word for word, id_found in zip(sorted(asked), found, strict=True) if id_found is None]
        db.session.rollback()
    assert asked
    assert missed == []


def first_ids(admin: FlaskClient, url: str, words: str) -> list[int]:
    return ids_in(admin.get(url, query_string={"search": words, "page_size": "200"}).text)


@pytest.mark.parametrize("words", ["30/hd", "30/HD-mttq", "hd-mttq-btt 30/"])
def test_a_document_is_found_by_the_beginning_of_its_sign(app: Flask, admin: FlaskClient, words: str) -> None:
    with app.app_context():
        wanted = db.session.scalar(select(Document.id).where(Document.sign == "30/HD-MTTQ-BTT"))
    assert wanted in first_ids(admin, "/documents/", words)


def test_words_of_several_columns_narrow_together(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.starts_on.is_not(None)).order_by(Event.id)).first()
        assert event is not None
        words = f"{event.unit.name} {event.kind.label} {event.starts_on:%d/%m/%Y}"
        nomination = db.session.scalars(select(Nomination)).first()
        assert nomination is not None
        recipient = nomination.recipient
    assert event.id in first_ids(admin, "/events/", words)
    assert first_ids(admin, "/events/", f"{words} khôngcó") == []
    assert nomination.id in first_ids(admin, "/nominations/", recipient)


def test_a_search_is_one_question_of_the_database(app: Flask, admin: FlaskClient) -> None:
    admin.get("/festival-results/?page=0")
    counts = []
    for words in ("", "my xuyen 2023"):
        with statements(app) as seen:
            admin.get("/festival-results/", query_string={"search": words, "page": "0"})
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 1


def test_a_hundred_words_are_no_hundred_questions(app: Flask, admin: FlaskClient) -> None:
    words = " ".join(f"tu{n}" for n in range(100))
    with statements(app) as seen:
        assert admin.get("/initiatives/", query_string={"search": words}).status_code == 200
    assert max(map(len, seen)) < 60_000


def lookup(admin: FlaskClient, screen: str, field: str, words: str) -> list[list[object]]:
    found: list[list[object]] = admin.get(f"/{screen}/ajax/lookup/", query_string={"name": field, "query": words}).json
    return found


@pytest.mark.parametrize("words", ["my xuyen", "Mỹ Xuyên", "huyen my xuyen"])
def test_the_fronts_own_committee_comes_before_other_organisations(app: Flask, admin: FlaskClient, words: str) -> None:
    with app.app_context():
        wanted = db.session.scalar(select(Organisation.id).where(Organisation.code == "MTTQ-947"))
    first = lookup(admin, "users", "organisation", words)[0]
    assert first[0] == wanted
    assert first[2] == "Ủy ban MTTQ, Ban Công tác Mặt trận"


def test_the_shorter_and_the_exact_come_first(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        wanted = db.session.scalar(select(Unit.id).where(Unit.code == "947"))
    assert lookup(admin, "events", "unit", "my xuyen")[0][0] == wanted
    assert str(lookup(admin, "events", "unit", "hoa tu 1")[0][1]).startswith("Xã Hòa Tú 1")
