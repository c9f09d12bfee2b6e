"""StoredFile: a file that belongs to a record. The database keeps what it is, `models/files/store.py` its bytes.

A noun gets files by a class of its own and one line:

    class Attachment(StoredFile):
        label = _("Tệp đính kèm")
        owner_noun = "Document"

    attachments: Mapped[list[Attachment]] = attached("Attachment")      # in Document
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from models.files.kinds import FileKind
from models.records.base import Base, Record, snake
from models.records.fields import Field, Kind, children, choice, integer, key, reference, text
from models.records.text import clean
from models.records.words import _

NAME_LENGTH = 255


class StoredFile(Record):
    """One file. A subclass says whose: `owner_noun` is the class name of the records that have such files."""

    __abstract__ = True
    # As open as what it belongs to: neither more nor less.
    open_above = True
    natural_key = ("name", "owner")
    owner_noun: ClassVar[str]

    name: Mapped[str] = text(_("Tên tệp"), NAME_LENGTH, search=True)
    kind: Mapped[FileKind] = choice(_("Loại tệp"), FileKind)
    size: Mapped[int] = integer(_("Dung lượng (byte)"))
    sha256: Mapped[str] = mapped_column(String(64))
    stored: Mapped[str] = mapped_column(String(32), unique=True)
    """The name of its bytes in the folder: random, never used twice."""

    @declared_attr
    @classmethod
    def owner_id(cls) -> Mapped[int]:
        """The key of the record that the file belongs to."""
        return key(f"{snake(cls.owner_noun)}.id", owned=True)

    @declared_attr
    @classmethod
    def owner(cls) -> Mapped[Any]:
        """The record that the file belongs to."""
        found: Mapped[Any] = reference(
            _("Thuộc về"), f"{cls.__name__}.owner_id", argument=cls.owner_noun, back_populates="attachments"
        )
        return found

    @property
    def download_name(self) -> str:
        """The name that it gets on a reader's disk: with the ending of what it is, so that nothing else opens it."""
        name = self.name.lstrip(".")
        return name if name.lower().endswith(self.kind.endings) else f"{name}{self.kind.endings[0]}"


def attached(record: str, label: str = _("Tệp đính kèm")) -> Any:
    """The files of a record, as records of the class `record`; the attribute's name is `attachments`."""
    return children(label, f"{record}.owner_id", "owner", order_by=f"{record}.id")


def holds_files(spec: Field) -> bool:
    """Whether a field holds files."""
    return spec.kind is Kind.CHILDREN and issubclass(spec.target, StoredFile)


def file_classes() -> list[type[StoredFile]]:
    """Every class of stored files."""
    return [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, StoredFile)]


def plain_name(given: str) -> str:
    """The name that a file came with as it is kept: no folders, no control characters, its ending kept when cut."""
    name = clean(given.replace("\\", "/").rpartition("/")[2]) or "?"
    if len(name) <= NAME_LENGTH:
        return name
    head, dot, ending = name.rpartition(".")
    ending = dot + ending if head and len(ending) <= 10 else ""
    return name[: NAME_LENGTH - len(ending)] + ending
