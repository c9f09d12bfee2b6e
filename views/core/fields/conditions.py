"""Conditions from fields: for each kind of field the questions that people ask of it, as a database answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Select, literal, not_, select

from models.records.base import Record
from models.records.clock import end_of, start_of, today
from models.records.fields import NUMBERS, Field, Kind
from models.records.tree import TreeRecord
from models.records.words import _
from models.workflow.waiting import waits


@dataclass(frozen=True)
class Question:
    """One way to narrow a list by a field: its key in the address, its words, what it asks of the database."""

    key: str
    label: str
    condition: Callable[[type[Record], Field, Any], Any]


@dataclass(frozen=True)
class Condition:
    """One question about one field of a record."""

    record: type[Record]
    spec: Field
    question: Question

    @property
    def asked(self) -> Field:
        """What is asked for: a value of the field, of a moment the day it lies in."""
        return replace(self.spec, kind=Kind.DATE) if self.spec.kind is Kind.MOMENT else self.spec

    @property
    def key(self) -> str:
        """The condition's name in the address, "unit_below"."""
        return f"{self.spec.name}_{self.question.key}"

    def apply(self, query: Select[Any], value: Any) -> Select[Any]:
        """`query`, narrowed to the records that answer to this value."""
        # People may ask further than the column counts.
        asked = literal(value, BigInteger()) if type(value) is int else value
        return query.where(self.question.condition(self.record, self.spec, asked))


def _column(cls: type[Record], spec: Field) -> Any:
    return getattr(cls, spec.column or spec.name)


def _below(cls: type[Record], spec: Field, value: Any) -> Any:
    target = spec.target
    return _column(cls, spec).in_(select(target.id).where(target.branch(value)))


IS = Question(
    "is", _("là"), lambda cls, spec, value: _column(cls, spec) == (value.id if isinstance(value, Record) else value)
)
BELOW = Question("below", _("thuộc, gồm cấp dưới"), _below)
FROM = Question("from", _("từ"), lambda cls, spec, value: _column(cls, spec) >= value)
TO = Question("to", _("đến"), lambda cls, spec, value: _column(cls, spec) <= value)
SINCE = Question("from", FROM.label, lambda cls, spec, value: _column(cls, spec) >= start_of(value))
UNTIL = Question("to", TO.label, lambda cls, spec, value: _column(cls, spec) <= end_of(value))
HAS = Question("has", _("có"), lambda cls, spec, value: getattr(cls, spec.name).any(spec.target.id == value.id))

QUESTIONS: dict[Kind, tuple[Question, ...]] = {
    Kind.CHOICE: (IS,),
    Kind.YES_NO: (IS,),
    Kind.CODE: (IS,),
    Kind.YEAR: (IS,),
    Kind.DATE: (FROM, TO),
    Kind.MOMENT: (SINCE, UNTIL),
    Kind.REFERENCE: (IS,),
    Kind.REFERENCES: (HAS,),
    **dict.fromkeys(NUMBERS - {Kind.YEAR}, (FROM, TO)),
}


def conditions_for(record: type[Record], spec: Field) -> Iterator[Condition]:
    """The conditions that a field offers."""
    questions = QUESTIONS.get(spec.kind, ())
    if spec.kind is Kind.REFERENCE and issubclass(spec.target, TreeRecord):
        questions = (BELOW, *questions)
    for question in questions:
        yield Condition(record, spec, question)


def _told(condition: Callable[[Any], Any]) -> Question:
    """A question that the record itself answers, of all its fields."""
    return Question("is", IS.label, lambda cls, _spec, value: condition(cls) if value else not_(condition(cls)))


def state_conditions(record: Any) -> Iterator[Condition]:
    """The conditions of how a record stands today: whether it waits for the reader, whether its day is over."""
    if record.workflow:
        yield Condition(record, Field(_("Chờ tôi chuyển"), Kind.YES_NO, name="waits"), _told(waits))
    if hasattr(record, "overdue"):
        late = Field(_("Quá hạn"), Kind.YES_NO, name="overdue")
        yield Condition(record, late, _told(lambda cls: cls.overdue(today())))
