"""Votes: how many were there, how many were for it, and how many it takes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from models.organisations import Organisation
from models.records.errors import Problem
from models.records.words import _


def check_votes(record: object, present: str, votes: str) -> Iterator[Problem]:
    """No more votes are cast than people are there; `present` and `votes` name the record's fields."""
    there, cast = getattr(record, present), getattr(record, votes)
    if there is not None and (cast or 0) > there:
        yield Problem(_("Số phiếu không thể nhiều hơn số có mặt."), votes)


def carried(votes: int, present: int, threshold: Decimal | None) -> bool:
    """Whether so many votes carry it: at least `threshold` % of those present, or more than half where none is set."""
    return votes * 2 > present if threshold is None else votes * 100 >= threshold * present


def check_carried(record: object, present: str, votes: str, threshold: Decimal | None) -> Iterator[Problem]:
    """Where both numbers are known, the votes carry it."""
    there, cast = getattr(record, present), getattr(record, votes)
    if there is not None and cast is not None and not carried(cast, there, threshold):
        yield Problem(
            _("%(votes)s/%(present)s phiếu tán thành: chưa đủ tỷ lệ phải có."), votes, {"votes": cast, "present": there}
        )


def threshold_of(council: Organisation | None) -> Decimal | None:
    """The share of votes in % that a council's own rules ask for."""
    return getattr(council, "threshold", None)
