"""Appraisals: a council's meeting on an initiative, each member's vote and score, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, Session

from models.documents import Document
from models.organisations import Family, Organisation
from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import children, choice, date_field, decimal, integer, key, long_text, reference, text
from models.records.words import _
from models.units import Level
from models.votes import check_carried, check_votes, threshold_of

if TYPE_CHECKING:
    from models.initiatives import Initiative


class Conclusion(Choice):
    """What a council concluded."""

    CHOSEN = "chosen", _("Chọn"), "ok"
    NOT_CHOSEN = "not_chosen", _("Không chọn"), "late"
    RETURNED = "returned", _("Yêu cầu bổ sung"), "warn"


class Appraisal(Record):
    """A council's vote on an initiative; where each member's is written down, the tally follows from them."""

    label = _("Thẩm định sáng kiến")
    natural_key = ("initiative", "council", "met_on")
    title_field = "met_on"
    title_loads = ("council", "initiative")
    __table_args__ = (UniqueConstraint("initiative_id", "council_id", "met_on"),)

    initiative_id: Mapped[int] = key("initiative.id", owned=True)
    initiative: Mapped[Initiative] = reference(_("Sáng kiến"), "Appraisal.initiative_id", back_populates="appraisals")
    council_id: Mapped[int] = key("organisation.id")
    council: Mapped[Organisation] = reference(_("Hội đồng"), "Appraisal.council_id")
    met_on: Mapped[date] = date_field(_("Ngày họp"))
    members: Mapped[int | None] = integer(_("Số ủy viên"))
    present: Mapped[int | None] = integer(_("Có mặt"))
    votes_for: Mapped[int | None] = integer(_("Phiếu tán thành"))
    score: Mapped[Decimal | None] = decimal(_("Điểm trung bình"), 2, maximum=100)
    conclusion: Mapped[Conclusion | None] = choice(_("Kết luận"), Conclusion)
    minutes_id: Mapped[int | None] = key("document.id")
    minutes: Mapped[Document | None] = reference(_("Biên bản"), "Appraisal.minutes_id")
    note: Mapped[str | None] = long_text(_("Ý kiến"))
    scores: Mapped[list[Score]] = children(
        _("Phiếu từng ủy viên"), "Score.appraisal_id", "appraisal", order_by="Score.title_key"
    )

    @property
    def is_provincial(self) -> bool:
        """Whether the province's council voted, not a district's or an organisation's own."""
        return self.council.family is Family.COUNCIL and self.council.level is Level.PROVINCE

    def derive(self, session: Session) -> None:
        """The tally of the members' votes and the mean of their scores."""
        if not self.scores:
            return
        present = [score for score in self.scores if score.vote is not Vote.ABSENT]
        points = [score.points for score in present if score.points is not None]
        self.members, self.present = len(self.scores), len(present)
        self.votes_for = sum(score.vote is Vote.FOR for score in present)
        self.score = round(sum(points, Decimal(0)) / len(points), 2) if points else None

    def check(self, session: Session) -> Iterator[Problem]:
        """No more are there than belong, no more vote than are there; what is chosen has the votes for it."""
        if self.members is not None and (self.present or 0) > self.members:
            yield Problem(_("Số có mặt không thể nhiều hơn số ủy viên."), "present")
        yield from check_votes(self, "present", "votes_for")
        if self.conclusion is Conclusion.CHOSEN:
            yield from check_carried(self, "present", "votes_for", threshold_of(self.council))

    def __str__(self) -> str:
        return f"{self.initiative} – {self.council}"


class Vote(Choice):
    """How a member voted, or that they weren't there."""

    FOR = "for", _("Tán thành"), "ok"
    AGAINST = "against", _("Không tán thành"), "late"
    ABSENT = "absent", _("Vắng mặt")


class Score(Record):
    """One member's vote, and score, in a council's meeting on an initiative."""

    label = _("Phiếu của ủy viên")
    natural_key = ("full_name", "appraisal")
    title_field = "full_name"
    title_is_person = True
    __table_args__ = (UniqueConstraint("appraisal_id", "full_name"),)

    appraisal_id: Mapped[int] = key("appraisal.id", owned=True)
    appraisal: Mapped[Appraisal] = reference(_("Thẩm định"), "Score.appraisal_id", back_populates="scores")
    full_name: Mapped[str] = text(_("Ủy viên"), 120, search=True)
    vote: Mapped[Vote] = choice(_("Phiếu"), Vote, default=Vote.FOR)
    points: Mapped[Decimal | None] = decimal(_("Điểm"), 2, maximum=100)
    note: Mapped[str | None] = text(_("Ý kiến"), 500)

    def check(self, session: Session) -> Iterator[Problem]:
        """Who isn't there gives no score."""
        if self.vote is Vote.ABSENT and self.points is not None:
            yield Problem(_("Vắng mặt thì không có điểm."), "points")
