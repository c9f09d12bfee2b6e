"""Tasks: who does what by when, from part III of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Mapped, Session

from models.base import Record
from models.choices import Choice
from models.documents import Document
from models.errors import Problem
from models.fields import Days, choice, code_field, date_field, key, long_text, reference, text
from models.movements import Movement
from models.organisations import Organisation
from models.units import check_span
from models.words import _


class TaskStatus(Choice):
    """How far a task is."""

    TO_DO = "to_do", _("Chưa làm")
    UNDER_WAY = "under_way", _("Đang làm"), "warn"
    DONE = "done", _("Xong"), "ok"
    DROPPED = "dropped", _("Thôi không làm"), "late"


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
    done_on: Mapped[date | None] = date_field(_("Ngày xong"))
    result: Mapped[str | None] = long_text(_("Kết quả"))
    document_id: Mapped[int | None] = key("document.id")
    document: Mapped[Document | None] = reference(_("Văn bản kết quả"), "Task.document_id")
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """What is done has a day; nothing is due before it begins."""
        if self.status is TaskStatus.DONE and self.done_on is None:
            yield Problem(_("Đã xong thì phải có ngày xong."), "done_on")
        yield from check_span(self, "starts_on", "due_on")
