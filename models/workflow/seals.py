"""Seals: what of a record stays as it is once it has left its sender, and who alone still writes the rest.

    Workflow(
        ...,
        seals=(Seal(at=since(ReportStatus.SENT), said=_("Đã gửi ngày %(day)s, không sửa được."), day="sent_on"),),
        reserved={"appraisals": "council"},
    )

A workflow declares them, `seal_guard.py` holds them at the flush, on every road.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from models.accounts.users import Role
from models.records.base import Record
from models.records.choices import Choice
from models.records.fields import Kind


@dataclass(frozen=True)
class Seal:
    """At these stages every field, link, child and file of a record is sealed, and its deletion, but for what is named.

    What the workflow reserves for others is theirs to write whatever the stage, but is not taken away either.

    `said` is the sentence for whoever tries; it may hold %(day)s, since when, and %(who)s, the side that decides.
    """

    at: tuple[Choice, ...]
    said: str
    day: str = ""
    """The field, or the way to it, with the day since when; "": the history tells."""
    decider: tuple[str, ...] = ()
    """What the side that decides alone goes on writing."""
    anyone: tuple[str, ...] = ()
    """What goes on living, and is written as before."""
    opened_by: Role | None = None
    """The role on the deciding side that may open it, with a reason (`openings.py`); None: nobody may."""


def since(stage: Choice) -> tuple[Choice, ...]:
    """The stage and all that are declared after it."""
    return tuple(each for each in type(stage) if each.rank >= stage.rank)


def mistakes(cls: type[Record], seal: Seal, stages: Collection[Choice]) -> Iterator[str]:
    """What is wrong with a seal of a workflow on this class with these stages."""
    fields = cls.fields()
    yield from (f"seal holds {stage!r}, where nothing leads" for stage in seal.at if stage not in stages)
    yield from (
        f"seal names {name!r}, which is no field" for name in (*seal.decider, *seal.anyone) if name not in fields
    )
    if seal.day and not _ends_in_a_day(cls, seal.day):
        yield f"seal is since {seal.day!r}, which is no day"


def _ends_in_a_day(cls: Any, path: str) -> bool:
    *way, last = path.split(".")
    for name in way:
        spec = cls.fields().get(name)
        if spec is None or spec.target is None:
            return False
        cls = spec.target
    spec = cls.fields().get(last)
    return spec is not None and spec.kind is Kind.DATE
