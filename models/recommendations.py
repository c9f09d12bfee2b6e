"""Recommendations of supervision and criticism, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, Session

from models.records.base import Record
from models.records.errors import Problem
from models.records.fields import Days, date_field, key, long_text, reference, text
from models.records.words import _
from models.units import check_span

if TYPE_CHECKING:
    from models.events import Event


class Recommendation(Record):
    """What a supervision or criticism asks of someone, and what they answered (QĐ 217-QĐ/TW)."""

    label = _("Kiến nghị")
    natural_key = ("event", "content")
    title_field = "content"

    event_id: Mapped[int] = key("event.id", owned=True)
    event: Mapped[Event] = reference(
        _("Cuộc giám sát, phản biện"), "Recommendation.event_id", back_populates="recommendations"
    )
    content: Mapped[str] = text(_("Nội dung kiến nghị"), 1000, search=True)
    sent_to: Mapped[str | None] = text(_("Nơi nhận"), 200, search=True)
    sent_on: Mapped[date | None] = date_field(_("Ngày gửi"))
    due_on: Mapped[date | None] = date_field(_("Hạn trả lời"), calendar=Days(_("Hạn trả lời kiến nghị")))
    answered_on: Mapped[date | None] = date_field(_("Ngày trả lời"))
    answer: Mapped[str | None] = long_text(_("Nội dung trả lời"))

    def check(self, session: Session) -> Iterator[Problem]:
        """An answer follows what was sent, and has a day."""
        if self.answer and self.answered_on is None:
            yield Problem(_("Đã trả lời thì phải có ngày trả lời."), "answered_on")
        if self.sent_on is None and (self.answered_on or self.due_on):
            yield Problem(_("Chưa ghi ngày gửi kiến nghị."), "sent_on")
        yield from check_span(self, "sent_on", "due_on")
        yield from check_span(self, "sent_on", "answered_on")
