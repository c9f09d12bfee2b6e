"""Bulk edit: one value for many chosen records, previewed, written as one action that can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import UniqueConstraint

from models.records.base import Record
from models.records.fields import Kind
from views.core.writing import kept_as

LIMIT = 200
"""How many records are changed at once: a page of the list."""
KINDS = {Kind.TEXT, Kind.CHOICE, Kind.YES_NO, Kind.DATE, Kind.YEAR, Kind.REFERENCE}


class BulkEdit:
    """What a screen adds for changing many of its records at once."""

    if TYPE_CHECKING:
        bulk_fields: list[str]

        def __getattr__(self, name: str) -> Any:
            """What the screen has that this is a part of."""

    def _bulk_fields(self) -> list[str]:
        """The fields that many records may be given one value of: no keys, nothing that is held once."""
        table = self.record.__table__
        held_once = {
            column.name for key in table.constraints if isinstance(key, UniqueConstraint) for column in key.columns
        }
        held_once |= {column.name for column in table.columns if column.unique}
        return [
            name
            for name in self.form_names
            if (spec := self.specs[name]).kind in KINDS
            and name != self.record.title_field
            and (spec.column or name) not in held_once
        ]

    @property
    def bulk_names(self) -> list[str]:
        """Those of them that this reader sees."""
        return [name for name in self.bulk_fields if not self.masks(self.specs[name])]

    @expose("/bulk/", methods=("GET", "POST"))
    def bulk_view(self) -> Any:
        """Choose fields and their new values for the chosen records; then write them all or none."""
        if not self.can_edit:
            abort(403)
        records = self.get_many(request.values.getlist("id"))
        if not records:
            flash(gettext("Hãy chọn ít nhất một dòng."), "error")
            return redirect(self.get_url(".index_view"))
        form = self.bulk_form_class()
        chosen = [name for name in request.form.getlist("set") if name in self.bulk_names]
        if request.method == "POST":
            for name in list(form._fields):
                if name not in (*chosen, "csrf_token"):
                    form[name].validators, form[name].flags.optional = [], True
            if not chosen:
                flash(gettext("Hãy đánh dấu ít nhất một mục để đổi."), "error")
            elif form.validate() and self._write_bulk(records, form, chosen):
                flash(gettext("Đã sửa %(count)s bản ghi.", count=len(records)), "success")
                return redirect(self.get_url(".index_view"))
        return self.render(
            "admin/model/bulk.html",
            form=form,
            fields=[form[name] for name in self.bulk_names],
            chosen=chosen,
            records=[str(record) for record in records],
            ids=[record.id for record in records],
            return_url=self.get_url(".index_view"),
            title=gettext("Sửa %(count)s bản ghi: %(what)s", count=len(records), what=gettext(self.record.label)),
        )

    def _write_bulk(self, records: list[Record], form: Any, chosen: list[str]) -> bool:
        what = ", ".join(gettext(self.specs[name].label) for name in chosen)

        def change() -> None:
            for record in records:
                for field in chosen:
                    setattr(record, field, form[field].data)

        return kept_as(gettext("Sửa %(count)s bản ghi: %(what)s", count=len(records), what=what), change)
