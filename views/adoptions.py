"""Screen of the places that take initiatives up."""

from __future__ import annotations

from models.adoptions import Adoption
from views.core.screen import RecordView
from views.core.sections import Section


class AdoptionView(RecordView):
    """Where models are taken up."""

    record = Adoption
    section = Section.INITIATIVES
    column_list = ("initiative", "unit", "adopted_on", "result")
    column_filters = ("initiative", "unit", "adopted_on")
    column_default_sort = ("adopted_on", True)
