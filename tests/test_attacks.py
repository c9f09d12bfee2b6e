"""What people of one district may try on another's rows: nothing of it is shown, nothing changes."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Event, Initiative, Organisation, Person, Record, Registration, Report, Role, Task, User
from models.access.scope import limited_to, scope_of, writable
from models.history.audit import AuditEntry, AuditKind
from models.initiatives import Author, Stage
from tests.conftest import add_person, browser_of, token_of
from tests.databases import ON_SQLITE
from tests.scopes import rows_but_of
from views.core.session import db

pytestmark = ON_SQLITE

MARK = "zqxfremd"
FOREIGN = "MTTQ-941"
SCREENS = {"events": Event, "initiatives": Initiative, "people": Person, "registrations": Registration, "tasks": Task}
TITLES = {Event: "name", Initiative: "name", Person: "full_name", Registration: "name", Task: "name"}


class Field:
    """The battlefield: the attacker's browser, and ids of rows on either side."""

    def __init__(self, app: Flask, code: str) -> None:
        self.app, self.code = app, code
        self.user = add_person(app, Role.EDITOR, code)
        self.client: FlaskClient = browser_of(app, self.user.username)
        self.token = token_of(self.client.get("/account/password").text)
        with app.app_context():
            home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
            other = db.session.scalars(select(Organisation).where(Organisation.code == FOREIGN)).one()
            self.home, self.other, self.other_unit = home.id, other.id, other.unit_id
            self.home_unit = home.unit_id
            mine = Person(full_name="Lý Của Mình", organisation=home)
            db.session.add(mine)
            db.session.commit()
            self.mine = mine.id
            self.theirs: dict[type[Record], int] = {}
            for cls, name in TITLES.items():
                id_ = db.session.scalars(select(cls.id).where(getattr(cls, name).contains(MARK))).first()
                assert id_ is not None, cls
                self.theirs[cls] = id_
            self.author = db.session.scalars(select(Author.id).where(Author.full_name.contains(MARK))).one()
            self.entry = db.session.scalars(
                select(AuditEntry.id).where(AuditEntry.noun == "Person", AuditEntry.record_id == self.theirs[Person])
            ).first()
            gone = select(AuditEntry).where(AuditEntry.kind == AuditKind.DELETED, AuditEntry.title.contains(MARK))
            self.gone = db.session.scalars(gone).one()
            self.act, self.gone_id = self.gone.act, self.gone.id
            self.their_user = db.session.scalars(select(User.id).where(User.name.contains(MARK))).one()
            with limited_to(scope_of(home)):
                self.event = db.session.scalars(select(Event.id).where(writable(Event))).first()
                self.initiative = db.session.scalars(select(Initiative.id).where(writable(Initiative))).first()

    def post(self, url: str, **data: Any) -> TestResponse:
        """Send this with a good token."""
        return self.client.post(url, data={"csrf_token": self.token, **data})

    def get(self, url: str) -> TestResponse:
        """Ask for a page."""
        return self.client.get(url)


Attack = Callable[[Field], TestResponse]
ATTACKS: dict[str, Attack] = {}
for _url, _cls in SCREENS.items():

    def _add(
        name: str, attack: Callable[[Field, str, type[Record]], TestResponse], url: str, cls: type[Record]
    ) -> None:
        ATTACKS[f"{url}: {name}"] = lambda f: attack(f, url, cls)

    _add("list", lambda f, u, c: f.get(f"/{u}/?page_size=200"), _url, _cls)
    _add("sample filter", lambda f, u, c: f.get(f"/{u}/?flt_sample_is=0&page_size=200"), _url, _cls)
    _add("search", lambda f, u, c: f.get(f"/{u}/?search={MARK}"), _url, _cls)
    _add("export", lambda f, u, c: f.get(f"/{u}/export/xlsx/"), _url, _cls)
    _add("export of a search", lambda f, u, c: f.get(f"/{u}/export/xlsx/?search={MARK}"), _url, _cls)
    _add("details", lambda f, u, c: f.get(f"/{u}/details/?id={f.theirs[c]}"), _url, _cls)
    _add("edit page", lambda f, u, c: f.get(f"/{u}/edit/?id={f.theirs[c]}"), _url, _cls)
    _add(
        "edit",
        lambda f, u, c: f.post(f"/{u}/edit/?id={f.theirs[c]}", **{TITLES[c]: "Đã sửa", "version": "1"}),
        _url,
        _cls,
    )
    _add("delete page", lambda f, u, c: f.get(f"/{u}/delete/?id={f.theirs[c]}"), _url, _cls)
    _add("delete", lambda f, u, c: f.post(f"/{u}/delete/", id=str(f.theirs[c])), _url, _cls)
    _add("bulk page", lambda f, u, c: f.get(f"/{u}/bulk/?id={f.theirs[c]}"), _url, _cls)
    _add("bulk", lambda f, u, c: f.post(f"/{u}/bulk/", id=str(f.theirs[c]), set="year", year="1999"), _url, _cls)
    _add("history", lambda f, u, c: f.get(f"/{u}/history/?id={f.theirs[c]}"), _url, _cls)
    _add("as of", lambda f, u, c: f.get(f"/{u}/?as_of=01/01/2020&search={MARK}"), _url, _cls)
    _add("action", lambda f, u, c: f.post(f"/{u}/action/", action="delete", rowid=str(f.theirs[c])), _url, _cls)
    _add("update", lambda f, u, c: f.post(f"/{u}/ajax/update/", list_form_pk=str(f.theirs[c]), name="x"), _url, _cls)

ATTACKS |= {
    "global search": lambda f: f.get(f"/search?q={MARK}"),
    "home page": lambda f: f.get("/"),
    "tree": lambda f: f.get(f"/committees/tree/?search={MARK}"),
    "tree, opened": lambda f: f.get(f"/committees/tree/?open=1,{f.other}"),
    "tree of units": lambda f: f.get(f"/units/tree/?search={MARK}"),
    "tree of units, opened": lambda f: f.get(f"/units/tree/?open=1,{f.other_unit}"),
    "look-up of people": lambda f: f.get(f"/positions/ajax/lookup/?name=person&query={MARK}"),
    "look-up of people, all": lambda f: f.get("/positions/ajax/lookup/?name=person&limit=100000"),
    "look-up through children": lambda f: f.get(f"/committees/ajax/lookup/?name=positions.person&query={MARK}"),
    "look-up of initiatives": lambda f: f.get(f"/appraisals/ajax/lookup/?name=initiative&query={MARK}"),
    "look-up with an offset": lambda f: f.get("/appraisals/ajax/lookup/?name=initiative&offset=200"),
    "look-up of organisations": lambda f: f.get(f"/people/ajax/lookup/?name=organisation&query={MARK}"),
    "sort by a reference": lambda f: f.get("/tasks/?sort=owner&page_size=200"),
    "sort by a reference, down": lambda f: f.get("/initiatives/?sort=organisation&desc=1&page_size=200"),
    "filter by a foreign place": lambda f: f.get(f"/events/?flt_unit_is={f.other_unit}"),
    "filter by a foreign organisation": lambda f: f.get(f"/initiatives/?flt_organisation_is={f.other}"),
    "filter, exported": lambda f: f.get(f"/initiatives/export/xlsx/?flt_organisation_is={f.other}"),
    "filter by a foreign record": lambda f: f.get(f"/appraisals/?flt_initiative_is={f.theirs[Initiative]}"),
    "details of a foreign committee": lambda f: f.get(f"/committees/details/?id={f.other}"),
    "deleting a foreign committee": lambda f: f.post("/committees/delete/", id=str(f.other)),
    "details of a foreign unit": lambda f: f.get(f"/units/details/?id={f.other_unit}"),
    "history list": lambda f: f.get("/history/?page_size=200"),
    "history list, searched": lambda f: f.get(f"/history/?search={MARK}"),
    "history list, exported": lambda f: f.get(f"/history/export/xlsx/?search={MARK}"),
    "history entry": lambda f: f.get(f"/history/details/?id={f.entry}"),
    "undo page of an act": lambda f: f.get(f"/history/undo/?act={f.act}"),
    "undo of an act": lambda f: f.post(f"/history/undo/?act={f.act}"),
    "back to a version": lambda f: f.post(f"/history/undo/?back_to={f.entry}"),
    "page of back to a version": lambda f: f.get(f"/history/undo/?back_to={f.entry}"),
    "bringing back a deleted row": lambda f: f.post(f"/history/undo/?deleted={f.gone_id}"),
    "page of bringing back": lambda f: f.get(f"/history/undo/?deleted={f.gone_id}"),
    "as of, details": lambda f: f.get(f"/people/details/?as_of=01/01/2020&id={f.theirs[Person]}"),
    "as of, search": lambda f: f.get(f"/search?as_of=01/01/2020&q={MARK}"),
    "as of, export": lambda f: f.get("/initiatives/export/xlsx/?as_of=01/01/2020"),
    "as of, tree": lambda f: f.get(f"/committees/tree/?as_of=01/01/2020&search={MARK}"),
    "own row, given away": lambda f: f.post(f"/people/edit/?id={f.mine}", organisation=str(f.other)),
    "own row, given away by name": lambda f: f.post(
        f"/people/edit/?id={f.mine}", organisation="", organisation__text=FOREIGN
    ),
    "own rows, given away in bulk": lambda f: f.post(
        "/people/bulk/", id=str(f.mine), set="organisation", organisation=str(f.other)
    ),
    "own and foreign rows in bulk": lambda f: f.post(
        "/people/bulk/", id=[str(f.mine), str(f.theirs[Person])], set="occupation", occupation="Nông dân"
    ),
    "own and foreign rows, deleted": lambda f: f.post("/people/delete/", id=["999999", str(f.theirs[Person])]),
    "a new row in the other's home": lambda f: f.post("/people/new/", full_name="Gián điệp", organisation=str(f.other)),
    "a new event in the other's place": lambda f: f.post(
        "/events/new/", code="XX-1", name="X", kind="conference", unit=str(f.other_unit), starts_on="1/1/2024"
    ),
    "a foreign key": lambda f: f.post(
        "/positions/new/", organisation=str(f.home), person=str(f.theirs[Person]), post="1", place="1"
    ),
    "a foreign initiative appraised": lambda f: f.post(
        "/appraisals/new/", initiative=str(f.theirs[Initiative]), council="1", met_on="1/1/2024"
    ),
    "foreign children by id": lambda f: f.post(
        f"/initiatives/edit/?id={f.initiative or 1}",
        **{"authors-0-id": str(f.author), "authors-0-full_name": "Của mình", "authors-0-share": "100"},
    ),
    "foreign children deleted by id": lambda f: f.post(
        f"/initiatives/edit/?id={f.initiative or 1}", **{"authors-0-id": str(f.author), "del-authors-0": "1"}
    ),
    "many-to-many": lambda f: f.post(f"/events/edit/?id={f.theirs[Event]}", themes=["1", "2"]),
    "many-to-many, emptied": lambda f: f.post(f"/events/edit/?id={f.theirs[Event]}", themes=[""]),
    "mass assignment of the id": lambda f: f.post(
        f"/people/edit/?id={f.mine}", id=str(f.theirs[Person]), organisation_id=str(f.other), sample="y", path="/"
    ),
    "own role": lambda f: f.post(f"/users/edit/?id={f.user.id}", role="administrator"),
    "own organisation": lambda f: f.post(f"/users/edit/?id={f.user.id}", organisation=str(f.other)),
    "own role by the account page": lambda f: f.post("/account/password", role="administrator", organisation_id="1"),
    "own role by the language": lambda f: f.post("/language", language="vi", role="administrator"),
    "a user of one's own making": lambda f: f.post("/users/new/", username="gian", name="Gián", role="administrator"),
    "another's password": lambda f: f.post("/users/reset-password/", id=str(f.their_user)),
    "another's sessions": lambda f: f.post("/users/end-sessions/", id=str(f.their_user)),
    "another, disabled": lambda f: f.post("/users/disable/", id=str(f.their_user)),
    "the users": lambda f: f.get(f"/users/?search={MARK}"),
    "the rights": lambda f: f.get("/users/rights/"),
    "a user's history": lambda f: f.get(f"/users/history/?id={f.their_user}"),
    "a list that all share": lambda f: f.post("/themes/edit/?id=1", name="Của mình"),
    "a list that all share, in bulk": lambda f: f.post("/posts/bulk/", id="1", set="name", name="Của mình"),
    "a list that all share, deleted": lambda f: f.post("/posts/delete/", id="1"),
}


@pytest.fixture(scope="module")
def marked(desk: Flask) -> Flask:
    """The application with the marker in rows of another district, one of them deleted."""
    add_person(desk, Role.EDITOR, FOREIGN)
    with desk.app_context():
        other = db.session.scalars(select(Organisation).where(Organisation.code == FOREIGN)).one()
        with limited_to(scope_of(other)):
            found: dict[Any, Any] = {
                cls: db.session.scalars(select(cls).where(writable(cls)).order_by(cls.id)).first()
                for cls in (Event, Registration, Task, Report)
            }
            still_theirs = select(Initiative).where(
                writable(Initiative), Initiative.stage.in_((Stage.REGISTERED, Stage.DOSSIER))
            )
            found[Initiative] = db.session.scalars(still_theirs.order_by(Initiative.id)).first()
        found[Event].name = found[Initiative].name = found[Task].name = f"{MARK} Một"
        if found[Registration] is None:
            found[Registration] = db.session.scalars(select(Registration).limit(1)).one()
        setattr(found[Registration], TITLES[Registration], f"{MARK} Hai")
        found[Initiative].authors[0].full_name = f"{MARK} Tác giả"
        people = [Person(full_name=f"{MARK} {n}", organisation=other, birth_date=date(1980, 1, 1)) for n in "AB"]
        db.session.add_all(people)
        db.session.scalars(select(User).where(User.organisation == other)).one().name = f"{MARK} Người dùng"
        other.address = f"{MARK} Đường số 1"
        db.session.commit()
        people[0].note = f"{MARK} ghi chú"
        db.session.delete(people[1])
        db.session.commit()
    return desk


@pytest.fixture(scope="module", params=["MTTQ-947", "HND-947"])
def field(marked: Flask, request: pytest.FixtureRequest) -> Field:
    return Field(marked, request.param)


def shown(answer: TestResponse) -> str:
    """All text of an answer, a workbook's too; less what only echoes the question."""
    if answer.mimetype.endswith("sheet"):
        with answer:
            book = openpyxl.load_workbook(io.BytesIO(answer.data))
        return " ".join(
            str(cell) for sheet in book for row in sheet.iter_rows(min_row=3, values_only=True) for cell in row
        )
    return re.sub(rf"{MARK}(?! (Một|Hai|Tác|A|B|Người|ghi|Đường))", "", answer.text)


def test_the_marker_is_seen_by_who_may(marked: Flask) -> None:
    assert len(ATTACKS) >= 70
    admin = browser_of(marked, Role.ADMINISTRATOR.value)
    assert MARK in shown(admin.get(f"/search?q={MARK}"))
    for url in SCREENS:
        assert MARK in shown(admin.get(f"/{url}/?search={MARK}")), url
        assert MARK in shown(admin.get(f"/{url}/export/xlsx/?search={MARK}")), url


def test_no_attack_reads_or_writes_a_foreign_row(field: Field) -> None:
    before = rows_but_of(field.app, field.code)
    for name, attack in ATTACKS.items():
        answer = attack(field)
        assert answer.status_code < 500, name
        assert MARK not in shown(answer), name
        # What was flashed meanwhile is told by the next page, whichever it is.
        assert MARK not in field.get("/account").text, name
    assert MARK not in field.get("/").text
    after = rows_but_of(field.app, field.code)
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    # Signing in and out, and one's own language, are the attacker's own rows.
    assert changed == [], changed
    with field.app.app_context():
        user = db.session.get_one(User, field.user.id)
        assert (user.role, user.organisation_id) == (Role.EDITOR, field.home)
        person = db.session.get(Person, field.mine)
        assert person is None or person.organisation_id == field.home
        assert db.session.scalars(select(Author.full_name).where(Author.id == field.author)).one().startswith(MARK)
