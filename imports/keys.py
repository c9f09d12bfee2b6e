"""Which record a row is: keys out of values, keys out of records, and whether the two agree."""

from __future__ import annotations

from typing import Any, TypeAlias

from models.records.base import Record
from models.records.fields import Field, Kind

FieldValues: TypeAlias = dict[str, Any]
"""The values of a row's filled cells, by field."""
NaturalKey: TypeAlias = tuple[Any, ...]
"""The values of a record's natural key; references by id."""


def key_of_values(record_class: type[Record], values: FieldValues) -> NaturalKey | None:
    """The natural key among these values; None if none of it is there."""
    if not any(name in values for name in record_class.natural_key):
        return None
    fields = record_class.fields()
    parts = (fields[n].compared(values.get(n, _default(record_class, n))) for n in record_class.natural_key)
    return tuple(part.id if isinstance(part, Record) else part for part in parts)


def key_of_record(record: Record) -> NaturalKey | None:
    """The natural key of a record that is there; None if it has none yet."""
    fields = record.fields()
    specs = [fields[name] for name in record.natural_key]
    key = tuple(spec.compared(getattr(record, spec.column or spec.name)) for spec in specs)
    return None if all(part is None for part in key) else key


def _default(record_class: type[Record], name: str) -> Any:
    columns: Any = record_class.__table__.c
    default = columns[name].default if name in columns else None
    return default.arg if default is not None and default.is_scalar else None


def agrees(record: Record, values: FieldValues) -> bool:
    """Whether the record holds all these values: without a key, that makes it the same one."""
    fields = record.fields()
    return all(
        holds(record, fields[name], value) for name, value in values.items() if fields[name].kind is not Kind.CHILDREN
    )


def holds(record: Record, spec: Field, value: Any) -> bool:
    """Whether the record already has this value."""
    if spec.kind is Kind.REFERENCES:
        return set(getattr(record, spec.name)) == set(value)
    if spec.kind is Kind.REFERENCE and spec.column and value.id is not None:
        return bool(getattr(record, spec.column) == value.id)
    return bool(spec.compared(getattr(record, spec.name)) == spec.compared(value))
