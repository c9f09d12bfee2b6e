"""Every route, who may use it, and what it answers to whom, for one's own records, foreign ones and none."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Organisation, Person, Record, Role
from models.history.audit import AuditEntry
from tests.conftest import add_person, browser_of, token_of
from tests.databases import ON_SQLITE
from tests.scopes import MISSING, ids_of
from tests.shared import held
from tests.statements import statements, writes
from views.core.session import db

pytestmark = ON_SQLITE

HOME, FOREIGN_HOME = "MTTQ-947", "MTTQ-941"
ANYONE, SIGNED_IN, READER, WRITER = "anyone", "signed in", "who may read here", "who may write here"

VIEWER, EDITOR, APPROVER, ADMINISTRATOR = Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR
USUAL = (VIEWER, EDITOR)
"""The least role that reads on a screen, and the least that writes, where the screen says nothing else."""
SCREEN_ROLES: dict[str, tuple[Role, Role | None]] = {
    "units": (VIEWER, APPROVER),
    "successions": (VIEWER, APPROVER),
    "golden-book-years": (VIEWER, APPROVER),
    "award-rounds": (VIEWER, APPROVER),
    "award-decisions": (VIEWER, APPROVER),
    "award-forms": (VIEWER, APPROVER),
    "periods": (VIEWER, APPROVER),
    "indicators": (VIEWER, APPROVER),
    "offices": (VIEWER, APPROVER),
    "users": (ADMINISTRATOR, ADMINISTRATOR),
    "history": (VIEWER, None),
    "organisation-types": (VIEWER, APPROVER),
    "posts": (VIEWER, APPROVER),
    "terms": (VIEWER, APPROVER),
    "themes": (VIEWER, APPROVER),
    "clauses": (VIEWER, APPROVER),
    "initiative-fields": (VIEWER, APPROVER),
}
"""The others, by the screen's endpoint."""
Answers = tuple[int, ...]
# View and method on a screen: who may, then the answers to them for a record of their own, a foreign one or none, and
# to whoever reads there but may not do this.
SCREEN_ROUTES: dict[tuple[str, str], tuple[str, Answers, Answers, Answers]] = {
    ("index_view", "GET"): (READER, (200,), (200,), ()),
    ("export", "GET"): (READER, (200,), (200,), ()),
    ("ajax_lookup", "GET"): (READER, (404,), (404,), ()),
    ("details_view", "GET"): (READER, (200,), (302,), ()),
    ("history_view", "GET"): (READER, (200, 302), (302,), ()),
    ("tree_view", "GET"): (READER, (200,), (200,), ()),
    ("create_view", "GET"): (WRITER, (200,), (200,), (302,)),
    ("create_view", "POST"): (WRITER, (200,), (200,), (302,)),
    ("edit_view", "GET"): (WRITER, (200,), (302,), (302,)),
    ("edit_view", "POST"): (WRITER, (200, 302), (200,), (302,)),
    ("delete_view", "GET"): (WRITER, (200,), (302,), (403,)),
    ("delete_view", "POST"): (WRITER, (200, 302), (302,), (403,)),
    ("bulk_view", "GET"): (WRITER, (200,), (302,), (403,)),
    ("bulk_view", "POST"): (WRITER, (200,), (302,), (403,)),
    ("move_view", "GET"): (WRITER, (200, 404), (302, 404), (403, 404)),
    ("move_view", "POST"): (WRITER, (200, 404), (302, 404), (403, 404)),
    ("board_view", "GET"): (READER, (200, 404), (200, 404), ()),
    ("board_view", "POST"): (WRITER, (302, 404), (302, 404), (403, 404)),
    ("file_view", "GET"): (READER, (404,), (404,), ()),
    ("action_view", "POST"): (READER, (302,), (302,), ()),
    ("ajax_update", "POST"): (READER, (404,), (404,), ()),
}
# The other routes: who may, then the same answers.
OWN_ROUTES: dict[tuple[str, str], tuple[Role | str, Answers, Answers]] = {
    ("history.undo_view", "GET"): (EDITOR, (200,), (302,)),
    ("history.undo_view", "POST"): (EDITOR, (200, 302), (302,)),
    ("reports.grid_view", "GET"): (VIEWER, (200,), (200,)),
    ("reports.sums_view", "GET"): (VIEWER, (200,), (200,)),
    ("reports.reminder_view", "GET"): (VIEWER, (200,), (200,)),
    ("reports.reminder_export", "GET"): (VIEWER, (200,), (200,)),
    ("periods.open_year_view", "GET"): (APPROVER, (200,), (200,)),
    ("periods.open_year_view", "POST"): (APPROVER, (200,), (200,)),
    ("users.reset_password", "POST"): (ADMINISTRATOR, (200,), (404,)),
    ("users.unlock", "POST"): (ADMINISTRATOR, (302,), (404,)),
    ("users.end_sessions", "POST"): (ADMINISTRATOR, (302,), (404,)),
    ("users.second_factor_off", "POST"): (ADMINISTRATOR, (302,), (404,)),
    ("users.disable", "POST"): (ADMINISTRATOR, (302,), (404,)),
    ("users.enable", "POST"): (ADMINISTRATOR, (302,), (404,)),
    ("users.rights_view", "GET"): (ADMINISTRATOR, (200,), (200,)),
    ("users.rights_export", "GET"): (ADMINISTRATOR, (200,), (200,)),
    ("dashboard.index", "GET"): (SIGNED_IN, (200,), (200,)),
    ("saved-exports.index_view", "GET"): (SIGNED_IN, (200,), (200,)),
    ("saved-exports.layout_view", "GET"): (SIGNED_IN, (404,), (404,)),
    ("saved-exports.save", "POST"): (SIGNED_IN, (404,), (404,)),
    ("saved-exports.delete", "POST"): (SIGNED_IN, (404,), (404,)),
    ("packs.index_view", "GET"): (VIEWER, (200,), (200,)),
    ("packs.pack_view", "GET"): (VIEWER, (200,), (200,)),
    ("packs.workbook", "GET"): (VIEWER, (200,), (200,)),
    ("packs.each_district", "GET"): (VIEWER, (302,), (302,)),
    ("calendar.index_view", "GET"): (SIGNED_IN, (200,), (200,)),
    ("festival.index_view", "GET"): (SIGNED_IN, (200,), (200,)),
    ("festival.differences_view", "GET"): (SIGNED_IN, (200,), (200,)),
    ("festival.keep", "POST"): (SIGNED_IN, (404,), (404,)),
    ("plan.index_view", "GET"): (SIGNED_IN, (200,), (200,)),
    ("calendar_feed", "GET"): (ANYONE, (404,), (404,)),
    ("make_calendar_link", "POST"): (SIGNED_IN, (200,), (200,)),
    ("end_calendar_link", "POST"): (SIGNED_IN, (302,), (302,)),
    ("search", "GET"): (SIGNED_IN, (200,), (200,)),
    ("account", "GET"): (SIGNED_IN, (200,), (200,)),
    ("password", "GET"): (SIGNED_IN, (200,), (200,)),
    ("password", "POST"): (SIGNED_IN, (200,), (200,)),
    ("second_factor", "GET"): (SIGNED_IN, (200,), (200,)),
    ("second_factor", "POST"): (SIGNED_IN, (200,), (200,)),
    ("change_second_factor", "GET"): (SIGNED_IN, (200, 302), (200, 302)),
    ("change_second_factor", "POST"): (SIGNED_IN, (200, 302), (200, 302)),
    ("later", "POST"): (SIGNED_IN, (302,), (302,)),
    ("jobs", "GET"): (SIGNED_IN, (200,), (200,)),
    ("jobs_state", "GET"): (SIGNED_IN, (200,), (200,)),
    ("cancel_job", "POST"): (SIGNED_IN, (302, 404), (404,)),
    ("repeat_job", "POST"): (SIGNED_IN, (302, 404), (404,)),
    ("job_file", "GET"): (SIGNED_IN, (404,), (404,)),
    ("end_session", "POST"): (SIGNED_IN, (302,), (302, 404)),
    ("logout", "POST"): (SIGNED_IN, (302,), (401,)),
    ("confirm_restored", "POST"): (ADMINISTRATOR, (302,), (302,)),
    ("language", "POST"): (ANYONE, (302,), (302,)),
    ("login", "GET"): (ANYONE, (200,), (200,)),
    ("login", "POST"): (ANYONE, (200,), (200,)),
    ("code", "GET"): (ANYONE, (200,), (200,)),
    ("code", "POST"): (ANYONE, (200,), (200,)),
    ("healthz", "GET"): (ANYONE, (200,), (200,)),
    ("static", "GET"): (ANYONE, (404,), (404,)),
    ("dashboard.static", "GET"): (SIGNED_IN, (404,), (404,)),
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
Route = tuple[str, str, str]


def routes(app: Flask) -> Iterator[Route]:
    """Endpoint, method and address of every route."""
    for rule in app.url_map.iter_rules():
        url = (
            rule.rule.replace("<export_type>", "xlsx")
            .replace("<pack_name>", "directory")
            .replace("<path:filename>", "no-such-file")
        )
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule.endpoint, method, url


def line_of(endpoint: str, method: str) -> tuple[Role | str | None, Answers, Answers, Answers]:
    """What the tables say of a route: the least role, and the answers."""
    if (endpoint, method) in OWN_ROUTES:
        least, mine, none = OWN_ROUTES[endpoint, method]
        return least, mine, none, (403,)
    screen, _dot, view = endpoint.partition(".")
    reader, writer = SCREEN_ROLES.get(screen, USUAL)
    who, mine, none, denied = SCREEN_ROUTES[view, method]
    return (reader if who is READER else writer), mine, none, denied


def check_headers(answer: TestResponse, endpoint: str, *, signed_in: bool) -> None:
    """The headers that every answer carries."""
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, endpoint
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-"), endpoint
    assert "frame-ancestors 'none'" in policy, endpoint
    assert "unsafe" not in policy, endpoint
    if signed_in and not endpoint.endswith("static"):
        assert answer.headers["Cache-Control"] == "no-store", endpoint


@pytest.fixture(scope="module")
def peopled(desk: Flask) -> Iterator[Flask]:
    """The application with a person in each of two districts; what is asked of it leaves its screens as they are."""
    with desk.app_context():
        for code in (HOME, FOREIGN_HOME):
            home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
            db.session.add(Person(full_name=f"Lý Văn {code}", organisation=home))
        db.session.commit()
    before = held(desk)
    yield desk
    assert held(desk) == before


def send(client: FlaskClient, method: str, url: str, token: str, id_: Any, act: str) -> TestResponse:
    """Ask for one route with this id wherever it may be looked for."""
    where = {"id": str(id_), "act": act}
    if method == "GET":
        return client.get(url, query_string=where)
    return client.open(url, method=method, query_string=where, data={"id": str(id_), "csrf_token": token})


def test_every_route_has_its_line_and_every_line_its_route(app: Flask) -> None:
    found = {(endpoint, method) for endpoint, method, _url in routes(app)}
    without = [r for r in found if r not in OWN_ROUTES and _key(r) not in SCREEN_ROUTES]
    assert without == []
    endpoints = {screen.endpoint for screen in app.extensions["screens"].values()}
    assert {e.partition(".")[0] for e, _m in found if (e, _m) not in OWN_ROUTES} == endpoints
    assert set(SCREEN_ROLES) <= endpoints
    assert set(OWN_ROUTES) <= found
    assert set(SCREEN_ROUTES) <= {_key(r) for r in found}


def _key(route: tuple[str, str]) -> tuple[str, str]:
    return route[0].partition(".")[2], route[1]


def test_a_stranger_gets_only_the_door(app: Flask, client: FlaskClient) -> None:
    token = token_of(client.get("/login").text)
    for endpoint, method, url in routes(app):
        answer = send(client, method, url, token, 1, "x")
        check_headers(answer, endpoint, signed_in=False)
        least, mine, _none, _denied = line_of(endpoint, method)
        if least is ANYONE:
            assert answer.status_code in mine, (endpoint, method)
        else:
            assert answer.status_code == (302 if method == "GET" else 401), (endpoint, method)
            assert method == "POST" or answer.location.startswith("/login?next="), endpoint


class Victims:
    """For each screen a record of this home, and one that nobody of it may see: looked for again once it is gone."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.known: dict[type[Record], tuple[int | None, int | None]] = {}

    def of(self, cls: type[Record]) -> tuple[int | None, int | None]:
        """The two ids, None where there is no such record."""
        if not self._are_there(cls):
            self.known[cls] = ids_of(self.app, HOME, cls)
        return self.known[cls]

    def _are_there(self, cls: type[Record]) -> bool:
        if cls not in self.known or None in self.known[cls]:
            return False
        with self.app.app_context():
            return all(db.session.scalar(select(cls.id).where(cls.id == id_)) for id_ in self.known[cls])


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_what_its_line_says(peopled: Flask, role: Role) -> None:
    user = add_person(peopled, role, HOME)
    client = browser_of(peopled, user.username)
    token = token_of(client.get("/account/password").text)
    screens = {screen.endpoint: screen for screen in peopled.extensions["screens"].values()}
    victims = Victims(peopled)
    # Whoever signs out, signs out last.
    for endpoint, method, url in sorted(routes(peopled), key=lambda r: (r[0] == "logout", r)):
        least, mine, none, denied = line_of(endpoint, method)
        screen = screens.get(endpoint.partition(".")[0])
        may = least in (ANYONE, SIGNED_IN) or (isinstance(least, Role) and role.rank >= least.rank)
        reads = screen is None or role.rank >= SCREEN_ROLES.get(screen.endpoint, USUAL)[0].rank
        ours, foreign = victims.of(screen.record) if screen is not None else (None, None)
        if screen is not None and screen.endpoint == "users" and may:
            ours = add_person(peopled, Role.VIEWER, HOME).id
        acts = acts_of(peopled) if endpoint == "history.undo_view" else ("", "")
        asked = [(ours or MISSING, acts[0], mine if ours or screen is None else none)]
        if may:
            asked.append((MISSING, "x", none))
        if may and foreign and role is not Role.ADMINISTRATOR:  # who sees everything
            asked.append((foreign, acts[1], none))
        for id_, act, answers in asked:
            answer = send(client, method, url, token, id_, act)
            expected = answers if may else denied if reads else (403,)
            assert answer.status_code in expected, (endpoint, method, id_, answer.status_code)
            check_headers(answer, endpoint, signed_in=True)
            answer.close()


def acts_of(app: Flask) -> tuple[str, str]:
    """An action on an event of this home, and one on an event of the other."""
    found = []
    with app.app_context():
        for code in (HOME, FOREIGN_HOME):
            home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
            person = db.session.scalars(select(Person).where(Person.organisation == home)).first()
            if person is None:
                person = Person(full_name=f"Lý Văn {code}", organisation=home)
                db.session.add(person)
            person.note = f"{person.note or ''}."
            db.session.commit()
            query = select(AuditEntry.act).where(AuditEntry.noun == "Person", AuditEntry.record_id == person.id)
            found.append(db.session.scalars(query.order_by(AuditEntry.id.desc())).first() or "")
    return found[0], found[1]


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.ADMINISTRATOR])
def test_every_post_without_a_token_is_refused(desk: Flask, role: Role | None) -> None:
    client = browser_of(desk, add_person(desk, role).username) if role else desk.test_client()
    posts = [(e, url) for e, method, url in routes(desk) if method != "GET"]
    assert len(posts) > 100
    with statements(desk) as seen:
        for endpoint, url in posts:
            for data in ({"id": "1"}, {"id": "1", "csrf_token": "x"}):
                answer = client.post(url, data=data, query_string={"id": "1"})
                assert answer.status_code in (400, 401, 403), endpoint
                check_headers(answer, endpoint, signed_in=role is not None)
    assert writes(seen) == []


@pytest.mark.parametrize("header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.vn"}])
def test_another_sites_post_is_refused(app: Flask, admin: FlaskClient, header: dict[str, str]) -> None:
    token = token_of(admin.get("/account/password").text)
    for endpoint, method, url in routes(app):
        if method != "GET":
            answer = admin.post(url, data={"csrf_token": token, "id": "1"}, headers=header)
            assert answer.status_code == 403, endpoint
