"""From the text in a cell to the value of a field, as people here write numbers and dates."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from imports.errors import (
    NOT_A_DAY,
    NOT_A_MOMENT,
    NOT_A_NUMBER,
    NOT_WHOLE,
    NOT_YES_NO,
)
from models.records.errors import TOO_FINE, Problem, Refused
from models.records.fields import NUMBERS, Field, Kind
from models.records.text import clean, fold
from models.records.values import accept

_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:([. ])\d{3})(?:\1\d{3})*(?:,\d+)?")
_COMMA = re.compile(r"-?\d+(?:,\d+)?")
_POINT = re.compile(r"-?\d+\.\d+")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_CENTURY_TURNS = 40
"""Two digits of a year below this are of the 2000s; most old dates here are birthdays."""
_YES = {"co", "x", "1", "true", "yes", "dung"}
_NO = {"khong", "0", "false", "no", "sai"}


def read_cell(spec: Field, text: str) -> Any:
    """The value that `text` means in the field `spec`. Raises Refused if it means none."""
    text = clean(text, lines=spec.kind is Kind.LONG_TEXT)
    return accept(spec, _typed(spec, text), spec.name)


def _typed(spec: Field, text: str) -> Any:
    if spec.kind in NUMBERS:
        return _number(spec, text)
    match spec.kind:
        case Kind.DATE:
            return _day(spec, text)
        case Kind.MOMENT:
            return _moment(spec, text)
        case Kind.YES_NO:
            return _yes_no(spec, text)
    return text


def _number(spec: Field, text: str) -> int | Decimal:
    """Vietnamese first: in "1.234" the point parts thousands, in "1.5" it can't."""
    if _GROUPED.fullmatch(text):
        plain = text.replace(".", "").replace(" ", "").replace(",", ".")
    elif _COMMA.fullmatch(text):
        plain = text.replace(",", ".")
    elif _POINT.fullmatch(text):
        plain = text
    else:
        raise _refused(spec, NOT_A_NUMBER, text)
    number = Decimal(plain)
    if spec.kind is Kind.DECIMAL:
        if len(plain.partition(".")[2].rstrip("0")) > spec.places:
            raise _refused(spec, TOO_FINE, text, places=spec.places)
        return number
    if number != int(number):
        raise _refused(spec, NOT_WHOLE, text)
    return int(number)


def _day(spec: Field, text: str) -> date:
    try:
        if (found := _DAY.fullmatch(text)) is None:
            return date.fromisoformat(text)
        day, month, year = (int(part) for part in found.groups())
        if year < 100:
            year += 2000 if year < _CENTURY_TURNS else 1900
        return date(year, month, day)
    except ValueError as error:
        raise _refused(spec, NOT_A_DAY, text) from error


def _moment(spec: Field, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refused(spec, NOT_A_MOMENT, text) from error
    if moment.tzinfo is None:
        raise _refused(spec, NOT_A_MOMENT, text)
    return moment


def _yes_no(spec: Field, text: str) -> bool:
    word = fold(text)
    if word not in _YES | _NO:
        raise _refused(spec, NOT_YES_NO, text)
    return word in _YES


def _refused(spec: Field, reason: str, text: str, **more: Any) -> Refused:
    return Refused([Problem(reason, spec.name, {"value": text, **more})])
