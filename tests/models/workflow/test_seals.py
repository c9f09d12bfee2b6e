"""Seals: what was sent stays as it was sent, on whatever road somebody comes; what is a council's is written by it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from imports.apply import put_rows
from imports.errors import RowError
from imports.reader import SourceRow
from models import (
    Adoption,
    Appraisal,
    AuditEntry,
    Author,
    AwardDecision,
    AwardRound,
    Document,
    DossierFile,
    Figure,
    Indicator,
    Initiative,
    Nomination,
    Refused,
    Report,
    Score,
)
from models.accounts.users import Role
from models.appraisals import Vote
from models.awards import DecisionStatus, NominationStage
from models.dossiers import Presence
from models.history.undo import carry_out, entries_of_act, newer_than
from models.initiatives import Stage
from models.records.clock import today
from models.reports import ReportStatus
from models.workflow.declaration import Transition
from models.workflow.openings import opened, openings_of
from models.workflow.seal_guard import Unheld, not_held
from models.workflow.seals import Seal
from models.workflow.undo import WITH_SEALED, plan
from tests.models.builders import DAY, build, refused, save
from tests.models.workflow.sides import Sides

REPORT = "Báo cáo đã gửi ngày 01/01/2023 thì không sửa, không xóa; muốn đính chính thì lập lần gửi mới."
INITIATIVE = (
    f"Đã chuyển lên tỉnh ngày {today():%d/%m/%Y} nên không sửa, không xóa; Mặt trận tỉnh mở được, có ghi lý do."
)
SENT = [ReportStatus.SENT, ReportStatus.ACCEPTED, ReportStatus.RETURNED]
SENT_ON = [Stage.APPRAISED, Stage.COUNCIL, Stage.DECIDED, Stage.SENT, Stage.PUBLISHED, Stage.UNPUBLISHED]


@pytest.fixture
def sides(session: Session) -> Sides:
    return Sides(session)


def nomination_said(sides: Sides) -> str:
    who = sides.councils[sides.province]
    return f"Hồ sơ đã được nhận ngày {today():%d/%m/%Y} nên không sửa, không xóa; {who} mở được, có ghi lý do."


# -- what the year's walk found


@pytest.mark.parametrize("status", SENT)
@pytest.mark.parametrize("who", ["district", "province", None])
def test_a_figure_stays_as_it_was_sent(session: Session, sides: Sides, status: ReportStatus, who: str | None) -> None:
    report = sides.at(status)
    with sides.acting(getattr(sides, who)) if who else nullcontext():
        report.figures[0].value = Decimal(9999)
        assert refused(session) == {"value": REPORT}


@pytest.mark.parametrize("status", SENT)
def test_a_report_that_was_sent_is_not_deleted(session: Session, sides: Sides, status: ReportStatus) -> None:
    session.delete(sides.at(status))
    assert refused(session) == {None: REPORT}


@pytest.mark.parametrize("stage", SENT_ON)
def test_an_initiative_stays_as_the_province_took_it(session: Session, sides: Sides, stage: Stage) -> None:
    initiative = sides.at(stage)
    with sides.acting(sides.district):
        initiative.name = "Tên khác hẳn"
        assert refused(session) == {"name": INITIATIVE}
        session.rollback()
        initiative.authors[0].full_name = "Người khác"
        assert refused(session) == {"full_name": INITIATIVE}
        session.rollback()
        session.delete(initiative)
        assert refused(session) == {None: INITIATIVE}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("how", ["new", "changed", "handed over", "vote", "deleted"])
def test_a_councils_appraisal_is_written_by_that_council(
    session: Session, sides: Sides, stage: Stage, how: str
) -> None:
    initiative = sides.at(stage)
    ours, theirs = initiative.appraisals
    council = sides.councils[sides.province]
    given = {"initiative": initiative, "met_on": date(2023, 1, 2), "present": 9, "votes_for": 9, "conclusion": "chosen"}
    changes: dict[str, Callable[[], Any]] = {
        "new": lambda: session.add(Appraisal(council=council, **given)),
        "changed": lambda: setattr(theirs, "met_on", date(2023, 1, 2)),
        "handed over": lambda: setattr(ours, "council_id", council.id),
        "vote": lambda: setattr(theirs.scores[0], "vote", Vote.AGAINST),
        "deleted": lambda: session.delete(theirs),
    }
    with sides.acting(sides.district):
        changes[how]()
        said = set(refused(session).values())
    sealed = how == "deleted" and stage in SENT_ON
    assert said == {INITIATIVE if sealed else f"Mục này chỉ {council} ghi được."}


@pytest.mark.parametrize("stage", Stage)
def test_a_council_writes_its_own_whatever_the_stage(session: Session, sides: Sides, stage: Stage) -> None:
    initiative = sides.at(stage)
    for place, home in enumerate(sides.councils):
        with sides.acting(home, Role.EDITOR):
            initiative.appraisals[place].note = "Đã đối chiếu biên bản"
            initiative.appraisals[place].scores[0].points = Decimal(90)
            session.flush()


@pytest.mark.parametrize(
    ("name", "value"),
    [("papers_complete", True), ("council_present", 9), ("council_votes", 9), ("council_met_on", DAY)],
)
def test_papers_and_votes_are_for_who_receives_a_nomination(
    session: Session, sides: Sides, name: str, value: Any
) -> None:
    given = {"organisation": sides.district, "unit": sides.district.unit, "form": sides.form}
    nomination = save(session, Nomination, round=sides.round, **given)
    own = save(session, AwardRound, organisation=sides.councils[sides.district])
    session.commit()
    given[name] = value
    said = {name: f"Mục này chỉ {sides.councils[sides.province]} ghi được."}
    with sides.acting(sides.district):
        setattr(nomination, name, value)
        assert refused(session) == said
        session.rollback()
        session.add(build(Nomination, round=sides.round, **given))
        assert refused(session) == said
        session.rollback()
        # Written for one's own round, it doesn't come along to another's.
        other = save(session, Nomination, round=own, **given)
        other.round_id = sides.round.id
        assert refused(session) == said
    session.rollback()
    with sides.acting(sides.province, Role.EDITOR):
        setattr(nomination, name, value)
        session.flush()


def test_the_recipient_stays_whom_the_council_passed(session: Session, sides: Sides) -> None:
    for stage in (NominationStage.CHECKED, NominationStage.COUNCIL, NominationStage.STANDING, NominationStage.REJECTED):
        nomination = sides.at(stage)
        for home in (sides.district, sides.province):
            with sides.acting(home):
                nomination.recipient = "Người khác"
                assert refused(session) == {"recipient": nomination_said(sides)}
                session.rollback()


# -- and its siblings


def test_what_belongs_to_it_is_neither_added_nor_taken_nor_moved(session: Session, sides: Sides) -> None:
    id_, draft = sides.at(ReportStatus.ACCEPTED).id, sides.at(ReportStatus.DRAFT)
    ways: list[Callable[[Report], object]] = [
        lambda report: report.figures.append(Figure(indicator=build(Indicator), value=Decimal(1))),
        lambda report: session.add(Figure(report_id=report.id, indicator=build(Indicator), value=Decimal(1))),
        lambda report: session.delete(report.figures[0]),
        lambda report: report.figures.pop(),
        lambda report: setattr(report.figures[0], "report", draft),
        lambda report: setattr(draft.figures[0], "report_id", report.id),
    ]
    for way in ways:
        way(session.get_one(Report, id_))
        assert refused(session) == {"report": REPORT}
        session.rollback()
    draft.figures[0].value = Decimal(3)
    session.flush()


def test_links_and_files_are_sealed_too(session: Session, sides: Sides) -> None:
    decision, initiative = sides.at(DecisionStatus.ISSUED), sides.at(Stage.COUNCIL)
    decision.bases = [build(Document)]
    assert set(refused(session)) == {"bases"}
    session.rollback()
    decision.bases = []
    assert set(refused(session)) == {"bases"}
    session.rollback()
    for home in (sides.district, sides.province):
        with sides.acting(home):
            session.delete(initiative.attachments[0])
            assert refused(session) == {"owner": INITIATIVE}
            session.rollback()
            initiative.attachments.append(build(DossierFile, owner=None))
            assert refused(session) == {"owner": INITIATIVE}
            session.rollback()


def test_what_is_said_again_changes_nothing(session: Session, sides: Sides) -> None:
    decision = sides.at(DecisionStatus.ISSUED)
    session.expire(decision)
    decision.excerpt, decision.bases = str(decision.excerpt), list(decision.bases)
    decision.issuer_id = sides.province.id
    session.flush()


@pytest.mark.parametrize(
    ("stage", "values"),
    [
        (Stage.COUNCIL, {"golden_book": False, "note": "Đã nhận", "decision": Document}),
        (NominationStage.STANDING, {"note": "Đã nhận", "submitted_on": DAY, "decision": AwardDecision}),
    ],
)
def test_the_deciding_side_goes_on_with_what_is_its_own(
    session: Session, sides: Sides, stage: Any, values: dict[str, Any]
) -> None:
    record = sides.at(stage)
    made = {name: save(session, value) if isinstance(value, type) else value for name, value in values.items()}
    session.commit()
    who = record.workflow.decider_of(record) or "Mặt trận tỉnh"
    said = dict.fromkeys(values, f"Mục này chỉ {who} ghi được.")

    def work() -> None:
        with session.no_autoflush:
            for name, value in made.items():
                setattr(record, name, value)

    with sides.acting(sides.district):
        work()
        assert refused(session) == said
        session.rollback()
    with sides.acting(sides.province, Role.EDITOR):
        work()
        session.flush()


def test_papers_that_came_are_noted_by_who_has_them(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.COUNCIL)
    with sides.acting(sides.district):
        initiative.dossier[0].presence = Presence.FILE
        assert refused(session) == {"presence": "Mục này chỉ Mặt trận tỉnh ghi được."}
        session.rollback()
    with sides.acting(sides.province, Role.EDITOR):
        initiative.dossier[0].presence = Presence.FILE
        session.flush()


def test_what_lives_on_is_written_as_before(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.PUBLISHED)
    with sides.acting(sides.district):
        initiative.worth_spreading = True
        initiative.adoptions.append(Adoption(unit=sides.district.unit))
        session.flush()


def test_what_a_step_sets_is_set_by_a_step_only(session: Session, sides: Sides) -> None:
    report = sides.at(ReportStatus.ACCEPTED)
    report.return_reason = "Lý do khác"
    assert refused(session) == {"return_reason": REPORT}
    session.rollback()
    report.sent_on = date(2022, 12, 31)
    assert refused(session) == {"sent_on": REPORT}
    session.rollback()
    report.status, report.return_reason, report.sent_on = ReportStatus.RETURNED, "Thiếu phụ lục", date(2022, 12, 31)
    assert refused(session) == {"sent_on": REPORT}
    session.rollback()
    report.status, report.return_reason = ReportStatus.RETURNED, "Thiếu phụ lục"
    session.flush()


def test_a_record_is_not_changed_while_it_is_sent_back(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.APPRAISED)
    initiative.stage, initiative.stage_reason, initiative.name = Stage.DOSSIER, "Bổ sung", "Tên khác"
    assert refused(session) == {"name": INITIATIVE}
    initiative.name = "Tên khác"
    session.rollback()
    initiative.stage, initiative.stage_reason = Stage.DOSSIER, "Bổ sung"
    session.flush()
    initiative.name = "Tên khác"
    session.flush()


def test_the_sender_does_not_take_back_what_it_sent(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.APPRAISED)
    with sides.acting(sides.district):
        initiative.stage, initiative.stage_reason = Stage.DOSSIER, "Sửa tên"
        assert refused(session) == {"stage": "Chỉ Mặt trận tỉnh mới đưa được sang “Đủ hồ sơ”."}


def test_what_was_turned_down_takes_no_councils_votes_along(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.REJECTED)
    with sides.acting(sides.district):
        initiative.name = "Làm lại"
        session.flush()
        session.delete(initiative)
        council = sides.councils[sides.province]
        assert refused(session) == {None: f"Không xóa được: có phần “Thẩm định” do {council} ghi."}
    session.rollback()
    session.delete(initiative)
    session.flush()


def test_a_draft_is_its_senders(session: Session, sides: Sides) -> None:
    report = sides.at(ReportStatus.DRAFT)
    with sides.acting(sides.district):
        report.figures[0].value, report.note, report.status = Decimal(13), "x", ReportStatus.SENT
        session.flush()
        session.commit()
    assert report.figures[0].value == 13


# -- on the roads of many rows, and of the past


def test_no_file_changes_what_was_sent(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.PUBLISHED)
    with pytest.raises(RowError) as caught:
        put_rows(session, Initiative, [SourceRow(2, {"Mã": initiative.code, "Tên sáng kiến": "Tên khác"})])
    assert (caught.value.column, caught.value.reason) == ("Tên sáng kiến", INITIATIVE)
    with pytest.raises(RowError) as caught:
        put_rows(
            session, Author, [SourceRow(2, {"initiative": initiative.code, "full_name": "Người nữa", "share": "0"})]
        )
    assert (caught.value.column, caught.value.reason) == ("initiative", INITIATIVE)


def last_act(session: Session) -> list[AuditEntry]:
    return entries_of_act(session, session.scalars(select(AuditEntry.act).order_by(AuditEntry.id.desc())).first() or "")


def test_what_was_sealed_since_is_not_taken_back(session: Session, sides: Sides) -> None:
    sent, draft = sides.at(ReportStatus.DRAFT), sides.at(ReportStatus.DRAFT)
    sent.note = draft.note = sent.figures[0].note = draft.figures[0].note = "Mới"
    session.commit()
    entries = last_act(session)
    sent.status = ReportStatus.SENT
    session.commit()
    reversals = plan(session, entries)
    assert {((r.record_class, r.id), str(r.obstacle)) for r in reversals} == {
        ((Report, sent.id), REPORT),
        ((Figure, sent.figures[0].id), REPORT),
        ((Report, draft.id), WITH_SEALED),
        ((Figure, draft.figures[0].id), WITH_SEALED),
    }
    assert carry_out(session, reversals, "Hoàn tác") == 0
    assert (sent.note, draft.note) == ("Mới", "Mới")


def test_no_older_version_of_what_was_sent_comes_back(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.DOSSIER)
    first = session.scalars(select(AuditEntry).where(AuditEntry.noun == "Initiative")).one()
    initiative.name, initiative.note = "Tên mới hẳn", "x"
    session.commit()
    initiative.stage = Stage.APPRAISED
    session.commit()
    reversals = plan(session, newer_than(session, first))
    assert [str(r.obstacle) for r in reversals] == [INITIATIVE]


def test_a_deletion_from_before_is_not_taken_back_into_what_was_sent(session: Session, sides: Sides) -> None:
    report = sides.at(ReportStatus.DRAFT)
    session.delete(report.figures[0])
    session.commit()
    entries = last_act(session)
    report.status = ReportStatus.SENT
    session.commit()
    assert {str(r.obstacle) for r in plan(session, entries) if r.comes_back} == {REPORT}


def test_a_creation_is_not_taken_back_once_it_was_sent(session: Session, sides: Sides) -> None:
    report = sides.at(ReportStatus.SENT)
    reversals = plan(session, last_act(session))
    assert {str(r.obstacle) for r in reversals if r.record_class is Report} == {REPORT}
    assert carry_out(session, reversals, "Hoàn tác") == 0
    assert report in session


# -- opening


def test_the_deciding_sides_approver_opens_with_a_reason(session: Session, sides: Sides) -> None:
    initiative, author = sides.at(Stage.PUBLISHED), "Thạch Sang"
    with sides.acting(sides.province), opened(session, initiative, "  Sai họ tên  "):
        initiative.authors[0].full_name, initiative.name = author, "Tên đúng"
    session.commit()
    (opening,) = openings_of(session, initiative, 200)
    assert (opening.who, opening.reason) == ("Chị Hoa", "Sai họ tên")
    assert {entry.title for entry in opening.entries} == {author, "Tên đúng"}
    initiative.name = "Tên khác"
    assert refused(session) == {"name": INITIATIVE}


@pytest.mark.parametrize(
    ("home", "role", "reason", "said"),
    [
        (
            "district",
            Role.ADMINISTRATOR,
            "Sai",
            "Chỉ người có vai trò “Người duyệt” trở lên ở Mặt trận tỉnh mới mở được.",
        ),
        ("province", Role.EDITOR, "Sai", "Chỉ người có vai trò “Người duyệt” trở lên ở Mặt trận tỉnh mới mở được."),
        ("province", Role.APPROVER, " \u00a0 ", "Mở bản ghi đã gửi để sửa thì phải ghi lý do."),
        ("province", Role.APPROVER, "x" * 251, "Lý do dài quá 250 ký tự."),
    ],
)
def test_nobody_else_opens(session: Session, sides: Sides, home: str, role: Role, reason: str, said: str) -> None:
    initiative = sides.at(Stage.PUBLISHED)
    opening = opened(session, initiative, reason)
    with sides.acting(getattr(sides, home), role), pytest.raises(Refused) as caught, opening:
        pytest.fail("opened")
    assert str(caught.value) == said


@pytest.mark.parametrize(
    "stage", [ReportStatus.ACCEPTED, DecisionStatus.ISSUED, NominationStage.AWARDED, Stage.DOSSIER]
)
def test_what_has_another_way_is_not_opened(session: Session, sides: Sides, stage: Any) -> None:
    record = sides.at(stage)
    with pytest.raises(Refused, match="không mở để sửa được"), opened(session, record, "Sai"):
        pytest.fail("opened")


def test_only_that_record_is_open_and_only_for_that_while(session: Session, sides: Sides) -> None:
    one, other = sides.at(NominationStage.COUNCIL), sides.at(NominationStage.COUNCIL)
    with pytest.raises(Refused), opened(session, one, "Sai tên"):
        one.recipient = other.recipient = "Người khác"
    session.rollback()
    with opened(session, one, "Sai tên"):
        one.recipient = "Đúng người"
    one.recipient = "Lại người khác"
    assert refused(session) == {"recipient": nomination_said(sides)}


def test_what_is_open_is_not_deleted(session: Session, sides: Sides) -> None:
    initiative = sides.at(Stage.COUNCIL)
    with pytest.raises(Refused, match="không xóa"), opened(session, initiative, "Sai"):
        session.delete(initiative)


# -- what is not held


def test_what_seals_do_not_hold_is_named(session: Session, sides: Sides) -> None:
    report = sides.at(ReportStatus.ACCEPTED)
    for why in Unheld:
        assert len(why.value) > 20
        with not_held(session, why):
            report.note = why.name
            session.flush()
    session.delete(report)
    assert refused(session) == {None: REPORT}


# -- the declaration


@pytest.mark.parametrize(
    ("cls", "change", "mistake"),
    [
        (Report, {"seals": (Seal((Stage.COUNCIL,), "…"),)}, "where nothing leads"),
        (Report, {"seals": (Seal((ReportStatus.SENT,), "…", decider=("no_such",)),)}, "'no_such', which is no field"),
        (Report, {"seals": (Seal((ReportStatus.SENT,), "…", anyone=("figure",)),)}, "'figure', which is no field"),
        (Report, {"seals": (Seal((ReportStatus.SENT,), "…", day="note"),)}, "since 'note', which is no day"),
        (Nomination, {"seals": (Seal((), "…", day="decision.number"),)}, "'decision.number', which is no day"),
        (Nomination, {"reserved": {"note": "no.such"}}, "'no.such', for which it is reserved, leads nowhere"),
        (Initiative, {"reserved": {"appraisals": "organisation"}}, "leads nowhere"),
        (
            AwardDecision,
            {
                "transitions": (
                    *AwardDecision.workflow.transitions,
                    Transition(DecisionStatus.ISSUED, DecisionStatus.DRAFT, back=True),
                )
            },
            "from ISSUED to DRAFT breaks the seal",
        ),
    ],
)
def test_a_wrong_seal_is_found(cls: Any, change: dict[str, Any], mistake: str) -> None:
    assert list(cls.workflow.mistakes(cls)) == []
    assert any(mistake in said for said in replace(cls.workflow, **change).mistakes(cls))


def test_a_vote_lies_in_its_initiative(session: Session, sides: Sides) -> None:
    """Parts of parts are held, too."""
    one, other = sides.at(Stage.DOSSIER), sides.at(Stage.DOSSIER)
    with sides.acting(sides.district):
        session.add(Score(appraisal=one.appraisals[1], full_name="Người lạ"))
        assert set(refused(session)) == {"appraisal"}
        session.rollback()
        one.appraisals[0].scores[0].appraisal = other.appraisals[1]
        assert set(refused(session)) == {"appraisal"}
