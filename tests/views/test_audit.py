"""The history screen and the page that takes changes back."""

import io
from datetime import date
from decimal import Decimal
from uuid import uuid4

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import Author, Initiative, Organisation, Person, Role
from models.history.audit import AuditEntry, AuditKind
from tests.conftest import signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import cells_in, messages, read
from views.core.session import db

pytestmark = pytest.mark.database


@pytest.fixture
def initiative(desk: Flask) -> int:
    """An initiative of one author."""
    with desk.app_context():
        like = db.session.scalars(select(Initiative)).first()
        assert like is not None
        made = Initiative(code=f"SK-{uuid4().hex[:8]}", name="Máy gặt", year=2023)
        made.confirmed.add("alike")
        made.unit, made.organisation, made.registered_on = like.unit, like.organisation, date(2023, 3, 1)
        made.authors = [Author(full_name="Lê Một", share=Decimal(100), place=1)]
        db.session.add(made)
        db.session.commit()
        return made.id


def newest(app: Flask, id_: int, kind: AuditKind) -> AuditEntry:
    with app.app_context():
        query = select(AuditEntry).where(
            AuditEntry.noun == "Initiative", AuditEntry.record_id == id_, AuditEntry.kind == kind
        )
        return db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(1)).one()


def delete(client: FlaskClient, id_: int) -> None:
    token = token_of(client.get(f"/initiatives/delete/?id={id_}").text)
    answer = client.post("/initiatives/delete/", data={"id": str(id_), "csrf_token": token})
    assert answer.status_code == 302, messages(answer.text)


def undo(client: FlaskClient, asked: str) -> int:
    page = client.get(f"/history/undo/?{asked}").text
    return client.post(f"/history/undo/?{asked}", data={"csrf_token": token_of(page)}).status_code


def test_a_deleted_record_comes_back_with_its_children(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    delete(clerk, initiative)
    entry = newest(desk, initiative, AuditKind.DELETED)
    page = read(clerk.get(f"/initiatives/history/?id={initiative}").text)
    (link,) = [a for a in page.all("a") if a.text == "Khôi phục bản ghi đã xóa…"]
    assert link["href"] == f"/history/undo/?deleted={entry.id}"
    assert undo(clerk, f"deleted={entry.id}") == 302
    with desk.app_context():
        back = db.session.scalars(
            select(Initiative).where(Initiative.name == "Máy gặt", Initiative.code == code_of(entry))
        )
        assert [(a.full_name, a.share) for a in back.one().authors] == [("Lê Một", Decimal(100))]
    again = clerk.get(f"/history/undo/?deleted={entry.id}").text
    assert "Không có gì để đưa về." in again
    assert "Đã có lại." in again


def code_of(entry: AuditEntry) -> str:
    return str(entry.changes["code"][0])


def test_an_act_is_taken_back_as_one_act(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    made = newest(desk, initiative, AuditKind.CREATED)
    assert undo(clerk, f"act={made.act}") == 302
    gone = newest(desk, initiative, AuditKind.DELETED)
    with desk.app_context():
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.act == gone.act)).all()
        assert {entry.noun for entry in entries} == {"Initiative", "Author", "DossierItem"}
        assert {entry.act_name for entry in entries} == {gone.act_name}
        assert (gone.act_name or "").startswith("Hoàn tác: ")


@ON_SQLITE
def test_an_act_in_several_places_names_no_record(desk: Flask, clerk: FlaskClient) -> None:
    """Its name stands with each of its entries, for whoever reads one of them."""
    with desk.app_context():
        homes = db.session.scalars(select(Organisation).where(Organisation.code.in_(("MTTQ-941", "MTTQ-947")))).all()
        people = [Person(full_name="Lý Không Tên", organisation=home) for home in homes]
        db.session.add_all(people)
        db.session.commit()
        acts = select(AuditEntry.act).where(AuditEntry.noun == "Person", AuditEntry.record_id == people[0].id)
        act = db.session.scalars(acts).one()
    assert undo(clerk, f"act={act}") == 302
    with desk.app_context():
        names = select(AuditEntry.act_name).where(
            AuditEntry.kind == AuditKind.DELETED, AuditEntry.title == "Lý Không Tên"
        )
        assert db.session.scalars(names).all() == ["Hoàn tác: 2 bản ghi"] * 2


@ON_SQLITE
@pytest.mark.parametrize("asked", ["", "act=x", "act=%00", "back_to=x", "back_to=999999999", "deleted=1", "deleted=-1"])
def test_nothing_to_take_back_is_said(clerk: FlaskClient, asked: str) -> None:
    answer = clerk.get(f"/history/undo/?{asked}", follow_redirects=True)
    assert messages(answer.text)[-1] == "Không còn thao tác này."


@ON_SQLITE
def test_who_may_not_write_may_not_take_back(desk: Flask, initiative: int) -> None:
    made = newest(desk, initiative, AuditKind.CREATED)
    viewer = signed_in(desk, Role.VIEWER)
    token = token_of(viewer.get("/account/password").text)
    assert viewer.get(f"/history/undo/?act={made.act}").status_code == 403
    assert viewer.post(f"/history/undo/?act={made.act}", data={"csrf_token": token}).status_code == 403
    with desk.app_context():
        assert db.session.get(Initiative, initiative) is not None


def test_the_list_is_filtered_and_exported(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    delete(clerk, initiative)
    asked = "?flt_kind_is=deleted&search=may+gat"
    page = clerk.get(f"/history/{asked}").text
    assert set(cells_in(page, "Việc")) == {"Xóa"}
    assert "Máy gặt" in cells_in(page, "Bản ghi")
    with clerk.get(f"/history/export/xlsx/{asked}") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == len(cells_in(page, "Việc"))
    assert "Máy gặt" in {cell for row in rows for cell in row}


def test_an_entry_names_what_was_saved_along(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    entry = newest(desk, initiative, AuditKind.CREATED)
    page = read(clerk.get(f"/history/details/?id={entry.id}").text)
    links = [a["href"] for a in page.one("main").all("a")]
    assert f"/history/undo/?act={entry.act}" in links
    assert f"/initiatives/history/?id={initiative}" in links
    assert "Lê Một" in page.one("ul", class_="list").text


@ON_SQLITE
@pytest.mark.parametrize("page", ["new/", "edit/?id=1", "delete/?id=1", "bulk/?id=1"])
def test_nobody_writes_history(clerk: FlaskClient, page: str) -> None:
    assert clerk.get(f"/history/{page}").status_code in (302, 403)
    token = token_of(clerk.get("/account/password").text)
    answer = clerk.post(f"/history/{page}", data={"csrf_token": token, "id": "1", "title": "x"})
    assert answer.status_code in (302, 403)
