"""Screens of reports and indicators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from flask import request
from sqlalchemy import func, select

from models.records.words import _
from models.reports import Indicator, Report
from models.workflow.openings import seal_of
from views.core.access import OFFICE
from views.core.fields.references import visible
from views.core.pages.detail import DetailPage
from views.core.pages.form import FormPage
from views.core.query import is_id
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db
from views.report_reminder import ReminderPage
from views.report_status import StatusPage
from views.report_totals import TotalsPage

AGAIN = _("Lập lần gửi mới")


class ReportDetail(DetailPage):
    """A report's page: all versions of it as well."""

    templates = ("admin/reports/details.html",)

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        """The versions that were sent, and the ways to a new one and to the totals."""
        screen, model = self.screen, given["model"]
        same = (Report.period_id == model.period_id, Report.organisation_id == model.organisation_id)
        query = select(Report.id, Report.revision, Report.status, Report.sent_on, Report.counting()).where(*same)
        versions = db.session.execute(query.order_by(Report.revision)).all()
        asked = {"period": model.period_id, "organisation": model.organisation_id}
        return super().context(given) | {
            "versions": [
                {"url": screen.get_url(".details_view", id=id_), "own": id_ == model.id, "counts": counts}
                | {"revision": revision, "status": status, "sent_on": sent_on}
                for id_, revision, status, sent_on, counts in versions
            ],
            "days_late": model.days_late,
            "sums_url": screen.get_url(".sums_view", **asked),
        }


class ReportForm(FormPage):
    """The form of a report."""

    def begin(self, form: Any) -> None:
        """For the period and the organisation that the address names."""
        if request.method == "GET":
            for name in ("period", "organisation"):
                form[name].data = visible(self.screen.specs[name].target, request.args.get(name, ""))
            revision = request.args.get("revision", "")
            form["revision"].data = int(revision) if is_id(revision) else form["revision"].data


class ReportView(RecordView):
    """What was reported."""

    record = Report
    section = Section.REPORTS
    packs = ("reports",)
    column_list = ("organisation", "period", "revision", "status", "sent_on")
    column_filters = ("period", "organisation", "status", "sent_on")
    inline_columns: ClassVar = {"figures": ("indicator", "value", "note")}
    column_default_sort = ("sent_on", True)
    own_pages = (ReportDetail, ReportForm, StatusPage, TotalsPage, ReminderPage)

    def instead_of_editing(self, model: Report) -> Iterator[tuple[str, str]]:
        """Another version of what was sent."""
        if self.can_create and seal_of(model) is not None:
            same = (Report.period_id == model.period_id, Report.organisation_id == model.organisation_id)
            last = db.session.scalar(select(func.max(Report.revision)).where(*same)) or 0
            asked = {"period": model.period_id, "organisation": model.organisation_id, "revision": last + 1}
            yield AGAIN, self.get_url(".create_view", **asked)


class IndicatorView(RecordView):
    """What reports give figures for."""

    record = Indicator
    section = Section.REPORTS
    access = OFFICE
    column_list = ("name", "code", "measure", "programme", "aggregation", "place")
    column_filters = ("programme", "active")
    column_default_sort = "place"
