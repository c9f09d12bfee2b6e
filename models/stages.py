"""Stages: the order in which things move from desk to desk, and what a step back must say."""

from __future__ import annotations

from collections.abc import Iterator

from models.base import Record
from models.choices import Choice
from models.errors import Problem
from models.words import _


def check_step(record: Record, stage: str, reason: str) -> Iterator[Problem]:
    """A stage goes back only with a reason, written for this step.

    `stage` and `reason` name the record's fields; stages are ordered as their list is.
    """
    new: Choice = getattr(record, stage)
    old: Choice | None = record.was(stage)
    if old is not None and new.rank < old.rank and not (record.changed(reason) and getattr(record, reason)):
        yield Problem(
            _("Chuyển lùi từ “%(old)s” về “%(new)s” thì phải ghi lý do."), reason, {"old": old.label, "new": new.label}
        )
