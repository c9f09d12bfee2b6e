"""The page of one record: its fields, what belongs to it, how far it is, and the lists that hang on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext

from models.files.attachments import holds_files
from models.history.audit import AuditKind
from models.records.base import Record
from models.records.fields import MASK, Kind
from models.workflow.asked import undeletable
from views.core.fields.formatting import cell, day_text, many
from views.core.pages import seals
from views.core.pages.action import Action
from views.core.pages.files import FilesPage
from views.core.pages.page import ScreenPage
from views.core.pages.transitions import TransitionsPage
from views.core.query import count_each
from views.core.recording import has_personal, note_apart
from views.core.session import db

RELATED = 5
"""How many records of another list are shown."""


class DetailPage(ScreenPage):
    """Everything about one record; Flask-Admin answers at "/details/"."""

    templates = ("admin/model/details.html",)

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        """The record's fields and tables, what is related to it, and what can be done with it."""
        screen, model = self.screen, given["model"]
        if has_personal(screen.record):
            note_apart(AuditKind.READ, model)
        out = model.left_out()
        shown = [n for n, s in screen.specs.items() if s.kind is not Kind.CHILDREN and n not in out]
        children = [n for n, s in screen.specs.items() if s.kind is Kind.CHILDREN]
        return {
            "rows": [(gettext(screen.specs[name].label), screen.shown_alone(model, name)) for name in shown],
            "children": [self.child_table(model, name) for name in children],
            "related": list(self.related(model)),
            "history_url": screen.get_url(".history_view", id=model.id),
            **self._ways_to_change(model),
            "title": str(model),
            "subtitle": gettext(screen.record.label),
            "stage": screen.page(TransitionsPage).card(model),
            "actions": [
                each for each in screen.pages if isinstance(each, Action) and each.offered() and each.is_open_to(model)
            ],
            "record_id": model.id,
        }

    def _ways_to_change(self, model: Record) -> dict[str, Any]:
        """The buttons that change the record, as far as it is not sealed; where it is, why, and what to do instead."""
        screen = self.screen
        edits = screen.can_edit and seals.writable(model, screen.form_names)
        deletes = screen.can_delete and undeletable(model) is None
        note = seals.note_of(model)
        opens = screen.can_edit and note["may_open"]
        return {
            "edit_url": screen.get_url(".edit_view", id=model.id) if edits else None,
            "delete_page_url": screen.get_url(".delete_view", id=model.id) if deletes else None,
            "open_url": screen.get_url(".edit_view", id=model.id, open=1) if opens else None,
            "sealed_because": note["said"],
            "openings": [(day_text(each.at), each) for each in note["openings"]],
            "instead": list(screen.instead_of_editing(model)),
        }

    def child_table(self, model: Record, name: str) -> dict[str, Any]:
        """A list of what belongs to the record, as a table."""
        screen, spec = self.screen, self.screen.specs[name]
        if holds_files(spec):
            return screen.page(FilesPage).table(model, spec)
        specs = [spec.target.fields()[column] for column in screen.child_columns[name]]
        hidden = any(each.personal and screen.masks(each, model) for each in specs)
        return {
            "label": gettext(spec.label),
            "columns": [gettext(each.label) for each in specs],
            "rows": [
                [MASK if hidden and each.personal else cell(each, getattr(child, each.name)) for each in specs]
                for child in getattr(model, name)
            ],
        }

    def related(self, model: Record) -> Iterator[dict[str, Any]]:
        """The lists of other screens that hang on this record: wherever they can be filtered by it."""
        lists = [
            (screen, name, screen.query.all().where(getattr(screen.record, spec.column or "") == model.id))
            for screen in self.screen.screens.values()
            if screen.is_accessible()
            for name in screen.column_filters
            if (spec := screen.specs[name]).kind is Kind.REFERENCE and isinstance(model, spec.target)
        ]
        counts = count_each(db.session(), [query.with_only_columns(s.record.id) for s, _name, query in lists])
        for count, (screen, name, query) in zip(counts, lists, strict=True):
            if count:
                rows = db.session.scalars(screen.query.titled(query, screen.related_columns).limit(RELATED)).unique()
                yield {
                    "label": f"{many(screen.record.label)} ({gettext(screen.specs[name].label)})",
                    "count": count,
                    "url": screen.get_url(".index_view", **{f"flt_{name}_is": model.id}),
                    "rows": [
                        (screen.get_url(".details_view", id=row.id), str(row), list(screen.beside(row))) for row in rows
                    ],
                }
