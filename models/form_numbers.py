"""Form numbers: each form that does something carries one, taken once, in the transaction of what the form does."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Base
from models.records.clock import now
from models.records.fields import Moment

KEPT = timedelta(days=7)
"""How long a page may lie in a browser and still be known as one that was sent."""


class FormNumber(Base):
    """The number of a form that was sent and did what it says."""

    __tablename__ = "form_number"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment(), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    """A hash of what was sent, which says whether the same is sent again."""
    noun: Mapped[str | None] = mapped_column(String(60))
    record_id: Mapped[int | None]
    """The record that it made."""


def forget_old(session: Session) -> None:
    """Forget the numbers of forms that nobody sends any more. Commits."""
    session.execute(delete(FormNumber).where(FormNumber.at < now() - KEPT))
    session.commit()
