"""Last seen: a list asked for by its bare address, as menus and ways back do, comes back as its reader left it.

A cookie for each screen, sent to that screen's addresses alone, holds what was asked of its list last, and in which
session that was: whoever signs in next begins with whole lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from flask import Response, after_this_request, current_app, request, session

COOKIE = "seen"
LONGEST = 2000
"""Characters of an address that are remembered: browsers take cookies of 4 KB."""
Asked = Iterable[tuple[str, str]]


def last_asked() -> list[tuple[str, str]]:
    """What this session asked of this list last."""
    whose, _dot, asked = request.cookies.get(COOKIE, "").partition(".")
    return parse_qsl(asked) if whose == _whose() else []


def remember(asked: Asked, path: str) -> None:
    """Let the answer to this request tell the browser what was asked of the list at `path`."""
    text = urlencode(list(asked))

    @after_this_request
    def keep(answer: Response) -> Response:
        if text and len(text) <= LONGEST:
            secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
            answer.set_cookie(COOKIE, f"{_whose()}.{text}", path=path, httponly=True, secure=secure, samesite="Lax")
        elif COOKIE in request.cookies:
            answer.delete_cookie(COOKIE, path=path)
        return answer


def _whose() -> str:
    """Which session this is, as others can't guess and nobody can use."""
    return sha256(str(session.get("token", "")).encode()).hexdigest()[:16]
