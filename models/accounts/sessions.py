"""Sessions: which browsers are signed in as whom, and until when."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, joinedload

from models.access.scope import ALL, limited_to
from models.accounts.users import User, UserSession
from models.organisations import Organisation
from models.records.clock import now
from models.records.database import briefly, rows_changed

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=1)
"""How often at most it is written down that a session is in use."""
KEPT = timedelta(days=30)
"""How long the rows of ended sessions stay."""


def hash_of(token: str) -> str:
    """What the database keeps of a token."""
    return sha256(token.encode()).hexdigest()


def _alive() -> tuple[ColumnElement[bool], ...]:
    at = now()
    return (
        UserSession.ended_at.is_(None),
        UserSession.seen_at > at - IDLE,
        UserSession.created_at > at - LONGEST,
    )


def begin_session(session: Session, user: User, address: str, agent: str) -> tuple[UserSession, str]:
    """Open a session; returns its row and the token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    with limited_to(ALL):
        session.execute(delete(UserSession).where(UserSession.seen_at < now() - KEPT))
        row = UserSession(user_id=user.id, token_hash=hash_of(token), address=address[:45], agent=agent[:200])
        session.add(row)
        session.flush()
    return row, token


def find_session(session: Session, token: str) -> UserSession | None:
    """The living session that this token opens, with its user; None if it ended, grew old or the user may not."""
    home = joinedload(UserSession.user).joinedload(User.organisation).joinedload(Organisation.unit)
    query = select(UserSession).where(UserSession.token_hash == hash_of(token), *_alive()).options(home)
    found = session.scalars(query.execution_options(unscoped=True, populate_existing=True)).first()
    return found if found is not None and found.user.active else None


def is_due(row: UserSession) -> bool:
    """Whether it is time to write down that the session is in use."""
    return now() - row.seen_at > SEEN_STEP


def mark_seen(session: Session, session_id: int) -> None:
    """Write down that the session is in use, in a transaction of its own; not at all if someone else is writing."""
    with limited_to(ALL), briefly(session):
        session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now()))


def living_sessions(session: Session, user_id: int) -> Sequence[UserSession]:
    """The user's sessions that are open, the latest used first."""
    query = select(UserSession).where(UserSession.user_id == user_id, *_alive()).order_by(UserSession.seen_at.desc())
    return session.scalars(query).all()


def end_sessions(session: Session, user_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """End the user's sessions: all, `only` one of them, or all `but` one. Returns how many were open."""
    chosen = [UserSession.user_id == user_id, UserSession.ended_at.is_(None)]
    if only is not None:
        chosen.append(UserSession.id == only)
    if but is not None:
        chosen.append(UserSession.id != but)
    with limited_to(ALL):
        ended = session.execute(update(UserSession).where(*chosen).values(ended_at=now()))
    return rows_changed(ended)
