"""Users of the book, the roles they have, and what signing in leaves behind.

What changes without anybody's doing (counters, sessions, used codes) lies in plain tables beside `User`: the history
tells what people did, and a row that each request touches is no part of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, insert, inspect, select, update
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, relationship

from models.organisations import Organisation
from models.records.base import Base, Record
from models.records.choices import Choice
from models.records.clock import now
from models.records.errors import Problem
from models.records.fields import Moment, choice, code_field, key, reference, text, yes_no
from models.records.words import _

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
HOMELESS = _("Ai không phải quản trị thì phải thuộc một tổ chức.")
LAST_ADMINISTRATOR = _("Phải còn ít nhất một người quản trị được đăng nhập.")


class Role(Choice):
    """What a person may do, each role including the ones before it."""

    VIEWER = "viewer", _("Chỉ xem")
    EDITOR = "editor", _("Nhập liệu")
    APPROVER = "approver", _("Người duyệt")
    ADMINISTRATOR = "administrator", _("Quản trị")


class Language(Choice):
    """The languages of the screens."""

    VIETNAMESE = "vi", _("Tiếng Việt")
    ENGLISH = "en", _("Tiếng Anh")


class User(Record):
    """Someone who signs in. The password is kept as an argon2 hash, which no screen, export or look-up shows."""

    label = _("Người dùng")
    scoped_by = ("organisation",)
    natural_key = ("username",)
    title_is_person = True

    username: Mapped[str] = code_field(
        _("Tên đăng nhập"), 40, unique=True, help=_("Chữ thường không dấu, số, dấu chấm, gạch.")
    )
    name: Mapped[str] = text(_("Họ và tên"), 120, search=True)
    role: Mapped[Role] = choice(_("Vai trò"), Role, default=Role.VIEWER)
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(_("Tổ chức"), "User.organisation_id")
    language: Mapped[Language] = choice(_("Ngôn ngữ"), Language, default=Language.VIETNAMESE)
    active: Mapped[bool] = yes_no(_("Được đăng nhập"), default=True)
    must_change_password: Mapped[bool] = yes_no(_("Phải đổi mật khẩu"))
    password_hash: Mapped[str | None] = mapped_column(String(200), info={"secret": True})
    totp_secret: Mapped[str | None] = mapped_column(String(64), info={"secret": True})
    """What this user's authenticator app and we know; None: the second factor is off."""

    def check(self, session: Session) -> Iterator[Problem]:
        """A user name is short and plain; only administrators belong nowhere; one administrator remains."""
        if not USERNAME.fullmatch(self.username):
            yield Problem(_("Chỉ dùng chữ thường không dấu, số, dấu chấm, gạch; từ 2 đến 40 ký tự."), "username")
        if self.role is not Role.ADMINISTRATOR and self.organisation is None and self.organisation_id is None:
            yield Problem(HOMELESS, "organisation")
        leaving = self.changed("role", "active") and (self.role is not Role.ADMINISTRATOR or not self.active)
        if not self.is_new and leaving and self._was_the_last(session):
            yield Problem(LAST_ADMINISTRATOR, "active" if self.role is Role.ADMINISTRATOR else "role")

    def check_delete(self, session: Session) -> Iterator[Problem]:
        """The last administrator stays."""
        if self._was_the_last(session):
            yield Problem(LAST_ADMINISTRATOR)

    def _was_the_last(self, session: Session) -> bool:
        if self.was("role") is not Role.ADMINISTRATOR or not self.was("active"):
            return False
        query = select(User).where(User.role == Role.ADMINISTRATOR, User.active, User.id != self.id)
        # Those who go by the same flush don't remain.
        return not any(
            other.role is Role.ADMINISTRATOR and other.active and other not in session.deleted
            for other in session.scalars(query)
        )

    # What a sign-in manager asks of whoever is signed in.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the user may sign in."""
        return self.active

    def get_id(self) -> str:
        """The user's identity, as text."""
        return str(self.id)


class SignInState(Base):
    """What sign-in remembers of one user; made with the user."""

    __tablename__ = "sign_in_state"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    """Wrong passwords and codes since the last right one."""
    locked_until: Mapped[datetime | None] = mapped_column(Moment())
    last_step: Mapped[int | None] = mapped_column()
    """The latest time step whose code was used: none up to it is taken again."""
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment())


class RecoveryCode(Base):
    """A code that stands in for the authenticator app once; kept as a hash."""

    __tablename__ = "recovery_code"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment())


class UserSession(Base):
    """One browser that a user signed in with. The browser keeps a token, the row its hash."""

    __tablename__ = "user_session"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    user: Mapped[User] = relationship()
    created_at: Mapped[datetime] = mapped_column(Moment(), default=now)
    seen_at: Mapped[datetime] = mapped_column(Moment(), default=now)
    address: Mapped[str] = mapped_column(String(45))
    agent: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None] = mapped_column(Moment())


def begin_sign_in_state(_mapper: Mapper[User], connection: Connection, user: User) -> None:
    connection.execute(insert(SignInState).values(user_id=user.id, failures=0))


def end_sessions_of_changed(_mapper: Mapper[User], connection: Connection, user: User) -> None:
    """Whoever may do something else than before, or nothing any more, signs in anew, by whatever road that came."""
    attributes: Any = inspect(user).attrs
    if any(attributes[name].history.has_changes() for name in ("role", "active", "organisation_id")):
        open_ones = (UserSession.user_id == user.id, UserSession.ended_at.is_(None))
        connection.execute(update(UserSession).where(*open_ones).values(ended_at=now()))
