"""Screens of events and what they bring."""

from __future__ import annotations

from models.events import Event, FestivalResult, Recommendation, Theme, Visit
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class EventView(RecordView):
    """Everything held on a day."""

    record = Event
    section = Section.EVENTS
    column_list = ("name", "kind", "unit", "organisation", "starts_on", "place", "status", "attendees")
    column_filters = ("kind", "year", "status", "unit", "organisation", "movement", "document", "themes", "starts_on")
    column_default_sort = ("starts_on", True)


class FestivalResultView(RecordView):
    """What the Festivals brought."""

    record = FestivalResult
    section = Section.EVENTS
    packs = ("festival",)
    column_list = (
        "event",
        "areas_total",
        "areas_held",
        "areas_ceremony",
        "areas_both",
        "areas_meal",
        "attendees",
        "state_budget",
        "social_budget",
        "gifts",
        "houses",
    )
    column_filters = ("event", "areas_held", "attendees")
    column_totals = column_list[1:]
    column_default_sort = "event"


class VisitView(RecordView):
    """Who of the leaders goes where."""

    record = Visit
    section = Section.EVENTS
    column_list = ("name", "office", "event", "day", "part")
    column_filters = ("event", "person", "day", "part")


class RecommendationView(RecordView):
    """What supervision and criticism asked for, and what was answered."""

    record = Recommendation
    section = Section.EVENTS
    column_list = ("content", "event", "sent_to", "sent_on", "due_on", "answered_on")
    column_filters = ("event", "sent_on", "due_on", "answered_on")
    column_default_sort = ("sent_on", True)


class ThemeView(RecordView):
    """Themes of the Festival."""

    record = Theme
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("name", "place", "active")
    column_filters = ("active",)
    column_default_sort = "place"
