"""Press and broadcast pieces about the movement and its models (plan 2023, III.1 and III.3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Mapped, Session

from models.initiatives import Initiative
from models.movements import Movement
from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import choice, date_field, key, long_text, reference, text
from models.records.words import _


class MediaKind(Choice):
    """Where a piece appeared."""

    PRESS = "press", _("Báo in")
    ONLINE = "online", _("Báo điện tử, trang tin")
    RADIO = "radio", _("Phát thanh, truyền thanh")
    TELEVISION = "television", _("Truyền hình")
    SOCIAL = "social", _("Mạng xã hội")


class MediaItem(Record):
    """A piece of press or broadcasting."""

    label = _("Tin bài")
    scoped_by = ("organisation",)
    open_above = True
    title_field = "name"
    natural_key = ("name", "published_on")

    name: Mapped[str] = text(_("Tên tin bài"), 400, search=True)
    kind: Mapped[MediaKind] = choice(_("Loại hình"), MediaKind)
    outlet: Mapped[str] = text(_("Cơ quan báo chí, nơi đăng"), 200, search=True)
    published_on: Mapped[date] = date_field(_("Ngày đăng, phát"))
    author: Mapped[str | None] = text(_("Tác giả"), 150, search=True)
    address: Mapped[str | None] = text(_("Đường dẫn"), 500, help=_("Bắt đầu bằng https:// hoặc http://."))
    movement_id: Mapped[int | None] = key("movement.id")
    movement: Mapped[Movement | None] = reference(_("Phong trào"), "MediaItem.movement_id")
    initiative_id: Mapped[int | None] = key("initiative.id")
    initiative: Mapped[Initiative | None] = reference(_("Sáng kiến, mô hình"), "MediaItem.initiative_id")
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(_("Tổ chức được nêu"), "MediaItem.organisation_id")
    note: Mapped[str | None] = long_text(_("Ghi chú"))

    def check(self, session: Session) -> Iterator[Problem]:
        """An address is one of the web."""
        if self.address and not self.address.lower().startswith(("https://", "http://")):
            yield Problem(_("Đường dẫn phải bắt đầu bằng https:// hoặc http://."), "address")
