"""Screen of appraisals."""

from __future__ import annotations

from models.appraisals import Appraisal
from views.core.screen import RecordView
from views.core.sections import Section


class AppraisalView(RecordView):
    """The councils' meetings and votes."""

    record = Appraisal
    section = Section.INITIATIVES
    column_list = ("initiative", "council", "met_on", "present", "votes_for", "score", "conclusion")
    column_filters = ("council", "initiative", "met_on", "conclusion")
    column_default_sort = ("met_on", True)
