"""Filters: the conditions of a record as Flask-Admin's filters, read from an address and said in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import g
from flask_admin.model.filters import BaseFilter
from flask_babel import gettext
from sqlalchemy import Select

from imports.cells import read_cell
from models.records.base import Record
from models.records.errors import Refused
from models.records.fields import NUMBERS, Field, Kind
from views.core.fields.conditions import HAS, IS, Condition
from views.core.fields.formatting import plain
from views.core.fields.references import visible


class FieldFilter(BaseFilter):
    """A condition that people set in the address of a list."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(condition.spec.label)
        self.condition = condition
        self.spec = condition.asked
        self.key = condition.key

    def operation(self) -> str:
        """What is asked of the field, in words."""
        return str(gettext(self.condition.question.label))

    def read(self, text: str) -> Any:
        """The value that the text means; None if it means none. Looked up once in a request."""
        known: dict[tuple[str, str], Any] = g.setdefault("filter_values", {})
        key = (f"{self.condition.record.__name__}.{self.key}", text)
        if key not in known:
            known[key] = self._read(text)
        return known[key]

    def _read(self, text: str) -> Any:
        if self.spec.target is not None:
            return visible(self.spec.target, text)
        try:
            value = read_cell(self.spec, text)
        except Refused:
            return None
        # No database counts further than eight bytes do.
        return None if self.spec.kind in NUMBERS and abs(value) >= 2**63 else value

    def validate(self, value: str) -> bool:
        """Whether the text means a value."""
        return self.read(value) is not None

    def clean(self, value: str) -> Any:
        """The value that the text means."""
        return self.read(value)

    def apply(self, query: Select[Any], value: Any) -> Select[Any]:
        """`query`, narrowed to the records that answer to this value."""
        return self.condition.apply(query, value)

    def words(self, text: str) -> str:
        """What the filter says, for the chip above the list and the line in the workbook."""
        shown = self.read(text)
        value = plain(self.spec, shown) if not isinstance(shown, Record) else str(shown)
        return f"{self.operation()} {value}" if self.condition.question.key not in (IS.key, HAS.key) else value


def filter_controls(
    filters: Iterable[FieldFilter], active: Mapping[str, str], lookup_url: Callable[[str], str]
) -> Iterator[dict[str, Any]]:
    """For each field the inputs by which a list is filtered; `active` are the texts that stand in them, by key."""
    groups: dict[str, list[FieldFilter]] = {}
    for flt in filters:
        groups.setdefault(flt.spec.name, []).append(flt)
    for name, group in groups.items():
        label = gettext(group[0].spec.label)
        yield {
            "label": label,
            "inputs": [
                {
                    "name": f"flt_{flt.key}",
                    "label": f"{label} – {flt.operation()}" if len(group) > 1 else label,
                    "kind": _control_kind(flt.spec),
                    "value": active.get(flt.key, ""),
                    "text": flt.words(active[flt.key]).removeprefix(f"{flt.operation()} ")
                    if flt.key in active and flt.spec.target
                    else "",
                    "options": _options(flt.spec),
                    "lookup_url": lookup_url(name) if flt.spec.target is not None else "",
                }
                for flt in group
            ],
        }


def _control_kind(spec: Field) -> str:
    if spec.target is not None:
        return "reference"
    if spec.kind in (Kind.CHOICE, Kind.YES_NO):
        return "choice"
    if spec.kind is Kind.DATE:
        return "date"
    return "number" if spec.kind in NUMBERS else "text"


def _options(spec: Field) -> list[tuple[str, str]]:
    if spec.kind is Kind.YES_NO:
        return [("1", gettext("có")), ("0", gettext("không"))]
    return [(member.value, gettext(member.label)) for member in spec.choices or ()]
