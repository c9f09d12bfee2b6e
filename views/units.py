"""Screens of administrative units."""

from __future__ import annotations

from models.successions import Succession
from models.units import Unit
from views.core.access import OFFICE
from views.core.pages.tree import TreeView
from views.core.screen import RecordView
from views.core.sections import Section


class UnitView(TreeView):
    """Units: province, districts, communes, residential areas."""

    record = Unit
    section = Section.ORGANISATIONS
    access = OFFICE
    column_list = ("full_name", "code", "type", "level", "parent", "valid_from", "valid_to")
    column_filters = ("level", "type", "parent", "valid_from", "valid_to")
    column_default_sort = "code"


class SuccessionView(RecordView):
    """Which unit became which."""

    record = Succession
    section = Section.ORGANISATIONS
    access = OFFICE
    column_list = ("predecessor", "successor", "on", "document")
    column_filters = ("predecessor", "successor", "on")
    column_default_sort = ("on", True)
