"""Screen of tasks."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from models.records.clock import today
from models.tasks import Task
from views.core.fields.formatting import day_text
from views.core.screen import RecordView
from views.core.sections import Section


class TaskView(RecordView):
    """Who does what by when."""

    record = Task
    section = Section.REPORTS
    packs = ("briefing",)
    column_list = ("name", "clause", "owner", "due_on", "status", "done_on")
    column_filters = ("status", "owner", "movement", "plan", "clause", "due_on", "event")
    column_default_sort = "due_on"
    board_columns = ("owner", "due_on")

    def shown(self, model: Any, name: str) -> Any:
        """A day that is over while there is still something to do, is marked."""
        if name == "due_on" and model.is_overdue(today()):
            return Markup('<span class="tag late">{}</span><span class="sub">{}</span>').format(
                day_text(model.due_on), gettext("quá hạn")
            )
        return super().shown(model, name)
