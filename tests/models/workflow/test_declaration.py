"""Workflow: whatever is tried, by whomever, nothing comes to stand where it must not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import (
    Appraisal,
    AwardDecision,
    AwardRound,
    Committee,
    Council,
    Document,
    DossierItem,
    GoldenBookYear,
    Initiative,
    Nomination,
    Record,
    Refused,
)
from models.access.scope import ALL, NOTHING, Limit, limited_to, scope_of
from models.accounts.users import Role
from models.appraisals import Conclusion
from models.awards import Authority, DecisionStatus, NominationStage
from models.dossiers import DossierKind, Presence
from models.history.audit import Actor, actor
from models.initiatives import Stage
from models.units import Level
from models.workflow.declaration import Transition, Workflow
from tests.models.builders import DAY, build, district, refused, save

WALKS, STEPS = 10_000, 8
"""Walks in all over the declarations, and how many things are tried on each."""
SESSIONS = 25
"""Walks through the gate for each kind of record."""
QUOTA = 1


@contextmanager
def acting(role: Role | None, limit: Limit = ALL) -> Iterator[None]:
    """Someone of this role at work; None: the machine."""
    token = actor.set(Actor("Chị Hoa", role=role))
    with limited_to(limit):
        yield
    actor.reset(token)


# -- what must be true wherever a record stands, in the words of the plan and not of the declaration


def an_initiative_stands_right(it: Initiative) -> bool:
    papers = {item.kind for item in it.dossier if item.presence is not Presence.MISSING} == set(DossierKind)
    below, above = (
        any(
            a.conclusion is Conclusion.CHOSEN and (a.council.level is Level.PROVINCE) is province for a in it.appraisals
        )
        for province in (False, True)
    )
    return {
        Stage.DOSSIER: papers,
        Stage.APPRAISED: papers and below,
        Stage.COUNCIL: papers and above,
        Stage.DECIDED: above and it.decision is not None,
        Stage.SENT: it.decision is not None and it.golden_book,
        Stage.PUBLISHED: it.golden_book_year is not None,
    }.get(it.stage, True)


def a_nomination_stands_right(it: Nomination) -> bool:
    votes = 3 * (it.council_votes or 0) >= 2 * (it.council_present or 10**9)
    return {
        NominationStage.CHECKED: it.papers_complete,
        NominationStage.COUNCIL: it.papers_complete and votes,
        NominationStage.STANDING: it.papers_complete and votes,
        NominationStage.SUBMITTED: votes and it.form.authority is not Authority.PROVINCE_FRONT,
        NominationStage.AWARDED: it.decision is not None and it.decision.status is DecisionStatus.ISSUED,
    }.get(it.stage, True)


# -- records with everything that may or may not be there, and what may happen to them besides moving


def an_initiative() -> Initiative:
    councils = [build(Council, level=level) for level in (Level.DISTRICT, Level.PROVINCE)]
    return build(
        Initiative,
        organisation=build(Committee),
        golden_book=True,
        dossier=[DossierItem(kind=kind, presence=Presence.PAPER) for kind in DossierKind],
        appraisals=[
            Appraisal(council=c, met_on=DAY, present=9, votes_for=8, minutes=build(Document)) for c in councils
        ],
        stage=Stage.REGISTERED,
    )


def change_initiative(rng: Random, it: Initiative, decisions: list[Any]) -> None:
    match rng.randrange(6):
        case 0:
            rng.choice(it.dossier).presence = rng.choice([Presence.MISSING, Presence.FILE, Presence.NOT_NEEDED])
        case 1:
            for item in it.dossier:
                item.presence = Presence.PAPER
        case 2 | 3:
            rng.choice(it.appraisals).conclusion = rng.choice([Conclusion.CHOSEN, Conclusion.CHOSEN, None])
        case 4:
            it.decision = rng.choice(decisions)
        case 5:
            it.golden_book = rng.random() < 0.8


def a_nomination() -> Nomination:
    round_ = build(AwardRound, organisation=build(Council, threshold=66))
    return build(Nomination, round=round_, stage=NominationStage.PROPOSED, papers_complete=False)


def change_nomination(rng: Random, it: Nomination, decisions: list[Any]) -> None:
    match rng.randrange(5):
        case 4:
            it.form.authority = rng.choice([Authority.PROVINCE_FRONT, Authority.PROVINCE_STATE])
        case 0:
            it.papers_complete = rng.random() < 0.8
        case 1:
            it.council_present = it.council_votes = None
        case 2:
            it.council_present, it.council_votes = 9, rng.choice([5, 6, 9])
        case 3:
            it.decision = rng.choice(decisions)


KINDS: dict[
    type[Record], tuple[Callable[[], Any], Callable[..., None], Callable[[Any], bool], Callable[[], list[Any]]]
] = {
    Initiative: (
        an_initiative,
        change_initiative,
        an_initiative_stands_right,
        lambda: [build(Document), build(Document), None],
    ),
    Nomination: (
        a_nomination,
        change_nomination,
        a_nomination_stands_right,
        lambda: [build(AwardDecision, status=status) for status in ("draft", "issued")] + [None],
    ),
}


def missing(record: Any) -> list[Any]:
    """What the declaration misses of a record; years and quotas, which lie in a database, apart."""
    return [p for p in record.workflow.lacks(record.workflow.of(record), record) if p.field != "sent_on"]


def make_good(record: Any, decisions: list[Any]) -> None:
    """Give the record all that it may need."""
    if isinstance(record, Nomination):
        record.papers_complete, record.council_present, record.council_votes = True, 9, 9
        record.form.authority = Authority.PROVINCE_STATE
        record.decision = decisions[1] if record.stage.rank >= NominationStage.STANDING.rank else None
        return
    for item in record.dossier:
        item.presence = Presence.PAPER
    for appraisal in record.appraisals:
        appraisal.conclusion = Conclusion.CHOSEN
    record.decision, record.golden_book, record.golden_book_year = decisions[0], True, 2023


@pytest.mark.parametrize("cls", KINDS)
def test_no_walk_over_the_declaration_leads_where_it_must_not(cls: type[Any]) -> None:
    rng, reached = Random(cls.__name__), set[Any]()  # noqa: S311  the same walks each time
    make, change, stands_right, papers = KINDS[cls]
    record, decisions, workflow = make(), papers(), cls.workflow
    first = workflow.of(record)
    for _walk in range(WALKS // len(KINDS)):
        setattr(record, workflow.field, first)
        role, limit = rng.choice(list(Role)), rng.choice([ALL, ALL, NOTHING])
        with acting(role, limit):
            for _step in range(STEPS):
                change(rng, record, decisions)
                if missing(record):
                    make_good(record, decisions)  # the gate lets nobody take away what the stage needs
                assert stands_right(record), workflow.of(record)
                offers = [offer.transition for offer in workflow.offers(record) if not offer.problems]
                assert not (offers and role is Role.VIEWER)
                assert not any(move.by_decider for move in offers if limit is NOTHING)
                if offers:
                    workflow.transition_to(record, rng.choice(offers).end, "Lý do", DAY)
                    reached.add(workflow.of(record))
    assert reached == set(type(first))


@pytest.mark.parametrize("cls", KINDS)
def test_no_walk_through_the_gate_leads_where_it_must_not(session: Session, cls: type[Any]) -> None:
    """Whatever is set, by whatever road: the gate lets through what is right, and nothing else."""
    rng, made = Random(cls.__name__), 0  # noqa: S311  the same walks each time
    make, change, stands_right, papers = KINDS[cls]
    save(session, GoldenBookYear, year=DAY.year, quota=QUOTA, due_on=DAY)
    decisions = papers()
    session.add_all([paper for paper in decisions if paper is not None])
    session.commit()
    workflow: Workflow = cls.workflow
    for walk in range(SESSIONS):
        record = make()
        record.confirmed.update({"alike", "quota", "same-movement"})
        session.add(record)
        session.commit()
        with acting(rng.choice([Role.EDITOR, Role.APPROVER, None])):
            for step in range(STEPS):
                before = workflow.of(record)
                if rng.random() < 0.3:
                    make_good(record, decisions)
                change(rng, record, decisions)
                near = [move.end for move in workflow.transitions if move.start is before]
                end = rng.choice([*near, *near, *type(before)])
                workflow.transition_to(record, end, rng.choice([None, f"Lý do {walk}-{step}"]), DAY)
                try:
                    session.commit()
                except Refused:
                    session.rollback()
                    continue
                move = workflow.between(before, workflow.of(record))
                moved = before is not workflow.of(record)
                assert stands_right(record), workflow.of(record)
                assert not moved or move is not None or workflow.of(record) is NominationStage.AWARDED
                assert move is None or not move.back or getattr(record, workflow.note)
                made += moved
    assert made > SESSIONS


# -- one step


def ready(stage: Stage = Stage.REGISTERED, **values: Any) -> Initiative:
    """An initiative with all that any stage needs."""
    initiative = an_initiative()
    make_good(initiative, [build(Document)])
    initiative.stage, initiative.sent_on = stage, DAY
    for name, value in values.items():
        setattr(initiative, name, value)
    return initiative


def saved(session: Session, stage: Stage = Stage.REGISTERED, **values: Any) -> Initiative:
    """The same, in the database, in a year that takes one."""
    save(session, GoldenBookYear, year=DAY.year, quota=QUOTA, due_on=DAY)
    initiative = ready(stage, **values)
    session.add(initiative)
    session.commit()
    return initiative


@pytest.mark.parametrize("move", [move for move in Initiative.workflow.transitions if move.back], ids=str)
def test_a_step_back_needs_a_reason_of_its_own(session: Session, move: Transition) -> None:
    initiative = saved(session, Stage(move.start), stage_reason="Lần trước")
    initiative.stage = Stage(move.end)
    said = f"Chuyển từ “{move.start}” về “{move.end}” thì phải ghi lý do của lần này."
    assert refused(session) == {"stage_reason": said}
    initiative.stage_reason = None
    assert refused(session) == {"stage_reason": said}
    initiative.stage_reason = "Thiếu hồ sơ"
    session.flush()


@pytest.mark.parametrize("start", Stage)
@pytest.mark.parametrize("end", Stage)
def test_only_declared_moves_are_made(session: Session, start: Stage, end: Stage) -> None:
    initiative = saved(session, start)
    initiative.stage, initiative.stage_reason = end, None if start is end else "Lý do"
    if start is end or Initiative.workflow.between(start, end) is not None:
        session.flush()
    else:
        assert refused(session) == {"stage": f"Từ “{start}” không chuyển sang “{end}” được."}


@pytest.mark.parametrize("move", Initiative.workflow.transitions, ids=str)
@pytest.mark.parametrize("role", Role)
def test_each_role_makes_its_moves_only(session: Session, move: Transition, role: Role) -> None:
    initiative = saved(session, Stage(move.start))
    initiative.stage, initiative.stage_reason = Stage(move.end), "Lý do"
    with acting(role):
        if role.rank >= move.role.rank:
            session.flush()
        else:
            assert refused(session)["stage"].startswith(f"Chỉ người có vai trò “{move.role}” trở lên")


def test_a_district_makes_no_move_of_the_provinces(session: Session) -> None:
    home = save(session, Committee, unit=district(), level=Level.DISTRICT)
    for move in Initiative.workflow.transitions:
        with acting(Role.APPROVER, scope_of(home)):
            offers = Initiative.workflow.offers(ready(Stage(move.start), organisation=home))
        said = [str(p) for offer in offers if offer.transition is move for p in offer.problems if p.field == "stage"]
        assert said == ([f"Chỉ Mặt trận tỉnh mới đưa được sang “{move.end}”."] if move.by_decider else [])


@pytest.mark.parametrize(
    ("stage", "right"), [(Stage.REGISTERED, True), (Stage.REJECTED, True), (Stage.PUBLISHED, False)]
)
def test_a_new_record_begins_where_its_maker_could_move_one(session: Session, stage: Stage, right: bool) -> None:
    home = save(session, Committee, unit=district(), level=Level.DISTRICT)
    session.commit()
    with acting(Role.APPROVER, scope_of(home)):
        session.add(build(Initiative, organisation=home, unit=home.unit, stage=stage, golden_book_year=2023))
        if right:
            session.flush()
        else:
            assert refused(session) == {"stage": "Chỉ Mặt trận tỉnh mới đưa được sang “Công bố Sách vàng”."}


@pytest.mark.parametrize("own", [True, False])
def test_a_rounds_own_district_decides_on_it(session: Session, own: bool) -> None:
    home, other = save(session, Committee, unit=district(), level=Level.DISTRICT), save(session, Committee)
    owner = home if own else other
    nomination = a_nomination()
    nomination.round, nomination.papers_complete = build(AwardRound, organisation=owner), True
    with acting(Role.APPROVER, scope_of(home)):
        checked = Nomination.workflow.offers(nomination)[0]
    assert [str(p) for p in checked.problems] == ([] if own else [f"Chỉ {other} mới đưa được sang “Hồ sơ hợp lệ”."])


def test_what_a_stage_needs_stays(session: Session) -> None:
    initiative = saved(session, Stage.DOSSIER)
    initiative.dossier[0].presence = Presence.MISSING
    assert refused(session) == {"dossier": "Hồ sơ còn thiếu: Công văn đề nghị."}
    session.rollback()
    session.delete(initiative.dossier[1])
    assert "dossier" in refused(session)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"sent_on": None}, "Chưa ghi ngày gửi Trung ương."),
        ({"sent_on": date(2022, 5, 1)}, "Chưa có hạn và chỉ tiêu Sách vàng năm 2022."),
        ({"sent_on": date(2023, 1, 2)}, "Quá hạn gửi Trung ương: 01/01/2023."),
        ({"golden_book": False}, "Chưa đánh dấu đề nghị Sách vàng."),
    ],
)
def test_what_is_sent_is_sent_in_time(session: Session, values: dict[str, Any], sentence: str) -> None:
    initiative = saved(session, Stage.DECIDED, **values)
    initiative.stage = Stage.SENT
    assert sentence in refused(session).values()


@pytest.mark.parametrize("together", [False, True])
def test_no_more_are_sent_than_the_year_takes(session: Session, together: bool) -> None:
    one = saved(session, Stage.DECIDED)
    other = ready(Stage.DECIDED)
    session.add(other)
    session.commit()
    one.stage = Stage.SENT
    if not together:
        session.commit()
    other.stage = Stage.SENT
    assert refused(session) == {"sent_on": "Đã đủ chỉ tiêu gửi Trung ương năm 2023: 1 công trình."}
    session.rollback()
    year = session.query(GoldenBookYear).one()
    year.quota, year.due_on = 2, date(2023, 12, 31)
    one.stage = other.stage = Stage.SENT
    session.commit()
    year.quota = 1
    assert refused(session) == {"quota": "Năm này đã gửi 2 công trình."}
    session.rollback()
    session.delete(year)
    assert refused(session) == {None: "Năm này đã gửi 2 công trình."}


# -- decisions and what they name


def test_a_decision_makes_awards_and_its_end_takes_them_back(session: Session) -> None:
    decision = save(session, AwardDecision)
    named = [save(session, Nomination, decision=decision, papers_complete=True, council_present=9, council_votes=9)]
    session.commit()
    decision.status = DecisionStatus.ISSUED
    assert refused(session)["status"] == f"“{named[0]}” còn ở bước “Mới đề nghị”, chưa ban hành được."
    session.rollback()
    for stage in (NominationStage.CHECKED, NominationStage.COUNCIL, NominationStage.STANDING):
        named[0].stage = stage
        session.commit()
    decision.status = DecisionStatus.ISSUED
    session.commit()
    assert named[0].stage is NominationStage.AWARDED
    named[0].stage, named[0].stage_reason = NominationStage.STANDING, "Nhầm"
    assert "decision" in refused(session)
    session.rollback()
    AwardDecision.workflow.transition_to(decision, DecisionStatus.CANCELLED, "Sai tên", DAY)
    session.commit()
    assert (named[0].stage, named[0].stage_reason) == (NominationStage.STANDING, "Sai tên")
    other = save(session, AwardDecision, status=DecisionStatus.ISSUED)
    named[0].decision = other
    session.commit()
    assert named[0].stage is NominationStage.AWARDED


# -- the declaration itself


A, B = Stage.REGISTERED, Stage.DOSSIER
WRONG = [
    ({"field": "no_such"}, "field 'no_such' is no choice with a default"),
    ({"field": "name"}, "field 'name' is no choice with a default"),
    ({"note": "sent_on"}, "note 'sent_on' is no text"),
    (
        {"transitions": (*Initiative.workflow.transitions, Transition(A, B, Role.APPROVER))},
        "transition from REGISTERED to DOSSIER is declared twice",
    ),
    (
        {"transitions": (*Initiative.workflow.transitions, Transition(A, NominationStage.COUNCIL))},
        "transition from REGISTERED to COUNCIL leaves Stage",
    ),
    (
        {"transitions": (*Initiative.workflow.transitions, Transition(A, A, sets="name"))},
        "sets 'name', which is no day and no year",
    ),
    ({"transitions": Initiative.workflow.transitions[1:]}, "no transition leads to DOSSIER"),
]


@pytest.mark.parametrize(("change", "mistake"), WRONG)
def test_a_wrong_declaration_is_found(change: dict[str, Any], mistake: str) -> None:
    assert list(Initiative.workflow.mistakes(Initiative)) == []
    assert any(mistake in said for said in replace(Initiative.workflow, **change).mistakes(Initiative))
