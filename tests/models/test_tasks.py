"""Tasks: done on a day, due after they begin."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import Task
from models.tasks import TaskStatus
from tests.models.builders import DAY, build, refused, save


def test_what_is_done_has_a_day(session: Session) -> None:
    task = save(session, Task)
    assert task.status is TaskStatus.TO_DO
    task.status = TaskStatus.DONE
    assert refused(session) == {"done_on": "Đã xong thì phải có ngày xong."}
    task.done_on = DAY
    session.flush()


def test_nothing_is_due_before_it_begins(session: Session) -> None:
    for start, due in ((DAY, DAY), (DAY, None), (None, DAY)):
        save(session, Task, starts_on=start, due_on=due)
    session.add(build(Task, starts_on=DAY, due_on=DAY - timedelta(1)))
    assert refused(session) == {"due_on": "Không được trước “Bắt đầu”."}
