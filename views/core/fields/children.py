"""What belongs to a record, on its form: a table with a row each; and the way from a form into records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from wtforms import Form
from wtforms.fields import Field as FormField

from models.records.base import Record
from models.records.fields import Field
from views.core.fields.files import FilesField
from views.core.query import is_id
from views.core.session import db

BLANK_INDEX = "__index__"


class ChildrenField(FormField):
    """The records that belong to this one: a table with a row each. Rows the post doesn't name stay as they are."""

    def __init__(self, *args: Any, spec: Field, row_form: type[Form], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.row_form = row_form
        self.form_errors: list[str] = []
        self.entries: list[Entry] = []

    def process(self, formdata: Any, data: Any = None, **kwargs: Any) -> None:
        self.process_errors: list[str] = []
        self.object_data = self.data = list(data or [])
        own = {str(child.id): child for child in self.data}
        if not formdata or not any(name.startswith(f"{self.name}-") for name in formdata):
            self.entries = [self.entry(index, None, child) for index, child in enumerate(self.data)]
            return
        indexes = sorted({int(part) for name in formdata if is_id(part := _row_index(self.name, name))})
        self.entries = [
            self.entry(index, formdata, own.get(formdata.get(f"{self.name}-{index}-id", ""))) for index in indexes
        ]

    def entry(self, index: int | str, formdata: Any, child: Record | None) -> Entry:
        """A row of the table, filled from the post, else from the child."""
        name = f"{self.name}-{index}"
        form = self.row_form(formdata=formdata, obj=child, prefix=f"{name}-", data=None if child else {})
        form["id"].data = str(child.id) if child is not None else ""
        posted = formdata.get(f"{name}-id", "") if formdata else ""
        return Entry(
            name, form, child, bool(formdata and formdata.get(f"del-{name}")), int(posted) if is_id(posted) else None
        )

    def blank_entry(self) -> Entry:
        """A row to copy for a new child."""
        return self.entry(BLANK_INDEX, None, None)

    def heading_fields(self) -> list[tuple[str, bool]]:
        """The columns' labels, and whether each must be filled."""
        return [(field.label.text, field.spec.required) for field in self.blank_entry().form if hasattr(field, "spec")]

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        kept = [entry for entry in self.entries if not entry.deleted and not entry.is_blank]
        self.errors = (
            [] if not [entry for entry in kept if not entry.form.validate()] else [gettext("Có dòng chưa đúng.")]
        )
        return not self.errors

    def populate_obj(self, obj: Any, name: str) -> None:
        collection = getattr(obj, name)
        for entry in self.entries:
            if entry.deleted:
                if entry.child is not None:
                    # Both: rules over the rows see it gone, and its own are not asked for the record it belonged to.
                    collection.remove(entry.child)
                    db.session.delete(entry.child)
            elif entry.child is not None or not entry.is_blank:
                child = entry.child or self.spec.target()
                fill(child, entry.form)
                if entry.child is None:
                    collection.append(child)
                entry.child = child


class Entry:
    """One row of a table of children."""

    def __init__(
        self, name: str, form: Form, child: Record | None, deleted: bool, posted_id: int | None = None
    ) -> None:
        self.name = name
        self.posted_id = posted_id
        self.form = form
        self.child = child
        self.deleted = deleted
        self.stays = False
        """Whether it is not to be taken away."""
        self.reason = ""
        """Why it is shown as text; "": it is written."""

    @property
    def is_blank(self) -> bool:
        """A new row that says no more than the row one begins with."""
        return self.child is None and not any(_says_something(field) for field in self.form if hasattr(field, "spec"))


def _says_something(field: Any) -> bool:
    if field.errors or field.process_errors or getattr(field, "typed", ""):
        return True
    return not (field.data in (None, "", []) or field.data is False or field.data == field.default)


def _row_index(prefix: str, name: str) -> str:
    return name[len(prefix) + 1 :].split("-", 1)[0] if name.startswith(f"{prefix}-") else ""


def fill(record: Record, form: Iterable[Any]) -> None:
    """Set the record's attributes from the form's fields; what has a default and was left empty keeps the default."""
    for field in form:
        spec: Field | None = getattr(field, "spec", None)
        if spec is None:
            continue
        if isinstance(field, (ChildrenField, FilesField)):
            field.populate_obj(record, spec.name)
        elif (field.data is not None or not record.is_new) and getattr(record, spec.name) != field.data:
            setattr(record, spec.name, field.data)
