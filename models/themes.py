"""Themes of the Festival, and which Festival is held under which."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped

from models.records.base import Base, Record
from models.records.fields import integer, text, yes_no
from models.records.words import _

event_theme = Table(
    "event_theme",
    Base.metadata,
    Column("event_id", ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    Column("theme_id", ForeignKey("theme.id", ondelete="RESTRICT"), primary_key=True, index=True),
)


class Theme(Record):
    """A theme that a Festival is held under (plan 2023, II.9); the list is open."""

    label = _("Chủ đề Ngày hội")
    natural_key = ("name",)

    name: Mapped[str] = text(_("Tên chủ đề"), 200, unique=True, search=True)
    place: Mapped[int] = integer(_("Thứ tự"), default=100)
    active: Mapped[bool] = yes_no(_("Đang dùng"), default=True)
