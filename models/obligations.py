"""Who owes which report, and how that stands: the one answer behind the grid, the reminder and the first page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.access.scope import current, writable
from models.organisations import Organisation
from models.periods import Period, PeriodKind
from models.records.choices import Choice, State
from models.records.words import _
from models.reports import TAKEN, Report, ReportStatus


class Standing(Choice):
    """How the report of an organisation for a period stands on a day."""

    IN_TIME = "in_time", _("Đúng hạn"), State.DONE
    LATE = "late", _("Trễ hạn"), "warn"
    RETURNED = "returned", _("Trả lại"), State.RETURNED
    MISSING = "missing", _("Chưa gửi"), State.LATE
    AWAITED = "awaited", _("Chưa đến hạn")

    @property
    def sign(self) -> str:
        """One character that says the same without colour."""
        return {"in_time": "✓", "late": "◷", "returned": "↩", "missing": "✗", "awaited": "·"}[self.value]


OPEN = (Standing.RETURNED, Standing.MISSING)
"""What someone must be reminded of."""


@dataclass(frozen=True)
class Version:
    """One version of a report, as far as its standing depends on it."""

    id: int
    revision: int
    status: ReportStatus
    sent_on: date | None
    return_reason: str | None


@dataclass(frozen=True)
class Obligation:
    """The report of an organisation for a period: owed or at least begun, with all its versions."""

    organisation: Organisation
    period: Period
    day: date
    versions: tuple[Version, ...] = ()

    @property
    def taken(self) -> list[Version]:
        """The versions that were sent and not sent back; the last of them counts (`Report.counting`)."""
        return [version for version in self.versions if version.status in TAKEN]

    @property
    def shown(self) -> Version | None:
        """The version that counts; without one, the last."""
        return next(reversed(self.taken or self.versions), None)

    @property
    def standing(self) -> Standing:
        """How it stands on the day."""
        if self.taken:
            return Standing.LATE if self.days_late else Standing.IN_TIME
        if any(version.status is ReportStatus.RETURNED for version in self.versions):
            return Standing.RETURNED
        return Standing.MISSING if self.period.due_on < self.day else Standing.AWAITED

    @property
    def days_late(self) -> int:
        """By how many days the first version that was not sent back came late; without one, until the day.

        Whoever reported in time and corrects a figure later stays in time.
        """
        came = min((version.sent_on for version in self.taken if version.sent_on), default=self.day)
        return max(0, (came - self.period.due_on).days)


def owes(organisation: Organisation, period: Period) -> bool:
    """Whether an organisation owes a report for a period: reports so often, and was there when it was due."""
    every = organisation.reports_every
    return (
        every is not None
        and every.rank <= period.kind.rank
        and (organisation.established_on or date.min) <= period.due_on
        and period.due_on <= (organisation.dissolved_on or date.max)
    )


def answerable(query: Select[Any]) -> Select[Any]:
    """Narrow organisations to those whose reports the reader may see: one's own branch, for whoever has one.

    The organisations above it may be read, their reports may not: they would all seem missing.
    """
    return query if current.get() is None else query.where(writable(Organisation))


def obligations(session: Session, periods: Sequence[Period], day: date) -> list[Obligation]:
    """Every report of these periods that is owed or there, by organisation in the order of the tree, by period."""
    versions: dict[tuple[int, int], list[Version]] = {}
    rows = session.execute(
        select(
            Report.organisation_id,
            Report.period_id,
            Report.id,
            Report.revision,
            Report.status,
            Report.sent_on,
            Report.return_reason,
        )
        .where(Report.period_id.in_([period.id for period in periods]))
        .order_by(Report.revision)
    )
    for row in rows:
        versions.setdefault((row[0], row[1]), []).append(Version(*row[2:]))
    reporting = {organisation_id for organisation_id, _period_id in versions}
    known = answerable(
        select(Organisation).where(
            or_(Organisation.reports_every.in_(_kinds_up_to(periods)), Organisation.id.in_(reporting))
        )
    )
    return [
        Obligation(organisation, period, day, tuple(versions.get((organisation.id, period.id), ())))
        for organisation in in_tree_order(session.scalars(known).all())
        for period in periods
        if owes(organisation, period) or (organisation.id, period.id) in versions
    ]


def _kinds_up_to(periods: Iterable[Period]) -> list[PeriodKind]:
    longest = max((period.kind.rank for period in periods), default=-1)
    return [kind for kind in PeriodKind if kind.rank <= longest]


def in_tree_order(organisations: Iterable[Organisation]) -> list[Organisation]:
    """Committees first, each followed by those below it; siblings by their codes."""
    found = list(organisations)
    codes = {organisation.id: organisation.code for organisation in found}
    return sorted(
        found,
        key=lambda o: (o.family.rank, [codes[id_] for id_ in (*o.ancestor_ids, o.id) if id_ in codes]),
    )


def tally(found: Iterable[Obligation]) -> Counter[Standing]:
    """How many stand how."""
    return Counter(obligation.standing for obligation in found)
