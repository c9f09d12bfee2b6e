"""The table of what seals allow changes only with the declarations, and is what the flush does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import Record, Refused
from models.records.choices import Choice
from models.records.fields import NUMBERS, Field, Kind
from models.records.lookups import owner_field
from models.workflow.openings import opened
from models.workflow.sealed import THEIRS, THEIRS_IN_IT
from tests.models.builders import DAY, build
from tests.models.workflow import table
from tests.models.workflow.sides import Sides
from tests.models.workflow.table import ANY, DECIDER, LEADS, NOBODY, OPENED, OWN, STEP, allowed, nouns, written

pytestmark = pytest.mark.database

KEPT = Path(__file__).parents[3] / "docs" / "seals.txt"
FULL = bool(os.environ.get("SEALS_FULL"))
EVERY = 1 if FULL else 7
"""Of the table's cells, each so manieth is tried."""


def test_the_table_is_what_the_declarations_say() -> None:
    assert table.text() == KEPT.read_text(encoding="utf-8")


def cells() -> Iterator[tuple[type[Record], Choice, str, Field]]:
    """Every field, link and list of every noun at every stage."""
    for cls in nouns():
        for stage in cls.workflow.stages:
            for name, spec in written(cls):
                if name != cls.workflow.field:
                    yield cls, stage, name, spec


PLAIN = NUMBERS | {Kind.TEXT, Kind.LONG_TEXT, Kind.DATE, Kind.YES_NO}
SIDES = ("district", "province", "opened")


@pytest.mark.parametrize("cls", nouns(), ids=lambda cls: cls.__name__)
def test_the_flush_does_what_the_table_says(session: Session, cls: type[Record]) -> None:
    sides, tried = Sides(session), 0
    mine = [cell for cell in cells() if cell[0] is cls]
    for place, (_cls, stage, name, spec) in enumerate(mine):
        if place % EVERY:
            continue
        record = sides.at(stage)
        for who in SIDES:
            expected = may(record, stage, name, who)
            if expected is None:
                continue
            assert refused_by_a_seal(session, sides, record, spec, who) is not expected, (stage, name, who)
            tried += 1
    assert tried > len(mine) // EVERY


def may(record: Any, stage: Choice, name: str, who: str) -> bool | None:
    """What the table says of this side; None: there is nothing to try."""
    said = allowed(type(record), stage, name)
    if who == "opened":
        return True if said == OPENED else None
    if said in (OWN, LEADS):  # votes are written in all that are tried
        return who == "province"
    return {ANY: True, DECIDER: who == "province", OPENED: False, NOBODY: False, STEP: None}[said]


def refused_by_a_seal(session: Session, sides: Sides, record: Any, spec: Field, who: str) -> bool:
    """Whether writing something else there is refused by a seal, not by another rule; nothing is kept of it."""
    change = other(session, sides, record, spec)
    session.commit()
    said = {seal.said for seal in record.workflow.seals} | {THEIRS, THEIRS_IN_IT}
    try:
        with sides.acting(sides.district if who == "district" else sides.province):
            with opened(session, record, "Sai") if who == "opened" else nullcontext(), session.no_autoflush:
                change()
            session.flush()
    except Refused as refused:
        return bool({problem.message for problem in refused.problems} & said)
    except SQLAlchemyError:
        return False
    finally:
        session.rollback()
    return False


def other(session: Session, sides: Sides, record: Any, spec: Field) -> Callable[[], object]:
    """How to write something else there than what stands."""
    name, value = spec.name, getattr(record, spec.name)
    if spec.kind is Kind.CHILDREN:
        if not value:
            row = build(spec.target, **{owner(spec.target): None})
            return lambda: getattr(record, name).append(row)
        return partial(_change_a_row, session, record, spec)
    return partial(setattr, record, name, _other_value(session, spec, value))


def owner(cls: type[Record]) -> str:
    """The reference from a part to what it belongs to."""
    spec = owner_field(cls)
    assert spec is not None
    return spec.name


def _other_value(session: Session, spec: Field, value: Any) -> Any:
    if spec.kind is Kind.REFERENCE:
        query = select(spec.target).where(spec.target.id != (value.id if value else -1))
        return session.scalars(query.order_by(spec.target.id)).first() or (None if value else build(spec.target))
    if spec.kind is Kind.REFERENCES:
        return [] if value else [build(spec.target)]
    if spec.kind is Kind.YES_NO:
        return not value
    if spec.kind is Kind.CHOICE:
        return next(each for each in spec.choices or () if each is not value)
    if spec.kind is Kind.DATE:
        return (value or DAY) + timedelta(days=1)
    return 1 + (value or 0) if spec.kind in NUMBERS else "Khác hẳn"


def _change_a_row(session: Session, record: Any, spec: Field) -> None:
    row = getattr(record, spec.name)[-1]
    field = next(s for s in row.fields().values() if s.kind in PLAIN and not s.derived)
    setattr(row, field.name, _other_value(session, field, getattr(row, field.name)))
