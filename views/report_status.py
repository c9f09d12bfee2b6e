"""The status of reports: a grid, organisation by period."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from models.obligations import OPEN, Obligation, Standing, obligations, tally
from models.periods import Period, PeriodKind
from models.records.words import _
from models.units import Level
from views.core.as_of import page_day
from views.core.here import here
from views.core.pages.page import ScreenPage
from views.core.session import db
from views.report_periods import chosen_period, known_periods

WORDS = {
    Standing.IN_TIME: _("đã gửi"),
    Standing.LATE: _("trễ"),
    Standing.RETURNED: _("trả lại"),
    Standing.MISSING: _("thiếu"),
    Standing.AWAITED: _("chưa hạn"),
}
DRAFT = _("đang soạn")


class StatusPage(ScreenPage):
    """How all reports of a year stand."""

    button = _("Tình hình gửi báo cáo")

    @expose("/grid/")
    def grid_view(self) -> ResponseReturnValue:
        """Who sent what in time, late or not, at a glance; each cell leads to the report or to the form for it."""
        day, known = page_day(), known_periods()
        period = chosen_period(known, day)
        periods = [one for one in known if period and (one.year, one.kind) == (period.year, period.kind)]
        level = Level.read(request.args.get("level", ""))
        found = [o for o in obligations(db.session(), periods, day) if level in (None, o.organisation.level)]
        counts = tally(found)
        return self.screen.render(
            "admin/reports/grid.html",
            title=gettext(self.button),
            grid_url=self.screen.get_url(".grid_view"),
            list_url=self.screen.get_url(".index_view"),
            years=sorted({one.year for one in known}, reverse=True),
            kinds=[kind for kind in PeriodKind if any(one.kind is kind for one in known)],
            levels=list(Level),
            level=level,
            chosen=period,
            heads=[self._head(one, [o for o in found if o.period is one], level) for one in periods],
            rows=list(self._rows(found, periods)),
            legend=[(standing, counts[standing]) for standing in Standing],
            labels={standing: gettext(standing.label) for standing in Standing},
        )

    def _head(self, period: Period, found: list[Obligation], level: Level | None) -> dict[str, Any]:
        counts = tally(found)
        asked = {"period": period.id} | ({"level": level.value} if level else {})
        return {
            "name": str(period).removesuffix(f"/{period.year}"),
            "due": f"{period.due_on:%d/%m}",
            "taken": counts[Standing.IN_TIME] + counts[Standing.LATE],
            "owed": len(found),
            "reminder_url": self.screen.get_url(".reminder_view", **asked)
            if any(counts[one] for one in OPEN)
            else None,
            "sums_url": self.screen.get_url(".sums_view", period=period.id),
        }

    def _rows(self, found: list[Obligation], periods: list[Period]) -> Iterator[dict[str, Any]]:
        shown = {obligation.organisation.id for obligation in found}
        # Addresses and words are asked for once: a year has thousands of cells.
        there, new = self.screen.get_url(".details_view"), self.screen.get_url(".create_view", url=here())
        words = {word: gettext(word) for word in (*WORDS.values(), DRAFT)}
        for organisation, group in groupby(found, key=lambda obligation: obligation.organisation):
            cells = {}
            for one in group:
                url = _with(there, id=one.shown.id) if one.shown else None
                if url is None and self.screen.can_create and one.period.open:
                    url = _with(new, period=one.period.id, organisation=organisation.id)
                cells[one.period.id] = {"standing": one.standing, "text": _short(one, words), "url": url}
            screen = self.screen.screens.get(type(organisation))
            yield {
                "name": organisation.short_name or organisation.name,
                "title": organisation.name,
                "url": screen.get_url(".details_view", id=organisation.id) if screen else None,
                "depth": sum(id_ in shown for id_ in organisation.ancestor_ids),
                "cells": [cells.get(period.id) for period in periods],
            }


def _short(obligation: Obligation, words: dict[str, str]) -> str:
    """What a cell says, in a word or a day."""
    sent = [version.sent_on for version in obligation.taken if version.sent_on]
    if obligation.standing is Standing.IN_TIME and sent:
        return f"{min(sent):%d/%m}"
    begun = obligation.standing is Standing.AWAITED and obligation.versions
    text = words[DRAFT if begun else WORDS[obligation.standing]]
    return f"{text} {obligation.days_late}" if obligation.standing is Standing.LATE else text


def _with(address: str, **asked: int) -> str:
    """The address, asking for more."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"
