"""What became of units: which became which, when and by which document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, Session

from models.documents import Document
from models.records.base import Record
from models.records.errors import Problem
from models.records.fields import date_field, key, long_text, reference
from models.records.words import _
from models.units import Unit


class Succession(Record):
    """Which unit became which, when and by which document. A unit is never overwritten."""

    label = _("Sáp nhập, chia tách")
    natural_key = ("predecessor", "successor")
    title_field = "on"
    title_loads = ("predecessor", "successor")
    __table_args__ = (UniqueConstraint("predecessor_id", "successor_id"),)

    predecessor_id: Mapped[int] = key("unit.id")
    predecessor: Mapped[Unit] = reference(_("Đơn vị cũ"), "Succession.predecessor_id")
    successor_id: Mapped[int] = key("unit.id")
    successor: Mapped[Unit] = reference(_("Đơn vị mới"), "Succession.successor_id")
    on: Mapped[date] = date_field(_("Từ ngày"))
    document_id: Mapped[int | None] = key("document.id")
    document: Mapped[Document | None] = reference(_("Văn bản"), "Succession.document_id")
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """A unit doesn't follow itself."""
        if self.predecessor is self.successor:
            yield Problem(_("Đơn vị mới phải khác đơn vị cũ."), "successor")

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
