"""Kinds of files: told by their content as the programs that open them tell it."""

import codecs
import io

import pytest

from models.files.kinds import FileKind, kind_of

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.mark.parametrize("before", [b"", codecs.BOM_UTF8, b"\r\n", b"\n\n", codecs.BOM_UTF8 + b"\r\n", b"\r\n" * 400])
def test_a_pdf_may_begin_with_a_mark_or_empty_lines(before: bytes) -> None:
    assert kind_of(io.BytesIO(before + PDF)) is FileKind.PDF


@pytest.mark.parametrize("file", [b"<html>" + PDF, b"\r\n" * 600 + PDF, codecs.BOM_UTF8, b"", b"MZ" + PDF, b"PDF-1.7"])
def test_what_only_holds_one_is_none(file: bytes) -> None:
    assert kind_of(io.BytesIO(file)) is None
