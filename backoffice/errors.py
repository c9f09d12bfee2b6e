"""Errors: a number and a sentence for people, the rest for the log."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, render_template
from flask_babel import gettext
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from backoffice.log import error_number
from models.records.words import _
from views.core.session import db

SENTENCES = {
    400: _("Yêu cầu không hợp lệ."),
    401: _("Hãy đăng nhập."),
    403: _("Bạn không có quyền làm việc này."),
    404: _("Không có trang này."),
    405: _("Trang này không nhận cách gửi đó."),
    413: _("Tệp hoặc biểu mẫu gửi lên quá lớn (tối đa 32 MB)."),
    500: _("Có lỗi trong phần mềm. Dữ liệu chưa bị thay đổi. Hãy thử lại hoặc báo người quản trị."),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(HTTPException, _known)
    app.register_error_handler(500, _unknown)


def page(code: int, message: str) -> Any:
    """A page that says what went wrong."""
    return render_template(
        "error.html", code=code, message=message, title=gettext("Lỗi"), number=error_number() if code >= 500 else None
    ), code


def _known(error: HTTPException) -> Any:
    code = error.code or 500
    return page(code, gettext(SENTENCES.get(code, SENTENCES[400 if code < 500 else 500])))


def _unknown(error: Exception) -> Any:
    current_app.logger.error("error %s", error_number())
    try:
        db.session.rollback()
        return page(500, gettext(SENTENCES[500]))
    except SQLAlchemyError:
        # Even who is asking, and in which language, is in the database.
        return Response(SENTENCES[500], 500, mimetype="text/plain")
