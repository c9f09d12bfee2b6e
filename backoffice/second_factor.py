"""The second factor's pages: set it up by a picture and one code, keep the recovery codes, turn it off."""

from __future__ import annotations

from typing import Any

import segno
from flask import Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import PasswordField, StringField

from backoffice import sessions
from backoffice.entrance import is_exposed
from backoffice.passwords import knows_password
from backoffice.web import safe_next
from models.access.scope import ALL, limited_to
from models.accounts.second_factor import address_of, codes_left, new_recovery_codes, new_secret, turn_off, turn_on
from models.accounts.users import Role, User
from models.history.audit import AuditKind
from models.history.recording import named_act, note
from models.records.words import _
from views.core.here import here
from views.core.session import db

OPEN_WITHOUT = {"second_factor", "later", "logout", "language", "password"}
SET_UP_TIME = 3600
"""Seconds from the picture to the first code."""
TURNED_ON, TURNED_OFF, NEW_CODES = _("Bật xác thực hai bước"), _("Tắt xác thực hai bước"), _("Tạo mã dự phòng mới")


class SetUpForm(FlaskForm):
    """The first code."""

    code = StringField(lazy_gettext("Mã 6 chữ số đang hiện trên điện thoại"))


class OwnPasswordForm(FlaskForm):
    """One's password, for what someone at an unwatched screen must not do."""

    password = PasswordField(lazy_gettext("Mật khẩu của bạn"))


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.add_url_rule("/account/second-factor", "second_factor", set_up, methods=["GET", "POST"])
    app.add_url_rule("/account/second-factor/later", "later", later, methods=["POST"])
    app.add_url_rule("/account/second-factor/change", "change_second_factor", change, methods=["GET", "POST"])


def is_required(user: User) -> bool:
    """Whether this user must have a second factor: who approves or administers, once others can reach the door."""
    return user.role.rank >= Role.APPROVER.rank and is_exposed()


def asked_for() -> Any:
    """Lead to the set-up whoever must have a second factor, and whoever should have one until they put it off."""
    if current_user.totp_secret or current_user.role.rank < Role.APPROVER.rank or request.endpoint in OPEN_WITHOUT:
        return None
    if is_exposed() or (request.method == "GET" and not session.get("later")):
        return redirect(url_for("second_factor", next=here() if request.method == "GET" else None))
    return None


def set_up() -> Any:
    """A picture for the authenticator app; one code proves that it arrived."""
    user = current_user._get_current_object()  # noqa: SLF001  Flask-Login's own way
    if user.totp_secret:
        return redirect(url_for("account"))
    form = SetUpForm()
    secret = _offered(user) or new_secret()
    if form.validate_on_submit():
        codes = _confirmed(user, secret, form.code.data or "")
        if codes is not None:
            sessions.renew(user)
            return _codes_page(codes)
        form.code.errors = [
            gettext("Mã không đúng. Hãy chờ mã mới hiện ra rồi nhập lại; xem đồng hồ điện thoại có đúng giờ không.")
        ]
    return render_template(
        "second_factor.html",
        form=form,
        offer=_signer().dumps([user.id, secret]),
        # omitsize: the style sheet says the size; no classes, since nothing styles them.
        picture=Markup(  # noqa: S704  numbers that segno drew, no text of anybody's
            segno.make_qr(address_of(user, secret), error="m").svg_inline(omitsize=True, svgclass=None, lineclass=None)
        ),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        required=is_required(user),
        next_url=safe_next(request.values.get("next")),
        title=gettext("Bật xác thực hai bước"),
    )


def later() -> Any:
    """Put it off until the next sign-in, on one's own machine only."""
    if not is_required(current_user):
        session["later"] = True
    return redirect(safe_next(request.form.get("next")))


def change() -> Any:
    """Turn it off, or make new recovery codes; either needs the password."""
    user = current_user._get_current_object()  # noqa: SLF001  Flask-Login's own way
    if not user.totp_secret:
        return redirect(url_for("account"))
    form = OwnPasswordForm()
    if form.validate_on_submit() and knows_password(form.password, user):
        if request.form.get("do") == "codes":
            return _codes_page(_new_codes(user))
        _turned_off(user)
        sessions.renew(user)
        flash(gettext("Đã tắt xác thực hai bước."), "success")
        return redirect(url_for("account"))
    return render_template(
        "second_factor_change.html",
        form=form,
        left=codes_left(db.session(), user.id),
        title=gettext("Xác thực hai bước"),
    )


def _confirmed(user: User, secret: str, code: str) -> list[str] | None:
    with limited_to(ALL), named_act(db.session(), TURNED_ON):
        codes = turn_on(db.session(), user, secret, code)
        if codes is not None:
            note(db.session(), AuditKind.ACCOUNT, user)
        db.session.commit()
    return codes


def _turned_off(user: User) -> None:
    with limited_to(ALL), named_act(db.session(), TURNED_OFF):
        turn_off(db.session(), user)
        note(db.session(), AuditKind.ACCOUNT, user)
        db.session.commit()


def _new_codes(user: User) -> list[str]:
    with limited_to(ALL), named_act(db.session(), NEW_CODES):
        codes = new_recovery_codes(db.session(), user)
        note(db.session(), AuditKind.ACCOUNT, user)
        db.session.commit()
    return codes


def _codes_page(codes: list[str]) -> str:
    return render_template(
        "recovery_codes.html",
        codes=codes,
        next_url=safe_next(request.form.get("next")),
        title=gettext("Mã dự phòng"),
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="second-factor")


def _offered(user: User) -> str | None:
    """The secret whose picture this user was shown."""
    try:
        id_, secret = _signer().loads(request.form.get("offer", ""), max_age=SET_UP_TIME)
    except BadData:
        return None
    return str(secret) if id_ == user.id else None
