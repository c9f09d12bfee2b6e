"""Filters from fields: for each kind of field the questions that people ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_admin.model.filters import BaseFilter
from flask_babel import gettext
from sqlalchemy import BigInteger, Select, literal, not_, select

from imports.cells import read_cell
from models.records.base import Record
from models.records.clock import today
from models.records.errors import Refused
from models.records.fields import NUMBERS, Field, Kind
from models.records.tree import TreeRecord
from models.records.words import _
from models.workflow.waiting import waits
from views.core.fields.formatting import plain
from views.core.fields.forms import visible


@dataclass(frozen=True)
class Question:
    """One way to narrow a list by a field: its key in the address, its words, its condition."""

    key: str
    label: str
    condition: Callable[[type[Record], Field, Any], Any]


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
HAS = Question("has", _("có"), lambda cls, spec, value: getattr(cls, spec.name).any(spec.target.id == value.id))

QUESTIONS: dict[Kind, tuple[Question, ...]] = {
    Kind.CHOICE: (IS,),
    Kind.YES_NO: (IS,),
    Kind.CODE: (IS,),
    Kind.YEAR: (IS,),
    Kind.DATE: (FROM, TO),
    Kind.MOMENT: (FROM, TO),
    Kind.REFERENCE: (IS,),
    Kind.REFERENCES: (HAS,),
    **dict.fromkeys(NUMBERS - {Kind.YEAR}, (FROM, TO)),
}


class FieldFilter(BaseFilter):
    """One question about one field, in Flask-Admin's form."""

    def __init__(self, record: type[Record], spec: Field, question: Question) -> None:
        super().__init__(spec.label)
        self.record = record
        self.spec = spec
        self.question = question

    @property
    def key(self) -> str:
        """The filter's name in the address, "unit_below"."""
        return f"{self.spec.name}_{self.question.key}"

    def operation(self) -> str:
        return gettext(self.question.label)

    def read(self, text: str) -> Any:
        """The value that the text means; None if it means none. Looked up once in a request."""
        known: dict[tuple[str, str], Any] = g.setdefault("filter_values", {})
        key = (f"{self.record.__name__}.{self.key}", text)
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
        return self.read(value) is not None

    def clean(self, value: str) -> Any:
        return self.read(value)

    def apply(self, query: Select[Any], value: Any) -> Select[Any]:
        # People may ask further than the column counts.
        asked = literal(value, BigInteger()) if type(value) is int else value
        return query.where(self.question.condition(self.record, self.spec, asked))

    def words(self, text: str) -> str:
        """What the filter says, for the chip above the list and the line in the workbook."""
        shown = self.read(text)
        value = plain(self.spec, shown) if not isinstance(shown, Record) else str(shown)
        return f"{self.operation()} {value}" if self.question.key not in (IS.key, HAS.key) else value


def _told(condition: Callable[[Any], Any]) -> Question:
    """A question that the record itself answers, of all its fields."""
    return Question("is", IS.label, lambda cls, _spec, value: condition(cls) if value else not_(condition(cls)))


def state_filters(record: Any) -> Iterator[FieldFilter]:
    """The filters by how a record stands today: whether it waits for the reader, whether its day is over."""
    if record.workflow:
        yield FieldFilter(record, Field(_("Chờ tôi chuyển"), Kind.YES_NO, name="waits"), _told(waits))
    if hasattr(record, "overdue"):
        late = Field(_("Quá hạn"), Kind.YES_NO, name="overdue")
        yield FieldFilter(record, late, _told(lambda cls: cls.overdue(today())))


def filters_for(record: type[Record], spec: Field) -> Iterator[FieldFilter]:
    """The filters that a field offers."""
    questions = QUESTIONS.get(spec.kind, ())
    if spec.kind is Kind.REFERENCE and issubclass(spec.target, TreeRecord):
        questions = (BELOW, *questions)
    for question in questions:
        yield FieldFilter(record, spec, question)
