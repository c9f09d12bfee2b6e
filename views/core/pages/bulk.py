"""Bulk edit: one value for many chosen records, previewed, written as one action that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import UniqueConstraint

from models.records.base import Record
from models.records.fields import Kind
from views.core.commit import commit_as
from views.core.fields.forms import form_class
from views.core.pages.page import ScreenPage
from views.core.pages.seals import told_in_bulk

if TYPE_CHECKING:
    from views.core.screen import RecordView

KINDS = {Kind.TEXT, Kind.CHOICE, Kind.YES_NO, Kind.DATE, Kind.YEAR, Kind.REFERENCE}


class BulkPage(ScreenPage):
    """The page that gives many records one value."""

    needs = "edit"

    def __init__(self, screen: RecordView) -> None:
        super().__init__(screen)
        self.fields = tuple(name for name in screen.form_names if self._is_offered(name))
        self.form_class = form_class(screen.record, self.fields, screen.lookup_url, {})

    def _is_offered(self, name: str) -> bool:
        """Whether many records may be given one value of this field: it is no key, nothing that is held once."""
        record, spec = self.screen.record, self.screen.specs[name]
        table: Any = record.__table__
        held_once = {
            column.name for key in table.constraints if isinstance(key, UniqueConstraint) for column in key.columns
        }
        held_once |= {column.name for column in table.columns if column.unique}
        return spec.kind in KINDS and name != record.title_field and (spec.column or name) not in held_once

    def names(self) -> list[str]:
        """The fields that this reader may set in bulk: those that they see."""
        return [name for name in self.fields if not self.screen.masks(self.screen.specs[name])]

    @expose("/bulk/", methods=("GET", "POST"))
    def bulk_view(self) -> ResponseReturnValue:
        """Choose fields and their new values for the chosen records; then write them all or none."""
        screen, back, names = self.screen, self.way_back(), self.names()
        records = screen.chosen(request.values.getlist("id"))
        if not records:
            flash(gettext("Hãy chọn ít nhất một dòng."), "error")
            return redirect(back)
        form = self.form_class()
        chosen = [name for name in request.form.getlist("set") if name in names]
        held = told_in_bulk(records, names)
        if request.method == "POST" and self._write(records, form, chosen):
            flash(gettext("Đã sửa %(count)s bản ghi.", count=len(records)), "success")
            return redirect(back)
        return screen.render(
            "admin/model/bulk.html",
            form=form,
            fields=[form[name] for name in names],
            held=held,
            chosen=chosen,
            records=[str(record) for record in records],
            ids=[record.id for record in records],
            return_url=back,
            title=gettext("Sửa %(count)s bản ghi: %(what)s", count=len(records), what=gettext(screen.record.label)),
        )

    def _write(self, records: Sequence[Record], form: Any, chosen: list[str]) -> bool:
        for name in list(form._fields):
            if name not in (*chosen, "csrf_token"):
                form[name].validators, form[name].flags.optional = [], True
        if not chosen:
            flash(gettext("Hãy đánh dấu ít nhất một mục để đổi."), "error")
            return False
        what = ", ".join(gettext(self.screen.specs[name].label) for name in chosen)

        def change() -> None:
            for record in records:
                for field in chosen:
                    setattr(record, field, form[field].data)

        name = gettext("Sửa %(count)s bản ghi: %(what)s", count=len(records), what=what)
        return bool(form.validate()) and commit_as(name, change)
