"""Searching: which records answer to words, by their own text, and in a list by whatever else their rows show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, or_, select

from models.access.masks import may_read_personal
from models.records.base import Record
from models.records.clock import end_of, start_of
from models.records.fields import NUMBERS, Field, Kind
from models.records.keys import PERSONAL_TEXT
from models.records.text import fold

MOST_WORDS = 16
"""Further words narrow nothing: each is a look through everything."""
DEEPEST = 2
"""How far a title is followed that is made of other records' titles."""
Say = Callable[[str], str]
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTH = re.compile(r"(\d{1,2})/(\d{4})")
_YEAR = re.compile(r"\d{4}")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:\.\d{3}){0,4}|\d{1,15})(?:,\d{1,6})?")


def answering(query: Select[Any], record: type[Record], text: str) -> Select[Any]:
    """Those of the query's records that hold every word of `text`, whatever its case and accents."""
    for word in words(text):
        query = query.where(or_(*_own(record, word)))
    return query


def showing(query: Select[Any], record: type[Record], text: str, columns: Iterable[str], say: Say = str) -> Select[Any]:
    """Those that hold every word of `text`, or show it in one of these columns, choices in the words of `say`."""
    places = [_Place(record, record.fields()[name], say) for name in columns]
    for word in words(text):
        ways = [way for place in places for way in _shown(place, word)]
        query = query.where(or_(*_own(record, word), *record.search_ways(word), *ways))
    return query


def nearest(record: type[Record]) -> tuple[Any, ...]:
    """The order of answers to a search: the record's own, then the text of which the words are a greater part."""
    return *record.search_order(), func.length(record.search_text), record.title_key, record.id


def words(text: str) -> list[str]:
    """What is searched for, without case and accents."""
    return fold(text).split()[:MOST_WORDS]


def _own(record: type[Record], word: str) -> Iterator[ColumnElement[bool]]:
    """The record's own text holds the word, also what only those may search in who may read it."""
    yield record.search_text.contains(word, autoescape=True)
    if hasattr(record, PERSONAL_TEXT) and may_read_personal():
        yield getattr(record, PERSONAL_TEXT).contains(word, autoescape=True)


@dataclass(frozen=True)
class _Place:
    """A column of a record in which a word is looked for, and how far from the list's own record it is."""

    record: type[Record]
    spec: Field
    say: Say
    depth: int = 0

    @property
    def attribute(self) -> Any:
        return getattr(self.record, self.spec.name)


Ways = Iterator[ColumnElement[bool]]


def _shown(place: _Place, word: str) -> Ways:
    """The ways in which a row shows the word in this column."""
    look = _LOOKS.get(place.spec.kind)
    if look is not None and (not place.spec.personal or may_read_personal()):
        yield from look(place, word)


def _in_reference(place: _Place, word: str) -> Ways:
    target, spec = place.spec.target, place.spec
    if place.depth < DEEPEST:
        ids = select(target.id).where(or_(*_titled(target, word, place.say, place.depth)))
        yield getattr(place.record, spec.column or spec.name).in_(ids)


def _titled(target: type[Record], word: str, say: Say, depth: int) -> Ways:
    """The ways in which the title of such a record holds the word."""
    yield from _own(target, word)
    names = {target.title_field, *target.title_loads} & set(target.fields())
    for name in sorted(names):
        yield from _shown(_Place(target, target.fields()[name], say, depth + 1), word)


def _in_references(place: _Place, word: str) -> Ways:
    yield place.attribute.any(or_(*_own(place.spec.target, word)))


def _in_choice(place: _Place, word: str) -> Ways:
    members = [m for m in place.spec.choices or () if word in fold(m.label) or word in fold(place.say(m.label))]
    if members:
        yield place.attribute.in_(members)


def _in_yes_no(place: _Place, word: str) -> Ways:
    if word in {fold("có"), fold(place.say("có"))}:
        yield place.attribute.is_(True)


def _in_days(place: _Place, word: str) -> Ways:
    if (span := _days(word)) is not None:
        first, last = span if place.spec.kind is Kind.DATE else (start_of(span[0]), end_of(span[1]))
        yield and_(place.attribute >= first, place.attribute <= last)


def _in_number(place: _Place, word: str) -> Ways:
    if not _NUMBER.fullmatch(word):
        return
    whole, _comma, part = word.replace(".", "").partition(",")
    if place.spec.kind is Kind.DECIMAL:
        yield place.attribute == Decimal(f"{whole}.{part or 0}")
    elif not part:
        yield place.attribute == literal(int(whole), BigInteger())


_LOOKS: dict[Kind, Callable[[_Place, str], Ways]] = {
    Kind.REFERENCE: _in_reference,
    Kind.REFERENCES: _in_references,
    Kind.CHOICE: _in_choice,
    Kind.YES_NO: _in_yes_no,
    Kind.DATE: _in_days,
    Kind.MOMENT: _in_days,
    **dict.fromkeys(NUMBERS, _in_number),
}
"""How a word is looked for; texts are in the record's own."""


def _days(word: str) -> tuple[date, date] | None:
    """The first and the last day of "18/11/2023", of "11/2023", of "2023"; None for what is no day."""
    try:
        if found := _DAY.fullmatch(word):
            day, month, year = map(int, found.groups())
            return date(year, month, day), date(year, month, day)
        if found := _MONTH.fullmatch(word):
            month, year = map(int, found.groups())
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), date.fromordinal(after.toordinal() - 1)
        return (date(int(word), 1, 1), date(int(word), 12, 31)) if _YEAR.fullmatch(word) else None
    except ValueError:
        return None
