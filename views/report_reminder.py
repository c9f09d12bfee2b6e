"""Reminding: a letter to those whose report is missing or was sent back, and the same as a workbook."""

from __future__ import annotations

from datetime import date

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user

from exports.reminders import letter, listing
from models.history.audit import AuditKind
from models.obligations import OPEN, Obligation, obligations
from models.periods import Period
from models.records.clock import now
from models.units import Level
from views.core.as_of import page_day
from views.core.downloads import download
from views.core.fields.formatting import day_text
from views.core.pages.page import ScreenPage
from views.core.recording import note_apart
from views.core.session import db
from views.report_periods import chosen_period, known_periods, own_committee


class ReminderPage(ScreenPage):
    """The reminder of those that are open."""

    @expose("/reminder/")
    def reminder_view(self) -> ResponseReturnValue:
        """A letter to those whose report for a period is missing or was sent back, ready to copy."""
        day, known = page_day(), known_periods()
        period = chosen_period(known, day)
        found = _owing(period, day)
        return self.screen.render(
            "admin/reports/reminder.html",
            title=gettext("Nhắc gửi báo cáo"),
            grid_url=self.screen.get_url(
                ".grid_view", **({"year": period.year, "kind": period.kind.value} if period else {})
            ),
            reminder_url=self.screen.get_url(".reminder_view"),
            export_url=self.screen.get_url(".reminder_export", **request.args.to_dict()),
            periods=known,
            chosen=period,
            level=Level.read(request.args.get("level", "")),
            levels=list(Level),
            count=len(found),
            text=letter(found, period, own_committee(), day) if period and found else "",
        )

    @expose("/reminder/export/")
    def reminder_export(self) -> ResponseReturnValue:
        """The same as a workbook."""
        if not self.screen.can_export:
            abort(403)
        day = page_day()
        period = chosen_period(known_periods(), day)
        found = _owing(period, day)
        title = gettext("Đơn vị chưa gửi báo cáo")
        about = f"{period or '–'} · {current_user.name} · {day_text(now())}"
        note_apart(
            AuditKind.EXPORTED, noun=self.screen.record.__name__, title=title, rows=len(found), filter=str(period)
        )
        return download(listing(found, title, about), title)


def _owing(period: Period | None, day: date) -> list[Obligation]:
    level = Level.read(request.args.get("level", ""))
    return [
        obligation
        for obligation in (obligations(db.session(), [period], day) if period else ())
        if obligation.standing in OPEN and level in (None, obligation.organisation.level)
    ]
