"""What is around every page: language, menu, search, security headers."""

from __future__ import annotations

import secrets
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import Babel, get_locale, gettext
from flask_login import current_user
from sqlalchemy import literal, select, union_all

from backoffice import menu
from backoffice.config import LANGUAGES
from backoffice.entrance import is_plain_http
from models.accounts.users import Language, Role
from models.office import Office
from models.records.database import only_reading
from views.core.fields.formatting import many
from views.core.screen import RecordView
from views.core.search import nearest
from views.core.session import db

SEARCH_LIMIT = 8
FREE_ENDPOINTS = {"login", "code", "healthz", "static", "language", "calendar_feed"}


def init_app(app: Flask) -> None:
    """Set up language, protection and what every template reads."""
    Babel(app, locale_selector=_language)  # type: ignore[no-untyped-call]  # the one thing untyped in it
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.before_request(_begin)
    app.after_request(_headers)
    app.context_processor(_context)
    app.add_url_rule("/language", "language", choose_language, methods=["POST"])
    app.add_url_rule("/search", "search", search)
    app.add_url_rule("/healthz", "healthz", lambda: Response("ok", mimetype="text/plain"))


def csp_nonce() -> str:
    """The nonce that this answer's scripts and styles carry."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def safe_next(target: str | None) -> str:
    """`target` if it is a page of ours, else the first page."""
    target = target or ""
    # A browser takes a backslash for a slash and leaves out control characters.
    ours = target.startswith("/") and target[1:2] not in ("/", "\\") and target.isprintable()
    try:
        parts = urlsplit(target)
    except ValueError:
        ours = False
    else:
        ours = ours and not parts.scheme and not parts.netloc
    return target if ours else url_for("dashboard.index")


def _begin() -> None:
    only_reading.set(request.method in ("GET", "HEAD"))
    # Flask-Admin goes back to this address, and takes "http:evil.vn" for a page of ours.
    back = request.values.get("url")
    if back and safe_next(back) != back:
        abort(400)


def _language() -> str:
    if "language" in g or not has_request_context():
        return str(g.get("language", "vi"))
    chosen = request.cookies.get("language", "")
    return chosen if chosen in LANGUAGES else "vi"


def _headers(response: Response) -> Response:
    nonce = csp_nonce()
    headers = response.headers
    # An answer that is no page of ours, a file that someone sent in, says for itself what it may do: less.
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; object-src 'none'",
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response


def _context() -> dict[str, Any]:
    signed_in = current_user.is_authenticated
    if "counts" not in g:
        g.counts = menu.counts() if signed_in else {}
    office = db.session.scalars(select(Office).limit(1)).first() if signed_in else None
    return {
        "as_of": g.get("as_of", ""),
        "present_url": _present_url() if "as_of" in g else "",
        "csp_nonce": csp_nonce,
        "language": str(get_locale()),
        "menu": menu.sections(g.counts) if signed_in else [],
        "office_name": office.agency if office else gettext("Sổ Mặt trận"),
        "plain_http_note": signed_in and current_user.role is Role.ADMINISTRATOR and is_plain_http(),
        "sample_note": bool(g.counts.get(menu.SAMPLE)),
        "section_label": None,
        "title": "",
    }


def _present_url() -> str:
    """The same page in the present."""
    asked = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "as_of"])
    page = request.script_root + request.path
    return f"{page}?{asked}" if asked else page


def choose_language() -> Any:
    """Remember the language: with the user, or in a cookie before sign-in."""
    chosen = request.form.get("language", "")
    answer = redirect(safe_next(request.form.get("next")))
    if chosen in LANGUAGES:
        if current_user.is_authenticated:
            current_user.language = Language.read(chosen) or Language.VIETNAMESE
            db.session.commit()
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        path = current_app.config["SESSION_COOKIE_PATH"]
        answer.set_cookie(
            "language", chosen, path=path, httponly=True, secure=secure, samesite="Lax", max_age=365 * 86_400
        )
    return answer


def search() -> Any:
    """Everything that answers to the words, screen by screen."""
    q = request.args.get("q", "").replace("\x00", "").strip()[:200]
    screens = [
        s for s in current_app.extensions["screens"].values() if s.is_accessible() and s.listed and s.init_search()
    ]
    groups = []
    for screen, ids in _found(screens, q) if q else ():
        query = screen.query.all().where(screen.record.id.in_(ids))
        rows = db.session.scalars(screen.query.titled(query)).unique().all()
        groups.append(
            SimpleNamespace(
                label=many(screen.record.label),
                url=url_for(f"{screen.endpoint}.index_view", search=q),
                items=[
                    (url_for(f"{screen.endpoint}.details_view", id=row.id), str(row), getattr(row, "code", None) or "")
                    for row in sorted(rows, key=lambda row: ids.index(row.id))
                ],
            )
        )
    return render_template("search.html", q=q, groups=groups, title=gettext("Tìm"))


def _found(screens: list[RecordView], q: str) -> list[tuple[RecordView, list[int]]]:
    """The first ids on each screen that answer to the words, by one statement for all screens."""
    firsts = [
        screen.query.matching(q)
        .with_only_columns(screen.record.id)
        .order_by(*nearest(screen.record))
        .limit(SEARCH_LIMIT)
        for screen in screens
    ]
    parts = [select(literal(place), first.subquery().c.id) for place, first in enumerate(firsts)]
    found: dict[int, list[int]] = {}
    for place, id_ in db.session.execute(union_all(*parts)):
        found.setdefault(place, []).append(id_)
    return [(screens[place], ids) for place, ids in sorted(found.items())]
