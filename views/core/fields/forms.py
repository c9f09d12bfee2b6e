"""Forms from fields: what a person types goes through the same reader as an imported cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import inspect, select
from wtforms import Form, HiddenField
from wtforms.fields import BooleanField, SelectField
from wtforms.fields import Field as FormField
from wtforms.widgets import TextArea, TextInput

from imports.cells import read_cell
from models.files.attachments import holds_files
from models.records import errors
from models.records.base import Record
from models.records.errors import Refused
from models.records.fields import NUMBERS, Field, Kind
from views.core.fields.files import FilesField
from views.core.fields.formatting import plain
from views.core.query import is_id
from views.core.session import db

if TYPE_CHECKING:
    from collections.abc import Callable

TYPED = (Kind.TEXT, Kind.LONG_TEXT, Kind.CODE, Kind.DATE, Kind.MOMENT, *NUMBERS)
BLANK_INDEX = "__index__"
R = TypeVar("R", bound=Record)


def sentence(problem: errors.Problem) -> str:
    """The problem's sentence in the reader's language."""
    text = gettext(problem.message)
    return text % problem.values if problem.values else text


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


class ReferenceField(FormField):
    """One other record, looked up on the server while typing. Nothing is chosen until someone chooses."""

    def __init__(self, *args: Any, spec: Field, lookup_url: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self._lookup_url = lookup_url

    @property
    def lookup_url(self) -> str:
        """Where the choices are asked for."""
        return self._lookup_url(self.spec.name)

    data: Any

    def text(self) -> str:
        """What the chosen record is called, or what was typed instead."""
        return str(self.data) if self.data is not None else getattr(self, "typed", "")

    def value(self) -> str:
        """The chosen record's id, or nothing."""
        return str(self.data.id) if self.data is not None else ""

    def process(self, formdata: Any, data: Any = None, **kwargs: Any) -> None:
        self.typed = formdata.get(f"{self.name}__text", "").strip() if formdata else ""
        super().process(formdata, data, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist and not self.typed:
            return
        id_ = next((value for value in valuelist if value.strip()), "")
        self.data = visible(self.spec.target, id_) if id_ else None
        if self.data is None and not id_ and self.typed and self.spec.target.natural_key:
            self.data = _named(self.spec.target, self.typed)
        if self.data is None and (id_ or self.typed):
            raise ValueError(
                gettext("Không tìm thấy “%(value)s”. Hãy chọn trong danh sách gợi ý.", value=self.typed or id_)
            )


class ReferencesField(ReferenceField):
    """Several other records."""

    def chosen(self) -> list[tuple[int, str]]:
        """The chosen records as (id, name)."""
        return [(record.id, str(record)) for record in self.data or ()]

    def process_formdata(self, valuelist: list[Any]) -> None:
        # A post without any input of this name didn't show the field: it empties nothing.
        if not valuelist:
            return
        found = [visible(self.spec.target, value) for value in valuelist if value.strip()]
        if None in found:
            raise ValueError(gettext("Có mục đã chọn không còn nữa. Hãy chọn lại."))
        self.data = list(dict.fromkeys(found))


def visible(cls: type[R], id_: str | int) -> R | None:
    """The record of this id that the session's reader may see; None for ids that are none."""
    text = str(id_).strip()
    return db.session.scalars(select(cls).where(cls.id == int(text))).one_or_none() if is_id(text) else None


def _named(cls: type[Record], text: str) -> Record | None:
    try:
        return cls.find(db.session(), text)
    except (LookupError, ValueError, Refused):
        return None


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

    @property
    def is_blank(self) -> bool:
        """A new row in which nothing was typed."""
        typed = (
            field
            for field in self.form
            if field.name != self.form["id"].name and not isinstance(field, (BooleanField, ChoiceField))
        )
        return self.child is None and not any(
            field.data not in (None, "", [], field.default)
            or getattr(field, "typed", "")
            or field.errors
            or field.process_errors
            for field in typed
        )


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


def form_field(
    spec: Field, default: Any, lookup_url: Callable[[str], str], child_columns: dict[str, tuple[str, ...]]
) -> Any:
    """The form field for one field of a record, unbound. What must not be empty, the record says when it is saved."""
    common = {
        "label": lazy_gettext(spec.label),
        "description": lazy_gettext(spec.help) if spec.help else "",
        "default": default,
        "spec": spec,
    }
    if spec.kind in TYPED:
        return TypedField(**common)
    if spec.kind is Kind.CHOICE:
        return ChoiceField(choices=(), **common)
    if spec.kind is Kind.YES_NO:
        return YesNoField(**common)
    if spec.kind is Kind.REFERENCE:
        return ReferenceField(lookup_url=lookup_url, **common)
    if spec.kind is Kind.REFERENCES:
        return ReferencesField(lookup_url=lookup_url, **common)
    if holds_files(spec):
        return FilesField(**common)
    columns = child_columns[spec.name]
    row = form_class(
        spec.target,
        columns,
        lambda name: lookup_url(f"{spec.name}.{name}"),
        {},
        base=Form,
        extra={"id": HiddenField()},
    )
    return ChildrenField(row_form=row, **common)


class YesNoField(BooleanField):
    """A tick."""

    def __init__(self, *args: Any, spec: Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec


def form_class(
    record: type[Record],
    columns: Iterable[str],
    lookup_url: Callable[[str], str],
    child_columns: dict[str, tuple[str, ...]],
    *,
    base: type[Form] = FlaskForm,
    extra: dict[str, Any] | None = None,
) -> type[Form]:
    """A form over these fields of a record, in this order. Raises TypeError for a name that every form needs itself."""
    specs, columns = record.fields(), tuple(columns)
    for name in {*dir(Form()), *dir(FlaskForm)}.intersection(columns):
        raise TypeError(f"{record.__name__}.{name}: every form has a {name} already; name the field otherwise")
    fields = {name: form_field(specs[name], _default(record, name), lookup_url, child_columns) for name in columns}
    return type(f"{record.__name__}Form", (base,), {**(extra or {}), **fields})


def _default(record: type[Record], name: str) -> Any:
    """The value that a new record has unless someone says otherwise: a form shows it from the start."""
    column = inspect(record).columns.get(name)
    default: Any = column.default if column is not None else None
    return default.arg if default is not None and default.is_scalar else None


def show_problems(form: Any, problems: Iterable[errors.Problem]) -> list[str]:
    """Hang each problem on the field it concerns; the sentences of those that concern none come back."""
    left = []
    for problem in problems:
        text = sentence(problem)
        field = form._fields.get(problem.field) if problem.field else None
        if field is None:
            left.append(text)
        elif isinstance(field, ChildrenField):
            field.form_errors.append(text)
            field.errors = [*field.errors, text]
        else:
            field.errors = [*field.errors, text]
    return left
