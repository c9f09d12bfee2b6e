"""Screens of events and what they bring."""

from __future__ import annotations

from typing import Any

from flask import request

from models.events import Event, EventKind, FestivalResult, Visit
from models.units import Unit
from views.core.fields.references import visible
from views.core.pages.form import FormPage
from views.core.query import is_id
from views.core.screen import RecordView
from views.core.sections import Section


class EventForm(FormPage):
    """The form of an event."""

    def begin(self, form: Any) -> None:
        """Of the kind, the year and the place that the address names, without what means nothing for that kind."""
        asked = request.args
        kind = EventKind.read(asked.get("kind", ""))
        if request.method == "GET" and kind is not None:
            form["kind"].data, form["unit"].data = kind, visible(Unit, asked.get("unit", ""))
            form["year"].data = int(asked["year"]) if is_id(asked.get("year", "")) else None
        for name in Event(kind=kind).left_out():
            del form[name]


class ResultForm(FormPage):
    """The form of a Festival's result."""

    def begin(self, form: Any) -> None:
        """For the event that the address names."""
        if request.method == "GET" and request.args.get("event"):
            form["event"].data = visible(Event, request.args["event"])


class EventView(RecordView):
    """Everything held on a day."""

    record = Event
    section = Section.EVENTS
    column_list = ("name", "kind", "unit", "organisation", "starts_on", "place", "status")
    column_filters = ("kind", "year", "status", "unit", "organisation", "movement", "document", "themes", "starts_on")
    column_default_sort = ("starts_on", True)
    own_pages = (EventForm,)


class FestivalResultView(RecordView):
    """What the Festivals brought."""

    record = FestivalResult
    section = Section.EVENTS
    packs = ("festival",)
    own_pages = (ResultForm,)
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
