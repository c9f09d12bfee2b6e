"""Movements, what is registered for them, clubs."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import Club, Document, Movement, Registration
from tests.models.builders import DAY, build, refused, save

BEFORE = date(2022, 12, 31)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_movement_stands_under_no_branch_of_its_own(session: Session, length: int) -> None:
    line = [save(session, Movement)]
    for _ in range(length - 1):
        line.append(save(session, Movement, parent=line[-1]))
    line[0].parent = line[-1]
    assert refused(session) == {"parent": "Phong trào không thể thuộc chính nó hoặc một nhánh của nó."}


@pytest.mark.parametrize(
    ("cls", "field", "start"),
    [
        (Movement, "ends_on", "starts_on"),
        (Registration, "due_on", "registered_on"),
        (Registration, "done_on", "registered_on"),
    ],
)
def test_nothing_ends_before_it_begins(
    session: Session, cls: type[Movement | Registration], field: str, start: str
) -> None:
    save(session, cls, **{start: DAY, field: DAY})
    save(session, cls, **{start: DAY, field: None})
    session.add(build(cls, **{start: DAY, field: BEFORE}))
    assert refused(session) == {field: f"Không được trước “{cls.fields()[start].label}”."}


def test_what_is_done_has_a_day(session: Session) -> None:
    registration = save(session, Registration)
    registration.status = "done"  # type: ignore[assignment]
    assert refused(session) == {"done_on": "Đã hoàn thành thì phải có ngày hoàn thành."}
    registration.done_on = DAY
    session.flush()


def test_a_basis_of_a_movement_stays(session: Session) -> None:
    basis = build(Document)
    movement = save(session, Movement, bases=[basis, build(Document)])
    session.delete(movement)
    session.flush()
    assert session.get(Document, basis.id) is basis


def test_a_club_needs_no_more_than_code_and_name(session: Session) -> None:
    assert save(session, Club).active
