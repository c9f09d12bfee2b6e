"""Columns of a data sheet: how the values of each kind look, and how wide they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from exports.workbook.book import DATE, MOMENT, NUMBER, YEAR
from models.records.fields import Kind

NUMBER_WIDTH, PAGE_WIDTH, NARROWEST = 6, 150, 18
"""Of the numbers' column, of a page, and of a text that gives way to others: below it the page is printed smaller."""

TEXT_CELL = 255
LOOKS: dict[Kind, dict[str, Any]] = {
    Kind.INTEGER: {"num_format": NUMBER},
    Kind.MONEY: {"num_format": NUMBER},
    Kind.DECIMAL: {"num_format": NUMBER},
    Kind.YEAR: {"num_format": YEAR, "align": "center"},
    Kind.DATE: {"num_format": DATE, "align": "center"},
    Kind.MOMENT: {"num_format": MOMENT, "align": "center"},
    Kind.YES_NO: {"align": "center"},
}
"""The kinds whose columns have a width of their own; all others are text and share what is left of the page."""
WIDTHS: dict[Kind, float] = {
    Kind.TEXT: 36,
    Kind.LONG_TEXT: 48,
    Kind.CODE: 16,
    Kind.INTEGER: 12,
    Kind.MONEY: 18,
    Kind.DECIMAL: 12,
    Kind.YEAR: 8,
    Kind.DATE: 12,
    Kind.MOMENT: 17,
    Kind.YES_NO: 9,
    Kind.CHOICE: 20,
    Kind.REFERENCE: 32,
    Kind.REFERENCES: 36,
    Kind.CHILDREN: 36,
}


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: its heading, the kind of its values, their decimal places, whether it has a sum."""

    label: str
    kind: Kind
    places: int = 0
    total: bool = False
    length: int = 0
    """Characters that a text has at most; 0: nobody knows."""

    @property
    def look(self) -> dict[str, Any]:
        """The format of its cells; numbers with the decimal places that their field keeps."""
        look = LOOKS.get(self.kind, {})
        if self.kind is Kind.DECIMAL and self.places:
            return {**look, "num_format": f"{NUMBER}.{'0' * self.places}"}
        # What is typed over a code or a telephone number stays as it is typed, its zeros with it. Excel shows text of
        # more than 255 characters in such cells as "####".
        stays = self.kind is Kind.CODE or (self.kind is Kind.TEXT and 0 < self.length <= TEXT_CELL)
        return {"num_format": "@"} if stays else look

    @property
    def is_text(self) -> bool:
        """Whether its cells hold text."""
        return self.kind not in LOOKS


def headings(columns: Sequence[ListColumn]) -> list[str]:
    """The columns' headings, each once: a table's columns are known by them."""
    found: list[str] = []
    for column in columns:
        same = sum(heading.casefold() == column.label.casefold() for heading in found)
        found.append(f"{column.label} ({same + 1})" if same else column.label)
    return found


def widths(columns: Sequence[ListColumn], sample: Sequence[Sequence[Any]]) -> list[float]:
    """Columns as wide as what most of their cells hold; texts give way so that a page stays readable."""
    found = [_width(column, [row[i] for row in sample]) for i, column in enumerate(columns)]
    flexible = [i for i, column in enumerate(columns) if column.is_text]
    surplus = sum(found) + NUMBER_WIDTH - PAGE_WIDTH
    room = sum(found[i] for i in flexible)
    if surplus > 0 and room:
        for i in flexible:
            found[i] = max(min(found[i], NARROWEST), found[i] * (room - surplus) / room)
    return found


def _width(column: ListColumn, values: Iterable[Any]) -> float:
    """The width that nine in ten cells need, within what suits the kind and the heading's longest word."""
    lengths = sorted(len(value) for value in values if isinstance(value, str))
    most = lengths[len(lengths) * 9 // 10] + 2 if lengths else 0
    word = max((len(part) for part in column.label.split()), default=0) + 3
    fixed = 0 if column.is_text else WIDTHS[column.kind]
    return max(fixed, word, min(most, WIDTHS[column.kind]))
