"""Tasks: through their stages, done on a day, due after they begin, late once that day is over."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Committee, Event, Task
from models.access.scope import limited_to, scope_of
from models.accounts.users import Role
from models.history.audit import Actor, actor
from models.tasks import TaskStatus
from models.units import Level
from models.workflow.waiting import waits
from tests.models.builders import DAY, build, district, refused, save


def test_what_is_done_has_a_day(session: Session) -> None:
    task = save(session, Task)
    assert task.status is TaskStatus.TO_DO
    task.status = TaskStatus.DONE
    assert refused(session) == {"done_on": "Đã xong thì phải có ngày xong."}
    task.status = TaskStatus.TO_DO
    task.workflow.transition_to(task, TaskStatus.DONE, None, DAY)
    assert task.done_on == DAY
    task.event = save(session, Event)
    session.flush()


@pytest.mark.parametrize("end", [TaskStatus.UNDER_WAY, TaskStatus.DROPPED])
def test_taking_up_again_and_dropping_need_a_reason(session: Session, end: TaskStatus) -> None:
    start = TaskStatus.DONE if end is TaskStatus.UNDER_WAY else TaskStatus.UNDER_WAY
    task = save(session, Task, status=start, done_on=DAY if start is TaskStatus.DONE else None)
    session.commit()
    task.workflow.transition_to(task, end)
    said = f"Chuyển từ “{start}” về “{end}” thì phải ghi lý do của lần này."
    assert refused(session) == {"status_note": said}
    task.status_note = "Họp lại"
    session.flush()
    assert task.done_on is None


def test_an_editor_drops_nothing(session: Session) -> None:
    task = save(session, Task)
    session.commit()
    token = actor.set(Actor("Chị Hoa", role=Role.EDITOR))
    task.workflow.transition_to(task, TaskStatus.DROPPED, "Thôi")
    assert refused(session) == {
        "status": "Chỉ người có vai trò “Người duyệt” trở lên mới đưa được sang “Thôi không làm”."
    }
    actor.reset(token)


def test_nothing_is_due_before_it_begins(session: Session) -> None:
    for start, due in ((DAY, DAY), (DAY, None), (None, DAY)):
        save(session, Task, starts_on=start, due_on=due)
    session.add(build(Task, starts_on=DAY, due_on=DAY - timedelta(1)))
    assert refused(session) == {"due_on": "Không được trước “Bắt đầu”."}


def test_what_is_late_is_said_alike_of_one_and_of_all(session: Session) -> None:
    made = [
        save(session, Task, status=status, done_on=DAY if status is TaskStatus.DONE else None, due_on=due)
        for status in TaskStatus
        for due in (None, DAY - timedelta(1), DAY, DAY + timedelta(1))
    ]
    late = {task.id for task in made if task.is_overdue(DAY)}
    assert len(late) == len(("to do", "under way"))
    assert set(session.scalars(select(Task.id).where(Task.overdue(DAY)))) == late
    assert set(session.scalars(select(Task.id).where(~Task.overdue(DAY)))) == {task.id for task in made} - late


@pytest.mark.parametrize("role", Role)
def test_a_task_waits_for_whoever_may_move_it_on(session: Session, role: Role) -> None:
    home = save(session, Committee, unit=district(), level=Level.DISTRICT)
    mine, other = save(session, Task, owner=home), save(session, Task)
    done = save(session, Task, owner=home, status=TaskStatus.DONE, done_on=DAY)
    session.commit()
    token = actor.set(Actor("Chị Hoa", role=role))
    with limited_to(scope_of(home)):
        found = set(session.scalars(select(Task.id).where(waits(Task))))
    actor.reset(token)
    assert found == ({mine.id} if role is not Role.VIEWER else set())
    assert not found & {other.id, done.id}
