"""Screens of nominations and of the decisions that make awards of them."""

from __future__ import annotations

from models.accounts.users import Role
from models.nominations import AwardDecision, Nomination
from views.core.access import Access
from views.core.screen import RecordView
from views.core.sections import Section


class NominationView(RecordView):
    """Who is put forward."""

    record = Nomination
    section = Section.AWARDS
    packs = ("awards",)
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
