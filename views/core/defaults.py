"""Defaults: what a screen shows unless its declaration says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.records.base import Record
from models.records.fields import Kind
from views.core.fields.conditions import Condition, conditions_for, state_conditions
from views.core.pages.transitions import stage_names

FORM_KINDS_LEFT_OUT = {Kind.MOMENT}


def form_names(record: type[Record]) -> Iterator[str]:
    """The fields that a form has unless the screen says so."""
    by_transitions = stage_names(record)
    for name, spec in record.fields().items():
        if not spec.derived and spec.kind not in FORM_KINDS_LEFT_OUT and name not in by_transitions:
            yield name


def child_names(owner: type[Record], child: type[Record]) -> Iterator[str]:
    """The fields that a table of children shows unless the screen says so."""
    for name, spec in child.fields().items():
        back = spec.kind is Kind.REFERENCE and issubclass(owner, spec.target)
        # What belongs to a child in turn is entered on the child's own screen.
        if not spec.derived and spec.kind is not Kind.CHILDREN and not back:
            yield name


def list_conditions(record: type[Record], filters: Iterable[str]) -> Iterator[Condition]:
    """The conditions of a list that is filtered by these fields: by its records' state, by them, by being a sample."""
    specs = record.fields()
    yield from state_conditions(record)
    yield from (each for name in dict.fromkeys([*filters, "sample"]) for each in conditions_for(record, specs[name]))
