"""The account page: who one is here, which browsers are signed in, and the link to one's calendar."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from flask_login import current_user

from backoffice.second_factor import is_required
from backoffice.sessions import act_as, device
from models.access.scope import ALL, limited_to
from models.accounts.calendar_links import end_link, link_of, make_link, owner_of
from models.accounts.second_factor import codes_left
from models.accounts.sessions import end_sessions, living_sessions
from models.history.audit import AuditKind
from models.history.recording import named_act, note
from models.records.words import _
from views.calendar import feed
from views.core.fields.formatting import day_text
from views.core.query import is_id
from views.core.session import db

ENDED = _("Đăng xuất máy khác")
LINK_MADE = _("Tạo liên kết lịch")
LINK_ENDED = _("Hủy liên kết lịch")


def init_app(app: Flask) -> None:
    """Add the pages."""
    app.add_url_rule("/account", "account", account)
    app.add_url_rule("/account/sessions/end", "end_session", end_session, methods=["POST"])
    app.add_url_rule("/account/calendar", "make_calendar_link", make_calendar_link, methods=["POST"])
    app.add_url_rule("/account/calendar/end", "end_calendar_link", end_calendar_link, methods=["POST"])
    app.add_url_rule("/calendar/<token>.ics", "calendar_feed", calendar_feed)


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
    link = link_of(db.session(), current_user.id)
    return render_template(
        "account.html",
        sessions=rows,
        calendar_link_since=day_text(link.created_at) if link else "",
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


def make_calendar_link() -> Any:
    """A new secret link to one's calendar, shown this once; the one before it ends."""
    user = current_user._get_current_object()  # noqa: SLF001  Flask-Login's own way
    with named_act(db.session(), LINK_MADE):
        token = make_link(db.session(), user.id)
        note(db.session(), AuditKind.ACCOUNT, user)
        db.session.commit()
    return render_template(
        "calendar_link.html",
        link=url_for("calendar_feed", token=token, _external=True),
        title=gettext("Liên kết lịch của tôi"),
    )


def end_calendar_link() -> Any:
    """Let the link open nothing from now on."""
    user = current_user._get_current_object()  # noqa: SLF001  Flask-Login's own way
    with named_act(db.session(), LINK_ENDED):
        if end_link(db.session(), user.id):
            note(db.session(), AuditKind.ACCOUNT, user)
        db.session.commit()
    flash(gettext("Liên kết lịch đã hủy: không ai đọc được lịch qua đó nữa."), "success")
    return redirect(url_for("account"))


def calendar_feed(token: str) -> Response:
    """The calendar of whoever made the link, as they may see it now; without a living link, nothing is here."""
    owner = owner_of(db.session(), token)
    if owner is None:
        abort(404)
    act_as(owner)
    with force_locale(owner.language.value):
        return Response(feed(owner), mimetype="text/calendar")
