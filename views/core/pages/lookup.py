"""Look-ups: the records to choose from in a reference field, asked for while typing."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from models.records.base import Record
from models.records.fields import Field, Kind
from views.core.pages.page import ScreenPage
from views.core.query import RecordQuery, title_options
from views.core.search import answering, nearest
from views.core.session import db

LIMIT = 20
DEEPEST = 10_000
TEXT_LENGTH = 200


class LookupPage(ScreenPage):
    """What the reference fields of forms and filters ask."""

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> ResponseReturnValue:
        """Records to choose from, for a reference field of the form or of the filters."""
        spec = self._reference(request.args.get("name", ""))
        if spec is None:
            abort(404)
        limit = min(max(request.args.get("limit", LIMIT, type=int), 1), LIMIT)
        offset = min(max(request.args.get("offset", 0, type=int), 0), DEEPEST)
        target, screen = spec.target, self.screen.screens.get(spec.target)
        query = (screen.query if screen is not None else RecordQuery(target)).all()
        text = request.args.get("query", "").replace("\x00", "")[:TEXT_LENGTH].strip()
        order = nearest(target) if text else (target.title_key, target.id)
        query = answering(query, target, text).options(*title_options(target))
        rows = db.session.scalars(query.order_by(*order).limit(limit).offset(offset))
        return jsonify([_option(row) for row in rows.unique()])

    def _reference(self, name: str) -> Field | None:
        head, _dot, rest = name.partition(".")
        spec = self.screen.specs.get(head)
        if rest and spec is not None and spec.kind is Kind.CHILDREN:
            spec = spec.target.fields().get(rest)
        return spec if spec is not None and spec.kind in (Kind.REFERENCE, Kind.REFERENCES) else None


def _option(row: Record) -> list[Any]:
    """The record's id and title, and of what kind it is where that must be told."""
    return [row.id, str(row), *([gettext(row.said_kind)] if row.said_kind else [])]
