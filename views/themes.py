"""Screen of the Festival's themes."""

from __future__ import annotations

from models.themes import Theme
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class ThemeView(RecordView):
    """Themes of the Festival."""

    record = Theme
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("name", "place", "active")
    column_filters = ("active",)
    column_default_sort = "place"
