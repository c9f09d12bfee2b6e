"""The office's own particulars: the letterhead, the place name and the signers that exports print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Mapped, Session

from models.records.base import Record
from models.records.errors import Problem
from models.records.fields import children, code_field, integer, key, reference, text, yes_no
from models.records.words import _


class Office(Record):
    """One row: what stands at the head and foot of a printed sheet (Nghị định 30/2020/NĐ-CP; `docs/domain.md` 8)."""

    label = _("Cơ quan")
    natural_key = ("code",)
    title_field = "agency"

    code: Mapped[str] = code_field(_("Mã"), 20, unique=True)
    parent_agency: Mapped[str | None] = text(_("Cơ quan cấp trên"), 200, search=True)
    agency: Mapped[str] = text(_("Tên cơ quan"), 200, search=True)
    body: Mapped[str | None] = text(_("Bộ phận ban hành"), 200, search=True)
    place: Mapped[str] = text(_("Địa danh"), 100, search=True, help=_("Đứng trước ngày tháng: “Sóc Trăng, ngày …”."))
    recipients: Mapped[str | None] = text(_("Nơi nhận"), 500)
    festival_day: Mapped[str | None] = text(
        _("Ngày tính khu dân cư của Ngày hội"),
        5,
        help=_("Ngày/tháng; để trống là 18/11. Tính khu dân cư có hiệu lực ngày ấy, theo cơ quan đầu tiên có ghi."),
    )
    signers: Mapped[list[Signer]] = children(_("Người ký"), "Signer.office_id", "office", order_by="Signer.place")

    def check(self, session: Session) -> Iterator[Problem]:
        """The Festival's day is one of every year."""
        if self.festival_day and day_of(self.festival_day) is None:
            yield Problem(_("Ghi ngày và tháng, thí dụ 18/11."), "festival_day")


def day_of(text: str, year: int = 2023) -> date | None:
    """The day of a year that "18/11" names; None if it names none, or none of every year."""
    try:
        return datetime.strptime(f"{text.strip()}/{year}", "%d/%m/%Y").date()  # noqa: DTZ007  a day, no moment
    except ValueError:
        return None


class Signer(Record):
    """Someone who signs for the office, and how."""

    label = _("Người ký")
    natural_key = ("office", "post")
    title_field = "post"

    office_id: Mapped[int] = key("office.id", owned=True)
    office: Mapped[Office] = reference(_("Cơ quan"), "Signer.office_id", back_populates="signers")
    place: Mapped[int] = integer(_("Thứ tự"), default=1)
    authority: Mapped[str | None] = text(_("Thẩm quyền ký"), 100, help=_("TM. BAN THƯỜNG TRỰC, KT. CHỦ TỊCH…"))
    post: Mapped[str] = text(_("Chức vụ"), 100)
    full_name: Mapped[str | None] = text(_("Họ và tên"), 120)
    active: Mapped[bool] = yes_no(_("Đang ký"), default=True)
