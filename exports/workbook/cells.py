"""Cells as XML, a column of a block of rows at a time: what XlsxWriter does cell by cell takes four times as long.

A kind's usual values are written by one expression; whatever else stands in a column is written as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

from exports.workbook.columns import LOOKS
from exports.workbook.text import CELL_LIMIT, CUT, fitted
from models.records.fields import Kind

FIRST_YEAR = 1900
"""Excel's calendar begins then; earlier days are written as text."""
EPOCH, MARCH_1900 = date(1899, 12, 30).toordinal(), date(1900, 3, 1).toordinal()
"""Excel counts days from the first; it counts a 29 February 1900, so days before the second have a number less."""
DAY, VIETNAMS_EPOCH = timedelta(days=1), datetime(1899, 12, 29, 17)  # noqa: DTZ001  in UTC, as moments without a zone are
DIGITS, EXACT = 15, 10**15
"""Excel keeps 15 digits; larger numbers are written as text."""
TRIGGERS = frozenset("=+-@\t\r")
"""What makes a formula of a text when someone edits its cell."""
NO_START = TRIGGERS | {" "}
FRACTIONS = frozenset({float, Decimal})
COUNTED = FRACTIONS | {int}
PER_LINE = 0.92
"""The share of a column's width that a letter takes on average."""

# Excel's own marks have four digits; LibreOffice takes fewer too.
_MARKED = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]+_")
_ODD = re.compile(
    rf"^(?:$|[\s=+\-@])|\s$|[&<>\x00-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]+_|^.{{{CELL_LIMIT // 2},}}",
    re.DOTALL,
)
"""What keeps a text from being written as it is."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _mark(found: re.Match[str]) -> str:
    """What XML can't hold the way Excel writes it: _x0001_; and what looks like that, so that it is not."""
    text = found.group()
    if len(text) > 1:
        return f"_x005F{text}"
    return _ENTITIES.get(text) or f"_x{ord(text):04X}_"


Style: TypeAlias = Callable[[bool], int]
"""The number of a column's format; given True, that of its variant for texts that begin with a trigger."""


def escape(text: str) -> str:
    """The text as it stands in XML."""
    return _MARKED.sub(_mark, text)


class CellColumn:
    """Writes the cells of one column. Counts the texts that were `cut` or `mended`, sums up the numbers."""

    def __init__(self, letter: str, kind: Kind, style: Style, width: float) -> None:
        self.style, self.fits = style, round(width / PER_LINE)
        self.start, self.blank = f'<c r="{letter}', f'" s="{style(False)}"/>'
        self.number, self.text = f'" s="{style(False)}"><v>', f'" s="{style(False)}" t="inlineStr"><is><t>'
        self.is_text = kind not in LOOKS
        self.cut = self.mended = self.longest = 0
        self.broken = False
        self.total: Any = 0
        self.render: Callable[[Sequence[Any], Sequence[str]], list[str]] = {
            Kind.INTEGER: self._integers,
            Kind.MONEY: self._integers,
            Kind.YEAR: self._integers,
            Kind.DECIMAL: self._decimals,
            Kind.DATE: self._days,
            Kind.MOMENT: self._moments,
        }.get(kind, self._texts if self.is_text else self._mixed)

    def add(self, values: Iterable[Any]) -> None:
        """Add the numbers among these to the column's total."""
        counted: list[Any] = [v for v in values if v.__class__ in COUNTED]
        self.total += sum(counted)

    def lines(self, values: Sequence[Any]) -> list[int] | None:
        """How many lines each of the values rendered last takes in the column's width; None if one each."""
        fits = self.fits
        if not self.is_text or (self.longest <= fits and not self.broken):
            return None
        if self.broken:
            return [sum((len(line) - 1) // fits + 1 or 1 for line in str(v or "").split("\n")) for v in values]
        return [(len(str(v)) - 1) // fits + 1 if v else 1 for v in values]

    def sum(self, row: str, style: int, label: str, formula: str, total: Any) -> str:
        """The cell of a row of sums: a formula with its value, the row's label, or nothing."""
        head = f'{self.start}{row}" s="{style}"'
        if formula:
            return f"{head}><f>{formula}</f><v>{total}</v></c>"
        return f'{head} t="inlineStr"><is><t>{escape(fitted(label))}</t></is></c>' if label else f"{head}/>"

    # -- a block of cells: each of `values` in the row of the number in `rows`

    def _integers(self, values: Sequence[Any], rows: Sequence[str]) -> list[str]:
        start, head, mixed = self.start, self.number, self._cell
        return [
            f"{start}{row}{head}{v}</v></c>" if v.__class__ is int and -EXACT <= v <= EXACT else mixed(v, row)
            for v, row in zip(values, rows, strict=True)
        ]

    def _decimals(self, values: Sequence[Any], rows: Sequence[str]) -> list[str]:
        start, head, mixed = self.start, self.number, self._cell
        return [
            f"{start}{row}{head}{text}</v></c>"
            if v.__class__ in FRACTIONS and len(text := str(v)) <= DIGITS and text[-1] in "0123456789"
            else mixed(v, row)
            for v, row in zip(values, rows, strict=True)
        ]

    def _days(self, values: Sequence[Any], rows: Sequence[str]) -> list[str]:
        start, head, mixed = self.start, self.number, self._cell
        return [
            f"{start}{row}{head}{day - EPOCH}</v></c>"
            if v.__class__ is date and (day := v.toordinal()) >= MARCH_1900
            else mixed(v, row)
            for v, row in zip(values, rows, strict=True)
        ]

    def _moments(self, values: Sequence[Any], rows: Sequence[str]) -> list[str]:
        start, head, mixed = self.start, self.number, self._cell
        return [
            f"{start}{row}{head}{(v - VIETNAMS_EPOCH) / DAY}</v></c>"
            if v.__class__ is datetime and v.tzinfo is None and v.year > FIRST_YEAR
            else mixed(v, row)
            for v, row in zip(values, rows, strict=True)
        ]

    def _texts(self, values: Sequence[Any], rows: Sequence[str]) -> list[str]:
        texts = [v for v in values if v]
        only_texts = {str}.issuperset(map(type, texts))
        if not only_texts:
            texts = [str(v) for v in texts]
        self.longest, joined = max(map(len, texts), default=0), "".join(texts)
        self.broken = "\n" in joined
        start, head, blank, mixed = self.start, self.text, self.blank, self._cell
        if only_texts and joined.isprintable() and self.longest * 2 <= CELL_LIMIT and _are_plain(texts, joined):
            return [
                f"{start}{row}{head}{v}</t></is></c>" if v else f"{start}{row}{blank}"
                for v, row in zip(values, rows, strict=True)
            ]
        odd = _ODD.search
        return [
            mixed(v, row) if v.__class__ is not str or odd(v) else f"{start}{row}{head}{v}</t></is></c>"
            for v, row in zip(values, rows, strict=True)
        ]

    def _mixed(self, values: Sequence[Any], rows: Sequence[str]) -> list[str]:
        cell = self._cell
        return [cell(v, row) for v, row in zip(values, rows, strict=True)]

    # -- one cell of whatever it is

    def _cell(self, value: Any, row: str) -> str:
        if value is None or value == "" or value is False:
            return f"{self.start}{row}{self.blank}"
        number = _number(value)
        if number is not None:
            return f"{self.start}{row}{self.number}{number}</v></c>"
        if value is True:
            return self._text("x", row)
        if isinstance(value, date):  # before Excel's calendar
            return self._text(f"{value:%d/%m}/{value.year:04}", row)
        return self._text(str(value), row)

    def _text(self, value: str, row: str) -> str:
        text = fitted(value)
        if text != value:
            self.cut += text.endswith(CUT)
            self.mended += any("\ud800" <= letter <= "\udfff" for letter in value)
        head = self.text
        if text[0] in TRIGGERS:
            head = f'" s="{self.style(True)}" t="inlineStr"><is><t>'
        if text[0].isspace() or text[-1].isspace():
            head = f'{head[:-1]} xml:space="preserve">'
        return f"{self.start}{row}{head}{escape(text)}</t></is></c>"


def _are_plain(texts: Sequence[str], joined: str) -> bool:
    """Whether all of these printable texts can be written as they are: asked of many at once, it costs little."""
    return (
        not any(mark in joined for mark in ("&", "<", ">", "_x"))
        and NO_START.isdisjoint({text[0] for text in texts})
        and " " not in {text[-1] for text in texts}
    )


def _number(value: Any) -> str | None:
    """The number by which Excel keeps the value; None if it is none, or has to stand as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float, Decimal)):
        return str(value) if isfinite(value) and -EXACT <= value <= EXACT else None
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        days = (moment - VIETNAMS_EPOCH) / DAY
        return str(days - (days < MARCH_1900 - EPOCH)) if days >= 1 + (days < MARCH_1900 - EPOCH) else None
    if isinstance(value, date) and value.year >= FIRST_YEAR:
        number = value.toordinal()
        return str(number - EPOCH - (number < MARCH_1900))
    return None
