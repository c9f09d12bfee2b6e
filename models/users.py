"""Users of the book and the roles they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Record
from models.choices import Choice
from models.errors import Problem
from models.fields import Moment, choice, code_field, key, reference, text, yes_no
from models.organisations import Organisation
from models.words import _

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class Role(Choice):
    """What a person may do, each role including the ones before it."""

    VIEWER = "viewer", _("Xem")
    EDITOR = "editor", _("Nhập liệu")
    APPROVER = "approver", _("Duyệt")
    ADMINISTRATOR = "administrator", _("Quản trị")


class Language(Choice):
    """The languages of the screens."""

    VIETNAMESE = "vi", _("Tiếng Việt")
    ENGLISH = "en", _("Tiếng Anh")


class User(Record):
    """Someone who signs in. The password is kept as an argon2 hash, which no screen, export or look-up shows."""

    label = _("Người dùng")
    natural_key = ("username",)

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
    password_hash: Mapped[str | None] = mapped_column(String(200))
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment())

    def check(self, session: Session) -> Iterator[Problem]:
        """A user name is typed often: short, lower case, without accents."""
        if not USERNAME.fullmatch(self.username):
            yield Problem(_("Chỉ dùng chữ thường không dấu, số, dấu chấm, gạch; từ 2 đến 40 ký tự."), "username")

    # What a sign-in manager asks of whoever is signed in.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the user may sign in."""
        return self.active

    def get_id(self) -> str:
        """The identity that a session keeps."""
        return str(self.id)
