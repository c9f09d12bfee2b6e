"""Screens of reports, periods and indicators."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import func, select

from models.audit import named_act
from models.periods import Period, open_year
from models.reports import Indicator, Report
from models.words import _
from views.access import OFFICE
from views.forms import is_id, visible
from views.grid import Grid
from views.record import RecordView
from views.sections import Section
from views.session import db
from views.sums import SumPages
from views.writing import kept

OPEN_YEAR = _("Mở kỳ cho năm")
USUAL_DAY = 20
"""When months and quarters are due unless someone says otherwise: no source has the day (`domain.md` 7)."""
DAYS = (1, 31)


class ReportView(Grid, SumPages, RecordView):
    """What was reported."""

    record = Report
    section = Section.REPORTS
    column_list = ("organisation", "period", "revision", "status", "sent_on")
    column_filters = ("period", "organisation", "status", "sent_on")
    inline_columns: ClassVar = {"figures": ("indicator", "value", "note")}
    column_default_sort = ("sent_on", True)
    list_template = "admin/reports/list.html"
    details_template = "admin/reports/details.html"

    def _list_context(self, given: dict[str, Any]) -> dict[str, Any]:
        pages = {"grid_url": self.get_url(".grid_view"), "sums_url": self.get_url(".sums_view")}
        return super()._list_context(given) | pages

    def create_form(self, obj: Any = None) -> Any:
        """The form of a new report, for the period and the organisation that the address names."""
        form = super().create_form(obj)
        if request.method == "GET":
            for name in ("period", "organisation"):
                form[name].data = visible(self.specs[name].target, request.args.get(name, ""))
            revision = request.args.get("revision", "")
            form["revision"].data = int(revision) if is_id(revision) else form["revision"].data
        return form

    def _details_context(self, model: Any) -> dict[str, Any]:
        same = (Report.period_id == model.period_id, Report.organisation_id == model.organisation_id)
        query = select(Report.id, Report.revision, Report.status, Report.sent_on, Report.counting()).where(*same)
        versions = db.session.execute(query.order_by(Report.revision)).all()
        asked = {"period": model.period_id, "organisation": model.organisation_id}
        return super()._details_context(model) | {
            "versions": [
                {"url": self.get_url(".details_view", id=id_), "own": id_ == model.id, "counts": counts}
                | {"revision": revision, "status": status, "sent_on": sent_on}
                for id_, revision, status, sent_on, counts in versions
            ],
            "days_late": model.days_late,
            "sums_url": self.get_url(".sums_view", **asked),
            "again_url": self.get_url(".create_view", **asked, revision=versions[-1].revision + 1)
            if self.can_create
            else None,
        }


class PeriodView(RecordView):
    """Periods and their due days."""

    record = Period
    section = Section.REPORTS
    access = OFFICE
    column_list = ("name", "kind", "year", "number", "due_on", "open")
    column_filters = ("kind", "year", "open")
    column_default_sort = ("due_on", True)
    list_template = "admin/periods/list.html"

    def _list_context(self, given: dict[str, Any]) -> dict[str, Any]:
        return super()._list_context(given) | {
            "open_year_url": self.get_url(".open_year_view") if self.can_create else None
        }

    @expose("/open-year/", methods=("GET", "POST"))
    def open_year_view(self) -> Any:
        """Make a year's months, quarters, half-year and year at once; those that are there stay as they are."""
        if not self.can_create:
            abort(403)
        last = db.session.scalar(select(func.max(Period.year)))
        years = self.specs["year"]
        year = _number(request.form.get("year"), years.minimum or 0, years.maximum or 0)
        day = _number(request.form.get("day"), *DAYS)
        if request.method == "POST" and not (year and day):
            flash(gettext("Nhập năm, và ngày hạn từ 1 đến 31."), "error")
        elif request.method == "POST" and self._open_year(year, day):
            return redirect(self.get_url(".index_view", flt_year_is=year))
        return self.render(
            "admin/periods/open_year.html",
            title=gettext(OPEN_YEAR),
            year=request.form.get("year") or (last + 1 if last else ""),
            day=request.form.get("day") or USUAL_DAY,
            list_url=self.get_url(".index_view"),
        )

    def _open_year(self, year: int, day: int) -> bool:
        made: list[Period] = []
        with named_act(db.session(), f"{gettext(OPEN_YEAR)} {year}"):
            if not kept(lambda: made.extend(open_year(db.session(), year, day))):
                return False
        flash(gettext("Đã mở %(count)s kỳ của năm %(year)s.", count=len(made), year=year), "success")
        return True


class IndicatorView(RecordView):
    """What reports give figures for."""

    record = Indicator
    section = Section.REPORTS
    access = OFFICE
    column_list = ("name", "code", "measure", "programme", "aggregation", "place")
    column_filters = ("programme", "active")
    column_default_sort = "place"


def _number(text: str | None, least: int, most: int) -> int:
    """The number that was typed, 0 if it is none between these."""
    value = int(text) if text and is_id(text) else 0
    return value if least <= value <= most else 0
