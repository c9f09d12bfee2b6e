"""Initiatives, their authors, dossiers and appraisals, on the way to the Golden Book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, Session

from models.base import Record
from models.choices import Choice
from models.documents import Document
from models.errors import Problem
from models.fields import (
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
from models.movements import Movement
from models.organisations import Organisation
from models.people import Person
from models.stages import check_step
from models.units import Level, Unit
from models.words import _


class InitiativeKind(Choice):
    """What is put forward (`domain.md` 5)."""

    INITIATIVE = "initiative", _("Sáng kiến")
    SOLUTION = "solution", _("Giải pháp")
    WORKS = "works", _("Công trình")
    PRODUCT = "product", _("Sản phẩm")
    MODEL = "model", _("Mô hình")


class Stage(Choice):
    """From the unit's registration to the Golden Book (plan 2023, II.5, III.1, III.4)."""

    REGISTERED = "registered", _("Mới đăng ký")
    DOSSIER = "dossier", _("Đủ hồ sơ")
    APPRAISED = "appraised", _("Cơ sở đã thẩm định"), "warn"
    COUNCIL = "council", _("Hội đồng tỉnh đã chọn"), "warn"
    DECIDED = "decided", _("Ban Thường trực quyết định"), "ok"
    SENT = "sent", _("Đã gửi Trung ương"), "ok"
    PUBLISHED = "published", _("Công bố Sách vàng"), "ok"
    REJECTED = "rejected", _("Không được chọn"), "late"


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

    def search_parts(self) -> Iterable[str]:
        """An initiative is found by its authors too."""
        return (author.full_name for author in self.authors if author.full_name)

    def check(self, session: Session) -> Iterator[Problem]:
        """The authors' shares make up the whole; stages go forward, or back with a reason."""
        total = sum((author.share for author in self.authors), Decimal(0))
        if self.authors and total != 100:
            yield Problem(
                _("Tổng tỷ lệ của các tác giả là %(total)s %%, phải bằng 100 %%."),
                "authors",
                {"total": f"{total:g}".replace(".", ",")},
            )
        if self.stage is Stage.PUBLISHED and self.golden_book_year is None:
            yield Problem(_("Đã công bố thì phải có năm công bố."), "golden_book_year")
        yield from check_step(self, "stage", "stage_reason")


class Author(Record):
    """Someone's part in an initiative. The author's own particulars stand as they stood then."""

    label = _("Tác giả")
    natural_key = ("initiative", "full_name")
    title_field = "full_name"

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


class DossierKind(Choice):
    """What a dossier for the Golden Book holds (`domain.md` 5)."""

    LETTER = "letter", _("Công văn đề nghị")
    SUMMARY = "summary", _("Báo cáo tóm tắt công trình")
    PORTRAIT = "portrait", _("Ảnh chân dung tác giả 9×12")
    DRAWING = "drawing", _("Bản vẽ, ảnh kỹ thuật")
    CLIP = "clip", _("Video clip")
    CERTIFICATE = "certificate", _("Bản sao giấy chứng nhận giải thưởng")


class Presence(Choice):
    """Whether a paper is there."""

    MISSING = "missing", _("Thiếu"), "late"
    PAPER = "paper", _("Có (bản giấy)"), "ok"
    FILE = "file", _("Có (tệp)"), "ok"


class DossierItem(Record):
    """One paper of an initiative's dossier: there or missing, on paper or as a file."""

    label = _("Giấy tờ hồ sơ")
    natural_key = ("initiative", "kind")
    title_field = "kind"
    __table_args__ = (UniqueConstraint("initiative_id", "kind"),)

    initiative_id: Mapped[int] = key("initiative.id", owned=True)
    initiative: Mapped[Initiative] = reference(_("Sáng kiến"), "DossierItem.initiative_id", back_populates="dossier")
    kind: Mapped[DossierKind] = choice(_("Giấy tờ"), DossierKind)
    presence: Mapped[Presence] = choice(_("Có / thiếu"), Presence, default=Presence.MISSING)
    received_on: Mapped[date | None] = date_field(_("Ngày nhận"))
    kept_at: Mapped[str | None] = text(_("Nơi lưu"), 300)


class Conclusion(Choice):
    """What a council concluded."""

    CHOSEN = "chosen", _("Chọn"), "ok"
    NOT_CHOSEN = "not_chosen", _("Không chọn"), "late"
    RETURNED = "returned", _("Yêu cầu bổ sung"), "warn"


class Appraisal(Record):
    """A council's vote on an initiative."""

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

    def check(self, session: Session) -> Iterator[Problem]:
        """No more are present than belong, and no more votes are cast than people are there."""
        if self.members is not None and (self.present or 0) > self.members:
            yield Problem(_("Số có mặt không thể nhiều hơn số ủy viên."), "present")
        if (self.votes_for or 0) > (self.present if self.present is not None else 10**9):
            yield Problem(_("Số phiếu không thể nhiều hơn số có mặt."), "votes_for")

    def __str__(self) -> str:
        return f"{self.initiative} – {self.council}"
