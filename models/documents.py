"""Documents: the legal bases that work stands on, and the papers it results in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session

from models.files.attachments import StoredFile, attached
from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import Choice
from models.records.errors import Problem
from models.records.fields import choice, code_field, date_field, key, long_text, reference, text
from models.records.lookups import earlier_new
from models.records.text import clean, code_key
from models.records.words import _


class DocumentKind(Choice):
    """Kinds of documents, with the Front's letters (Nghị định 30/2020/NĐ-CP; `docs/domain.md` 8)."""

    LAW = "law", _("Luật")
    RESOLUTION = "resolution", _("Nghị quyết")
    DECREE = "decree", _("Nghị định")
    DIRECTIVE = "directive", _("Chỉ thị")
    CIRCULAR = "circular", _("Thông tư, Thông tri")
    DECISION = "decision", _("Quyết định")
    PROJECT = "project", _("Đề án")
    PLAN = "plan", _("Kế hoạch")
    GUIDANCE = "guidance", _("Hướng dẫn")
    PROGRAMME = "programme", _("Chương trình")
    SUBMISSION = "submission", _("Tờ trình")
    REPORT = "report", _("Báo cáo")
    NOTICE = "notice", _("Thông báo, Kết luận")
    MINUTES = "minutes", _("Biên bản")
    LETTER = "letter", _("Công văn")
    OTHER = "other", _("Khác")


SIGN = re.compile(r"\d{1,5}[a-zđ]?(?:/\d{4})?[/-][A-ZĐ][A-Za-zĐđÀ-ỹ0-9]*(?:[-/&][A-ZĐ][A-Za-zĐđÀ-ỹ0-9]*)*")
"""The number and letters of a document: 96/HD-MTTW-BTT, 06/2022/QH15, 1620/QĐ-TTg, 264-TB/TW."""
BAD_SIGN = _("Số, ký hiệu phải có dạng “12/QĐ-MTTQ-BTT”.")


class Document(Record):
    """A document by its sign and date, with what it says in one sentence."""

    label = _("Văn bản")
    scoped_by = ("organisation",)
    open_above = True
    natural_key = ("sign", "issued_on")
    title_field = "sign"
    __table_args__ = (UniqueConstraint("sign", "issued_on"),)

    sign: Mapped[str | None] = code_field(_("Số, ký hiệu"), 60, keyed=True)
    issued_on: Mapped[date | None] = date_field(_("Ngày ban hành"))
    kind: Mapped[DocumentKind] = choice(_("Loại văn bản"), DocumentKind)
    issuer: Mapped[str] = text(_("Cơ quan ban hành"), 200, search=True)
    excerpt: Mapped[str] = long_text(_("Trích yếu"), search=True)
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(
        _("Thuộc tổ chức"), "Document.organisation_id", help=_("Để trống: văn bản dùng chung, ai cũng xem được.")
    )
    in_force_from: Mapped[date | None] = date_field(_("Có hiệu lực từ"))
    in_force_to: Mapped[date | None] = date_field(_("Hết hiệu lực từ"))
    kept_at: Mapped[str | None] = text(_("Nơi lưu"), 300, help=_("Tủ, cặp hồ sơ hoặc đường dẫn tệp."))
    note: Mapped[str | None] = long_text(_("Ghi chú"))
    attachments: Mapped[list[Attachment]] = attached("Attachment", _("Bản chụp, tệp đính kèm"))
    if TYPE_CHECKING:
        sign_key: Mapped[str | None]

    def check(self, session: Session) -> Iterator[Problem]:
        """A sign looks like one; its day may be unknown, but a day without a sign says nothing."""
        if self.sign is None and self.issued_on is not None:
            yield Problem(_("Có ngày ban hành thì phải có số, ký hiệu."), "sign")
        if self.sign is not None and not SIGN.fullmatch(self.sign):
            yield Problem(BAD_SIGN, "sign")
        if self.sign is not None and (self.is_new or self.changed("sign", "issued_on")):
            yield from self._perhaps_the_same(session)

    def _perhaps_the_same(self, session: Session) -> Iterator[Problem]:
        """Where one of two days is unknown, two documents of one sign may be one."""
        sign = code_key(self.sign or "")
        there = session.scalars(select(Document).where(Document.sign_key == sign))
        for other in (*there, *earlier_new(session, self)):
            alike = other.sign is not None and code_key(other.sign) == sign
            if other is not self and alike and None in (self.issued_on, other.issued_on):
                if other.issued_on is None:
                    yield Problem(_("Đã có văn bản số này, chưa rõ ngày."), "issued_on", confirm="same-sign")
                else:
                    day = {"day": f"{other.issued_on:%d/%m/%Y}"}
                    yield Problem(_("Đã có văn bản số này, ngày %(day)s."), "issued_on", day, confirm="same-sign")
                return

    def __str__(self) -> str:
        return f"{self.kind.label} {self.sign}" if self.sign and self.kind else (self.excerpt or self.label)[:80]

    @classmethod
    def find(cls, session: Session, text: str) -> Document | None:
        """The document of this sign, or "sign|2023-02-01" when one sign stands on several; else the one so excerpted.

        The plan itself has come down without number and date: its excerpt is all that names it.
        """
        found = super().find(session, text) if "|" not in text else _find_dated(session, text)
        found = found or cls.find_by(session, {"excerpt": clean(text, lines=True)})
        return found if isinstance(found, Document) else None


class Attachment(StoredFile):
    """The scanned paper of a document, or the file that it was written in."""

    label = _("Tệp đính kèm")
    owner_noun = "Document"


def _find_dated(session: Session, text: str) -> Record | None:
    sign, day = text.split("|", 1)
    return Document.find_by(session, {"sign": sign.strip(), "issued_on": date.fromisoformat(day.strip())})
