"""Screens of reports, periods and indicators."""

from __future__ import annotations

from typing import ClassVar

from models.reports import Indicator, Period, Report
from views.access import OFFICE
from views.record import RecordView
from views.sections import Section


class ReportView(RecordView):
    """What was reported."""

    record = Report
    section = Section.REPORTS
    column_list = ("organisation", "period", "revision", "status", "sent_on")
    column_filters = ("period", "organisation", "status", "sent_on")
    inline_columns: ClassVar = {"figures": ("indicator", "value", "note")}
    column_default_sort = ("sent_on", True)


class PeriodView(RecordView):
    """Periods and their due days."""

    record = Period
    section = Section.REPORTS
    access = OFFICE
    column_list = ("name", "kind", "year", "number", "due_on", "open")
    column_filters = ("kind", "year", "open")
    column_default_sort = ("due_on", True)


class IndicatorView(RecordView):
    """What reports give figures for."""

    record = Indicator
    section = Section.REPORTS
    access = OFFICE
    column_list = ("name", "code", "measure", "programme", "aggregation", "place")
    column_filters = ("programme", "active")
    column_default_sort = "place"
