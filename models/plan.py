"""Plans by their clauses: what each asks for, of whom, and by which of the book's records it shows that it is done."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, Session

from models.documents import Document
from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import children, choice, code_field, integer, key, long_text, reference, text
from models.records.words import _


class Measure(Choice):
    """What the book can count for a clause, year by year; `views/plan.py` says how."""

    TASKS = "tasks", _("Nhiệm vụ của mục này")
    MOVEMENTS = "movements", _("Phong trào, cuộc vận động")
    REGISTRATIONS = "registrations", _("Công trình, phần việc đăng ký")
    MODELS = "models", _("Mô hình đăng ký")
    CLUBS = "clubs", _("Câu lạc bộ đang hoạt động")
    LAUNCHES = "launches", _("Lễ phát động")
    WORKSHOPS = "workshops", _("Hội thảo, tọa đàm")
    TRAININGS = "trainings", _("Tập huấn, quán triệt")
    PUBLICITY = "publicity", _("Cuộc tuyên truyền")
    CONTESTS = "contests", _("Hội thi, cuộc thi")
    INSPECTIONS = "inspections", _("Cuộc kiểm tra")
    SUPERVISIONS = "supervisions", _("Cuộc giám sát")
    CRITICISMS = "criticisms", _("Cuộc phản biện xã hội")
    CONFERENCES = "conferences", _("Hội nghị, sơ kết, tổng kết")
    FESTIVALS = "festivals", _("Ngày hội Đại đoàn kết")
    PILOT_AREAS = "pilot_areas", _("Khu dân cư điểm")
    INITIATIVES = "initiatives", _("Sáng kiến, mô hình")
    NOMINATIONS = "nominations", _("Đề nghị khen thưởng")
    REPORTS = "reports", _("Báo cáo đã gửi")
    GUIDANCE = "guidance", _("Văn bản hướng dẫn")
    PLANS = "plans", _("Kế hoạch")
    MEDIA = "media", _("Tin bài")


class Clause(Record):
    """A numbered clause of a plan. A task belongs to it by naming the plan and the number."""

    label = _("Mục kế hoạch")
    natural_key = ("code",)
    title_field = "number"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    code: Mapped[str] = code_field(_("Mã"), unique=True)
    document_id: Mapped[int] = key("document.id")
    document: Mapped[Document] = reference(_("Kế hoạch"), "Clause.document_id")
    number: Mapped[str] = code_field(_("Số mục"), 40, keyed=True)
    place: Mapped[int] = integer(_("Thứ tự"), default=100)
    part: Mapped[str] = text(_("Phần"), 200, search=True, help=_("Tên phần của kế hoạch, làm tiêu đề nhóm."))
    doer: Mapped[str | None] = text(_("Nơi thực hiện"), 200, search=True)
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(
        _("Chỉ tính số liệu của"),
        "Clause.organisation_id",
        help=_("Tổ chức này và cấp dưới; để trống: toàn tỉnh."),
    )
    content: Mapped[str] = long_text(_("Nội dung"), search=True)
    measures: Mapped[list[ClauseMeasure]] = children(
        _("Thể hiện bằng"), "ClauseMeasure.clause_id", "clause", order_by="ClauseMeasure.id"
    )

    def check(self, session: Session) -> Iterator[Problem]:
        """No measure is named twice."""
        named = [row.measure for row in self.measures]
        if len(set(named)) < len(named):
            yield Problem(_("Mỗi loại chỉ ghi một lần."), "measures")

    def title_sort(self) -> str:
        """In the plan's own order."""
        return f"{self.place or 0:05}"

    def __str__(self) -> str:
        return f"{_('Mục')} {self.number}"


class ClauseMeasure(Record):
    """One thing by which a clause shows that it is done."""

    label = _("Số liệu của mục")
    natural_key = ("clause", "measure")
    title_field = "measure"
    title_loads = ("clause",)
    __table_args__ = (UniqueConstraint("clause_id", "measure"),)

    clause_id: Mapped[int] = key("clause.id", owned=True)
    clause: Mapped[Clause] = reference(_("Mục kế hoạch"), "ClauseMeasure.clause_id", back_populates="measures")
    measure: Mapped[Measure] = choice(_("Loại"), Measure)

    def title_sort(self) -> str:
        """In the order of the list."""
        return f"{self.measure.rank:03}" if self.measure else ""

    def __str__(self) -> str:
        return self.measure.label if self.measure else self.label
