"""Screen of the office's own particulars."""

from __future__ import annotations

from models.office import Office
from views.access import OFFICE
from views.record import RecordView
from views.sections import Section


class OfficeView(RecordView):
    """Letterhead and signers."""

    record = Office
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("agency", "parent_agency", "body", "place")
    path = "offices"
