"""Initiatives and their authors, on the way to the Golden Book, and the places that take them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, UniqueConstraint, and_, false, or_, select
from sqlalchemy.orm import Mapped, Session, object_session

from models.accounts.users import Role
from models.adoptions import Adoption
from models.appraisals import Appraisal, Conclusion
from models.documents import Document
from models.dossiers import DossierFile, DossierItem, DossierKind, Presence
from models.files.attachments import attached
from models.movements import Movement
from models.organisations import Organisation
from models.people import Person
from models.records.base import Record
from models.records.choices import Choice, State
from models.records.clock import now
from models.records.errors import Problem
from models.records.fields import (
    children,
    choice,
    code_field,
    date_field,
    decimal,
    integer,
    key,
    long_text,
    money,
    reference,
    text,
    year_field,
    yes_no,
)
from models.records.lookups import earlier_new, may_be_named
from models.records.text import likeness
from models.records.words import _
from models.units import Level, Unit
from models.workflow.declaration import Transition, Workflow
from models.workflow.seals import Seal


class InitiativeKind(Choice):
    """What is put forward (`docs/domain.md` 5)."""

    INITIATIVE = "initiative", _("Sáng kiến")
    SOLUTION = "solution", _("Giải pháp")
    WORKS = "works", _("Công trình")
    PRODUCT = "product", _("Sản phẩm")
    MODEL = "model", _("Mô hình")


class Stage(Choice):
    """From the unit's registration to the Golden Book (plan 2023, II.5, III.1, III.4)."""

    REGISTERED = "registered", _("Mới đăng ký")
    DOSSIER = "dossier", _("Đủ hồ sơ")
    APPRAISED = "appraised", _("Cơ sở đã thẩm định"), State.WAITING
    COUNCIL = "council", _("Hội đồng tỉnh đã chọn"), State.WAITING
    DECIDED = "decided", _("Ban Thường trực quyết định"), State.DONE
    SENT = "sent", _("Đã gửi Trung ương"), State.DONE
    PUBLISHED = "published", _("Công bố Sách vàng"), State.DONE
    UNPUBLISHED = "unpublished", _("Không được công bố"), State.OFF
    REJECTED = "rejected", _("Không được chọn"), State.OFF


GONE = (Stage.SENT, Stage.PUBLISHED, Stage.UNPUBLISHED)
"""The stages of what was sent to the Centre: it counts against the year's quota."""
ALIKE = 0.8
"""Titles that have so much in common are shown to whoever enters the second."""


def has_a_whole_dossier(initiative: Initiative) -> Iterator[Problem]:
    """Every paper of the checklist is there, or marked as not needed."""
    there = {item.kind for item in initiative.dossier if item.presence is not Presence.MISSING}
    if missing := [kind.label for kind in DossierKind if kind not in there]:
        yield Problem(_("Hồ sơ còn thiếu: %(papers)s."), "dossier", {"papers": ", ".join(missing)})


def was_chosen_below(initiative: Initiative) -> Iterator[Problem]:
    """The district or the organisation appraised it and chose it."""
    if not any(a.conclusion is Conclusion.CHOSEN and not a.is_provincial for a in initiative.appraisals):
        yield Problem(_("Chưa có thẩm định của cấp huyện hoặc tổ chức kết luận “Chọn”."), "appraisals")


def was_chosen_by_the_province(initiative: Initiative) -> Iterator[Problem]:
    """The provincial council met, voted and chose it; who was there and the minutes are written down."""
    chosen = [a for a in initiative.appraisals if a.conclusion is Conclusion.CHOSEN and a.is_provincial]
    if not chosen:
        yield Problem(_("Chưa có kết luận “Chọn” của Hội đồng tỉnh."), "appraisals")
    elif all(a.present is None or a.votes_for is None or a.minutes is None for a in chosen):
        yield Problem(_("Phiên họp Hội đồng tỉnh còn thiếu số có mặt, số phiếu hoặc biên bản."), "appraisals")


def stands_in_a_decision(initiative: Initiative) -> Iterator[Problem]:
    """The standing board's decision is named."""
    if initiative.decision is None:
        yield Problem(_("Chưa ghi văn bản quyết định của Ban Thường trực."), "decision")


def is_sent_in_time(initiative: Initiative) -> Iterator[Problem]:
    """It was proposed for the Golden Book, and sent within the quota and by the last day of the year it was sent in."""
    if not initiative.golden_book:
        yield Problem(_("Chưa đánh dấu đề nghị Sách vàng."), "golden_book")
    day, session = initiative.sent_on, object_session(initiative)
    if day is None or session is None:
        yield Problem(_("Chưa ghi ngày gửi Trung ương."), "sent_on")
        return
    year = book_of(session, day.year)
    if year is None:
        yield Problem(_("Chưa có hạn và chỉ tiêu Sách vàng năm %(year)s."), "sent_on", {"year": day.year})
    elif day > year.due_on:
        yield Problem(_("Quá hạn gửi Trung ương: %(due)s."), "sent_on", {"due": f"{year.due_on:%d/%m/%Y}"})
    elif len(year.sent(session)) > year.quota:
        yield Problem(
            _("Đã đủ chỉ tiêu gửi Trung ương năm %(year)s: %(quota)s công trình."),
            "sent_on",
            {"year": day.year, "quota": year.quota},
        )


def has_its_year(initiative: Initiative) -> Iterator[Problem]:
    """What was published has the year."""
    if initiative.golden_book_year is None:
        yield Problem(_("Đã công bố thì phải có năm công bố."), "golden_book_year")


class GoldenBookYear(Record):
    """How many works the province may send to the Centre in a year, and by when (`docs/domain.md` 5)."""

    label = _("Chỉ tiêu Sách vàng theo năm")
    natural_key = ("year",)
    title_field = "year"
    __table_args__ = (UniqueConstraint("year"),)

    year: Mapped[int] = year_field(_("Năm"))
    quota: Mapped[int] = integer(_("Số công trình được gửi"))
    due_on: Mapped[date] = date_field(_("Hạn gửi Trung ương"))
    basis_id: Mapped[int | None] = key("document.id")
    basis: Mapped[Document | None] = reference(_("Căn cứ"), "GoldenBookYear.basis_id")
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def sent(self, session: Session) -> list[Initiative]:
        """What was sent in this year, what is on its way to the database included."""
        days = Initiative.sent_on.between(date(self.year, 1, 1), date(self.year, 12, 31))
        there = session.scalars(select(Initiative).where(days, Initiative.stage.in_(GONE)))
        coming = [r for r in [*session.new, *session.dirty] if isinstance(r, Initiative)]
        return [
            it
            for it in dict.fromkeys([*there, *coming])
            if it.stage in GONE and it.sent_on and it.sent_on.year == self.year and it not in session.deleted
        ]

    def check(self, session: Session) -> Iterator[Problem]:
        """Quota and last day fit the year, and what was sent already."""
        sent = self.sent(session)
        if len(sent) > self.quota:
            yield Problem(_("Năm này đã gửi %(sent)s công trình."), "quota", {"sent": len(sent)})
        if self.due_on.year != self.year:
            yield Problem(_("Hạn gửi phải trong năm %(year)s."), "due_on", {"year": self.year})
        if late := [it for it in sent if it.sent_on and it.sent_on > self.due_on]:
            yield Problem(_("“%(what)s” đã gửi sau ngày này."), "due_on", {"what": late[0]})

    def check_delete(self, session: Session) -> Iterator[Problem]:
        """A year in which something was sent stays. Samples may go with the samples."""
        if not self.sample and (sent := self.sent(session)):
            yield Problem(_("Năm này đã gửi %(sent)s công trình."), None, {"sent": len(sent)})


def book_of(session: Session, year: int) -> GoldenBookYear | None:
    """The Golden Book's quota and last day of this year."""
    return session.scalars(select(GoldenBookYear).where(GoldenBookYear.year == year)).one_or_none()


class InitiativeField(Record):
    """A field of work that initiatives are sorted by."""

    label = _("Lĩnh vực sáng kiến")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 30, unique=True)
    name: Mapped[str] = text(_("Tên lĩnh vực"), 150, search=True)
    place: Mapped[int] = integer(_("Thứ tự"), default=100)


class Initiative(Record):
    """A work, product, model, initiative or solution that a unit or organisation puts forward."""

    label = _("Sáng kiến, mô hình")
    scoped_by = ("organisation",)
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 40, unique=True)
    name: Mapped[str] = text(_("Tên sáng kiến"), 400, search=True)
    kind: Mapped[InitiativeKind] = choice(_("Loại"), InitiativeKind, default=InitiativeKind.INITIATIVE)
    field_id: Mapped[int | None] = key("initiative_field.id")
    field: Mapped[InitiativeField | None] = reference(_("Lĩnh vực"), "Initiative.field_id")
    year: Mapped[int] = year_field(_("Năm"))
    unit_id: Mapped[int] = key("unit.id")
    unit: Mapped[Unit] = reference(_("Đơn vị"), "Initiative.unit_id")
    organisation_id: Mapped[int] = key("organisation.id")
    organisation: Mapped[Organisation] = reference(_("Tổ chức giới thiệu"), "Initiative.organisation_id")
    movement_id: Mapped[int | None] = key("movement.id")
    movement: Mapped[Movement | None] = reference(_("Phong trào"), "Initiative.movement_id")
    registered_on: Mapped[date] = date_field(_("Ngày đăng ký"))
    first_applied_on: Mapped[date | None] = date_field(_("Ngày áp dụng lần đầu"))
    scope: Mapped[Level | None] = choice(_("Phạm vi áp dụng"), Level)
    applied_at: Mapped[str | None] = text(_("Nơi áp dụng"), 300)
    summary: Mapped[str | None] = long_text(_("Tóm tắt, bản chất"), search=False)
    economic_value: Mapped[int | None] = money(_("Hiệu quả kinh tế (đồng)"))
    social_effect: Mapped[str | None] = long_text(_("Hiệu quả xã hội"))
    prizes: Mapped[str | None] = text(_("Giải thưởng đã đạt"), 300, help=_("Tên giải, cấp, năm."))
    stage: Mapped[Stage] = choice(_("Giai đoạn"), Stage, default=Stage.REGISTERED)
    stage_reason: Mapped[str | None] = text(_("Lý do chuyển giai đoạn"), 500)
    golden_book: Mapped[bool] = yes_no(_("Đề nghị Sách vàng"))
    sent_on: Mapped[date | None] = date_field(_("Ngày gửi Trung ương"))
    golden_book_year: Mapped[int | None] = year_field(_("Năm công bố Sách vàng"))
    worth_spreading: Mapped[bool] = yes_no(_("Mô hình nhân rộng"))
    decision_id: Mapped[int | None] = key("document.id")
    decision: Mapped[Document | None] = reference(_("Văn bản quyết định"), "Initiative.decision_id")
    note: Mapped[str | None] = long_text(_("Ghi chú"))
    authors: Mapped[list[Author]] = children(
        _("Tác giả"), "Author.initiative_id", "initiative", order_by="Author.place"
    )
    dossier: Mapped[list[DossierItem]] = children(
        _("Hồ sơ"), "DossierItem.initiative_id", "initiative", order_by="DossierItem.id"
    )
    appraisals: Mapped[list[Appraisal]] = children(
        _("Thẩm định"), "Appraisal.initiative_id", "initiative", order_by="Appraisal.met_on"
    )
    adoptions: Mapped[list[Adoption]] = children(
        _("Nơi học tập, làm theo"), "Adoption.initiative_id", "initiative", order_by="Adoption.adopted_on"
    )
    attachments: Mapped[list[DossierFile]] = attached("DossierFile", _("Tệp hồ sơ"))

    workflow = Workflow(
        field="stage",
        note="stage_reason",
        transitions=(
            Transition(Stage.REGISTERED, Stage.DOSSIER),
            Transition(Stage.DOSSIER, Stage.APPRAISED, Role.APPROVER),
            Transition(Stage.APPRAISED, Stage.COUNCIL, by_decider=True),
            Transition(Stage.COUNCIL, Stage.DECIDED, Role.APPROVER, by_decider=True),
            Transition(Stage.DECIDED, Stage.SENT, Role.APPROVER, by_decider=True, sets="sent_on"),
            Transition(Stage.SENT, Stage.PUBLISHED, Role.APPROVER, by_decider=True, sets="golden_book_year"),
            Transition(Stage.SENT, Stage.UNPUBLISHED, Role.APPROVER, by_decider=True, back=True),
            Transition(Stage.DOSSIER, Stage.REJECTED, Role.APPROVER, back=True),
            Transition(Stage.APPRAISED, Stage.REJECTED, by_decider=True, back=True),
            Transition(Stage.COUNCIL, Stage.REJECTED, Role.APPROVER, by_decider=True, back=True),
            Transition(Stage.DOSSIER, Stage.REGISTERED, back=True),
            Transition(Stage.APPRAISED, Stage.DOSSIER, Role.APPROVER, by_decider=True, back=True),
            Transition(Stage.COUNCIL, Stage.APPRAISED, by_decider=True, back=True),
            Transition(Stage.DECIDED, Stage.COUNCIL, Role.APPROVER, by_decider=True, back=True),
            Transition(Stage.SENT, Stage.DECIDED, Role.APPROVER, by_decider=True, back=True),
            Transition(Stage.PUBLISHED, Stage.SENT, Role.APPROVER, by_decider=True, back=True),
            Transition(Stage.UNPUBLISHED, Stage.SENT, Role.APPROVER, by_decider=True, back=True),
            Transition(Stage.REJECTED, Stage.REGISTERED, Role.APPROVER, back=True),
        ),
        guards={
            Stage.DOSSIER: (has_a_whole_dossier,),
            Stage.APPRAISED: (has_a_whole_dossier, was_chosen_below),
            Stage.COUNCIL: (has_a_whole_dossier, was_chosen_by_the_province),
            Stage.DECIDED: (was_chosen_by_the_province, stands_in_a_decision),
            Stage.SENT: (stands_in_a_decision, is_sent_in_time),
            Stage.PUBLISHED: (has_its_year,),
        },
        # The province takes it from here. What it turned down is its sender's again.
        seals=(
            Seal(
                at=(Stage.APPRAISED, Stage.COUNCIL, Stage.DECIDED, *GONE),
                said=_("Đã chuyển lên tỉnh ngày %(day)s nên không sửa, không xóa; %(who)s mở được, có ghi lý do."),
                decider=("dossier", "golden_book", "sent_on", "golden_book_year", "decision", "note"),
                anyone=("worth_spreading", "adoptions"),
                opened_by=Role.APPROVER,
            ),
        ),
        reserved={"appraisals": "council"},
    )

    def pass_on(self, session: Session) -> None:
        """A new initiative gets its checklist; what is sent takes its place in the year's quota."""
        if self.is_new:
            known = {item.kind for item in self.dossier}
            self.dossier += [DossierItem(kind=kind, sample=self.sample) for kind in DossierKind if kind not in known]
        elif self.stage is Stage.SENT and self.sent_on is not None and self.changed("stage", "sent_on"):
            # Of two that send the last one at once, the second finds the year changed.
            for book in filter(None, [book_of(session, self.sent_on.year)]):
                book.updated_at = now()

    def search_parts(self) -> Iterable[str]:
        """An initiative is found by its authors too."""
        return (author.full_name for author in self.authors if author.full_name)

    def check(self, session: Session) -> Iterator[Problem]:
        """The authors' shares make up the whole; only models are taken up elsewhere; no title is entered twice."""
        total = sum((author.share for author in self.authors), Decimal(0))
        if self.authors and total != 100:
            yield Problem(
                _("Tổng tỷ lệ của các tác giả là %(total)s %%, phải bằng 100 %%."),
                "authors",
                {"total": f"{total:g}".replace(".", ",")},
            )
        if self.adoptions and not self.worth_spreading:
            yield Problem(_("Có nơi làm theo thì phải đánh dấu mô hình nhân rộng."), "worth_spreading")
        if self.is_new or self.changed("name"):
            yield from self._alike_problems(session)

    def _alike_problems(self, session: Session) -> Iterator[Problem]:
        """The same or a very similar title by the same author or unit is shown before it is saved."""
        theirs = select(Author.initiative_id).where(or_(false(), *(author.same() for author in self.authors)))
        near = or_(
            Initiative.unit_id == self.unit.id,
            Initiative.organisation_id == self.organisation.id,
            Initiative.id.in_(theirs),
        )
        there = session.execute(select(Initiative.id, Initiative.name, Initiative.code).where(near)).all()
        coming = [
            (None, other.name, other.code)
            for other in earlier_new(session, self)
            if other.unit is self.unit
            or other.organisation is self.organisation
            or {author.who for author in self.authors} & {author.who for author in other.authors}
        ]
        for id_, name, code in [*there, *coming]:
            if name and (id_ is None or id_ != self.id) and likeness(name, self.name) >= ALIKE:
                named = id_ is None or may_be_named(session, Initiative, id_)
                other = f"{name} ({code})" if named else _("một sáng kiến của nơi khác")
                said = _("Tên trùng hoặc rất giống “%(other)s”, cùng tác giả hoặc cùng đơn vị.")
                yield Problem(said, "name", {"other": other}, confirm="alike")
                return


class Author(Record):
    """Someone's part in an initiative. The author's own particulars stand as they stood then."""

    label = _("Tác giả")
    natural_key = ("initiative", "full_name")
    title_field = "full_name"
    title_is_person = True

    initiative_id: Mapped[int] = key("initiative.id", owned=True)
    initiative: Mapped[Initiative] = reference(_("Sáng kiến"), "Author.initiative_id", back_populates="authors")
    place: Mapped[int] = integer(_("Thứ tự"), default=1)
    full_name: Mapped[str] = text(_("Họ và tên"), 120, search=True)
    share: Mapped[Decimal] = decimal(_("Tỷ lệ đóng góp (%)"), 2, minimum=0, maximum=100)
    birth_date: Mapped[date | None] = date_field(_("Ngày sinh"), personal=True)
    birth_year: Mapped[int | None] = year_field(_("Năm sinh"))
    workplace: Mapped[str | None] = text(_("Nơi công tác"), 200)
    job_title: Mapped[str | None] = text(_("Chức danh"), 150)
    education: Mapped[str | None] = text(_("Trình độ chuyên môn"), 150)
    person_id: Mapped[int | None] = key("person.id")
    person: Mapped[Person | None] = reference(_("Nhân sự"), "Author.person_id")

    @property
    def who(self) -> tuple[str, int | None]:
        """The author's name in one spelling, and year of birth."""
        return self.title_sort(), self.birth_year

    def same(self) -> ColumnElement[bool]:
        """The condition that a row is of someone of this name, born in the same year as far as both years are known."""
        born = self.birth_year
        named = Author.title_key == self.title_sort()
        return named if born is None else and_(named, or_(Author.birth_year.is_(None), Author.birth_year == born))
