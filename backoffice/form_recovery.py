"""What was typed is not lost: a form whose session or token ran out waits, sealed, until its writer signed in again.

A form proves whose it is by its token, which is signed and begins with the user's id (`sessions.sign_in`). Only what
a user typed into a page of their own is kept, and only that user may send it on: nobody can plant a form for another.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, render_template, request
from flask_babel import gettext
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from models.accounts.users import User
from views.core.here import here

UNKEPT = {"login", "code", "logout", "language", "password", "second_factor", "later", "change_second_factor"}
"""Pages whose forms hold secrets, or nothing worth keeping."""
LIMIT = 300_000
"""How many characters are kept at most."""
RECORD_FORMS = (".create_view", ".edit_view")


def kept() -> str:
    """The form that this request posts, or carries from the request before, sealed; empty if there is none to keep."""
    carried = request.form.get("typed", "")
    if carried:
        return carried if _opened(carried) else ""
    who = _writer()
    fields = [[name, value] for name, value in request.form.items(multi=True) if name != "csrf_token"]
    size = sum(len(name) + len(value) for name, value in fields)
    if who is None or request.endpoint is None or request.endpoint in UNKEPT or size > LIMIT:
        return ""
    files = any(file.filename for file in request.files.values())
    form = {"user": who, "path": here(), "fields": fields, "files": files}
    return str(_seal().dumps(form))


def has_files(sealed: str) -> bool:
    """Whether files were chosen in the kept form: those must be chosen again."""
    form = _opened(sealed)
    return bool(form and form["files"])


def resent(user: User) -> str | None:
    """The page that sends the kept form on, for the user who typed it; None if there is no such form."""
    form = _opened(request.form.get("typed", ""))
    if form is None:
        return None
    if form["user"] != user.id:
        flash(gettext("Biểu mẫu nhập trước đó là của người khác nên không được gửi đi."), "warning")
        return None
    return _page(form, at_once=not form["files"])


def shown_again() -> Any:
    """The answer to a form whose token no longer holds, from someone signed in: the same form, nothing written."""
    who = _writer()
    if who is not None and who != current_user.id:
        return None
    if request.endpoint and request.endpoint.endswith(RECORD_FORMS):
        flash(gettext("Trang này để quá lâu nên chưa lưu. Những gì đã nhập vẫn còn: xem lại rồi bấm Lưu."), "warning")
        g.token_ran_out = True
        return current_app.view_functions[request.endpoint](**(request.view_args or {}))
    form = _opened(kept()) if who is not None else None
    return _page(form, at_once=False) if form else None


def _page(form: dict[str, Any], *, at_once: bool) -> str:
    return render_template("form_recovery.html", typed_form=form, at_once=at_once, title=gettext("Gửi lại biểu mẫu"))


def _writer() -> int | None:
    """Whose page the posted form stood on, as its token proves; None if it proves nothing."""
    # As Flask-WTF signs its tokens.
    signer = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        head, dot, _rest = str(signer.loads(request.form.get("csrf_token", ""))).partition(".")
    except BadData:
        return None
    return int(head) if dot and head.isdecimal() else None


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="typed-form")


def _opened(sealed: str) -> dict[str, Any] | None:
    try:
        return _seal().loads(sealed) if sealed else None
    except BadData:
        return None
