"""Forms from fields: for each kind of field what people type it into."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from sqlalchemy import inspect
from wtforms import Form, HiddenField

from models.files.attachments import holds_files
from models.records import errors
from models.records.base import Record
from models.records.fields import NUMBERS, Field, Kind
from views.core.fields.children import ChildrenField
from views.core.fields.files import FilesField
from views.core.fields.formatting import sentence
from views.core.fields.references import ReferenceField, ReferencesField
from views.core.fields.typed import ChoiceField, TypedField, YesNoField

TYPED = (Kind.TEXT, Kind.LONG_TEXT, Kind.CODE, Kind.DATE, Kind.MOMENT, *NUMBERS)


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
