"""Screen of what supervision and criticism asked for."""

from __future__ import annotations

from models.recommendations import Recommendation
from views.core.screen import RecordView
from views.core.sections import Section


class RecommendationView(RecordView):
    """What supervision and criticism asked for, and what was answered."""

    record = Recommendation
    section = Section.EVENTS
    column_list = ("content", "event", "sent_to", "sent_on", "due_on", "answered_on")
    column_filters = ("event", "sent_on", "due_on", "answered_on")
    column_default_sort = ("sent_on", True)
