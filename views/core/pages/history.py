"""History: who changed a record, when, from what to what, and the ways back."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from models.history.audit import WRITES, AuditKind
from models.history.undo import history_of
from views.core.changes import HistoryEvent, told
from views.core.pages.page import ScreenPage
from views.core.query import is_id
from views.core.session import db

SHOWN = 200
"""How many entries a record's page shows, the newest."""


class HistoryPage(ScreenPage):
    """The page of a record's history."""

    @expose("/history/")
    def history_view(self) -> ResponseReturnValue:
        """Who changed a record, when, from what to what; also of a record that was deleted."""
        screen, id_ = self.screen, request.args.get("id", "")
        query = history_of(screen.record, int(id_)).limit(SHOWN) if is_id(id_) else None
        entries = db.session.scalars(query).all() if query is not None else []
        if not entries:
            flash(gettext("Không có lịch sử của bản ghi này."), "error")
            return redirect(self.way_back())
        newest = next((e for e in entries if e.kind in WRITES and e.record_id == int(id_)), entries[0])
        return screen.render(
            "admin/model/history.html",
            events=told(entries, personal=screen.may("approve")),
            title=gettext("Lịch sử: %(what)s", what=newest.title),
            details_url=None if newest.kind is AuditKind.DELETED else screen.get_url(".details_view", id=id_),
            return_url=self.way_back(),
            undo_url=self._undo_url if screen.access.may("edit") else None,
            newest_id=newest.id,
            record_id=int(id_),
        )

    def _undo_url(self, event: HistoryEvent) -> str | None:
        """Where to bring a record back to what an entry left, or back at all."""
        entry = event.entry
        if entry.kind not in WRITES:
            return None
        how = "deleted" if entry.kind is AuditKind.DELETED else "back_to"
        history = self.screen.screens.get(type(entry))
        return history.get_url(".undo_view", **{how: entry.id}) if history is not None else None
