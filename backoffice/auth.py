"""Sign-in: user name, password, and a code where the second factor is on; nothing answers to strangers but the door."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from wtforms import PasswordField, StringField

from backoffice import account, form_recovery, passwords, second_factor, sessions
from backoffice.errors import SENTENCES, page
from backoffice.web import FREE_ENDPOINTS, safe_next
from models.access.scope import ALL, limited_to
from models.accounts.passwords import BusyError
from models.accounts.sign_in import try_code, try_password
from models.accounts.users import User
from models.history.audit import AuditKind
from models.history.recording import note
from models.records.clock import now
from models.records.text import clean
from models.records.words import _
from views.core.here import here
from views.core.session import db

REFUSAL = _(
    "Không đăng nhập được: tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa vì nhập sai nhiều lần. "
    "Hãy thử lại sau ít phút, hoặc nhờ người quản trị."
)
BUSY = _("Nhiều người đang đăng nhập cùng lúc. Hãy thử lại sau vài giây.")
STALE_DOOR = _("Trang đăng nhập để quá lâu. Hãy nhập lại.")
CODE_TIME = 300
"""Seconds from the password to the code."""


class LoginForm(FlaskForm):
    """User name and password."""

    username = StringField(lazy_gettext("Tên đăng nhập"))
    password = PasswordField(lazy_gettext("Mật khẩu"))


class CodeForm(FlaskForm):
    """A code of the authenticator app, or a recovery code."""

    code = StringField(
        lazy_gettext("Mã xác thực"),
        description=lazy_gettext("6 chữ số trên điện thoại. Không có điện thoại thì nhập một mã dự phòng."),
    )


def init_app(app: Flask) -> None:
    """Deny by default. In this order: who asks, from where, with which token, and whether they may come in."""
    sessions.init_app(app)
    app.before_request(_refuse_other_sites)
    CSRFProtect(app)
    app.before_request(_only_signed_in)
    app.register_error_handler(CSRFError, _token_ran_out)
    app.add_url_rule("/login", "login", login, methods=["GET", "POST"])
    app.add_url_rule("/login/code", "code", code, methods=["GET", "POST"])
    app.add_url_rule("/logout", "logout", logout, methods=["POST"])
    for part in (account, passwords, second_factor):
        part.init_app(app)


# -- before every page


def _refuse_other_sites() -> None:
    """Another site's page may lead here, but not write here."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    # Browsers say the first only where they trust the connection; plain http in an office has the second.
    foreign = site not in ("same-origin", "none") if site else bool(origin) and urlsplit(origin).netloc != request.host
    if foreign:
        abort(403)


def _only_signed_in() -> Any:
    if request.endpoint in FREE_ENDPOINTS:
        return None
    if not current_user.is_authenticated:
        if request.method in ("GET", "HEAD"):
            return redirect(url_for("login", next=here()))
        return _door(LoginForm(formdata=None), url_for("dashboard.index")), 401
    if current_user.must_change_password and request.endpoint not in ("password", "logout"):
        return redirect(url_for("password"))
    return second_factor.asked_for()


def _token_ran_out(error: CSRFError) -> Any:
    """A form came without the token of this session: nothing is done, and what was typed is not lost."""
    if request.endpoint in ("login", "code"):
        flash(gettext(STALE_DOOR), "warning")
        return _door(LoginForm(), safe_next(request.form.get("next"))), 400
    stopped = _only_signed_in()
    if stopped is not None:
        return stopped
    try:
        shown = form_recovery.shown_again() if request.endpoint not in FREE_ENDPOINTS else None
    except HTTPException as refused:
        # Nobody handles what a handler of errors raises.
        return page(refused.code or 400, gettext(SENTENCES.get(refused.code or 400, SENTENCES[400])))
    if shown is not None:
        return shown, 400
    return page(400, gettext("Trang này để quá lâu. Hãy quay lại, tải lại trang rồi gửi lần nữa."))


# -- the door


def login() -> Any:
    """A form, and one sentence for every reason not to let someone in."""
    form = LoginForm()
    target = safe_next(request.values.get("next"))
    if not form.validate_on_submit():
        return _door(form, target)
    with limited_to(ALL):
        name = clean(form.username.data or "").lower()
        user = db.session.scalars(select(User).where(User.username == name)).first()
        try:
            right = try_password(db.session(), user, form.password.data or "")
        except BusyError:
            flash(gettext(BUSY), "warning")
            return _door(form, target), 503
        if user is None or not right:
            return _refused(user, form, target)
        if user.totp_secret:
            sessions.forget()
            session["pending"] = [user.id, int(now().timestamp()), _stamp(user)]
            return _code_page(CodeForm(formdata=None), target)
        return _let_in(user, target)


def code() -> Any:
    """The second step, for whoever just gave the right password."""
    with limited_to(ALL):
        user = _pending()
        target = safe_next(request.values.get("next"))
        if user is None:
            if request.method == "POST":
                flash(gettext(STALE_DOOR), "warning")
            return _door(LoginForm(formdata=None), target)
        form = CodeForm()
        if not form.validate_on_submit():
            return _code_page(form, target)
        if try_code(db.session(), user, form.code.data or ""):
            return _let_in(user, target)
        note(db.session(), AuditKind.REFUSED, user, address=request.remote_addr, step="code")
        db.session.commit()
        form.code.errors = [gettext("Mã không đúng, đã dùng rồi, hoặc tài khoản đang tạm khóa. Hãy chờ mã kế tiếp.")]
        return _code_page(form, target)


def logout() -> Any:
    """Sign out."""
    note(db.session(), AuditKind.SIGNED_OUT, current_user._get_current_object())  # noqa: SLF001  Flask-Login's own way
    db.session.commit()
    sessions.sign_out()
    return redirect(url_for("login"))


def _let_in(user: User, target: str) -> Any:
    sessions.act_as(user)
    note(db.session(), AuditKind.SIGNED_IN, user, address=request.remote_addr)
    sessions.sign_in(user)
    if user.must_change_password and form_recovery.kept():
        return passwords.shown(passwords.PasswordForm(formdata=None))
    return form_recovery.resent(user) or redirect(target)


def _refused(user: User | None, form: LoginForm, target: str) -> Any:
    # What was typed for an unknown name may be a password: it is not written down.
    note(db.session(), AuditKind.REFUSED, user, address=request.remote_addr)
    db.session.commit()
    flash(gettext(REFUSAL), "error")
    return _door(form, target)


def _pending() -> User | None:
    id_, at, stamp = session.get("pending") or (None, 0, "")
    if id_ is None or now().timestamp() - at > CODE_TIME:
        return None
    user = db.session.get(User, id_)
    return user if user is not None and user.active and user.totp_secret and _stamp(user) == stamp else None


def _stamp(user: User) -> str:
    """Changes with the password: a right one stays right for the second step only while it is."""
    return sha256((user.password_hash or "").encode()).hexdigest()[:16]


def _door(form: LoginForm, target: str) -> str:
    sealed = form_recovery.kept()
    return render_template(
        "login.html",
        form=form,
        next_url=target,
        typed=sealed,
        typed_files=form_recovery.has_files(sealed),
        title=gettext("Đăng nhập"),
    )


def _code_page(form: CodeForm, target: str) -> str:
    return render_template(
        "code.html", form=form, next_url=target, typed=form_recovery.kept(), title=gettext("Xác thực hai bước")
    )
