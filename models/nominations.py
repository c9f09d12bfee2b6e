"""Nominations, and the decisions that make awards of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session

from models.accounts.users import Role
from models.awards import DECIDABLE, Authority, AwardForm, AwardRound, DecisionStatus, NominationStage, RecipientKind
from models.documents import BAD_SIGN, SIGN, Document
from models.organisations import Organisation
from models.people import Person
from models.records.base import Base, Record
from models.records.errors import Problem
from models.records.fields import (
    KEY_TEXT,
    choice,
    code_field,
    date_field,
    integer,
    key,
    long_text,
    reference,
    references,
    text,
    year_field,
    yes_no,
)
from models.records.lookups import earlier_new
from models.records.text import fold
from models.records.words import _
from models.units import Unit
from models.votes import check_carried, check_votes, threshold_of
from models.workflow.declaration import Transition, Workflow
from models.workflow.seals import Seal, since

award_decision_basis = Table(
    "award_decision_basis",
    Base.metadata,
    Column("decision_id", ForeignKey("award_decision.id", ondelete="CASCADE"), primary_key=True),
    Column("document_id", ForeignKey("document.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


def has_its_papers(nomination: Nomination) -> Iterator[Problem]:
    """Someone looked at the papers and found them complete."""
    if not nomination.papers_complete:
        yield Problem(_("Chưa đánh dấu đủ hồ sơ."), "papers_complete")


def has_the_votes(nomination: Nomination) -> Iterator[Problem]:
    """The council met, and as many voted for it as the form, or else the council's own rules, ask for."""
    if nomination.council_present is None or nomination.council_votes is None:
        yield Problem(_("Chưa ghi số có mặt và số phiếu của Hội đồng."), "council_votes")
    own = nomination.form.threshold
    threshold = threshold_of(nomination.round.organisation) if own is None else own
    yield from check_carried(nomination, "council_present", "council_votes", threshold)


def is_given_above(nomination: Nomination) -> Iterator[Problem]:
    """Only what others give is proposed to them."""
    if nomination.form.authority is Authority.PROVINCE_FRONT:
        yield Problem(_("“%(form)s” do Mặt trận tỉnh quyết định, không phải trình."), "form", {"form": nomination.form})


def is_in_an_issued_decision(nomination: Nomination) -> Iterator[Problem]:
    """An award stands in a decision that was issued."""
    if nomination.decision is None or nomination.decision.status is not DecisionStatus.ISSUED:
        yield Problem(_("Được khen thưởng thì phải có quyết định đã ban hành."), "decision")


def names_only_what_was_passed(decision: AwardDecision) -> Iterator[Problem]:
    """Whoever a decision names went all the way to it."""
    session = object_session(decision)
    for nomination in named_in(session, decision) if session else ():
        if nomination.stage not in (*DECIDABLE, NominationStage.AWARDED):
            yield Problem(
                _("“%(who)s” còn ở bước “%(stage)s”, chưa ban hành được."),
                "status",
                {"who": nomination, "stage": nomination.stage.label},
            )


def named_in(session: Session, decision: AwardDecision) -> list[Nomination]:
    """The nominations that a decision in the database names."""
    if decision.is_new:
        return []
    found = session.scalars(select(Nomination).where(Nomination.decision_id == decision.id).order_by(Nomination.id))
    return [nomination for nomination in found if nomination.decision is decision]


NAMED = _("Quyết định đã ban hành, hoặc đã hủy, còn ghi đề nghị này.")


class AwardDecision(Record):
    """A decision to commend. Once issued it can only be cancelled, with a reason."""

    label = _("Quyết định khen thưởng")
    scoped_by = ("issuer",)
    open_above = True
    natural_key = ("number", "issued_on")
    title_field = "number"
    __table_args__ = (UniqueConstraint("number", "issued_on"),)

    number: Mapped[str | None] = code_field(_("Số quyết định"), 60, keyed=True, help=_("Ví dụ 12/QĐ-MTTQ-BTT."))
    issued_on: Mapped[date | None] = date_field(_("Ngày ban hành"))
    issuer_id: Mapped[int | None] = key("organisation.id")
    issuer: Mapped[Organisation | None] = reference(_("Cơ quan ban hành"), "AwardDecision.issuer_id")
    issuer_name: Mapped[str | None] = text(_("Cơ quan ban hành khác"), 200, help=_("Ví dụ Chủ tịch UBND tỉnh."))
    signer: Mapped[str | None] = text(_("Người ký"), 120, search=True)
    excerpt: Mapped[str] = long_text(_("Trích yếu"), search=True)
    round_id: Mapped[int | None] = key("award_round.id")
    round: Mapped[AwardRound | None] = reference(_("Đợt khen thưởng"), "AwardDecision.round_id")
    status: Mapped[DecisionStatus] = choice(_("Tình trạng"), DecisionStatus, default=DecisionStatus.DRAFT)
    cancelled_on: Mapped[date | None] = date_field(_("Ngày hủy"))
    cancel_reason: Mapped[str | None] = text(_("Lý do hủy"), 500)
    replaces_id: Mapped[int | None] = key("award_decision.id")
    replaces: Mapped[AwardDecision | None] = reference(
        _("Thay quyết định"), "AwardDecision.replaces_id", remote_side="AwardDecision.id"
    )
    bases: Mapped[list[Document]] = references(
        _("Căn cứ"), "award_decision_basis", order_by="Document.issued_on", help=_("In thành các dòng “Căn cứ …”.")
    )
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    workflow = Workflow(
        field="status",
        note="cancel_reason",
        transitions=(
            Transition(DecisionStatus.DRAFT, DecisionStatus.ISSUED, Role.APPROVER),
            Transition(DecisionStatus.ISSUED, DecisionStatus.CANCELLED, Role.APPROVER, back=True, sets="cancelled_on"),
        ),
        guards={DecisionStatus.ISSUED: (names_only_what_was_passed,)},
        seals=(
            Seal(
                at=since(DecisionStatus.ISSUED),
                said=_(
                    "Quyết định đã ban hành ngày %(day)s thì không sửa, không xóa; chỉ hủy (có lý do) rồi ban hành "
                    "quyết định khác."
                ),
                day="issued_on",
            ),
        ),
    )

    def pass_on(self, session: Session) -> None:
        """What a decision names becomes an award when it is issued, and waits for another when it is cancelled."""
        if self.is_new or not self.changed("status"):
            return
        for nomination in named_in(session, self):
            if self.status is DecisionStatus.ISSUED:
                nomination.become_award(self)
            elif self.status is DecisionStatus.CANCELLED and nomination.stage is NominationStage.AWARDED:
                nomination.workflow.transition_to(nomination, NominationStage.STANDING, self.cancel_reason)

    def check(self, session: Session) -> Iterator[Problem]:
        """Number and date go together; cancelled means with a reason (`docs/domain.md` 6.3)."""
        if self.number is not None and not SIGN.fullmatch(self.number):
            yield Problem(BAD_SIGN, "number")
        if self.status is not DecisionStatus.DRAFT:
            for name in ("number", "issued_on"):
                if getattr(self, name) is None:
                    yield Problem(_("Quyết định đã ban hành thì phải có số và ngày."), name)
        if self.replaces is self:
            yield Problem(_("Quyết định không thể thay chính nó."), "replaces")
        if self.status is DecisionStatus.CANCELLED and not (self.cancel_reason and self.cancelled_on):
            yield Problem(_("Hủy quyết định thì phải ghi ngày và lý do."), "cancel_reason")

    def __str__(self) -> str:
        return f"{_('Quyết định')} {self.number}" if self.number else (self.excerpt or self.label)[:80]


THE_COUNCILS = ("papers_complete", "council_met_on", "council_present", "council_votes")
"""What is written by who receives the nominations of a round: papers are checked, votes counted there."""


class Nomination(Record):
    """Someone put forward for an award in a round; with a decision it becomes the award."""

    label = _("Đề nghị khen thưởng")
    scoped_by = ("organisation",)
    natural_key = ("code",)
    title_field = "recipient"
    __table_args__ = (
        UniqueConstraint("round_id", "form_id", "unit_id", "recipient_key"),
        Index("ix_nomination_recipient_key", "recipient_key"),
    )

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    round_id: Mapped[int] = key("award_round.id")
    round: Mapped[AwardRound] = reference(_("Đợt khen thưởng"), "Nomination.round_id")
    recipient_kind: Mapped[RecipientKind] = choice(_("Đối tượng"), RecipientKind)
    recipient: Mapped[str] = text(_("Tập thể, hộ, cá nhân"), 250, search=True)
    person_id: Mapped[int | None] = key("person.id")
    person: Mapped[Person | None] = reference(_("Nhân sự"), "Nomination.person_id")
    gender: Mapped[str | None] = text(_("Danh xưng"), 20, help=_("Ông, Bà, Đại đức…"))
    birth_year: Mapped[int | None] = year_field(_("Năm sinh"))
    job: Mapped[str | None] = text(_("Chức vụ, đơn vị công tác"), 250)
    unit_id: Mapped[int] = key("unit.id")
    unit: Mapped[Unit] = reference(_("Đơn vị hành chính"), "Nomination.unit_id")
    organisation_id: Mapped[int] = key("organisation.id")
    organisation: Mapped[Organisation] = reference(_("Nơi đề nghị"), "Nomination.organisation_id")
    form_id: Mapped[int] = key("award_form.id")
    form: Mapped[AwardForm] = reference(_("Hình thức đề nghị"), "Nomination.form_id")
    achievement: Mapped[str | None] = long_text(_("Tóm tắt thành tích"))
    earlier_awards: Mapped[str | None] = text(_("Đã được khen"), 500)
    proposed_on: Mapped[date | None] = date_field(_("Ngày đề nghị"))
    papers_complete: Mapped[bool] = yes_no(_("Đủ hồ sơ"))
    council_met_on: Mapped[date | None] = date_field(_("Ngày Hội đồng họp"))
    council_present: Mapped[int | None] = integer(_("Hội đồng có mặt"))
    council_votes: Mapped[int | None] = integer(_("Phiếu tán thành"))
    stage: Mapped[NominationStage] = choice(_("Giai đoạn"), NominationStage, default=NominationStage.PROPOSED)
    stage_reason: Mapped[str | None] = text(_("Lý do chuyển giai đoạn"), 500)
    submitted_on: Mapped[date | None] = date_field(_("Ngày trình UBND tỉnh"))
    answered_on: Mapped[date | None] = date_field(_("Ngày trả lời"))
    decision_id: Mapped[int | None] = key("award_decision.id")
    decision: Mapped[AwardDecision | None] = reference(_("Quyết định"), "Nomination.decision_id")
    note: Mapped[str | None] = long_text(_("Ghi chú"))
    recipient_key: Mapped[str] = mapped_column(KEY_TEXT, default="", active_history=True, sort_order=80)

    workflow = Workflow(
        field="stage",
        note="stage_reason",
        decided_by="round.organisation",
        transitions=(
            Transition(NominationStage.PROPOSED, NominationStage.CHECKED, by_decider=True),
            Transition(NominationStage.CHECKED, NominationStage.COUNCIL, by_decider=True, sets="council_met_on"),
            Transition(NominationStage.COUNCIL, NominationStage.STANDING, by_decider=True),
            Transition(NominationStage.STANDING, NominationStage.AWARDED, Role.APPROVER, by_decider=True),
            Transition(
                NominationStage.STANDING, NominationStage.SUBMITTED, Role.APPROVER, by_decider=True, sets="submitted_on"
            ),
            Transition(
                NominationStage.SUBMITTED, NominationStage.AWARDED, Role.APPROVER, by_decider=True, sets="answered_on"
            ),
            *(
                Transition(stage, NominationStage.REJECTED, role, by_decider=True, back=True, sets=sets)
                for stage, role, sets in (
                    (NominationStage.PROPOSED, Role.EDITOR, None),
                    (NominationStage.CHECKED, Role.EDITOR, None),
                    (NominationStage.COUNCIL, Role.APPROVER, None),
                    (NominationStage.STANDING, Role.APPROVER, None),
                    (NominationStage.SUBMITTED, Role.APPROVER, "answered_on"),
                )
            ),
            Transition(NominationStage.CHECKED, NominationStage.PROPOSED, by_decider=True, back=True),
            Transition(NominationStage.COUNCIL, NominationStage.CHECKED, by_decider=True, back=True),
            Transition(NominationStage.STANDING, NominationStage.COUNCIL, Role.APPROVER, by_decider=True, back=True),
            Transition(NominationStage.SUBMITTED, NominationStage.STANDING, Role.APPROVER, by_decider=True, back=True),
            Transition(NominationStage.AWARDED, NominationStage.STANDING, Role.APPROVER, by_decider=True, back=True),
            Transition(NominationStage.REJECTED, NominationStage.PROPOSED, Role.APPROVER, by_decider=True, back=True),
        ),
        guards={
            NominationStage.CHECKED: (has_its_papers,),
            NominationStage.COUNCIL: (has_its_papers, has_the_votes),
            NominationStage.STANDING: (has_its_papers, has_the_votes),
            NominationStage.SUBMITTED: (has_the_votes, is_given_above),
            NominationStage.AWARDED: (is_in_an_issued_decision,),
        },
        seals=(
            Seal(
                at=(NominationStage.AWARDED,),
                said=_(
                    "Đã được khen theo quyết định ban hành ngày %(day)s nên không sửa, không xóa; muốn sửa thì hủy "
                    "quyết định (có lý do)."
                ),
                day="decision.issued_on",
                decider=("note",),
            ),
            Seal(
                at=since(NominationStage.CHECKED),
                said=_("Hồ sơ đã được nhận ngày %(day)s nên không sửa, không xóa; %(who)s mở được, có ghi lý do."),
                decider=(*THE_COUNCILS, "submitted_on", "answered_on", "decision", "note"),
                opened_by=Role.APPROVER,
            ),
        ),
        reserved=dict.fromkeys(THE_COUNCILS, "round.organisation"),
    )

    def pass_on(self, session: Session) -> None:
        """Put into a decision that was issued already, it is an award."""
        decision = self.decision
        if decision is not None and decision.status is DecisionStatus.ISSUED and self.changed("decision"):
            self.become_award(decision)

    def become_award(self, decision: AwardDecision) -> None:
        """Become what the decision makes of whatever waits for one."""
        if self.stage in DECIDABLE:
            self.workflow.transition_to(self, NominationStage.AWARDED, None, decision.issued_on)

    def derive(self, session: Session) -> None:
        """Who it is for, in one spelling: two nominations of the same recipient of a unit have the same key."""
        born = self.birth_year or (self.person.birth_year if self.person else None) or ""
        kind = self.recipient_kind.value if self.recipient_kind else ""
        self.recipient_key = f"{kind}|{fold(self.recipient or '')}|{born}"

    def check(self, session: Session) -> Iterator[Problem]:
        """One recipient, one form, one round; one achievement is rewarded once (Luật TĐKT; `docs/domain.md` 6.2)."""
        suits = {
            RecipientKind.COLLECTIVE: self.form.for_collectives,
            RecipientKind.HOUSEHOLD: self.form.for_households,
            RecipientKind.INDIVIDUAL: self.form.for_individuals,
        }
        if not suits[self.recipient_kind]:
            yield Problem(
                _("“%(form)s” không dành cho %(kind)s."),
                "form",
                {"form": str(self.form), "kind": self.recipient_kind.label.lower()},
            )
        yield from check_votes(self, "council_present", "council_votes")
        issued = self.decision is not None and self.decision.status is DecisionStatus.ISSUED
        if issued and self.stage is not NominationStage.AWARDED:
            yield Problem(
                _("Quyết định đã ban hành chỉ ghi những ai được khen thưởng; đề nghị này còn ở bước khác."), "decision"
            )
        yield from self._form_problems()
        yield from self._round_problems(session)
        yield from self._double_problems(session)

    def _form_problems(self) -> Iterator[Problem]:
        """The round takes this form, and it is given in these years (its legal basis is in force)."""
        if self.round.forms and self.form not in self.round.forms:
            yield Problem(_("Đợt này không xét “%(form)s”."), "form", {"form": self.form})
        day = self.proposed_on or self.round.due_on
        start, end = self.form.valid_from, self.form.valid_to
        if day is not None and ((start and day < start) or (end and day > end)):
            yield Problem(
                _("“%(form)s” không áp dụng vào ngày %(day)s."), "form", {"form": self.form, "day": f"{day:%d/%m/%Y}"}
            )

    def _round_problems(self, session: Session) -> Iterator[Problem]:
        """A closed round takes nothing new; one past its day, or with enough from this place, only if confirmed."""
        round_ = self.round
        if not (self.is_new or self.changed("round", "organisation")):
            return
        if round_.closed:
            yield Problem(_("Đợt này đã kết thúc, không nhận thêm."), "round")
        if self.proposed_on and round_.due_on and self.proposed_on > round_.due_on:
            yield Problem(
                _("Đã quá hạn nhận đề nghị: %(due)s."),
                "proposed_on",
                {"due": f"{round_.due_on:%d/%m/%Y}"},
                confirm="late",
            )
        if round_.unit_quota is None:
            return
        mine = select(func.count()).where(Nomination.round_id == round_.id, Nomination.id != (self.id or 0))
        there = session.scalar(mine.where(Nomination.organisation_id == self.organisation.id)) or 0
        there += sum((n.round, n.organisation) == (round_, self.organisation) for n in earlier_new(session, self))
        if there >= round_.unit_quota:
            yield Problem(
                _("“%(who)s” đã đề nghị đủ %(quota)s của đợt này."),
                "organisation",
                {"who": self.organisation, "quota": round_.unit_quota},
                confirm="quota",
            )

    def check_delete(self, session: Session) -> Iterator[Problem]:
        """What an issued decision names stays."""
        if self.decision is not None and self.decision.status is not DecisionStatus.DRAFT and not self.sample:
            yield Problem(NAMED)

    def _double_problems(self, session: Session) -> Iterator[Problem]:
        there = session.scalars(select(Nomination).where(Nomination.recipient_key == self.recipient_key))
        others = [
            other
            for other in (*there, *earlier_new(session, self))
            if (other.recipient_key, other.unit) == (self.recipient_key, self.unit)
            and other is not self
            and other not in session.deleted
        ]
        other = next((o for o in others if o.round is self.round and o.form is self.form), None)
        if other is not None:
            yield Problem(
                _("Đợt này đã đề nghị “%(other)s” hình thức này rồi (mã %(code)s)."),
                "recipient",
                {"other": str(other), "code": other.code},
            )
            return
        # Asked once: who has confirmed it may move the nomination on without being asked again.
        if self.round.movement is None or not (self.is_new or self.changed("recipient_key", "unit", "round")):
            return
        movement, year = self.round.movement, self.round.year
        other = next((o for o in others if o.round.movement is movement and o.round.year == year), None)
        if other is not None:
            yield Problem(
                _("“%(other)s” đã được đề nghị trong cùng phong trào, cùng năm (mã %(code)s, %(form)s)."),
                "recipient",
                {"other": str(other), "code": other.code, "form": str(other.form)},
                confirm="same-movement",
            )
