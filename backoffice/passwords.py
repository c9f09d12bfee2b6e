"""Changing one's own password."""

from __future__ import annotations

from typing import Any

from flask import Flask, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField

from backoffice import form_recovery, sessions
from models.access.scope import ALL, limited_to
from models.accounts.passwords import BusyError, set_password
from models.accounts.sign_in import try_password
from models.accounts.users import User
from models.history.audit import AuditKind
from models.history.recording import named_act, note
from models.records.errors import Refused
from models.records.words import _
from views.core.fields.formatting import sentence
from views.core.session import db

WRONG = _("Mật khẩu hiện tại không đúng, hoặc vừa nhập sai quá nhiều lần: hãy chờ ít phút.")
CHANGED = _("Đổi mật khẩu")


class PasswordForm(FlaskForm):
    """The present password and a new one, twice."""

    current = PasswordField(lazy_gettext("Mật khẩu hiện tại"))
    new = PasswordField(
        lazy_gettext("Mật khẩu mới"),
        description=lazy_gettext(
            "Từ 12 ký tự trở lên, có dấu cũng được. Một câu dễ nhớ của riêng bạn là tốt nhất, không cần ký hiệu lạ."
        ),
    )
    again = PasswordField(lazy_gettext("Nhập lại mật khẩu mới"))


def init_app(app: Flask) -> None:
    """Add the page."""
    app.add_url_rule("/account/password", "password", password, methods=["GET", "POST"])


def password() -> Any:
    """Change one's own password; all other browsers are signed out."""
    form = PasswordForm()
    user = current_user._get_current_object()  # noqa: SLF001  Flask-Login's own way
    if not form.validate_on_submit() or not _change(form, user):
        return shown(form)
    sessions.renew(user)
    flash(gettext("Đã đổi mật khẩu. Các máy khác đang đăng nhập bằng tài khoản này đã được đăng xuất."), "success")
    return form_recovery.resent(user) or redirect(url_for("dashboard.index"))


def shown(form: PasswordForm) -> str:
    """The page with this form."""
    return render_template("password.html", form=form, typed=form_recovery.kept(), title=gettext("Đổi mật khẩu"))


def _change(form: PasswordForm, user: User) -> bool:
    """Change the password if the form says so rightly; else say on the form what is wrong."""
    if form.new.data != form.again.data:
        form.again.errors = [gettext("Hai lần nhập không giống nhau.")]
    elif form.new.data == form.current.data:
        form.new.errors = [gettext("Mật khẩu mới phải khác mật khẩu hiện tại.")]
    elif knows_password(form.current, user):
        try:
            with limited_to(ALL), named_act(db.session(), CHANGED):
                set_password(db.session(), user, form.new.data or "", must_change=False)
                note(db.session(), AuditKind.ACCOUNT, user)
                db.session.commit()
        except Refused as refused:
            db.session.rollback()
            form.new.errors = [sentence(problem) for problem in refused.problems]
        else:
            return True
    return False


def knows_password(field: PasswordField, user: User) -> bool:
    """Whether the field holds the user's own password; else it says so."""
    try:
        right = try_password(db.session(), user, field.data or "")
    except BusyError:
        right = False
    if not right:
        field.errors = [gettext(WRONG)]
    return right
