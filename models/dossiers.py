"""The dossier of an initiative: which papers it needs, which are there, and its files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from models.files.attachments import StoredFile
from models.records.base import Record
from models.records.choices import Choice, State
from models.records.fields import choice, date_field, key, reference, text
from models.records.words import _

if TYPE_CHECKING:
    from models.initiatives import Initiative


class DossierKind(Choice):
    """What a dossier for the Golden Book holds (`docs/domain.md` 5)."""

    LETTER = "letter", _("Công văn đề nghị")
    SUMMARY = "summary", _("Báo cáo tóm tắt công trình")
    PORTRAIT = "portrait", _("Ảnh chân dung tác giả 9×12")
    DRAWING = "drawing", _("Bản vẽ, ảnh kỹ thuật")
    CLIP = "clip", _("Video clip")
    CERTIFICATE = "certificate", _("Bản sao giấy chứng nhận giải thưởng")


class Presence(Choice):
    """Whether a paper is there."""

    MISSING = "missing", _("Thiếu"), State.LATE
    PAPER = "paper", _("Có (bản giấy)"), State.DONE
    FILE = "file", _("Có (tệp)"), State.DONE
    NOT_NEEDED = "not_needed", _("Không cần")


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


class DossierFile(StoredFile):
    """A file of an initiative's dossier: the summary, the portrait, the drawing."""

    label = _("Tệp hồ sơ sáng kiến")
    owner_noun = "Initiative"
