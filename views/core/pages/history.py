"""Traces: the page of a record's history, and the rows that looking and exporting leave there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy.orm import Session

from models.history.audit import WRITES, AuditKind
from models.history.recording import note
from models.history.undo import history_of
from models.records.base import Record
from models.records.fields import Kind
from views.core.changes import told
from views.core.fields.forms import is_id
from views.core.session import db

SHOWN = 200
"""How many entries a record's page shows, the newest."""


def note_apart(kind: AuditKind, record: Record | None = None, **about: Any) -> None:
    """Leave a row in the history in a transaction of its own: whoever only reads holds no lock while reading."""
    with Session(db.engine) as session:
        note(session, kind, record, **about)
        session.commit()


def has_personal(cls: type[Record]) -> bool:
    """Whether records of this class, or what belongs to them, hold someone's personal data."""
    specs = cls.fields().values()
    children = [s.target for s in specs if s.kind is Kind.CHILDREN]
    return any(spec.personal for spec in specs) or any(
        spec.personal for child in children for spec in child.fields().values()
    )


class Traces:
    """What a screen adds for the history of its records."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What the screen has that this is a part of."""

    @expose("/history/")
    def history_view(self) -> Any:
        """Who changed a record, when, from what to what; also of a record that was deleted."""
        id_ = request.args.get("id", "")
        entries = db.session.scalars(history_of(self.record, int(id_)).limit(SHOWN)).all() if is_id(id_) else []
        if not entries:
            flash(gettext("Không có lịch sử của bản ghi này."), "error")
            return redirect(self.get_url(".index_view"))
        newest = next((e for e in entries if e.kind in WRITES and e.record_id == int(id_)), entries[0])
        return self.render(
            "admin/model/history.html",
            events=told(entries, personal=self.access.may("approve")),
            title=gettext("Lịch sử: %(what)s", what=newest.title),
            details_url=None if newest.kind is AuditKind.DELETED else self.get_url(".details_view", id=id_),
            return_url=self.get_url(".index_view"),
            undo_url=self._undo_url if self.access.may("edit") else None,
            newest_id=newest.id,
            record_id=int(id_),
        )

    def _undo_url(self, event: Any) -> str | None:
        """Where to bring a record back to what an entry left, or back at all."""
        entry = event.entry
        if entry.kind not in WRITES:
            return None
        how = "deleted" if entry.kind is AuditKind.DELETED else "back_to"
        history = self.screens.get(type(entry))
        return str(history.get_url(".undo_view", **{how: entry.id})) if history is not None else None
