"""Sessions: the signed cookie holds a random token, the row behind it says who that is; without one, nobody."""

from __future__ import annotations

import re
import secrets

from flask import Flask, g, request, session
from flask_login import LoginManager, login_user, logout_user

from models.access.masks import Reads, reads_personal
from models.access.scope import ALL, NOTHING, current, limited_to, scope_of
from models.accounts.sessions import begin_session, end_sessions, find_session, is_due, mark_seen
from models.accounts.sign_in import note_success
from models.accounts.users import Role, User
from models.history.audit import Actor, actor
from models.records.words import _
from views.core.session import db

STRANGER = Actor(_("Người chưa đăng nhập"), role=Role.VIEWER)
ANSWERED_TO_ALL = {"static", "healthz"}
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Chrome", "Chrome"), ("Firefox", "Firefox"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def init_app(app: Flask) -> None:
    """Let each request begin as nobody's and end so, whatever came between."""
    manager = LoginManager(app)
    # Our rows protect the session; Flask-Login's own way would write to the cookie at every request.
    manager.session_protection = None
    manager.request_loader(lambda _request: g.get("user"))
    app.before_request(open_request)
    app.teardown_request(close_request)


def open_request() -> None:
    """Find out who asks. Until that is known, and unless it is, nobody's rows are in sight."""
    g.before = (current.set(NOTHING), actor.set(STRANGER), reads_personal.set(Reads.NONE))
    token = session.get("token")
    if request.endpoint in ANSWERED_TO_ALL or not isinstance(token, str):
        return
    row = find_session(db.session(), token)
    if row is not None and is_due(row):
        mark_seen(db.session(), row.id)
        row = find_session(db.session(), token)
    if row is not None:
        act_as(row.user)
        g.user, g.session_id = row.user, row.id


def close_request(_error: BaseException | None = None) -> None:
    """Forget who asked: the thread serves someone else next."""
    before = g.pop("before", None)
    if before is not None:
        current.reset(before[0])
        actor.reset(before[1])
        reads_personal.reset(before[2])


def act_as(user: User) -> None:
    """What this request does from here on, this user does, within what is theirs."""
    with limited_to(ALL):
        limit = ALL if user.role is Role.ADMINISTRATOR else scope_of(user.organisation)
    # Read now: after a commit it would be asked for anew, by a transaction of its own.
    g.language = user.language.value
    current.set(limit)
    actor.set(Actor(user.name, user.id, user.role))
    reads_personal.set(_reads_of(user.role))


def _reads_of(role: Role) -> Reads:
    """Who approves reads personal data, who enters those of the own branch, who only looks none."""
    if role.rank >= Role.APPROVER.rank:
        return Reads.ALL
    return Reads.OWN if role is Role.EDITOR else Reads.NONE


def sign_in(user: User) -> None:
    """Open a session for the user in this browser and commit. Whatever the browser held before is worth nothing."""
    with limited_to(ALL):
        if g.get("session_id"):
            end_sessions(db.session(), g.user.id, only=g.session_id)
        note_success(db.session(), user.id)
        row, token = begin_session(db.session(), user, request.remote_addr or "", request.user_agent.string)
        db.session.commit()
        forget()
        session["token"] = token
        # Each form thereby proves whose it is, even after the session ended (`form_recovery.py`).
        session["csrf_token"] = f"{user.id}.{secrets.token_hex(20)}"
        g.user, g.session_id = user, row.id
        login_user(user)
    act_as(user)


def sign_out() -> None:
    """End this browser's session."""
    if g.get("session_id"):
        end_sessions(db.session(), g.user.id, only=g.session_id)
        db.session.commit()
    logout_user()
    forget()


def forget() -> None:
    """Empty the cookie, and with it the token of its forms."""
    session.clear()
    # Flask-WTF keeps the old one for the rest of the request.
    g.pop("csrf_token", None)


def renew(user: User) -> None:
    """Put a new session in the place of all that the user had: after a change of what one signs in with."""
    later = session.get("later")
    end_sessions(db.session(), user.id)
    sign_in(user)
    if later:
        session["later"] = later


def device(agent: str) -> str:
    """What a person calls the browser that names itself `agent`."""
    found = [next((name for mark, name in known if re.search(mark, agent)), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(part for part in found if part) or agent[:40] or "?"
