"""People, the posts they hold and the terms they hold them in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import (
    choice,
    code_field,
    date_field,
    integer,
    key,
    long_text,
    reference,
    text,
    year_field,
    yes_no,
)
from models.records.order import sort_key
from models.records.personal import LATER
from models.records.words import _
from models.units import Level, check_span

if TYPE_CHECKING:
    from models.organisations import Organisation


class Gender(Choice):
    """As the office's lists have it."""

    MALE = "male", _("Nam")
    FEMALE = "female", _("Nữ")


class Origin(Choice):
    """Thành phần cơ cấu: from where a member came onto the committee (Điều lệ khóa IX; `docs/domain.md` 2)."""

    ORGANISATION_HEAD = "organisation_head", _("Người đứng đầu tổ chức thành viên")
    LOWER_CHAIR = "lower_chair", _("Chủ tịch Ủy ban MTTQ Việt Nam cấp dưới trực tiếp")
    INDIVIDUAL = "individual", _("Cá nhân tiêu biểu")
    CADRE = "cadre", _("Cán bộ chuyên trách")


class Person(Record):
    """A person. Names of one or two words are full names here; a middle name is never asked for."""

    label = _("Nhân sự")
    scoped_by = ("organisation",)
    natural_key = ("code",)
    title_field = "full_name"
    title_is_person = True

    code: Mapped[str | None] = code_field(_("Mã"), 30, unique=True)
    full_name: Mapped[str] = text(_("Họ và tên"), 120, search=True)
    name_key: Mapped[str | None] = text(
        _("Tên để xếp thứ tự"), 60, help=_("Chỉ nhập khi tên gọi không phải là chữ cuối.")
    )
    other_name: Mapped[str | None] = text(_("Tên khác"), 120, search=True, help=_("Tên chữ Khmer, pháp danh…"))
    gender: Mapped[Gender | None] = choice(_("Giới tính"), Gender)
    birth_date: Mapped[date | None] = date_field(_("Ngày sinh"), personal=True)
    birth_year: Mapped[int | None] = year_field(_("Năm sinh"), help=_("Đủ khi chỉ biết năm."))
    ethnic_group: Mapped[str | None] = text(_("Dân tộc"), 60, search=True)
    religion: Mapped[str | None] = text(_("Tôn giáo"), 60)
    party_member: Mapped[bool] = yes_no(_("Đảng viên"))
    education: Mapped[str | None] = text(_("Trình độ"), 120)
    occupation: Mapped[str | None] = text(_("Nghề nghiệp, chức danh"), 200, search=True)
    workplace: Mapped[str | None] = text(_("Cơ quan, đơn vị công tác"), 200, search=True)
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(
        _("Nơi quản lý"), "Person.organisation_id", help=_("Tổ chức ghi và giữ thông tin của người này.")
    )
    phone: Mapped[str | None] = text(_("Điện thoại"), 30, personal=True, search=True)
    email: Mapped[str | None] = text(_("Thư điện tử"), 120, personal=True, search=True)
    address: Mapped[str | None] = text(_("Nơi ở hiện nay"), 300, personal=True)
    identity_number: Mapped[str | None] = code_field(_("Số căn cước"), 12, personal=True)
    note: Mapped[str | None] = long_text(_("Ghi chú"))
    personal_text: Mapped[str] = mapped_column(Text(), default="", sort_order=94, info={"personal": True}, **LATER)

    def derive(self, session: Session) -> None:
        """A known birth date gives the year."""
        if self.birth_date is not None:
            self.birth_year = self.birth_date.year

    def check(self, session: Session) -> Iterator[Problem]:
        """An identity number is 12 digits, or 9 as it was before."""
        number = self.identity_number
        if number is not None and not (number.isascii() and number.isdigit() and len(number) in (9, 12)):
            yield Problem(_("Số căn cước có 12 chữ số (số cũ: 9)."), "identity_number")

    def title_sort(self) -> str:
        """By given name, then middle, then family name; one that is set by hand comes before these."""
        return (sort_key(self.name_key) + " " if self.name_key else "") + super().title_sort()


class Post(Record):
    """A post that people hold: chair, deputy chair, member, head of an area's board."""

    label = _("Chức danh")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 30, unique=True)
    name: Mapped[str] = text(_("Tên chức danh"), 150, search=True)
    place: Mapped[int] = integer(_("Thứ tự"), default=100, help=_("Số nhỏ đứng trước."))


class Term(Record):
    """A term of office at one level (nhiệm kỳ), five years as a rule."""

    label = _("Nhiệm kỳ")
    natural_key = ("code",)

    code: Mapped[str] = code_field(_("Mã"), 30, unique=True)
    name: Mapped[str] = text(_("Tên nhiệm kỳ"), 150, search=True)
    level: Mapped[Level] = choice(_("Cấp"), Level)
    starts_in: Mapped[int] = year_field(_("Từ năm"))
    ends_in: Mapped[int] = year_field(_("Đến năm"))

    def check(self, session: Session) -> Iterator[Problem]:
        """A term doesn't end before it begins."""
        yield from check_span(self, "starts_in", "ends_in")


class Position(Record):
    """Who holds what post where, in which term, from when to when."""

    label = _("Chức vụ")
    title_field = "place"
    title_loads = ("person", "post")
    natural_key = ("organisation", "person", "post", "term")
    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "post_id", "term_id"),)

    organisation_id: Mapped[int] = key("organisation.id", owned=True)
    organisation: Mapped[Organisation] = reference(_("Tổ chức"), "Position.organisation_id", back_populates="positions")
    person_id: Mapped[int] = key("person.id")
    person: Mapped[Person] = reference(_("Nhân sự"), "Position.person_id")
    post_id: Mapped[int] = key("post.id")
    post: Mapped[Post] = reference(_("Chức danh"), "Position.post_id")
    term_id: Mapped[int | None] = key("term.id")
    term: Mapped[Term | None] = reference(_("Nhiệm kỳ"), "Position.term_id")
    origin: Mapped[Origin | None] = choice(_("Thành phần cơ cấu"), Origin)
    full_time: Mapped[bool] = yes_no(_("Chuyên trách"))
    starts_on: Mapped[date | None] = date_field(_("Từ ngày"))
    ends_on: Mapped[date | None] = date_field(_("Đến ngày"))
    place: Mapped[int] = integer(_("Thứ tự"), default=100)

    def check(self, session: Session) -> Iterator[Problem]:
        """A post isn't left before it is taken up."""
        yield from check_span(self, "starts_on", "ends_on")

    def __str__(self) -> str:
        return f"{self.person} – {self.post}"
