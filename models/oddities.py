"""Figures of a Festival's result that can hardly be: whoever types one is asked, and what was confirmed is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.records.fields import Field
from models.records.words import _

AND = "; "
KEPT = "Giữ số của kết quả: "
"""With the field's label it says that another figure, which the event once told, was seen and left out."""
GREATER = _("“%(part)s” (%(n)s) lớn hơn “%(whole)s” (%(m)s).")
WITHOUT = _("Có “%(part)s” (%(n)s) mà “%(whole)s” là %(m)s.")
SMALL = _("“%(part)s” chỉ %(n)s đồng: số tiền ghi bằng đồng.")
OF_RESULT = ("attendees", "state_budget", "social_budget")
"""What a Festival tells in its result, and every other event itself."""
NEVER_MORE = (
    ("minority_households", "households"),
    ("cultural_reached", "households"),
    ("cultural_areas", "areas_total"),
)
"""What is never more than what."""
PARTS = (
    ("attendees", "people"),
    ("poor_households", "households"),
    ("near_poor_households", "households"),
    ("praised_households", "households"),
    ("praised_people", "people"),
    ("cultural_registered", "households"),
    ("cultural_reached", "cultural_registered"),
    ("households", "people"),
)
"""What is hardly more than what."""
NEEDS = (
    ("gift_value", "gifts"),
    ("house_value", "houses"),
)
"""What is hardly there without the other."""
MONEY = ("state_budget", "social_budget", "gift_value", "house_value")
LEAST = 1_000
"""Less đồng than this was meant in thousands or millions."""


@dataclass(frozen=True)
class Oddity:
    """One figure that can hardly be: at which field, why, and the same as it is kept once it was confirmed."""

    field: str
    message: str
    values: dict[str, Any]

    @property
    def told(self) -> str:
        """The sentence with its numbers: with others it is asked anew."""
        return self.message % self.values


def oddities(result: Any, fields: Mapping[str, Field]) -> Iterator[Oddity]:
    """What can hardly be in a result, or in a row that has its columns; `fields` say what they are called."""

    def odd(message: str, part: str, whole: str) -> Oddity:
        told = {"part": fields[part].label, "whole": fields[whole].label}
        return Oddity(part, message, told | {"n": _dotted(value(part)), "m": _dotted(value(whole))})

    def value(name: str) -> int:
        return getattr(result, name) or 0

    yield from (odd(GREATER, *pair) for pair in PARTS if _knows(result, pair[1]) and value(pair[0]) > value(pair[1]))
    yield from (odd(WITHOUT, *pair) for pair in NEEDS if value(pair[0]) and getattr(result, pair[1]) == 0)
    yield from (odd(SMALL, part, part) for part in MONEY if 0 < value(part) < LEAST)


def _knows(result: Any, name: str) -> bool:
    return getattr(result, name) is not None


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


__all__ = ["AND", "KEPT", "NEVER_MORE", "OF_RESULT", "Oddity", "oddities"]
