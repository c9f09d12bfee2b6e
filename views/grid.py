"""The grid of reports, organisation by period; the reminder of those that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import abort, request
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select

from exports.reminders import letter, listing
from models.history.audit import AuditKind
from models.obligations import OPEN, Obligation, Standing, obligations, tally
from models.organisations import Committee, Organisation
from models.periods import Period, PeriodKind
from models.records.clock import now
from models.records.words import _
from models.units import Level
from views.core.as_of import page_day
from views.core.fields.formatting import day_text
from views.core.pages.export import download
from views.core.pages.history import note_apart
from views.core.session import db

WORDS = {
    Standing.IN_TIME: _("đã gửi"),
    Standing.LATE: _("trễ"),
    Standing.RETURNED: _("trả lại"),
    Standing.MISSING: _("thiếu"),
    Standing.AWAITED: _("chưa hạn"),
}
DRAFT = _("đang soạn")


class Grid:
    """What the screen of reports adds: how all reports of a year stand, and a reminder for those that are open."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What the screen has that this is a part of."""

    @expose("/grid/")
    def grid_view(self) -> Any:
        """Who sent what in time, late or not, at a glance; each cell leads to the report or to the form for it."""
        day, known = page_day(), known_periods()
        period = chosen_period(known, day)
        periods = [one for one in known if period and (one.year, one.kind) == (period.year, period.kind)]
        level = Level.read(request.args.get("level", ""))
        found = [o for o in obligations(db.session(), periods, day) if level in (None, o.organisation.level)]
        counts = tally(found)
        return self.render(
            "admin/reports/grid.html",
            title=gettext("Tình hình gửi báo cáo"),
            grid_url=self.get_url(".grid_view"),
            list_url=self.get_url(".index_view"),
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
            "reminder_url": self.get_url(".reminder_view", **asked) if any(counts[one] for one in OPEN) else None,
            "sums_url": self.get_url(".sums_view", period=period.id),
        }

    def _rows(self, found: list[Obligation], periods: list[Period]) -> Iterator[dict[str, Any]]:
        shown = {obligation.organisation.id for obligation in found}
        # Addresses and words are asked for once: a year has thousands of cells.
        there, new = self.get_url(".details_view"), self.get_url(".create_view", url=request.full_path)
        words = {word: gettext(word) for word in (*WORDS.values(), DRAFT)}
        for organisation, group in groupby(found, key=lambda obligation: obligation.organisation):
            cells = {}
            for one in group:
                url = _with(there, id=one.shown.id) if one.shown else None
                if url is None and self.can_create and one.period.open:
                    url = _with(new, period=one.period.id, organisation=organisation.id)
                cells[one.period.id] = {"standing": one.standing, "text": _short(one, words), "url": url}
            screen = self.screens.get(type(organisation))
            yield {
                "name": organisation.short_name or organisation.name,
                "title": organisation.name,
                "url": screen.get_url(".details_view", id=organisation.id) if screen else None,
                "depth": sum(id_ in shown for id_ in organisation.ancestor_ids),
                "cells": [cells.get(period.id) for period in periods],
            }

    # -- reminding

    @expose("/reminder/")
    def reminder_view(self) -> Any:
        """A letter to those whose report for a period is missing or was sent back, ready to copy."""
        day, known = page_day(), known_periods()
        period = chosen_period(known, day)
        found = _open(period, day)
        return self.render(
            "admin/reports/reminder.html",
            title=gettext("Nhắc gửi báo cáo"),
            grid_url=self.get_url(".grid_view", **({"year": period.year, "kind": period.kind.value} if period else {})),
            reminder_url=self.get_url(".reminder_view"),
            export_url=self.get_url(".reminder_export", **request.args.to_dict()),
            periods=known,
            chosen=period,
            level=Level.read(request.args.get("level", "")),
            levels=list(Level),
            count=len(found),
            text=letter(found, period, own_committee(), day) if period and found else "",
        )

    @expose("/reminder/export/")
    def reminder_export(self) -> Any:
        """The same as a workbook."""
        if not self.can_export:
            abort(403)
        day = page_day()
        period = chosen_period(known_periods(), day)
        found = _open(period, day)
        title = gettext("Đơn vị chưa gửi báo cáo")
        about = f"{period or '–'} · {current_user.name} · {day_text(now())}"
        note_apart(AuditKind.EXPORTED, noun=self.record.__name__, title=title, rows=len(found), filter=str(period))
        return download(listing(found, title, about), title)


def known_periods() -> list[Period]:
    """Every period, the latest year first, its months before its quarters."""
    return sorted(db.session.scalars(select(Period)), key=lambda one: (-one.year, one.kind.rank, one.number))


def chosen_period(known: Sequence[Period], day: date) -> Period | None:
    """The period that the address asks for, by itself or by year and kind; else the one that was due last."""
    asked = request.args
    if (period := next((one for one in known if str(one.id) == asked.get("period")), None)) is not None:
        return period
    fitting = [
        one
        for one in known
        if asked.get("year") in (None, "", str(one.year)) and asked.get("kind") in (None, "", one.kind.value)
    ]
    due = [one for one in fitting if one.due_on <= day]
    return max(due, key=lambda one: one.due_on, default=min(fitting, key=lambda one: one.due_on, default=None))


def own_committee() -> Organisation | None:
    """The committee that the reader works for: their organisation's, or the first that has none above it."""
    organisation: Organisation | None = current_user.organisation
    while organisation is not None and not isinstance(organisation, Committee):
        organisation = organisation.parent
    if organisation is None:
        roots = select(Committee).where(Committee.parent_id.is_(None)).order_by(Committee.code)
        organisation = db.session.scalars(roots).first()
    return organisation


def _open(period: Period | None, day: date) -> list[Obligation]:
    level = Level.read(request.args.get("level", ""))
    return [
        obligation
        for obligation in (obligations(db.session(), [period], day) if period else ())
        if obligation.standing in OPEN and level in (None, obligation.organisation.level)
    ]


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
