"""The papers of documents: sent in with the form, listed on the page, given only to who may see the document."""

import io
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from backoffice.cli import cli
from models import Attachment, AuditEntry, Committee, Document, Role
from models.files.store import LARGEST, Store
from models.history.audit import AuditKind
from tests.conftest import add_person, browser_of
from tests.files import EXE, HTML, KINDS, PDF, SVG
from tests.models.builders import sign
from tests.pages import error_at, read, record_form, sent
from views.core.session import db

HOSTILE = [
    "../../evil.sh",
    "..\\..\\evil.bat",
    "/etc/passwd",
    "C:\\Windows\\x.pdf",
    "évil.html",
    "x.svg",
    ".htaccess",
    "con.pdf",
    "ă" * 300 + ".pdf",
    "a\x00b.pdf",
    'a"; filename="x.html',
    "..",
]
FORM = {"kind": "decision", "issuer": "Ban Thường trực", "excerpt": "Có bản chụp", "issued_on": "1/2/2023"}


def send(client: FlaskClient, url: str, *files: tuple[str, bytes], **typed: Any) -> TestResponse:
    """Fill in the form at `url`, choose these files, send it."""
    values = sent(record_form(client.get(url).text)) | {name: [str(value)] for name, value in typed.items()}
    data: MultiDict[str, Any] = MultiDict(values)
    for name, content in files:
        data.add("attachments", FileStorage(io.BytesIO(content), name))
    # The client's own way writes large bodies to a file that it never closes.
    boundary, body = encode_multipart(data)
    return client.post(url, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def new(client: FlaskClient, *files: tuple[str, bytes], **typed: Any) -> TestResponse:
    return send(client, "/documents/new/", *files, **{**FORM, "sign": sign().replace("/", "b/"), **typed})


def newest(app: Flask) -> tuple[int, list[tuple[int, str]]]:
    """The last document, and its files as (id, name)."""
    with app.app_context():
        document = db.session.scalars(select(Document).order_by(Document.id.desc()).limit(1)).one()
        return document.id, [(file.id, file.name) for file in document.attachments]


def store_of(app: Flask) -> Store:
    found: Store = app.extensions["files"]
    return found


def on_disk(app: Flask) -> set[Path]:
    return {path for path in store_of(app).root.rglob("*") if path.is_file()}


def test_the_form_takes_several_files_and_gives_them_back(desk: Flask, clerk: FlaskClient) -> None:
    form = record_form(clerk.get("/documents/new/").text)
    assert form["enctype"] == "multipart/form-data"
    assert "multiple" in form.one("input", type="file", name="attachments").attrs
    assert new(clerk, *((f"Bản chụp.{kind}", content) for kind, content in KINDS.items())).status_code == 302
    document, files = newest(desk)
    assert [name for _id, name in files] == [f"Bản chụp.{kind}" for kind in KINDS]
    page = read(clerk.get(f"/documents/details/?id={document}").text)
    for (id_, name), content in zip(files, KINDS.values(), strict=True):
        assert page.one("a", href=f"/documents/file/?id={id_}").text == name
        with clerk.get(f"/documents/file/?id={id_}") as answer:
            assert answer.data == content
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert unquote(answer.headers["Content-Disposition"].rpartition("UTF-8''")[2]) == name
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
            assert answer.headers["Cache-Control"] == "no-store"
    assert read(clerk.get("/documents/history/?id=" + str(document)).text).text.count("Bản chụp.pdf") >= 2
    with desk.app_context():
        query = select(AuditEntry).where(AuditEntry.noun == "Attachment", AuditEntry.record_id == files[0][0])
        made, looked = db.session.scalars(query.order_by(AuditEntry.id))
        assert (made.kind, made.actor) == (AuditKind.CREATED, looked.actor)
        assert (looked.kind, looked.owner_noun, looked.owner_id) == (AuditKind.READ, "Document", document)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(desk: Flask, clerk: FlaskClient, name: str) -> None:
    before = on_disk(desk)
    assert new(clerk, (name, PDF)).status_code == 302
    (path,) = on_disk(desk) - before
    assert path.parent.parent == store_of(desk).root
    assert path.name.isalnum()
    assert path.suffix == ""
    (file, _name) = newest(desk)[1][0]
    with clerk.get(f"/documents/file/?id={file}") as answer:
        assert answer.data == PDF
        assert answer.mimetype == "application/pdf"
        said = answer.headers["Content-Disposition"]
        assert said.isprintable()
        assert said.startswith("attachment; filename=")
        assert "/" not in unquote(said)
        assert unquote(said).rstrip('"').endswith(".pdf")


def test_one_name_twice_is_two_files(desk: Flask, clerk: FlaskClient) -> None:
    before = on_disk(desk)
    for content in (PDF, PDF + b"khac"):
        assert new(clerk, ("a.pdf", content), ("a.pdf", content)).status_code == 302
    contents = sorted(path.read_bytes() for path in on_disk(desk) - before)
    assert contents == sorted([PDF, PDF, PDF + b"khac", PDF + b"khac"])


@pytest.mark.parametrize("content", [HTML, SVG, EXE, b"", PDF + bytes(LARGEST)])
def test_what_is_not_taken_is_told_at_the_field_and_leaves_nothing(
    desk: Flask, clerk: FlaskClient, content: bytes
) -> None:
    before = on_disk(desk), newest(desk)
    answer = new(clerk, ("b.pdf", PDF), ("a.pdf", content))
    assert answer.status_code == 200
    said = "“a.pdf” lớn hơn 20 MB." if len(content) > LARGEST else "“a.pdf” không phải tệp PDF"
    assert error_at(answer.text, "attachments").startswith(said)
    assert "Chưa lưu, hãy chọn lại: b.pdf, a.pdf" in answer.text
    assert (on_disk(desk), newest(desk)) == before


def test_a_polyglot_is_saved_never_shown(desk: Flask, clerk: FlaskClient) -> None:
    assert new(clerk, ("a.html", PDF + HTML)).status_code == 302
    with clerk.get(f"/documents/file/?id={newest(desk)[1][0][0]}") as answer:
        assert answer.mimetype == "application/pdf"
        assert answer.headers["Content-Disposition"] == "attachment; filename=a.html.pdf"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_request_too_large_is_one_sentence(desk: Flask, clerk: FlaskClient) -> None:
    answer = new(clerk, ("a.pdf", PDF + bytes(17 * 2**20)), ("b.pdf", PDF + bytes(17 * 2**20)))
    assert answer.status_code == 413
    assert "Tệp hoặc biểu mẫu gửi lên quá lớn" in answer.text


@pytest.mark.parametrize("typed", [{"sign": "sai"}, {"excerpt": ""}, {"issued_on": "mai"}])
def test_a_save_that_fails_leaves_no_file(desk: Flask, clerk: FlaskClient, typed: dict[str, str]) -> None:
    before = on_disk(desk)
    assert new(clerk, ("a.pdf", PDF), **typed).status_code == 200
    assert on_disk(desk) == before


def test_a_ticked_file_goes_and_its_bytes_after_the_sweep(desk: Flask, clerk: FlaskClient) -> None:
    assert new(clerk, ("a.pdf", PDF), ("b.pdf", PDF)).status_code == 302
    document, ((one, _a), (other, _b)) = newest(desk)
    with desk.app_context():
        path = store_of(desk).path(db.session.get_one(Attachment, one).stored)
    assert send(clerk, f"/documents/edit/?id={document}", **{"del-attachments": one}).status_code == 302
    assert newest(desk)[1] == [(other, "b.pdf")]
    assert clerk.get(f"/documents/file/?id={one}").status_code == 404
    old = time.time() - 100 * 86_400
    os.utime(path, (old, old))
    assert desk.test_cli_runner().invoke(cli, ["files", "sweep"]).output == "0 files removed\n"
    assert path.exists()


def test_a_form_without_files_leaves_them(desk: Flask, clerk: FlaskClient) -> None:
    assert new(clerk, ("a.pdf", PDF)).status_code == 302
    document, files = newest(desk)
    assert send(clerk, f"/documents/edit/?id={document}", note="Sửa").status_code == 302
    assert newest(desk) == (document, files)


def test_a_file_of_another_document_is_not_removed(desk: Flask, clerk: FlaskClient) -> None:
    assert new(clerk, ("a.pdf", PDF)).status_code == 302
    foreign = newest(desk)[1][0][0]
    assert new(clerk, **{"del-attachments": foreign}).status_code == 302
    with desk.app_context():
        assert db.session.get(Attachment, foreign) is not None


def test_only_who_may_see_the_document_gets_its_file(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        home = db.session.scalars(select(Committee).where(Committee.code == "MTTQ-947")).one().id
    mine = browser_of(desk, add_person(desk, Role.EDITOR, "MTTQ-947").username)
    theirs = browser_of(desk, add_person(desk, Role.EDITOR, "MTTQ-948").username)
    assert new(clerk, ("a.pdf", PDF), organisation=home).status_code == 302
    own = newest(desk)[1][0][0]
    assert new(clerk, ("a.pdf", PDF)).status_code == 302
    shared = newest(desk)[1][0][0]
    for client, seen in ((clerk, {own, shared}), (mine, {own, shared}), (theirs, {shared})):
        for file in (own, shared):
            with client.get(f"/documents/file/?id={file}") as answer:
                assert answer.status_code == (200 if file in seen else 404)
    assert desk.test_client().get(f"/documents/file/?id={own}").status_code == 302
    for id_ in ("x", "", "0", "9" * 40, "../1"):
        assert clerk.get("/documents/file/", query_string={"id": id_}).status_code == 404
    assert clerk.get(f"/units/file/?id={own}").status_code == 404
