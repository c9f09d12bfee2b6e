"""Screens of award forms, rounds, nominations and decisions."""

from __future__ import annotations

from models.accounts.users import Role
from models.awards import AwardForm, AwardRound
from models.nominations import AwardDecision, Nomination
from views.core.access import OFFICE, Access
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


class NominationView(RecordView):
    """Who is put forward."""

    record = Nomination
    section = Section.AWARDS
    column_list = ("recipient", "code", "recipient_kind", "unit", "organisation", "form", "stage", "decision")
    column_filters = (
        "round",
        "recipient_kind",
        "form",
        "stage",
        "unit",
        "organisation",
        "person",
        "decision",
        "proposed_on",
    )
    related_columns = ("round", "form", "stage")
    board_columns = ("recipient_kind", "unit", "form")
    column_default_sort = ("proposed_on", True)


class AwardDecisionView(RecordView):
    """Decisions."""

    record = AwardDecision
    section = Section.AWARDS
    access = Access(create=Role.APPROVER, edit=Role.APPROVER, delete=Role.APPROVER)
    column_list = ("number", "issued_on", "excerpt", "signer", "round", "status")
    column_filters = ("status", "round", "issuer", "issued_on")
    column_default_sort = ("issued_on", True)


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
