"""Kinds of files that are kept, told by their content; a name says nothing."""

from __future__ import annotations

import codecs
import zipfile
from typing import IO

from models.records.choices import Choice
from models.records.words import _


class FileKind(Choice):
    """What a kept file may be."""

    PDF = "pdf", _("PDF")
    JPEG = "jpeg", _("Ảnh JPEG")
    PNG = "png", _("Ảnh PNG")
    DOCX = "docx", _("Word (DOCX)")
    XLSX = "xlsx", _("Excel (XLSX)")
    PPTX = "pptx", _("PowerPoint (PPTX)")
    ODT = "odt", _("Văn bản ODT")
    ODS = "ods", _("Bảng tính ODS")
    DOC = "doc", _("Word (DOC)")
    XLS = "xls", _("Excel (XLS)")

    @property
    def media_type(self) -> str:
        """Its name on the web."""
        return MEDIA_TYPES[self]

    @property
    def endings(self) -> tuple[str, ...]:
        """How names of such files end, the usual one first."""
        return (".jpg", ".jpeg", ".jpe", ".jfif") if self is FileKind.JPEG else (f".{self.value}",)


_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}spreadsheetml.sheet",
    FileKind.PPTX: f"{_OFFICE}presentationml.presentation",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    FileKind.DOC: "application/msword",
    FileKind.XLS: "application/vnd.ms-excel",
}

HEADS = {
    b"\xff\xd8\xff": FileKind.JPEG,
    b"\x89PNG\r\n\x1a\n": FileKind.PNG,
}
BEFORE_PDF = 1024
"""How far into a file readers look for its first line."""
ZIP_HEAD = b"PK\x03\x04"
OLE_HEAD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

OFFICE_PARTS = {
    "word/document.xml": FileKind.DOCX,
    "xl/workbook.xml": FileKind.XLSX,
    "ppt/presentation.xml": FileKind.PPTX,
}
OPEN_DOCUMENTS = {MEDIA_TYPES[kind]: kind for kind in (FileKind.ODT, FileKind.ODS)}
OLE_STREAMS = {"WordDocument": FileKind.DOC, "Workbook": FileKind.XLS, "Book": FileKind.XLS}

_END, _END_SIZE, _END_64 = b"PK\x05\x06", 22, b"PK\x06\x07"
MOST_PARTS = 10_000
MOST_DIRECTORY = 2 * 1024 * 1024


def kind_of(file: IO[bytes]) -> FileKind | None:
    """What this file is by its content; None if it is nothing that is kept. Nothing of it is unpacked but a name."""
    file.seek(0)
    head = file.read(BEFORE_PDF)
    if _is_pdf(head):
        return FileKind.PDF
    for start, kind in HEADS.items():
        if head.startswith(start):
            return kind
    if head.startswith(ZIP_HEAD):
        return _in_zip(file)
    return _in_ole(file) if head.startswith(OLE_HEAD) else None


def _is_pdf(head: bytes) -> bool:
    """Readers open a PDF that begins with a byte order mark or empty lines, as scanners and mail programs make them."""
    return head.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n").startswith(b"%PDF-")


def _in_zip(file: IO[bytes]) -> FileKind | None:
    if not _has_small_directory(file):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return None
            if "[Content_Types].xml" in names:
                return next((kind for part, kind in OFFICE_PARTS.items() if part in names), None)
            if "mimetype" in names and "content.xml" in names:
                with archive.open("mimetype") as said:
                    return OPEN_DOCUMENTS.get(said.read(100).decode("ascii", "replace").strip())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        pass
    return None


def _has_small_directory(file: IO[bytes]) -> bool:
    """Whether the list of parts is short: `zipfile` reads it whole, and 20 MiB of it would fill the memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 65_535 - _END_SIZE))
    tail = file.read()
    # As zipfile finds it: right at the end, else the last mark before a comment.
    last = tail[-_END_SIZE:]
    at = len(tail) - _END_SIZE if last.startswith(_END) and last.endswith(b"\0\0") else tail.rfind(_END)
    end = tail[at : at + _END_SIZE] if at >= 0 else b""
    if len(end) < _END_SIZE or tail[max(0, at - 20) : at].startswith(_END_64):
        return False
    parts, length = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    return parts <= MOST_PARTS and length <= MOST_DIRECTORY


def _in_ole(file: IO[bytes]) -> FileKind | None:
    """By the streams that a directory names: each entry has 128 bytes, its name first, in UTF-16."""
    file.seek(0)
    while block := file.read(128 * 8192):
        for start in range(0, len(block), 128):
            name = block[start : start + 64].decode("utf-16-le", "replace").partition("\0")[0]
            if name in OLE_STREAMS and block[start + 66 : start + 67] == b"\x02":
                return OLE_STREAMS[name]
    return None
