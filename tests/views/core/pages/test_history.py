"""Traces: the history page of a record, in people's words, and the rows that reading and exporting leave."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Organisation, Person, Role
from models.history.audit import AuditEntry, AuditKind
from models.records.fields import MASK
from tests.conftest import signed_in
from tests.databases import ON_SQLITE
from tests.pages import messages, read, save
from tests.statements import statements, writes
from views.core.session import db

pytestmark = pytest.mark.database

SECRETS = ("0900111222", "123456789", "Ấp Kín", "03/02/1980")


@pytest.fixture
def person(desk: Flask) -> int:
    """Someone of whom personal things are known, changed once."""
    with desk.app_context():
        home = db.session.scalars(select(Organisation).where(Organisation.code == "MTTQ-947")).one()
        made = Person(full_name="Lý Thị Kín", phone="0900111222", identity_number="123456789", address="Ấp Kín")
        made.birth_date = date(1980, 2, 3)
        db.session.add(made)
        db.session.commit()
        made.party_member, made.organisation = True, home
        made.phone = "0900999888"
        db.session.commit()
        return made.id


def left(app: Flask, kind: AuditKind) -> list[AuditEntry]:
    """The rows of this kind, the newest first."""
    with app.app_context():
        query = select(AuditEntry).where(AuditEntry.kind == kind).order_by(AuditEntry.id.desc())
        return list(db.session.scalars(query.limit(5)))


def test_the_history_is_told_in_peoples_words(clerk: FlaskClient, person: int) -> None:
    page = read(clerk.get(f"/people/history/?id={person}").text)
    assert page.one("h1").text == "Lịch sử: Lý Thị Kín"
    changed, made = page.all("section", class_="card pad event")
    rows = [[cell.text for cell in row.all("td")] for row in changed.one("tbody").all("tr")]
    assert ["Đảng viên", "không", "có"] in rows
    assert ["Điện thoại", "0900111222", "0900999888"] in rows
    assert ["Nơi quản lý", "–", "Ủy ban MTTQ Việt Nam huyện Mỹ Xuyên"] in rows
    assert "03/02/1980" in made.text
    assert "organisation_id" not in page.text


@ON_SQLITE
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_personal_values_are_masked_in_the_history(desk: Flask, person: int, role: Role) -> None:
    client = signed_in(desk, role)
    entry = left(desk, AuditKind.CHANGED)[0].id
    for url in (f"/people/history/?id={person}", f"/history/details/?id={entry}"):
        page = client.get(url).text
        assert MASK in page, url
        assert [secret for secret in (*SECRETS, "0900999888") if secret in page] == [], url


@ON_SQLITE
def test_who_approves_reads_them(desk: Flask, person: int) -> None:
    page = signed_in(desk, Role.APPROVER).get(f"/people/history/?id={person}").text
    assert [secret for secret in SECRETS if secret in page] == list(SECRETS)


def test_reading_a_person_leaves_a_row_without_values(desk: Flask, clerk: FlaskClient, person: int) -> None:
    clerk.get(f"/people/details/?id={person}")
    entry = left(desk, AuditKind.READ)[0]
    assert (entry.noun, entry.record_id, entry.title) == ("Person", person, "Lý Thị Kín")
    assert [secret for secret in SECRETS if secret in str(entry.changes)] == []


@ON_SQLITE
def test_reading_what_is_not_personal_leaves_none(desk: Flask, clerk: FlaskClient) -> None:
    with statements(desk) as seen:
        clerk.get("/themes/details/?id=1")
    assert writes(seen) == []


def test_an_export_leaves_a_row_of_what_and_how_many(desk: Flask, clerk: FlaskClient, person: int) -> None:
    clerk.get("/people/export/xlsx/?search=ly+thi+kin&flt_party_member_is=1").close()
    entry = left(desk, AuditKind.EXPORTED)[0]
    assert entry.noun == "Person"
    assert entry.changes["rows"] >= 1
    assert "tìm “ly thi kin”" in entry.changes["filter"]
    assert [secret for secret in SECRETS if secret in str(entry.changes)] == []


def test_an_older_version_is_restored_from_the_page(desk: Flask, clerk: FlaskClient, person: int) -> None:
    page = read(clerk.get(f"/people/history/?id={person}").text)
    (link,) = [a for a in page.all("a") if a.text == "Đưa về bản này…"]
    form = next(f for f in read(clerk.get(link["href"]).text).one("main").all("form"))
    token = form.one("input", name="csrf_token")["value"]
    assert clerk.post(link["href"], data={"csrf_token": token}).status_code == 302
    with desk.app_context():
        found = db.session.get_one(Person, person)
        assert (found.phone, found.party_member, found.organisation_id) == ("0900111222", False, None)


@ON_SQLITE
def test_who_only_reads_is_offered_no_way_back(desk: Flask, person: int) -> None:
    page = signed_in(desk, Role.VIEWER).get(f"/people/history/?id={person}").text
    assert "/history/undo/" not in page


@ON_SQLITE
@pytest.mark.parametrize("id_", ["", "x", "999999999", "-1", "1,2"])
def test_no_history_leads_back_to_the_list(clerk: FlaskClient, id_: str) -> None:
    answer = clerk.get("/people/history/", query_string={"id": id_}, follow_redirects=True)
    assert messages(answer.text)[-1] == "Không có lịch sử của bản ghi này."


@ON_SQLITE
def test_a_saved_form_adds_its_row(desk: Flask, clerk: FlaskClient, person: int) -> None:
    before = clerk.get(f"/people/history/?id={person}").text.count("card pad event")
    assert save(clerk, f"/people/edit/?id={person}", {"occupation": "Nông dân"}).status_code == 302
    page = clerk.get(f"/people/history/?id={person}").text
    assert page.count("card pad event") == before + 2, "the form was read, and sent"
    assert "Nông dân" in page
