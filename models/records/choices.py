"""Closed lists whose members the code must know: a value for the database, a label for people."""

from __future__ import annotations

from enum import Enum
from typing import Self


class Choice(str, Enum):
    """A member of a closed list: ``NAME = "value", _("Label")`` and, if wished, a tone for its tag on screen.

    Tones: "" (quiet), "ok", "warn", "late". Lists that law or practice may change are records, not choices.
    """

    label: str
    tone: str

    def __new__(cls, value: str, label: str, tone: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        return member

    def __str__(self) -> str:
        return self.label

    @property
    def rank(self) -> int:
        """The member's place in its list, from 0."""
        return list(type(self)).index(self)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The member with this value, name or label; None if there is none."""
        wanted = text.strip().casefold()
        for member in cls:
            if wanted in (member.value.casefold(), member.name.casefold(), member.label.casefold()):
                return member
        return None
