"""What is sealed, on a form: text in the field's place, with the reason."""

from __future__ import annotations

from typing import Any

from wtforms import Form
from wtforms.fields import Field as FormField


class SealedField(FormField):
    """A field or table that is read, not written; nothing that is sent under its name comes here."""

    def __init__(self, *args: Any, shown: Any = "", table: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown
        self.table = table

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        return True

    def populate_obj(self, obj: Any, name: str) -> None:
        """It stays as it is."""


def put(form: Form, name: str, reason: str = "", *, shown: Any = "", table: dict[str, Any] | None = None) -> None:
    """Put a text in the place of this field of a form."""
    fields: Any = form._fields
    field: Any = SealedField(label=fields[name].label.text, description=reason, shown=shown, table=table)
    fields[name] = bound = field.bind(form=form, name=fields[name].name)
    setattr(form, name, bound)
