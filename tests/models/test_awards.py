"""Commendation: whom a form is for, nobody twice, decisions that stay as they were issued."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import AwardDecision, AwardForm, AwardRound, Committee, Council, Movement, Nomination, Person, Unit
from models.awards import DecisionStatus, NominationStage, RecipientKind
from models.nominations import NAMED
from tests.models.builders import DAY, build, refused, save

pytestmark = pytest.mark.database

LOCKED = (
    "Quyết định đã ban hành ngày 01/01/2023 thì không sửa, không xóa; chỉ hủy (có lý do) rồi ban hành quyết định khác."
)
AWARDED = (
    "Đã được khen theo quyết định ban hành ngày 01/01/2023 nên không sửa, không xóa; muốn sửa thì hủy quyết định "
    "(có lý do)."
)
NO_WAY = "Từ “{}” không chuyển sang “{}” được."
CANCEL = {"status": DecisionStatus.CANCELLED, "cancelled_on": DAY, "cancel_reason": "Sai tên"}
BEFORE = date(2022, 12, 31)


@pytest.mark.parametrize(
    ("cls", "start", "end"), [(AwardForm, "valid_from", "valid_to"), (AwardRound, "opens_on", "due_on")]
)
def test_nothing_ends_before_it_begins(
    session: Session, cls: type[AwardForm | AwardRound], start: str, end: str
) -> None:
    save(session, cls, **{start: DAY, end: DAY})
    session.add(build(cls, **{start: DAY, end: BEFORE}))
    assert refused(session) == {end: f"Không được trước “{cls.fields()[start].label}”."}


# -- decisions


@pytest.fixture
def issued(session: Session) -> AwardDecision:
    made = save(session, AwardDecision, status="issued", excerpt="Tặng Bằng khen")
    session.commit()
    return made


@pytest.mark.parametrize("number", ["12", "12 QĐ-MTTQ", "QĐ-MTTQ", "12/qđ"])
def test_a_decision_has_a_number_that_looks_like_one(session: Session, number: str) -> None:
    session.add(build(AwardDecision, number=number))
    assert refused(session) == {"number": "Số, ký hiệu phải có dạng “12/QĐ-MTTQ-BTT”."}


@pytest.mark.parametrize("missing", ["number", "issued_on"])
@pytest.mark.parametrize("status", DecisionStatus)
def test_what_is_issued_has_number_and_date(session: Session, missing: str, status: DecisionStatus) -> None:
    session.add(build(AwardDecision, **{**CANCEL, "status": status, missing: None}))
    if status is DecisionStatus.DRAFT:
        session.flush()
    else:
        assert refused(session) == {missing: "Quyết định đã ban hành thì phải có số và ngày."}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "13/QĐ-MTTQ-BTT"),
        ("issued_on", BEFORE),
        ("excerpt", "Tặng Giấy khen"),
        ("signer", "Thạch Sang"),
        ("note", "x"),
        ("status", DecisionStatus.DRAFT),
        ("cancelled_on", DAY),
        ("cancel_reason", "Sai tên"),
    ],
)
@pytest.mark.parametrize("cancelled", [False, True])
def test_an_issued_decision_is_not_edited(
    session: Session, issued: AwardDecision, name: str, value: Any, cancelled: bool
) -> None:
    if cancelled:
        issued.status, issued.cancelled_on, issued.cancel_reason = DecisionStatus.CANCELLED, BEFORE, "Sai ngày"
        session.commit()
    old = issued.status
    setattr(issued, name, value)
    assert refused(session)[name] == (NO_WAY.format(old, value) if name == "status" else LOCKED)


@pytest.mark.parametrize("name", ["issuer", "round", "replaces"])
@pytest.mark.parametrize("by_key", [False, True])
def test_an_issued_decision_keeps_what_it_refers_to(
    session: Session, issued: AwardDecision, name: str, by_key: bool
) -> None:
    other = save(session, {"issuer": Committee, "round": AwardRound, "replaces": AwardDecision}[name])
    setattr(issued, f"{name}_id" if by_key else name, other.id if by_key else other)
    assert refused(session) == {name: LOCKED}


def test_a_draft_may_change(session: Session) -> None:
    draft = save(session, AwardDecision)
    session.commit()
    draft.excerpt = "Tặng Giấy khen"
    draft.status = DecisionStatus.ISSUED
    session.flush()


def test_an_issued_decision_is_cancelled_with_day_and_reason(session: Session, issued: AwardDecision) -> None:
    issued.status = DecisionStatus.CANCELLED
    assert "Hủy quyết định thì phải ghi ngày và lý do." in refused(session)["cancel_reason"]
    issued.cancelled_on = DAY
    assert "cancel_reason" in refused(session)
    issued.cancelled_on, issued.cancel_reason = None, "Sai tên"
    assert "cancel_reason" in refused(session)
    issued.cancelled_on = DAY
    session.commit()
    issued.status = DecisionStatus.ISSUED
    assert refused(session) == {"status": NO_WAY.format(DecisionStatus.CANCELLED, DecisionStatus.ISSUED)}


def test_a_decision_is_not_edited_while_it_is_cancelled(session: Session, issued: AwardDecision) -> None:
    issued.status, issued.cancelled_on, issued.cancel_reason = DecisionStatus.CANCELLED, DAY, "Sai tên"
    issued.excerpt = "Tặng Giấy khen"
    assert refused(session) == {"excerpt": LOCKED}


@pytest.mark.parametrize("values", [{"status": "issued"}, CANCEL])
def test_an_issued_decision_is_not_deleted(session: Session, values: dict[str, Any]) -> None:
    session.delete(save(session, AwardDecision, **values))
    assert refused(session) == {None: LOCKED}


def test_a_draft_may_be_deleted(session: Session) -> None:
    session.delete(save(session, AwardDecision))
    session.flush()


def test_a_decision_does_not_replace_itself(session: Session) -> None:
    decision = save(session, AwardDecision)
    decision.replaces = decision
    assert refused(session) == {"replaces": "Quyết định không thể thay chính nó."}


def test_a_number_is_given_once_a_day(session: Session, issued: AwardDecision) -> None:
    save(session, AwardDecision, number=issued.number, issued_on=BEFORE)
    session.add(build(AwardDecision, number=issued.number, issued_on=issued.issued_on))
    assert set(refused(session)) == {"issued_on"}


# -- nominations


@pytest.mark.parametrize("kind", RecipientKind)
@pytest.mark.parametrize("open_to", RecipientKind)
def test_a_form_is_given_to_whom_it_is_for(session: Session, kind: RecipientKind, open_to: RecipientKind) -> None:
    names = ["for_collectives", "for_households", "for_individuals"]
    form = build(AwardForm, **{name: names[open_to.rank] == name for name in names})
    session.add(build(Nomination, recipient_kind=kind, form=form))
    if kind is open_to:
        session.flush()
    else:
        assert set(refused(session)) == {"form"}


@pytest.mark.parametrize(("present", "votes", "right"), [(9, 9, True), (None, 9, True), (9, 10, False), (0, 1, False)])
def test_no_more_vote_than_are_there(session: Session, present: int | None, votes: int, right: bool) -> None:
    session.add(build(Nomination, council_present=present, council_votes=votes))
    if right:
        session.flush()
    else:
        assert refused(session) == {"council_votes": "Số phiếu không thể nhiều hơn số có mặt."}


def test_an_award_has_a_decision(session: Session) -> None:
    issued = save(session, AwardDecision, status="issued")
    nomination = build(Nomination, stage="awarded", decision=build(AwardDecision))
    session.add(nomination)
    assert refused(session) == {"decision": "Được khen thưởng thì phải có quyết định đã ban hành."}
    nomination.decision = issued
    session.flush()


def named_in(session: Session, status: DecisionStatus, **values: Any) -> Nomination:
    """Someone whom a decision of this status names."""
    decision = save(session, AwardDecision, **{**CANCEL, "status": status})
    stage = NominationStage.AWARDED if status is DecisionStatus.ISSUED else NominationStage.PROPOSED
    return save(session, Nomination, decision=decision, stage=stage, **values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recipient", "Người khác"),
        ("recipient_kind", RecipientKind.INDIVIDUAL),
        ("birth_year", 1970),
        ("job", "Bí thư"),
        ("round", AwardRound),
        ("form", AwardForm),
        ("unit", Unit),
        ("decision", AwardDecision),
        ("decision", None),
    ],
)
@pytest.mark.parametrize("status", DecisionStatus)
def test_what_an_issued_decision_names_is_not_edited(
    session: Session, name: str, value: Any, status: DecisionStatus
) -> None:
    nomination = named_in(session, status)
    id_ = nomination.id
    session.commit()
    session.expunge_all()
    nomination = session.get_one(Nomination, id_)
    setattr(nomination, name, build(value) if isinstance(value, type) else value)
    if status is DecisionStatus.ISSUED:
        assert refused(session)[name] == AWARDED
    else:
        session.flush()


@pytest.mark.parametrize(
    ("status", "said"),
    [(DecisionStatus.DRAFT, None), (DecisionStatus.ISSUED, AWARDED), (DecisionStatus.CANCELLED, NAMED)],
)
def test_what_an_issued_decision_names_is_not_deleted(session: Session, status: DecisionStatus, said: str) -> None:
    session.delete(named_in(session, status))
    if said is None:
        session.flush()
    else:
        assert refused(session) == {None: said}


# -- nobody twice


@pytest.fixture
def first(session: Session) -> Nomination:
    """Someone put forward in a round of a movement."""
    round_ = build(AwardRound, movement=build(Movement), year=2023)
    made = save(session, Nomination, recipient="Thạch Sang", birth_year=1970, recipient_kind="individual", round=round_)
    session.commit()
    return made


def again(first: Nomination, **values: Any) -> Nomination:
    """The same put forward once more, but for these values."""
    names = ("recipient", "birth_year", "recipient_kind", "round", "form", "unit")
    return build(Nomination, **{**{name: getattr(first, name) for name in names}, **values})


@pytest.mark.parametrize("recipient", ["Thạch Sang", "thạch  sang", "THACH SANG"])
def test_nobody_is_put_forward_twice_in_a_round_for_one_form(
    session: Session, first: Nomination, recipient: str
) -> None:
    session.add(again(first, recipient=recipient))
    said = refused(session)
    assert set(said) == {"recipient"}
    assert first.code in said["recipient"]


def test_nobody_is_put_forward_twice_in_one_flush(session: Session) -> None:
    one = build(Nomination)
    two = again(one)
    two.confirmed.add("same-movement")
    session.add_all([one, two])
    assert "hình thức này rồi" in refused(session)["recipient"]


@pytest.mark.parametrize(
    "other", [{"recipient": "Thạch Sáng Tạo"}, {"birth_year": 1971}, {"recipient_kind": "collective"}, {"unit": None}]
)
def test_a_namesake_is_someone_else(session: Session, first: Nomination, other: dict[str, Any]) -> None:
    session.add(again(first, **{name: value or build(Unit) for name, value in other.items()}))
    session.flush()


def test_the_birth_year_is_taken_from_the_person(session: Session, first: Nomination) -> None:
    session.add(again(first, birth_year=None, person=build(Person, birth_year=1970)))
    assert "recipient" in refused(session)


@pytest.mark.parametrize("together", [False, True])
def test_a_second_award_in_a_movement_and_year_is_warned_of(session: Session, together: bool) -> None:
    round_ = build(AwardRound, movement=build(Movement))
    one = build(Nomination, round=round_)
    session.add(one)
    if not together:
        session.commit()
    other = again(one, round=build(AwardRound, movement=round_.movement))
    session.add(other)
    assert "cùng phong trào, cùng năm" in refused(session)["recipient"]
    other.confirmed.add("same-movement")
    session.flush()


def test_another_form_in_the_same_round_is_warned_of(session: Session, first: Nomination) -> None:
    other = again(first, form=build(AwardForm))
    session.add(other)
    assert "cùng phong trào, cùng năm" in refused(session)["recipient"]
    other.confirmed.add("something else")
    assert "recipient" in refused(session)
    other.confirmed.add("same-movement")
    session.flush()


@pytest.mark.parametrize("values", [{"movement": Movement}, {"year": 2022}, {"movement": None}])
def test_another_movement_or_year_needs_no_warning(session: Session, first: Nomination, values: dict[str, Any]) -> None:
    same = {"movement": first.round.movement, "year": 2023}
    built = {name: build(value) if isinstance(value, type) else value for name, value in values.items()}
    session.add(again(first, round=build(AwardRound, **{**same, **built})))
    session.flush()


def test_who_has_confirmed_is_not_asked_again(session: Session, first: Nomination) -> None:
    other = again(first, form=build(AwardForm))
    other.confirmed.add("same-movement")
    session.add(other)
    session.commit()
    id_ = other.id
    session.expunge_all()
    other = session.get_one(Nomination, id_)
    other.note = "Đã xem"
    session.flush()
    other.round = build(AwardRound, movement=other.round.movement)
    assert "recipient" in refused(session)


def test_a_nomination_taken_back_is_in_nobodys_way(session: Session, first: Nomination) -> None:
    session.delete(first)
    session.flush()
    session.add(again(first))
    session.flush()


# -- what a round takes


@pytest.mark.parametrize(
    ("in_round", "values", "field", "confirm"),
    [
        ({"forms": [AwardForm]}, {}, "form", None),
        ({"closed": True}, {}, "round", None),
        ({"due_on": BEFORE}, {"proposed_on": DAY}, "proposed_on", "late"),
        ({"unit_quota": 0}, {}, "organisation", "quota"),
        ({"due_on": DAY}, {"form": {"valid_from": date(2023, 1, 2)}}, "form", None),
        ({}, {"proposed_on": DAY, "form": {"valid_to": BEFORE}}, "form", None),
    ],
)
def test_a_round_takes_what_it_may(
    session: Session, in_round: dict[str, Any], values: dict[str, Any], field: str, confirm: str | None
) -> None:
    if "forms" in in_round:
        in_round = {"forms": [build(AwardForm)]}
    if "form" in values:
        values = {**values, "form": build(AwardForm, **values["form"])}
    nomination = build(Nomination, round=build(AwardRound, **in_round), **values)
    session.add(nomination)
    assert set(refused(session)) == {field}
    if confirm:
        nomination.confirmed.add(confirm)
        session.flush()


def test_a_rounds_own_form_in_its_years_is_taken(session: Session) -> None:
    form = build(AwardForm, valid_from=DAY, valid_to=DAY)
    round_ = build(AwardRound, forms=[form], due_on=DAY, unit_quota=1)
    save(session, Nomination, round=round_, form=form, proposed_on=DAY)


@pytest.mark.parametrize("together", [False, True])
def test_a_quota_counts_what_one_place_puts_forward(session: Session, together: bool) -> None:
    round_ = build(AwardRound, unit_quota=1)
    one = build(Nomination, round=round_)
    session.add_all([one, build(Nomination, round=round_)])
    if not together:
        session.flush()
    session.add(build(Nomination, round=round_, organisation=one.organisation))
    assert refused(session)["organisation"] == f"“{one.organisation}” đã đề nghị đủ 1 của đợt này."


@pytest.mark.parametrize(
    ("form", "council", "votes", "right"),
    [(None, None, 5, True), (None, 80, 7, False), (50, 80, 7, True), (90, 50, 8, False)],
)
def test_the_forms_own_threshold_goes_before_the_councils(
    session: Session, form: int | None, council: int | None, votes: int, right: bool
) -> None:
    round_ = build(AwardRound, organisation=build(Council, threshold=council))
    values = {"papers_complete": True, "council_present": 9, "council_votes": votes, "stage": "council"}
    session.add(build(Nomination, round=round_, form=build(AwardForm, threshold=form), **values))
    if right:
        session.flush()
    else:
        assert set(refused(session)) == {"council_votes"}
