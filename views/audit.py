"""Screen of the history, and the page that takes changes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import select

from models.history.audit import WRITES, AuditEntry, AuditKind
from models.history.undo import Reversal, carry_out, deleted_with, entries_of_act, newer_than
from models.records.lookups import owner_field
from models.workflow.undo import plan
from views.core.access import Access
from views.core.changes import noun_label, told
from views.core.commit import commit_or_flash
from views.core.fields.formatting import sentence
from views.core.pages.detail import DetailPage
from views.core.pages.page import ScreenPage
from views.core.query import is_id
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db


class EntryDetail(DetailPage):
    """The page of one entry: the change itself, and what was changed by the same action."""

    templates = ("admin/model/entry.html",)

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        """The change in words, the entries beside it, and the ways back."""
        model, url = given["model"], self.screen.get_url
        classes = {cls.__name__ for cls in self.screen.screens}
        screen = self.screen.screens.get(model.record_class) if model.noun in classes else None
        act = list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == model.act).limit(500)))
        return {
            **super().context(given),
            "event": told([model], personal=self.screen.may("approve"))[0],
            "beside": [(url(".details_view", id=e.id), str(e), e.kind) for e in act if e.id != model.id][:50],
            "history_page": screen.get_url(".history_view", id=model.record_id) if screen else None,
            "undo_url": url(".undo_view", act=model.act) if model.kind in WRITES else None,
            "act_size": len(act),
        }


class UndoPage(ScreenPage):
    """The page that takes changes back."""

    @expose("/undo/", methods=("GET", "POST"))
    def undo_view(self) -> ResponseReturnValue:
        """Show what would be taken back and what stands in the way; then do it, as one action."""
        found = self._asked()
        if found is None:
            flash(gettext("Không còn thao tác này."), "error")
            return redirect(self.screen.get_url(".index_view"))
        title, entries = found
        reversals = plan(db.session(), entries)
        if not all(self._may(reversal) for reversal in reversals):
            abort(403)
        possible = [r for r in reversals if r.obstacle is None]
        if request.method == "POST" and possible and self._carry_out(reversals, title):
            return redirect(self.screen.get_url(".index_view"))
        return self.screen.render(
            "admin/undo.html",
            title=title,
            possible=[_row(r) for r in possible],
            blocked=[(*_row(r), sentence(r.obstacle)) for r in reversals if r.obstacle],
            return_url=self.screen.get_url(".index_view"),
        )

    def _asked(self) -> tuple[str, list[AuditEntry]] | None:
        """What to take back: a whole action, all since a version, or a deletion."""
        if act := request.args.get("act", ""):
            entries = entries_of_act(db.session(), act[:32])
            return (gettext("Hoàn tác: %(what)s", what=_what(entries)), entries) if entries else None
        for how in ("back_to", "deleted"):
            id_ = request.args.get(how, "")
            entry = (
                db.session.scalars(select(AuditEntry).where(AuditEntry.id == int(id_))).one_or_none()
                if is_id(id_)
                else None
            )
            if entry is None or entry.kind not in WRITES:
                continue
            if how == "deleted" and entry.kind is AuditKind.DELETED:
                return gettext("Khôi phục: %(what)s", what=entry.title), deleted_with(db.session(), entry)
            if how == "back_to":
                return gettext("Đưa về bản cũ: %(what)s", what=entry.title), newer_than(db.session(), entry)
        return None

    def _may(self, reversal: Reversal) -> bool:
        """Whether the reader may do by hand what taking back does."""
        cls = reversal.record_class
        screen, action = self.screen.screens.get(cls), "edit"
        if screen is None and (owner := owner_field(cls)) is not None:
            # A part without a screen of its own is changed on the form of what it belongs to.
            return any(s.access.may("edit") for c, s in self.screen.screens.items() if issubclass(c, owner.target))
        if reversal.comes_back or reversal.goes:
            action = "create" if reversal.comes_back else "delete"
        return screen is not None and screen.access.may(action)

    def _carry_out(self, reversals: list[Reversal], title: str) -> bool:
        count = sum(reversal.obstacle is None for reversal in reversals)
        done = commit_or_flash(lambda: carry_out(db.session(), reversals, title))
        if done:
            flash(gettext("Đã đưa %(count)s bản ghi về như trước.", count=count), "success")
        return done


class AuditEntryView(RecordView):
    """Who did what, when: read by everyone for what is theirs, changed by nobody."""

    record = AuditEntry
    section = Section.SYSTEM
    path = "history"
    listed = False
    access = Access(create=None, edit=None, delete=None)
    column_list = ("at", "actor", "kind", "noun", "title", "act_name")
    column_filters = ("kind", "at")
    column_default_sort = ("at", True)
    own_pages = (EntryDetail, UndoPage)

    def shown_values(self, name: str, values: Sequence[Any]) -> Sequence[Any]:
        """The noun by the name people give it."""
        found = super().shown_values(name, values)
        if name != "noun":
            return found
        labels = {noun: noun_label(noun) if noun else noun for noun in set(found)}
        return [labels[noun] for noun in found]


def _what(entries: list[AuditEntry]) -> str:
    """What an action did. Whoever sees a part of it reads this: what lies in several places is only counted."""
    named = next((entry.act_name for entry in entries if entry.act_name), None)
    if named or len({(entry.home_organisation_id, entry.home_unit_id) for entry in entries}) == 1:
        return named or entries[0].title
    return gettext("%(count)s bản ghi", count=len({(entry.noun, entry.record_id) for entry in entries}))


def _row(reversal: Reversal) -> tuple[str, str, str]:
    what = gettext("thêm lại") if reversal.comes_back else gettext("xóa đi") if reversal.goes else gettext("sửa lại")
    return noun_label(reversal.record_class.__name__), reversal.title, what
