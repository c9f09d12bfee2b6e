"""Workflow: the stages of a record and the transitions between them, said once beside the record.

    class Task(Record):
        workflow = Workflow(
            field="status",
            note="status_note",
            transitions=(
                Transition(TaskStatus.TO_DO, TaskStatus.DONE, sets="done_on"),
                Transition(TaskStatus.DONE, TaskStatus.TO_DO, Role.APPROVER, back=True),
            ),
            guards={TaskStatus.DONE: (has_its_day,)},
        )

From some stage on a workflow seals what was sent (`seals.py`).

The rules enforced at flush ask `problems` of every record, whatever wrote it; buttons, the bulk action and the refusals
on screen read the same declaration. A stage's guards are asked as long as the record stands there: nothing that was
looked at on the way in is taken away afterwards. A new record may begin at any stage to which whoever makes it could
take one.
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
from models.workflow import seals
from models.workflow.seals import Seal

Guard: TypeAlias = Callable[[Any], Iterable[Problem]]
"""A function that says what a record lacks to stand at a stage."""

NO_WAY = _("Từ “%(old)s” không chuyển sang “%(new)s” được.")
NO_REASON = _("Chuyển từ “%(old)s” về “%(new)s” thì phải ghi lý do của lần này.")
NOT_YOURS = _("Chỉ người có vai trò “%(role)s” trở lên mới đưa được sang “%(new)s”.")
NOT_HERE = _("Chỉ %(who)s mới đưa được sang “%(new)s”.")
PROVINCE = _("Mặt trận tỉnh")


@dataclass(frozen=True)
class Transition:
    """A transition from one stage to another: which role may make it, and the day or year that it sets.

    `by_decider`: only who answers for the organisation that decides (`Workflow.decided_by`). `back`: it sends back or
    turns down, and needs a reason.
    """

    start: Choice
    end: Choice
    role: Role = Role.EDITOR
    by_decider: bool = False
    back: bool = False
    sets: str | None = None


@dataclass(frozen=True)
class Offer:
    """A transition that leads on from where a record stands, and what stands in its way."""

    transition: Transition
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Workflow:
    """The stages of a record: `field` keeps where it stands, `note` what was said at its last step."""

    field: str
    note: str
    transitions: tuple[Transition, ...]
    guards: Mapping[Choice, tuple[Guard, ...]] = dataclasses.field(default_factory=dict)
    decided_by: str = ""
    """The way to the organisation whose people alone make the transitions marked `by_decider`, "round.organisation".

    "", and where nothing stands at its end: the province.
    """
    seals: tuple[Seal, ...] = ()
    """What stays as it is from some stage on; where several hold a stage, the first counts."""
    reserved: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """What belongs to others whatever the stage: fields and children, each with the way to the organisation that alone
    writes it, from the record or from the child."""

    @property
    def stages(self) -> type[Choice]:
        """The choice whose members are the stages."""
        return type(self.transitions[0].start)

    def of(self, record: Record) -> Choice:
        """Where the record stands."""
        stage: Choice = getattr(record, self.field)
        return stage

    def seal_at(self, stage: Choice | None) -> Seal | None:
        """The seal on records at this stage, if there is one."""
        return next((seal for seal in self.seals if stage in seal.at), None)

    def between(self, start: Choice, end: Choice) -> Transition | None:
        """The transition between these two; None if there is none."""
        return next(
            (transition for transition in self.transitions if (transition.start, transition.end) == (start, end)), None
        )

    def offers(self, record: Record) -> list[Offer]:
        """Every transition from where the record stands, with the reasons why it can't be made now."""
        return [
            Offer(
                transition,
                (
                    *self.who_decides(transition, record),
                    *(p for p in self.lacks(transition.end, record) if p.field is None or p.field != transition.sets),
                ),
            )
            for transition in self.transitions
            if transition.start is self.of(record)
        ]

    def transition_to(self, record: Record, end: Choice, note: str | None = None, day: date | None = None) -> None:
        """Put the record at another stage, with what is to be said of it and the day it happened.

        Whether it may be there, the rules say at the flush.
        """
        transition = self.between(self.of(record), end)
        setattr(record, self.field, end)
        setattr(record, self.note, note)
        if transition is not None and transition.sets is not None and day is not None:
            is_year = record.fields()[transition.sets].kind is Kind.YEAR
            setattr(record, transition.sets, day.year if is_year else day)

    def problems(self, record: Record) -> Iterator[Problem]:
        """Why the record can't be sent to the database at the stage where it stands, or not by this step."""
        old, new = None if record.is_new else record.was(self.field), self.of(record)
        if old is None:
            yield from self._beginning(record, new)
        elif old is not new:
            yield from self._step(record, old, new)
        yield from self.lacks(new, record)

    def _beginning(self, record: Record, stage: Choice) -> Iterator[Problem]:
        refusals = [
            list(self.who_decides(transition, record)) for transition in self.transitions if transition.end is stage
        ]
        if stage is not initial_stage(type(record), self) and all(refusals):
            yield from refusals[0]

    def _step(self, record: Record, old: Choice, new: Choice) -> Iterator[Problem]:
        transition, names = self.between(old, new), {"old": old.label, "new": new.label}
        if transition is None:
            yield Problem(NO_WAY, self.field, names)
            return
        yield from self.who_decides(transition, record)
        if transition.back and not (record.changed(self.note) and getattr(record, self.note)):
            yield Problem(NO_REASON, self.note, names)

    def who_decides(self, transition: Transition, record: Record) -> Iterator[Problem]:
        """Why whoever acts now may not make this transition. The machine itself, which has no role, may."""
        role = actor.get().role
        if role is not None and role.rank < transition.role.rank:
            yield Problem(NOT_YOURS, self.field, {"role": transition.role.label, "new": transition.end.label})
        if transition.by_decider and not holds(decider := self.decider_of(record)):
            yield Problem(NOT_HERE, self.field, {"who": decider or PROVINCE, "new": transition.end.label})

    def decider_of(self, record: Any) -> Organisation | None:
        """The organisation that decides on the record; None: the province."""
        return led_to(record, self.decided_by) if self.decided_by else None

    @property
    def decider_path(self) -> list[str]:
        """The references that lead to the deciding organisation."""
        return self.decided_by.split(".") if self.decided_by else []

    def lacks(self, stage: Choice, record: Record) -> Iterator[Problem]:
        """What the record lacks to stand at this stage."""
        for guard in self.guards.get(stage, ()):
            yield from guard(record)

    def mistakes(self, cls: type[Record]) -> Iterator[str]:
        """What is wrong with the declaration on this class."""
        kinds = {name: spec.kind for name, spec in cls.fields().items()}
        first = initial_stage(cls, self)
        if first is None:
            yield f"field {self.field!r} is no choice with a default"
            return
        if kinds.get(self.note) not in TEXTS:
            yield f"note {self.note!r} is no text"
        if self.decided_by and not issubclass(self._decider_class(cls), Organisation):
            yield f"decided_by {self.decided_by!r} leads to no organisation"
        for transition in self.transitions:
            name = f"transition from {transition.start.name} to {transition.end.name}"
            if {type(transition.start), type(transition.end)} != {type(first)}:
                yield f"{name} leaves {type(first).__name__}"
            if self.between(transition.start, transition.end) is not transition:
                yield f"{name} is declared twice"
            if transition.sets and kinds.get(transition.sets) not in (Kind.DATE, Kind.YEAR):
                yield f"{name} sets {transition.sets!r}, which is no day and no year"
        reached = self.within_reach(first)
        yield from (f"no transition leads to {stage.name}" for stage in type(first) if stage not in reached)
        yield from (f"guards of {stage.name}, where nothing leads" for stage in self.guards if stage not in reached)
        yield from self._seal_mistakes(cls, reached)

    def _seal_mistakes(self, cls: type[Record], reached: set[Choice]) -> Iterator[str]:
        fields = cls.fields()
        for seal in self.seals:
            yield from seals.mistakes(cls, seal, reached)
        for name, path in self.reserved.items():
            owner = fields[name].target.fields() if name in fields and fields[name].kind is Kind.CHILDREN else fields
            if name not in fields or path.split(".")[0] not in owner:
                yield f"{name!r} is no field, or {path!r}, for which it is reserved, leads nowhere"
        # Who sent a record away can't take it back: that would open it without asking.
        for step in self.transitions:
            if self.seal_at(step.start) and not self.seal_at(step.end) and not step.by_decider:
                name = f"transition from {step.start.name} to {step.end.name}"
                yield f"{name} breaks the seal, and not only for who decides"

    def _decider_class(self, cls: Any) -> type[Record]:
        for name in self.decider_path:
            spec = cls.fields().get(name)
            cls = spec.target if spec is not None and spec.kind is Kind.REFERENCE else Record
        found: type[Record] = cls
        return found

    def within_reach(self, start: Choice) -> set[Choice]:
        """The stages to which transitions lead from this one, and itself."""
        reached, left = set[Choice](), [start]
        while left:
            stage = left.pop()
            if stage not in reached:
                reached.add(stage)
                left.extend(transition.end for transition in self.transitions if transition.start is stage)
        return reached


def led_to(record: Any, path: str) -> Any:
    """What stands at the end of a way of references, "round.organisation"; None where one of them is empty."""
    for name in path.split("."):
        record = getattr(record, name) if record is not None else None
    return record


def initial_stage(cls: type[Record], workflow: Workflow) -> Choice | None:
    """The stage of a new record of which nothing else is said."""
    default: Any = inspect(cls).columns[workflow.field].default if workflow.field in inspect(cls).columns else None
    return default.arg if default is not None and isinstance(default.arg, Choice) else None


def workflow_of(cls: type[Record]) -> Workflow | None:
    """The workflow of a record class, if its records go through one."""
    found: Workflow | None = cls.workflow
    return found
