"""Screen of tasks."""

from __future__ import annotations

from models.tasks import Task
from views.record import RecordView
from views.sections import Section


class TaskView(RecordView):
    """Who does what by when."""

    record = Task
    section = Section.REPORTS
    column_list = ("name", "clause", "owner", "due_on", "status", "done_on")
    column_filters = ("status", "owner", "movement", "plan", "clause", "due_on")
    column_default_sort = "due_on"
