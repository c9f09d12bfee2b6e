"""Sign-in: user name and password, argon2 hashes, and nothing answers to strangers but the door itself."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import Length

from backoffice.frame import FREE_ENDPOINTS, safe_next
from models.base import now
from models.users import User
from models.vietnamese import clean
from models.words import _
from views.session import db

PASSWORD_MINIMUM, PASSWORD_MAXIMUM = 12, 256
PASSWORD_LENGTH = _("Mật khẩu phải có từ 12 đến 256 ký tự.")
hasher = PasswordHasher()
_NOBODY = hasher.hash(secrets.token_hex(16))
"""Checked for unknown names, so that a wrong name takes as long as a wrong password."""


class LoginForm(FlaskForm):
    """User name and password."""

    username = StringField(lazy_gettext("Tên đăng nhập"))
    password = PasswordField(lazy_gettext("Mật khẩu"))


class PasswordForm(FlaskForm):
    """The present password and a new one, twice."""

    current = PasswordField(lazy_gettext("Mật khẩu hiện tại"))
    new = PasswordField(
        lazy_gettext("Mật khẩu mới"),
        description=lazy_gettext("Từ 12 ký tự trở lên; một câu dễ nhớ là tốt."),
        validators=[Length(PASSWORD_MINIMUM, PASSWORD_MAXIMUM, lazy_gettext(PASSWORD_LENGTH))],
    )
    again = PasswordField(lazy_gettext("Nhập lại mật khẩu mới"))


def init_app(app: Flask) -> None:
    """Set up Flask-Login and deny by default."""
    manager = LoginManager(app)
    manager.user_loader(_load)
    app.before_request(_only_signed_in)
    app.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    app.add_url_rule("/logout", "logout", logout, methods=["POST"])
    app.add_url_rule("/password", "password", password, methods=["GET", "POST"])


def set_password(user: User, text: str, *, must_change: bool) -> None:
    """Give the user this password. Raises ValueError if it is too short or too long."""
    if not PASSWORD_MINIMUM <= len(text) <= PASSWORD_MAXIMUM:
        raise ValueError(PASSWORD_LENGTH)
    user.password_hash = hasher.hash(text)
    user.must_change_password = must_change


def verify(user: User | None, text: str) -> bool:
    """Whether this is the password of a user who may sign in; takes as long when there is no such user."""
    kept = user.password_hash if user is not None and user.password_hash else _NOBODY
    try:
        hasher.verify(kept, text[: PASSWORD_MAXIMUM + 1])
    except (VerificationError, InvalidHashError):
        return False
    return user is not None and user.active


def _load(identity: str) -> Any:
    user = db.session.get(User, int(identity)) if identity.isdigit() and len(identity) < 10 else None
    return user if user is not None and user.active and session.get("stamp") == _stamp(user) else None


def _stamp(user: User) -> str:
    """What a session keeps of the password: another password ends every session under the old one."""
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:16]


def _only_signed_in() -> Any:
    if request.endpoint in FREE_ENDPOINTS:
        return None
    if not current_user.is_authenticated:
        if request.method == "GET":
            return redirect(url_for("login", next=request.full_path.rstrip("?")))
        return Response(gettext("Hãy đăng nhập."), 401, mimetype="text/plain")
    if current_user.must_change_password and request.endpoint not in ("password", "logout"):
        return redirect(url_for("password"))
    return None


def login() -> Any:
    """The door: a form, and one sentence for every reason not to let someone in."""
    form = LoginForm()
    target = safe_next(request.values.get("next"))
    if form.validate_on_submit():
        name = clean(form.username.data or "").lower()
        user = db.session.scalars(select(User).where(User.username == name)).first()
        if verify(user, form.password.data or "") and user is not None:
            session.clear()
            user.signed_in_at = now()
            if user.password_hash and hasher.check_needs_rehash(user.password_hash):
                user.password_hash = hasher.hash(form.password.data or "")
            db.session.commit()
            login_user(user)
            session["stamp"] = _stamp(user)
            return redirect(target)
        flash(gettext("Tên đăng nhập hoặc mật khẩu không đúng."), "error")
    return render_template("login.html", form=form, next_url=target, title=gettext("Đăng nhập"))


def logout() -> Any:
    """Sign out."""
    logout_user()
    session.clear()
    return redirect(url_for("login"))


def password() -> Any:
    """Change one's own password."""
    form = PasswordForm()
    if form.validate_on_submit():
        if not verify(current_user._get_current_object(), form.current.data or ""):  # noqa: SLF001  Flask-Login's own way
            form.current.errors = [gettext("Mật khẩu hiện tại không đúng.")]
        elif form.new.data != form.again.data:
            form.again.errors = [gettext("Hai lần nhập không giống nhau.")]
        else:
            set_password(current_user, form.new.data or "", must_change=False)
            db.session.commit()
            session["stamp"] = _stamp(current_user)
            flash(gettext("Đã đổi mật khẩu."), "success")
            return redirect(url_for("home.index"))
    return render_template("password.html", form=form, title=gettext("Đổi mật khẩu"))
