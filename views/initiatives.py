"""Screens of initiatives, their fields of work, and the years of the Golden Book."""

from __future__ import annotations

from typing import ClassVar

from models.initiatives import GoldenBookYear, Initiative, InitiativeField
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class InitiativeView(RecordView):
    """Initiatives on their way to the Golden Book."""

    record = Initiative
    section = Section.INITIATIVES
    packs = ("initiatives",)
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
        "authors": ("place", "full_name", "share", "birth_year", "workplace", "job_title", "education"),
        "appraisals": ("council", "met_on", "members", "present", "votes_for", "score", "conclusion", "minutes"),
    }
    column_default_sort = ("registered_on", True)
    board_columns = ("unit", "organisation")
    board_money = "economic_value"


class GoldenBookYearView(RecordView):
    """How many works go to the Centre each year, and by when."""

    record = GoldenBookYear
    section = Section.INITIATIVES
    access = OFFICE
    listed = False
    column_list = ("year", "quota", "due_on", "basis")
    column_default_sort = ("year", True)


class InitiativeFieldView(RecordView):
    """Fields of work."""

    record = InitiativeField
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("name", "code", "place")
    column_default_sort = "place"
