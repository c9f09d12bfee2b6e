"""Aside: a file that takes longer than a page may is made by the worker, and fetched when it is done."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import current_user

from models import jobs
from views.cells import number_text
from views.session import db

CELLS_A_SECOND = 150_000
"""What a slow office machine writes."""
PATIENCE = 3
"""Seconds that people wait for a page."""


def asked_aside(title: str, rows: int, columns: int) -> Any | None:
    """Have what this address answers made aside if so many rows and columns take too long: the page to go to, or None.

    None too where it is made aside already.
    """
    if jobs.step.get() is not None or rows * columns <= CELLS_A_SECOND * PATIENCE:
        return None
    jobs.ask(db.session(), current_user.id, title, request.full_path.rstrip("?"), rows)
    current_app.extensions["worker"].call()
    text = gettext("Tệp có %(rows)s dòng nên được làm riêng một bên. Xong thì tải ở trang này.", rows=number_text(rows))
    flash(text, "success")
    return redirect(url_for("jobs"))
