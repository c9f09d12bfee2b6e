"""Settings: defaults that are safe in use, each overridden by an environment variable `BACKOFFICE_<NAME>`."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from backoffice.address import entrance_settings
from backoffice.data_folder import BOOK

LANGUAGES = ("vi", "en")
BODY_LIMIT = 32 * 1024 * 1024


def settings(instance: Path) -> dict[str, Any]:
    """The application's settings. The secret key is made once and kept in the data folder."""
    book = URL.create("sqlite", database=str(instance / BOOK)).render_as_string()
    url = os.environ.get("BACKOFFICE_DATABASE_URL") or book
    return {
        **entrance_settings(),
        "SECRET_KEY": os.environ.get("BACKOFFICE_SECRET_KEY") or _kept_secret(instance),
        "SQLALCHEMY_DATABASE_URI": re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url),
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Where `serve` listens.
        "HOST": "127.0.0.1",
        # Who asks from elsewhere is refused by what browsers say of it; not all say from which page they come.
        "WTF_CSRF_SSL_STRICT": False,
        # The token lives as long as the session: a form left open over lunch can still be saved.
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_TRANSLATION_DIRECTORIES": str(Path(__file__).parent / "translations"),
        # Only what we name becomes a message; the rest is an error for the log.
        "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": True,
    }


def _kept_secret(instance: Path) -> str:
    path = instance / "secret-key"
    if not path.exists() or not path.read_text().strip():
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()
