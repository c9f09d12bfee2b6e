"""Screens of reports and indicators."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from sqlalchemy import select

from models.reports import Indicator, Report
from views.core.access import OFFICE
from views.core.fields.forms import is_id, visible
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db
from views.grid import Grid
from views.sums import SumPages


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


class IndicatorView(RecordView):
    """What reports give figures for."""

    record = Indicator
    section = Section.REPORTS
    access = OFFICE
    column_list = ("name", "code", "measure", "programme", "aggregation", "place")
    column_filters = ("programme", "active")
    column_default_sort = "place"
