"""Screen of administrative units."""

from __future__ import annotations

from models.units import Unit
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class UnitView(RecordView):
    """Units: province, districts, communes, residential areas."""

    record = Unit
    section = Section.ORGANISATIONS
    access = OFFICE
    column_list = ("full_name", "code", "type", "level", "parent", "valid_from", "valid_to")
    column_filters = ("level", "type", "parent", "valid_from", "valid_to")
    column_default_sort = "code"
    tree_columns = ("type", "parent")
