"""Once: a form that is sent again, by a second click, Back or a second tab, leads to what it did and does nothing anew.

A number stands in each form that does something. It is taken in the transaction of what is done, so that a refused
form's is not used up, and of two that are sent at once the second waits for the first.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from flask import current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin.helpers import get_redirect_target
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from models.form_numbers import FormNumber
from models.records.base import Record
from models.records.clock import now
from views.core.fields.formatting import day_text
from views.core.query import is_id
from views.core.session import db

FIELD = "form_number"
_NUMBER = re.compile(r"[0-9a-f]{32}")
_UNCOUNTED = {FIELD, "csrf_token"}


def form_number() -> str:
    """The number for a form that is shown: its own again where it came back refused."""
    return secrets.token_hex(16) if "number_taken" in g else _sent() or secrets.token_hex(16)


def answer_again() -> ResponseReturnValue | None:
    """The answer to a form that was sent before as it is now, None to any other: called before each request."""
    taken = _taken()
    if taken is None:
        return None
    g.number_taken = taken.at
    if taken.digest != _digest():
        return None
    flash(
        gettext("Biểu mẫu này đã gửi lúc %(when)s và làm xong rồi; không làm lần nữa.", when=day_text(taken.at)), "warn"
    )
    return redirect(_led_to(taken))


def asked_again() -> bool:
    """Whether the form that is sent was sent before with something else in it: then whoever sent it is asked."""
    if "number_taken" not in g:
        return False
    when = day_text(g.number_taken)
    flash(gettext("Biểu mẫu này đã gửi một lần lúc %(when)s. Bấm lần nữa thì làm thêm một lần nữa.", when=when), "warn")
    return True


def take(record: Record | None = None) -> bool:
    """Take the number of the form that is sent, and note the record that it made: last of what the form does.

    False, with all of it rolled back, if another sending took it meanwhile.
    """
    number = _sent()
    if not number or "number_taken" in g:
        return True
    values = {"number": number, "user_id": current_user.id, "at": now(), "digest": _digest()}
    made = {"noun": type(record).__name__, "record_id": record.id} if record is not None else {}
    try:
        db.session.connection().execute(insert(FormNumber).values({**values, **made}))
    except IntegrityError:
        db.session.rollback()
        g.number_taken = now()
        return not asked_again()
    return True


def _sent() -> str:
    """The number of the form that is sent, "" if it has none."""
    number = request.form.get(FIELD, "") if request.method == "POST" else ""
    return number if _NUMBER.fullmatch(number) else ""


def _taken() -> FormNumber | None:
    number = _sent()
    if not number or not current_user.is_authenticated:
        return None
    query = select(FormNumber).where(FormNumber.number == number, FormNumber.user_id == current_user.id)
    return db.session.scalars(query).one_or_none()


def _digest() -> str:
    """A hash of all that is sent but what each page has anew."""
    said = [(name, value) for name, value in request.form.items(multi=True) if name not in _UNCOUNTED]
    files = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return sha256(repr((request.path, request.args.to_dict(flat=False), said, files)).encode()).hexdigest()


def _led_to(taken: FormNumber) -> str:
    """Where the first sending led: to the record that it made or changed, else where whoever sent it came from."""
    screens = current_app.extensions["screens"]
    for record, screen in screens.items():
        if record.__name__ == taken.noun:
            return str(screen.get_url(".details_view", id=taken.record_id))
    here = next((screen for screen in screens.values() if screen.endpoint == request.blueprint), None)
    id_ = request.args.get("id", "")
    if here is not None and is_id(id_):
        return str(here.get_url(".details_view", id=id_))
    return str(get_redirect_target() or (here.get_url(".index_view") if here is not None else "/"))
