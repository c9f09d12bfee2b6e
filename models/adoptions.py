"""Adoptions: where an initiative is taken up, since when, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from models.records.base import Record
from models.records.fields import date_field, key, reference, text
from models.records.words import _
from models.units import Unit

if TYPE_CHECKING:
    from models.initiatives import Initiative


class Adoption(Record):
    """A place that took a model up: since when, and what came of it."""

    label = _("Nơi làm theo mô hình")
    natural_key = ("initiative", "unit")
    title_field = "adopted_on"
    title_loads = ("initiative", "unit")
    __table_args__ = (UniqueConstraint("initiative_id", "unit_id"),)

    initiative_id: Mapped[int] = key("initiative.id", owned=True)
    initiative: Mapped[Initiative] = reference(_("Mô hình"), "Adoption.initiative_id", back_populates="adoptions")
    unit_id: Mapped[int] = key("unit.id")
    unit: Mapped[Unit] = reference(_("Nơi làm theo"), "Adoption.unit_id")
    adopted_on: Mapped[date | None] = date_field(_("Từ ngày"))
    result: Mapped[str | None] = text(_("Kết quả"), 500, search=True)

    def __str__(self) -> str:
        return f"{self.initiative} – {self.unit}"
