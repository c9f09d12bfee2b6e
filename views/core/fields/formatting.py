"""How a value looks on screen: by its field's kind, in Vietnamese forms of dates and numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from models.records.base import Record
from models.records.choices import Choice
from models.records.clock import VIETNAM
from models.records.errors import Problem
from models.records.fields import Field, Kind
from models.records.tree import TreeRecord

NOTHING = Markup('<span class="none">–</span>')


def many(label: str) -> str:
    """A label as it names several: English has two words where Vietnamese has one."""
    return ngettext(label, label, 2)


def number_text(value: Decimal | int) -> str:
    """1234567.5 as "1.234.567,5"; no zeros at the end."""
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    whole, _point, part = text.partition(".")
    part = part.rstrip("0")
    return whole.replace(",", ".") + (f",{part}" if part else "")


def day_text(value: date | datetime) -> str:
    """A day as dd/mm/yyyy, a moment with its time in Vietnam."""
    if isinstance(value, datetime):
        local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(VIETNAM)
        return local.strftime("%d/%m/%Y %H:%M")
    return value.strftime("%d/%m/%Y")


def plain(spec: Field, value: Any) -> str:
    """The value as text, the way a form shows it for editing."""
    if value is None:
        return ""
    if spec.kind is Kind.YEAR:
        return str(value)
    if isinstance(value, bool):
        return gettext("có") if value else gettext("không")
    if isinstance(value, (int, Decimal)):
        return number_text(value)
    if isinstance(value, (date, datetime)):
        return day_text(value)
    if isinstance(value, Choice):
        return gettext(value.label)
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return str(value)


def cell(spec: Field, value: Any) -> Markup | str:
    """The value as it stands in a list or on a record's page."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, Choice):
        return Markup(f'<span class="tag {value.tone}">{escape(gettext(value.label))}</span>')  # noqa: S704  both ours
    if spec.kind is Kind.YES_NO:
        return gettext("có") if value else NOTHING
    if isinstance(value, Record):
        # The names of units and committees end in the district they lie in.
        head, comma, rest = str(value).partition(", ") if isinstance(value, TreeRecord) else (str(value), "", "")
        return Markup('{}<span class="sub">{}</span>').format(head, rest) if comma else escape(head)
    if spec.kind is Kind.LONG_TEXT:
        return Markup("<br>").join(str(value).split("\n"))
    return plain(spec, value)


def sentence(problem: Problem) -> str:
    """The problem's sentence in the reader's language."""
    text = gettext(problem.message)
    return text % problem.values if problem.values else text
