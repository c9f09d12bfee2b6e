"""Screen of which unit became which."""

from __future__ import annotations

from models.successions import Succession
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class SuccessionView(RecordView):
    """Which unit became which."""

    record = Succession
    section = Section.ORGANISATIONS
    access = OFFICE
    column_list = ("predecessor", "successor", "on", "document")
    column_filters = ("predecessor", "successor", "on")
    column_default_sort = ("on", True)
