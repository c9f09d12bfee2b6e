"""Values on forms: typed as text, picked from a closed list, ticked; read as an imported cell is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from wtforms.fields import BooleanField, SelectField
from wtforms.fields import Field as FormField
from wtforms.widgets import TextArea, TextInput

from imports.cells import read_cell
from models.records import errors
from models.records.errors import Refused
from models.records.fields import NUMBERS, Field, Kind
from views.core.fields.formatting import plain, sentence


class TypedField(FormField):
    """One value typed as text and read by its field's kind. What was typed stays when it can't be read."""

    def __init__(self, *args: Any, spec: Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.widget = TextArea() if spec.kind is Kind.LONG_TEXT else TextInput()
        self.render_kw = {"rows": 4} if spec.kind is Kind.LONG_TEXT else _input_hints(spec)

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else plain(self.spec, self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        try:
            self.data = read_cell(self.spec, valuelist[0]) if valuelist[0].strip() else None
        except Refused as refused:
            self.data = None
            raise ValueError(" ".join(sentence(problem) for problem in refused.problems)) from refused


def _input_hints(spec: Field) -> dict[str, Any]:
    if spec.kind is Kind.DATE:
        return {"placeholder": "dd/mm/yyyy"}
    if spec.kind in NUMBERS:
        return {"inputmode": "decimal"}
    return {"maxlength": spec.length} if spec.length else {}


class ChoiceField(SelectField):
    """A pick from a closed list; the record gets the member, never its name."""

    def __init__(self, *args: Any, spec: Field, **kwargs: Any) -> None:
        self.spec = spec
        super().__init__(*args, coerce=self._coerce, **kwargs)

    def _coerce(self, value: Any) -> Any:
        return (
            value if not value or not self.spec.choices else self.spec.choices.read(str(getattr(value, "value", value)))
        )

    def iter_choices(self) -> Iterator[tuple[Any, str, bool, dict[str, Any]]]:
        yield ("", "", self.data is None, {})
        for member in self.spec.choices or ():
            yield (member.value, gettext(member.label), member == self.data, {})

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        self.data = self._coerce(valuelist[0]) or None
        if valuelist[0] and self.data is None:
            raise ValueError(gettext(errors.UNKNOWN_CHOICE) % {"value": valuelist[0]})


class YesNoField(BooleanField):
    """A tick."""

    def __init__(self, *args: Any, spec: Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
