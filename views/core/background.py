"""Aside: a file that takes longer than a page may is made by the worker, and fetched when it is done."""

from __future__ import annotations

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from models import jobs
from views.core.session import db

CELLS_A_SECOND = 150_000
"""What a slow office machine writes."""
PATIENCE = 3
"""Seconds that people wait for a page."""


def asked_aside(title: str, rows: int, columns: int) -> ResponseReturnValue | None:
    """Have what this address answers made aside if so many rows and columns take too long: the page to go to, or None.

    None too where it is made aside already.
    """
    if jobs.step.get() is not None or rows * columns <= CELLS_A_SECOND * PATIENCE:
        return None
    return put_aside(title, rows)


def put_aside(title: str, total: int) -> ResponseReturnValue:
    """Have what this address answers made aside, `total` steps long: the page to go to."""
    jobs.ask(db.session(), current_user.id, title, request.full_path.rstrip("?"), total)
    current_app.extensions["worker"].call()
    flash(gettext("Tệp lớn nên được làm riêng một bên. Xong thì tải ở trang này."), "success")
    return redirect(url_for("jobs"))
