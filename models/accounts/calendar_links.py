"""Calendar links: the secret address under which a user's own calendar programme reads theirs."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.access.scope import ALL, limited_to
from models.accounts.sessions import hash_of
from models.accounts.users import User
from models.organisations import Organisation
from models.records.base import Base
from models.records.clock import now
from models.records.database import rows_changed
from models.records.fields import Moment


class CalendarLink(Base):
    """A user's one link. The link holds a token, the row its hash."""

    __tablename__ = "calendar_link"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    user: Mapped[User] = relationship()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment(), default=now)


def make_link(session: Session, user_id: int) -> str:
    """Give the user a new link in the place of any they had; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    end_link(session, user_id)
    session.add(CalendarLink(user_id=user_id, token_hash=hash_of(token)))
    with limited_to(ALL):
        session.flush()
    return token


def end_link(session: Session, user_id: int) -> bool:
    """Let the user's link open nothing from now on. Returns whether there was one."""
    with limited_to(ALL):
        ended = session.execute(delete(CalendarLink).where(CalendarLink.user_id == user_id))
    return bool(rows_changed(ended))


def link_of(session: Session, user_id: int) -> CalendarLink | None:
    """The user's link, if they have one."""
    return session.scalars(select(CalendarLink).where(CalendarLink.user_id == user_id)).first()


def owner_of(session: Session, token: str) -> User | None:
    """The user whose link holds this token; None for an unknown one, and for who may not sign in."""
    home = joinedload(CalendarLink.user).joinedload(User.organisation).joinedload(Organisation.unit)
    query = select(CalendarLink).where(CalendarLink.token_hash == hash_of(token)).options(home)
    found = session.scalars(query.execution_options(unscoped=True, populate_existing=True)).first()
    return found.user if found is not None and found.user.active else None
