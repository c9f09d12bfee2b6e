"""Small files of every kind, by their content."""

from __future__ import annotations

import io
import struct
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
EXE = b"MZ\x90\x00" + bytes(200)
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def zipped(**parts: str) -> bytes:
    """A zip of these parts; "__" in a name stands for "/", "_dot_" for "."."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return target.getvalue()


def office(part: str, *more: str) -> bytes:
    """An Office file by its chief part."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return target.getvalue()


def open_document(kind: str) -> bytes:
    """An OpenDocument file of this kind."""
    return zipped(mimetype=f"application/vnd.oasis.opendocument.{kind}", content_dot_xml="<x/>")


def ole(stream: str) -> bytes:
    """An old Office file by its chief stream: head, one table, a directory with two entries."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HB", 2 * len(name) + 2, type_) + bytes(61)
        for name, type_ in (("Root Entry", 5), (stream, 2))
    )
    return head + b"\xff" * 512 + entries.ljust(512, b"\0")


KINDS = {
    "pdf": PDF,
    "jpeg": JPEG,
    "png": PNG,
    "docx": office("word/document.xml"),
    "xlsx": office("xl/workbook.xml"),
    "pptx": office("ppt/presentation.xml"),
    "odt": open_document("text"),
    "ods": open_document("spreadsheet"),
    "doc": ole("WordDocument"),
    "xls": ole("Workbook"),
}
