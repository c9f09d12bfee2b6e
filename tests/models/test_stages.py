"""Stages go forward by themselves, and back only with a reason written for that step."""

import itertools

import pytest
from sqlalchemy.orm import Session

from models import Initiative, Nomination, Record
from models.awards import NominationStage
from models.initiatives import Stage
from tests.models.builders import build, refused, save

YEAR = {"golden_book_year": 2023}
STEPS = [
    *((Initiative, one, other, YEAR) for one, other in itertools.permutations(Stage, 2)),
    *(
        (Nomination, one, other, {})
        for one, other in itertools.permutations(NominationStage, 2)
        if NominationStage.AWARDED not in (one, other)
    ),
]


@pytest.mark.parametrize(("cls", "old", "new", "more"), STEPS)
def test_a_step_back_needs_a_reason(
    session: Session, cls: type[Record], old: Stage, new: Stage, more: dict[str, object]
) -> None:
    record = save(session, cls, stage=old, **more)
    session.commit()
    record.stage = new  # type: ignore[attr-defined]
    if new.rank > old.rank:
        session.flush()
        return
    assert refused(session) == {"stage_reason": f"Chuyển lùi từ “{old}” về “{new}” thì phải ghi lý do."}
    record.stage_reason = "Thiếu hồ sơ"  # type: ignore[attr-defined]
    session.flush()


def test_a_reason_serves_one_step(session: Session) -> None:
    initiative = save(session, Initiative, stage="council")
    initiative.stage, initiative.stage_reason = Stage.APPRAISED, "Thiếu hồ sơ"
    session.flush()
    initiative.stage = Stage.DOSSIER
    assert "stage_reason" in refused(session)
    initiative.stage_reason = "Thiếu phim"
    session.flush()


def test_a_new_record_may_stand_at_any_stage_without_a_reason(session: Session) -> None:
    initiative = build(Initiative, stage="rejected")
    session.add(initiative)
    initiative.stage = Stage.REGISTERED
    session.flush()


def test_a_reason_taken_away_is_none(session: Session) -> None:
    initiative = save(session, Initiative, stage="council", stage_reason="Đã bổ sung")
    initiative.stage, initiative.stage_reason = Stage.DOSSIER, None
    assert "stage_reason" in refused(session)
