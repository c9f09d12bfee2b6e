"""Screen of the office's own particulars."""

from __future__ import annotations

from models.office import Office
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class OfficeView(RecordView):
    """Letterhead and signers."""

    record = Office
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("agency", "parent_agency", "body", "place")
    path = "offices"
