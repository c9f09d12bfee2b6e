"""Stages: the way of a record from desk to desk, said once beside the record.

    class Task(Record):
        stages = Stages(
            field="status",
            note="status_note",
            moves=(
                Move(TaskStatus.TO_DO, TaskStatus.DONE, sets="done_on"),
                Move(TaskStatus.DONE, TaskStatus.TO_DO, Role.APPROVER, back=True),
            ),
            needs={TaskStatus.DONE: (has_its_day,)},
        )

The gate asks `problems` of every record that is flushed, whatever wrote it; buttons, the bulk action and the refusals
on screen read the same declaration. What a stage needs is asked as long as the record stands there: nothing that was
looked at on the way in is taken away afterwards. A new record may begin at any stage to which whoever makes it could
move one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import inspect

from models.access.scope import holds
from models.accounts.users import Role
from models.history.audit import actor
from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import TEXTS, Kind
from models.records.words import _

Need: TypeAlias = Callable[[Any], Iterable[Problem]]
"""What must be there at a stage: a function that says what a record lacks for it."""

NO_WAY = _("Từ “%(old)s” không chuyển sang “%(new)s” được.")
NO_REASON = _("Chuyển từ “%(old)s” về “%(new)s” thì phải ghi lý do của lần này.")
NOT_YOURS = _("Chỉ người có vai trò “%(role)s” trở lên mới đưa được sang “%(new)s”.")
NOT_HERE = _("Chỉ %(who)s mới đưa được sang “%(new)s”.")
PROVINCE = _("Mặt trận tỉnh")


@dataclass(frozen=True)
class Move:
    """One step from a stage to another: whose hand it takes, and the day or year that it sets.

    `office`: only who answers for the organisation that decides (`Stages.seat`). `back`: it sends back or turns down,
    and needs a reason.
    """

    start: Choice
    end: Choice
    role: Role = Role.EDITOR
    office: bool = False
    back: bool = False
    sets: str | None = None


@dataclass(frozen=True)
class Offer:
    """A move that leads on from where a record stands, and what stands in its way."""

    move: Move
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Stages:
    """The stages of a record: `field` keeps where it stands, `note` what was said at its last step."""

    field: str
    note: str
    moves: tuple[Move, ...]
    needs: Mapping[Choice, tuple[Need, ...]] = dataclasses.field(default_factory=dict)
    seat: str = ""
    """The way to the organisation whose people alone make the moves marked `office`, "round.organisation".

    "", and where nothing stands at its end: the province.
    """

    def of(self, record: Record) -> Choice:
        """Where the record stands."""
        return getattr(record, self.field)  # type: ignore[no-any-return]

    def way(self, start: Choice, end: Choice) -> Move | None:
        """The move between these two; None if there is none."""
        return next((move for move in self.moves if (move.start, move.end) == (start, end)), None)

    def offers(self, record: Record) -> list[Offer]:
        """Every move from where the record stands, with the reasons why it can't be made now."""
        return [
            Offer(
                move,
                (
                    *self.hands(move, record),
                    *(p for p in self.lacks(move.end, record) if p.field is None or p.field != move.sets),
                ),
            )
            for move in self.moves
            if move.start is self.of(record)
        ]

    def move(self, record: Record, end: Choice, note: str | None = None, day: date | None = None) -> None:
        """Put the record at another stage, with what is to be said of it and the day it happened.

        Whether it may be there, the gate says at the flush.
        """
        move = self.way(self.of(record), end)
        setattr(record, self.field, end)
        setattr(record, self.note, note)
        if move is not None and move.sets is not None and day is not None:
            is_year = record.fields()[move.sets].kind is Kind.YEAR
            setattr(record, move.sets, day.year if is_year else day)

    def problems(self, record: Record) -> Iterator[Problem]:
        """Why the record can't be sent to the database at the stage where it stands, or not by this step."""
        old, new = None if record.is_new else record.was(self.field), self.of(record)
        if old is None:
            yield from self._beginning(record, new)
        elif old is not new:
            yield from self._step(record, old, new)
        yield from self.lacks(new, record)

    def _beginning(self, record: Record, stage: Choice) -> Iterator[Problem]:
        refusals = [list(self.hands(move, record)) for move in self.moves if move.end is stage]
        if stage is not first_stage(type(record), self) and all(refusals):
            yield from refusals[0]

    def _step(self, record: Record, old: Choice, new: Choice) -> Iterator[Problem]:
        move, names = self.way(old, new), {"old": old.label, "new": new.label}
        if move is None:
            yield Problem(NO_WAY, self.field, names)
            return
        yield from self.hands(move, record)
        if move.back and not (record.changed(self.note) and getattr(record, self.note)):
            yield Problem(NO_REASON, self.note, names)

    def hands(self, move: Move, record: Record) -> Iterator[Problem]:
        """Why whoever acts now may not make this move. The machine itself, which has no role, may."""
        role = actor.get().role
        if role is not None and role.rank < move.role.rank:
            yield Problem(NOT_YOURS, self.field, {"role": move.role.label, "new": move.end.label})
        if move.office and not holds(seat := self.seat_of(record)):
            yield Problem(NOT_HERE, self.field, {"who": seat or PROVINCE, "new": move.end.label})

    def seat_of(self, record: Any) -> Organisation | None:
        """The organisation that decides on the record; None: the province."""
        for name in self.seat_path:
            record = getattr(record, name) if record is not None else None
        return record if self.seat else None

    @property
    def seat_path(self) -> list[str]:
        """The references that lead to the seat."""
        return self.seat.split(".") if self.seat else []

    def lacks(self, stage: Choice, record: Record) -> Iterator[Problem]:
        """What the record lacks to stand at this stage."""
        for need in self.needs.get(stage, ()):
            yield from need(record)

    def mistakes(self, cls: type[Record]) -> Iterator[str]:
        """What is wrong with the declaration on this class."""
        kinds = {name: spec.kind for name, spec in cls.fields().items()}
        first = first_stage(cls, self)
        if first is None:
            yield f"field {self.field!r} is no choice with a default"
            return
        if kinds.get(self.note) not in TEXTS:
            yield f"note {self.note!r} is no text"
        if self.seat and not issubclass(self._seat_class(cls), Organisation):
            yield f"seat {self.seat!r} leads to no organisation"
        for move in self.moves:
            name = f"move from {move.start.name} to {move.end.name}"
            if {type(move.start), type(move.end)} != {type(first)}:
                yield f"{name} leaves {type(first).__name__}"
            if self.way(move.start, move.end) is not move:
                yield f"{name} is declared twice"
            if move.sets and kinds.get(move.sets) not in (Kind.DATE, Kind.YEAR):
                yield f"{name} sets {move.sets!r}, which is no day and no year"
        reached = self.within_reach(first)
        yield from (f"no move leads to {stage.name}" for stage in type(first) if stage not in reached)
        yield from (f"needs of {stage.name}, where nothing leads" for stage in self.needs if stage not in reached)

    def _seat_class(self, cls: Any) -> type[Record]:
        for name in self.seat_path:
            spec = cls.fields().get(name)
            cls = spec.target if spec is not None and spec.kind is Kind.REFERENCE else Record
        return cls  # type: ignore[no-any-return]

    def within_reach(self, start: Choice) -> set[Choice]:
        """The stages to which moves lead from this one, and itself."""
        reached, left = set[Choice](), [start]
        while left:
            stage = left.pop()
            if stage not in reached:
                reached.add(stage)
                left.extend(move.end for move in self.moves if move.start is stage)
        return reached


def first_stage(cls: type[Record], stages: Stages) -> Choice | None:
    """The stage of a new record of which nothing else is said."""
    default: Any = inspect(cls).columns[stages.field].default if stages.field in inspect(cls).columns else None
    return default.arg if default is not None and isinstance(default.arg, Choice) else None
