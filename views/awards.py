"""Screens of award forms and rounds."""

from __future__ import annotations

from models.awards import AwardForm, AwardRound
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class AwardRoundView(RecordView):
    """Rounds."""

    record = AwardRound
    section = Section.AWARDS
    access = OFFICE
    column_list = ("name", "code", "movement", "year", "opens_on", "due_on", "unit_quota", "closed")
    column_filters = ("year", "movement", "organisation", "closed")
    column_default_sort = ("year", True)


class AwardFormView(RecordView):
    """Forms of award and titles."""

    record = AwardForm
    section = Section.AWARDS
    access = OFFICE
    column_list = (
        "name",
        "code",
        "authority",
        "is_title",
        "for_collectives",
        "for_households",
        "for_individuals",
        "multiple",
    )
    column_filters = ("authority", "is_title")
