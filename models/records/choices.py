"""Closed lists whose members the code must know: a value for the database, a label for people."""

from __future__ import annotations

from enum import Enum
from typing import Self


class State(Enum):
    """What a member says of the work that stands there; whoever asks whether it is over asks this."""

    OPEN = "open"
    WAITING = "waiting"
    """Someone is at it, or has to decide."""
    DONE = "done"
    OFF = "off"
    """Called off or turned down: nothing comes of it."""
    RETURNED = "returned"
    """Sent back to whoever sent it."""
    LATE = "late"


TONES = {State.WAITING: "warn", State.DONE: "ok", State.OFF: "late", State.RETURNED: "late", State.LATE: "late"}


class Choice(str, Enum):
    """A member of a closed list: ``NAME = "value", _("Label")`` and, if wished, its state, or a tone for its tag.

    Tones: "" (quiet), "ok", "warn", "late"; they are for the eye, and follow from the state where there is one. Lists
    that law or practice may change are records, not choices.
    """

    label: str
    state: State
    tone: str
    rank: int
    """The member's place in its list, from 0."""

    def __new__(cls, value: str, label: str, mark: State | str = State.OPEN) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.rank = len(cls.__members__)
        member.state = mark if isinstance(mark, State) else State.OPEN
        member.tone = mark if isinstance(mark, str) else TONES.get(mark, "")
        return member

    @property
    def is_over(self) -> bool:
        """Whether what stands there needs nobody any more: done, or called off."""
        return self.state in (State.DONE, State.OFF)

    def __str__(self) -> str:
        return self.label

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The member with this value, name or label; None if there is none."""
        wanted = text.strip().casefold()
        for member in cls:
            if wanted in (member.value.casefold(), member.name.casefold(), member.label.casefold()):
                return member
        return None
