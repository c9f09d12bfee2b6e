"""Figures added up the tree, each total opened to what it is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.obligations import answerable
from models.organisations import Organisation
from models.periods import Period
from models.records.words import _
from models.report_totals import IndicatorTotals, Sums
from models.reports import Aggregation, Indicator, Programme
from views.core.as_of import page_day
from views.core.fields.formatting import number_text
from views.core.pages.page import ScreenPage
from views.core.query import is_id
from views.core.session import db
from views.report_periods import chosen_period, known_periods, own_committee


class TotalsPage(ScreenPage):
    """Sums over the places below and over the shorter periods."""

    button = _("Cộng số liệu")

    @expose("/sums/")
    def sums_view(self) -> ResponseReturnValue:
        """What an organisation reported beside what those right below it did, indicator by indicator."""
        known, home = known_periods(), own_committee()
        period, organisation = chosen_period(known, page_day()), _organisation(home)
        sums = Sums(db.session(), organisation, period, known) if organisation and period else None
        return self.screen.render(
            "admin/reports/sums.html",
            title=gettext("Cộng số liệu báo cáo"),
            sums_url=self.screen.get_url(".sums_view"),
            grid_url=self.screen.get_url(".grid_view"),
            periods=known,
            period=period,
            organisation=organisation,
            # The way up ends at the reader's own committee.
            above=organisation.parent if organisation and organisation is not home else None,
            page_of=self._page_of,
            **(
                self._shown_sums(sums)
                if sums
                else {"silent": [], "opened": None, "groups": [], "report_url": None, "revision": None}
            ),
        )

    def _shown_sums(self, sums: Sums) -> dict[str, Any]:
        lines, asked = sums.lines(), request.args.get("indicator")
        opened = next((line for line in lines if str(line.indicator.id) == asked), None)
        programmes = {line.indicator.programme for line in lines}
        return {
            **self._report(sums, sums.organisation, sums.period),
            "places": len(sums.below),
            "silent": sums.silent(),
            "opened": self._opened(sums, opened) if opened else None,
            "groups": [
                (
                    gettext(programme.label),
                    [self._line(line, sums) for line in lines if line.indicator.programme is programme],
                )
                for programme in Programme
                if programme in programmes
            ],
        }

    def _page_of(self, organisation: Organisation, period: Period, indicator: Indicator | None = None) -> str:
        """The address of the sums of an organisation for a period."""
        asked = {"period": period.id, "organisation": organisation.id}
        return self.screen.get_url(".sums_view", **asked, **({"indicator": indicator.id} if indicator else {}))

    def _report(self, sums: Sums, organisation: Organisation, period: Period) -> dict[str, Any]:
        """Which report is counted, and which version of it."""
        id_, revision = sums.report(organisation, period) or (None, None)
        return {"report_url": self.screen.get_url(".details_view", id=id_) if id_ else None, "revision": revision}

    def _line(self, line: IndicatorTotals, sums: Sums) -> dict[str, Any]:
        return {
            "name": str(line.indicator),
            "measure": line.indicator.measure,
            "latest": line.indicator.aggregation is Aggregation.LATEST,
            "reported": _text(line.reported),
            "below": _text(line.below),
            "over_time": _text(line.over_time),
            "difference": _signed(line.difference),
            "url": f"{self._page_of(sums.organisation, sums.period, line.indicator)}#opened",
        }

    def _opened(self, sums: Sums, line: IndicatorTotals) -> dict[str, Any]:
        """What a total is made of: each place below, each shorter period."""
        one = line.indicator
        return {
            "line": self._line(line, sums),
            "places": [self._part(sums, child, sums.period, one, str(child)) for child in sums.below],
            "parts": [self._part(sums, sums.organisation, part, one, str(part)) for part in sums.parts()],
        }

    def _part(self, sums: Sums, place: Organisation, period: Period, one: Indicator, name: str) -> dict[str, Any]:
        reported = sums.reported(place, period).get(one.id)
        return {
            "name": name,
            "url": self._page_of(place, period, one),
            "value": _text(sums.of(place, period).get(one.id)),
            **self._report(sums, place, period),
            "added": reported is None and one.id in sums.of(place, period),
        }


def _organisation(home: Organisation | None) -> Organisation | None:
    """The organisation that the address asks for, if its reports may be seen; if it asks for none, `home`."""
    asked = request.args.get("organisation", "")
    wanted = int(asked) if is_id(asked) else home.id if home else None
    query = select(Organisation).where(Organisation.id == wanted).options(joinedload(Organisation.parent))
    return db.session.scalars(answerable(query)).one_or_none()


def _text(value: Decimal | None) -> str:
    return "" if value is None else number_text(value)


def _signed(value: Decimal | None) -> str:
    """The difference with its sign, "0" where both agree."""
    if value is None:
        return ""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number_text(abs(value))}"
