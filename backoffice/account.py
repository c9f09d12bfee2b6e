"""The account page: who one is here, and which browsers are signed in."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from backoffice.second_factor import is_required
from backoffice.sessions import device
from models.audit import AuditKind, named_act, note
from models.scope import ALL, limited_to
from models.second_factor import codes_left
from models.sessions import end_sessions, living_sessions
from models.words import _
from views.cells import day_text
from views.forms import is_id
from views.session import db

ENDED = _("Đăng xuất máy khác")


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.add_url_rule("/account", "account", account)
    app.add_url_rule("/account/sessions/end", "end_session", end_session, methods=["POST"])


def account() -> str:
    """Name, role, organisation, language, password, second factor, sessions."""
    rows = [
        {
            "id": row.id,
            "device": device(row.agent),
            "agent": row.agent,
            "address": row.address,
            "begun": day_text(row.created_at),
            "seen": day_text(row.seen_at),
            "here": row.id == g.session_id,
        }
        for row in living_sessions(db.session(), current_user.id)
    ]
    return render_template(
        "account.html",
        sessions=rows,
        codes_left=codes_left(db.session(), current_user.id) if current_user.totp_secret else None,
        second_factor_required=is_required(current_user),
        title=gettext("Tài khoản của tôi"),
    )


def end_session() -> Any:
    """End one of one's own sessions, or all but this one."""
    chosen = request.form.get("id", "")
    if chosen != "others" and not is_id(chosen):
        abort(400)
    which = {"but": g.session_id} if chosen == "others" else {"only": int(chosen)}
    user = current_user._get_current_object()  # noqa: SLF001  Flask-Login's own way
    with limited_to(ALL), named_act(db.session(), ENDED):
        ended = end_sessions(db.session(), user.id, **which)
        if ended:
            note(db.session(), AuditKind.ACCOUNT, user, rows=ended)
        db.session.commit()
    flash(gettext("Đã đăng xuất %(count)s nơi.", count=ended), "success")
    return redirect(url_for("account"))
