"""Screens of nominations and of the decisions that make awards of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request

from models.accounts.users import Role
from models.awards import DecisionStatus
from models.nominations import AwardDecision, Nomination
from models.records.words import _
from views.core.access import Access
from views.core.pages.form import FormPage
from views.core.screen import RecordView
from views.core.sections import Section

CANCEL = _("Hủy để thay…")
REPLACE = _("Lập quyết định thay")
KEPT = ("issuer", "issuer_name", "signer", "excerpt", "round", "bases")
"""What a decision takes over from the one in whose place it comes."""


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


class DecisionForm(FormPage):
    """The form of a decision."""

    def begin(self, form: Any) -> None:
        """Like the one in whose place it comes, if the address names it."""
        replaced = self.screen.get_one(request.args.get("replaces", "")) if request.method == "GET" else None
        if replaced is not None:
            form["replaces"].data = replaced
            for name in KEPT:
                form[name].data = getattr(replaced, name)


class AwardDecisionView(RecordView):
    """Decisions."""

    record = AwardDecision
    section = Section.AWARDS
    access = Access(create=Role.APPROVER, edit=Role.APPROVER, delete=Role.APPROVER)
    column_list = ("number", "issued_on", "excerpt", "signer", "round", "status")
    column_filters = ("status", "round", "issuer", "issued_on")
    column_default_sort = ("issued_on", True)
    own_pages = (DecisionForm,)

    def instead_of_editing(self, model: AwardDecision) -> Iterator[tuple[str, str]]:
        """What was issued is cancelled, and another takes its place."""
        if self.can_edit and model.status is DecisionStatus.ISSUED:
            yield CANCEL, self.get_url(".move_view", id=model.id, to=DecisionStatus.CANCELLED.value)
        if self.can_create and model.status is DecisionStatus.CANCELLED:
            yield REPLACE, self.get_url(".create_view", replaces=model.id)
