"""Screens of initiatives and their appraisals."""

from __future__ import annotations

from typing import ClassVar

from models.appraisals import Appraisal
from models.initiatives import Initiative, InitiativeField
from views.access import OFFICE
from views.record import RecordView
from views.sections import Section


class InitiativeView(RecordView):
    """Initiatives on their way to the Golden Book."""

    record = Initiative
    section = Section.INITIATIVES
    column_list = ("name", "code", "unit", "field", "organisation", "stage", "economic_value", "registered_on")
    column_filters = (
        "stage",
        "kind",
        "year",
        "unit",
        "organisation",
        "field",
        "movement",
        "golden_book",
        "worth_spreading",
        "registered_on",
        "economic_value",
    )
    inline_columns: ClassVar = {
        "authors": ("place", "full_name", "share", "birth_year", "workplace", "job_title", "education")
    }
    column_default_sort = ("registered_on", True)


class AppraisalView(RecordView):
    """The councils' votes."""

    record = Appraisal
    section = Section.INITIATIVES
    column_list = ("initiative", "council", "met_on", "present", "votes_for", "score", "conclusion")
    column_filters = ("council", "initiative", "met_on", "conclusion")
    column_default_sort = ("met_on", True)


class InitiativeFieldView(RecordView):
    """Fields of work."""

    record = InitiativeField
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("name", "code", "place")
    column_default_sort = "place"
