"""Screens of movements, registrations and clubs."""

from __future__ import annotations

from models.movements import Club, Movement, Registration
from views.core.screen import RecordView
from views.core.sections import Section


class MovementView(RecordView):
    """Movements, campaigns, drives and contests."""

    record = Movement
    section = Section.MOVEMENTS
    column_list = ("name", "kind", "level", "owner", "parent", "starts_on", "ends_on")
    column_filters = ("kind", "level", "owner", "parent", "rhythm", "bases")


class RegistrationView(RecordView):
    """What units promise, and what came of it."""

    record = Registration
    section = Section.MOVEMENTS
    packs = ("movements",)
    column_list = ("name", "code", "kind", "organisation", "unit", "movement", "status", "due_on", "done_on", "value")
    column_filters = ("kind", "status", "movement", "organisation", "unit", "registered_on", "due_on", "value")
    column_default_sort = "code"


class ClubView(RecordView):
    """Clubs."""

    record = Club
    section = Section.MOVEMENTS
    column_list = ("name", "organisation", "unit", "leader", "founded_on", "members", "active")
    column_filters = ("organisation", "unit", "movement", "leader", "active")
    column_totals = ("members",)
