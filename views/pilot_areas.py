"""Screen of the districts' pilot areas."""

from __future__ import annotations

from models.pilot_areas import PilotArea
from views.core.screen import RecordView
from views.core.sections import Section


class PilotAreaView(RecordView):
    """Each district's pilot area of the year."""

    record = PilotArea
    section = Section.EVENTS
    column_list = ("district", "year", "area", "event", "guests")
    column_filters = ("year", "district", "area", "event")
    column_default_sort = "district"
