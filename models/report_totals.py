"""Figures added up: over the places of the tree, and over the shorter periods that make up a longer one.

Only reports that count are read (`Report.counting`), and all sums are made here, of decimals: databases that keep
decimals as binary fractions would round them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.obligations import answerable, in_tree_order, owes
from models.organisations import Organisation
from models.periods import Period
from models.reports import Aggregation, Figure, Indicator, Report

IndicatorValues = dict[int, Decimal]
"""A value for each indicator's id."""


@dataclass(frozen=True)
class IndicatorTotals:
    """One indicator: what the organisation reported, and what two sums say."""

    indicator: Indicator
    reported: Decimal | None
    below: Decimal | None
    over_time: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        """By how much the reported total exceeds the sum of those right below; None where one of them is missing."""
        return None if self.reported is None or self.below is None else self.reported - self.below


class Sums:
    """The figures of one organisation for one period, of those right below it, and of the period's parts."""

    def __init__(self, session: Session, organisation: Organisation, period: Period, known: Iterable[Period]) -> None:
        """`known` are the periods among which those stand that make up `period`."""
        self.organisation, self.period = organisation, period
        year = [one for one in known if one.year == period.year]
        self._parts = {one.id: one.parts(year) for one in year}
        self.indicators = session.scalars(select(Indicator).order_by(Indicator.place, Indicator.code)).all()
        self._adds = {one.id: one.aggregation is Aggregation.SUM for one in self.indicators}
        children = session.scalars(answerable(select(Organisation).where(Organisation.parent_id == organisation.id)))
        below = in_tree_order(children)
        wanted = {period.id, *_all_parts(period.id, self._parts)}
        self._reports: dict[tuple[int, int], tuple[int, int]] = {}
        self._figures: dict[tuple[int, int], IndicatorValues] = {}
        self._read(session, [organisation.id, *(child.id for child in below)], wanted)
        self.below = [child for child in below if owes(child, period) or self.of(child, period)]
        """Those right below who owe this report, or gave figures for it."""

    def _read(self, session: Session, organisation_ids: Sequence[int], period_ids: Iterable[int]) -> None:
        rows = session.execute(
            select(
                Report.organisation_id,
                Report.period_id,
                Report.id,
                Report.revision,
                Figure.indicator_id,
                Figure.value,
            )
            .outerjoin(Report.figures)
            .where(Report.counting(), Report.organisation_id.in_(organisation_ids), Report.period_id.in_(period_ids))
        )
        for organisation_id, period_id, report_id, revision, indicator_id, value in rows:
            key = organisation_id, period_id
            self._reports[key] = report_id, revision
            if indicator_id is not None:
                self._figures.setdefault(key, {})[indicator_id] = value

    # -- one organisation, one period

    def report(self, organisation: Organisation, period: Period) -> tuple[int, int] | None:
        """The id and the version of the report that counts, if there is one."""
        return self._reports.get((organisation.id, period.id))

    def reported(self, organisation: Organisation, period: Period) -> IndicatorValues:
        """What the report that counts says."""
        return self._figures.get((organisation.id, period.id), {})

    def parts(self, period: Period | None = None) -> list[Period]:
        """The shorter periods that make up this one."""
        return self._parts[(period or self.period).id]

    def over_time(self, organisation: Organisation, period: Period) -> IndicatorValues:
        """What the shorter periods make: counts of what was done add up; of what stands, the last one is taken."""
        found: IndicatorValues = {}
        for part in self.parts(period):
            for indicator_id, value in self.of(organisation, part).items():
                found[indicator_id] = found.get(indicator_id, 0) + value if self._adds[indicator_id] else value
        return found

    def of(self, organisation: Organisation, period: Period) -> IndicatorValues:
        """What the organisation says for the period: by its report, else by those for the shorter periods."""
        return self.over_time(organisation, period) | self.reported(organisation, period)

    # -- the page

    def lines(self) -> list[IndicatorTotals]:
        """Every indicator that has a figure."""
        reported = self.reported(self.organisation, self.period)
        over_time = self.over_time(self.organisation, self.period)
        below: IndicatorValues = {}
        for child in self.below:
            for indicator_id, value in self.of(child, self.period).items():
                below[indicator_id] = below.get(indicator_id, Decimal()) + value
        return [
            IndicatorTotals(one, reported.get(one.id), below.get(one.id), over_time.get(one.id))
            for one in self.indicators
            if one.id in reported or one.id in below or one.id in over_time
        ]

    def silent(self) -> list[Organisation]:
        """Those right below who owe this report and gave nothing that could be added."""
        return [child for child in self.below if not self.of(child, self.period)]


def _all_parts(period_id: int, parts: dict[int, list[Period]]) -> set[int]:
    return {id_ for part in parts[period_id] for id_ in (part.id, *_all_parts(part.id, parts))}


__all__ = ["IndicatorTotals", "IndicatorValues", "Sums"]
