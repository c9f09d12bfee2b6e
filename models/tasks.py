"""Tasks: who does what by when, from part III of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Mapped, Session

from models.accounts.users import Role
from models.documents import Document
from models.events import Event
from models.movements import Movement
from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import Choice, State
from models.records.errors import Problem
from models.records.fields import Days, choice, code_field, date_field, key, long_text, reference, text
from models.records.words import _
from models.units import check_span
from models.workflow.declaration import Transition, Workflow


class TaskStatus(Choice):
    """How far a task is."""

    TO_DO = "to_do", _("Chưa làm")
    UNDER_WAY = "under_way", _("Đang làm"), State.WAITING
    DONE = "done", _("Xong"), State.DONE
    DROPPED = "dropped", _("Thôi không làm"), State.OFF


OPEN = (TaskStatus.TO_DO, TaskStatus.UNDER_WAY)
"""Where there is still something to do."""


def has_its_day(task: Task) -> Iterator[Problem]:
    """What is done has a day."""
    if task.done_on is None:
        yield Problem(_("Đã xong thì phải có ngày xong."), "done_on")


class Task(Record):
    """Something that the plan, or a meeting, asks an organisation to do."""

    label = _("Nhiệm vụ")
    scoped_by = ("owner",)
    open_above = True
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    name: Mapped[str] = text(_("Nội dung nhiệm vụ"), 500, search=True)
    clause: Mapped[str | None] = code_field(_("Mục trong kế hoạch"))
    plan_id: Mapped[int | None] = key("document.id")
    plan: Mapped[Document | None] = reference(_("Kế hoạch"), "Task.plan_id")
    owner_id: Mapped[int] = key("organisation.id")
    owner: Mapped[Organisation] = reference(_("Nơi thực hiện"), "Task.owner_id")
    partners: Mapped[str | None] = text(_("Phối hợp"), 300)
    movement_id: Mapped[int | None] = key("movement.id")
    movement: Mapped[Movement | None] = reference(_("Phong trào"), "Task.movement_id")
    starts_on: Mapped[date | None] = date_field(_("Bắt đầu"))
    due_on: Mapped[date | None] = date_field(_("Hạn"), calendar=Days(_("Hạn nhiệm vụ")))
    status: Mapped[TaskStatus] = choice(_("Tình trạng"), TaskStatus, default=TaskStatus.TO_DO)
    status_note: Mapped[str | None] = text(_("Lý do chuyển tình trạng"), 500)
    done_on: Mapped[date | None] = date_field(_("Ngày xong"))
    result: Mapped[str | None] = long_text(_("Kết quả"))
    document_id: Mapped[int | None] = key("document.id")
    document: Mapped[Document | None] = reference(_("Văn bản kết quả"), "Task.document_id")
    event_id: Mapped[int | None] = key("event.id")
    event: Mapped[Event | None] = reference(
        _("Hoạt động chứng minh"),
        "Task.event_id",
        help=_("Hội nghị, hội thảo, tập huấn, giám sát… đã làm theo việc này."),
    )
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    workflow = Workflow(
        field="status",
        note="status_note",
        transitions=(
            Transition(TaskStatus.TO_DO, TaskStatus.UNDER_WAY),
            Transition(TaskStatus.TO_DO, TaskStatus.DONE, sets="done_on"),
            Transition(TaskStatus.UNDER_WAY, TaskStatus.DONE, sets="done_on"),
            Transition(TaskStatus.UNDER_WAY, TaskStatus.TO_DO, back=True),
            Transition(TaskStatus.TO_DO, TaskStatus.DROPPED, Role.APPROVER, back=True),
            Transition(TaskStatus.UNDER_WAY, TaskStatus.DROPPED, Role.APPROVER, back=True),
            Transition(TaskStatus.DONE, TaskStatus.UNDER_WAY, Role.APPROVER, back=True),
            Transition(TaskStatus.DROPPED, TaskStatus.TO_DO, Role.APPROVER, back=True),
        ),
        guards={TaskStatus.DONE: (has_its_day,)},
    )

    @classmethod
    def overdue(cls, day: date) -> ColumnElement[bool]:
        """The condition that a task was due before the day, and there is still something to do."""
        return and_(cls.due_on.is_not(None), cls.due_on < day, cls.status.in_(OPEN))

    def is_overdue(self, day: date) -> bool:
        """The same of this task."""
        return self.due_on is not None and self.due_on < day and self.status in OPEN

    def derive(self, session: Session) -> None:
        """What is taken up again was not done yet."""
        if self.status is not TaskStatus.DONE and not self.is_new and self.changed("status"):
            self.done_on = None

    def check(self, session: Session) -> Iterator[Problem]:
        """Nothing is due before it begins."""
        yield from check_span(self, "starts_on", "due_on")
