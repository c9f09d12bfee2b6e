"""Files: what is taken, where their bytes lie, when those go."""

import io
import os
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Attachment, Document, Refused
from models.files import store as store_module
from models.files.attachments import NAME_LENGTH, plain_name
from models.files.kinds import FileKind, kind_of
from models.files.store import LARGEST, Store
from models.history.audit import AuditEntry, AuditKind
from models.history.undo import carry_out, deleted_with, plan
from models.records.clock import now
from tests.files import EXE, HTML, JPEG, KINDS, PDF, SVG, office, ole, open_document, zipped
from tests.models.builders import build

pytestmark = pytest.mark.database

NAMES = {
    "../../evil.sh": ("evil.sh", "evil.sh.pdf"),
    "..\\..\\evil.bat": ("evil.bat", "evil.bat.pdf"),
    "/etc/passwd": ("passwd", "passwd.pdf"),
    "C:\\Windows\\x.pdf": ("x.pdf", "x.pdf"),
    "évil.html": ("évil.html", "évil.html.pdf"),
    "x.svg": ("x.svg", "x.svg.pdf"),
    ".htaccess": (".htaccess", "htaccess.pdf"),
    "con.pdf": ("con.pdf", "con.pdf"),
    "a\x00b.pdf": ("ab.pdf", "ab.pdf"),
    "a\r\nX-Evil: 1\n.pdf": ("a X-Evil: 1 .pdf", "a X-Evil: 1 .pdf"),
    "": ("?", "?.pdf"),
    "..": ("..", ".pdf"),
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files")


def on_disk(store: Store) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def keep(store: Store, session: Session, content: bytes = PDF, name: str = "a.pdf") -> Attachment:
    found = store.keep(session, io.BytesIO(content), name, Attachment)
    found.owner = build(Document)
    session.add(found)
    return found


def age(path: Path, days: float) -> None:
    at = (now() - timedelta(days=days)).timestamp()
    os.utime(path, (at, at))


# -- what is taken


@pytest.mark.parametrize("kind", FileKind)
def test_a_kind_is_told_by_its_content(kind: FileKind) -> None:
    assert kind_of(io.BytesIO(KINDS[kind.value])) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b" %PDF-1.7",
        HTML,
        SVG,
        EXE,
        b"GIF89a" + PDF,
        zipped(a="b"),
        zipped(word__document_dot_xml="<x/>"),
        EXE + office("word/document.xml"),
        office("word/document.xml", "word/vbaProject.bin"),
        office("xl/workbook.bin"),
        open_document("graphics"),
        ole("EncryptedPackage"),
        office("word/document.xml")[:-10],
    ],
)
def test_anything_else_is_refused(store: Store, session: Session, content: bytes) -> None:
    with pytest.raises(Refused, match=r"“a\.pdf” không phải tệp"):
        store.keep(session, io.BytesIO(content), "a.pdf", Attachment)
    assert not store.root.exists()


def test_a_zip_of_countless_parts_is_not_read() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(10_001):
            archive.writestr(f"{number}", "")
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", "")
    assert kind_of(target) is None


def test_a_file_may_have_20_mib_and_no_more(store: Store, session: Session) -> None:
    fits = PDF + bytes(LARGEST - len(PDF))
    assert keep(store, session, fits).size == LARGEST
    with pytest.raises(Refused, match="lớn hơn 20 MB"):
        store.keep(session, io.BytesIO(fits + b"x"), "a.pdf", Attachment)


# -- names


@pytest.mark.parametrize("given", NAMES)
def test_a_name_leads_nowhere(store: Store, session: Session, given: str) -> None:
    kept = keep(store, session, PDF, given)
    session.flush()
    assert (kept.name, kept.download_name) == NAMES[given]
    (path,) = on_disk(store)
    assert path == store.path(kept.stored)
    assert path.parent.name == path.name[:2]
    assert path.stat().st_mode & 0o177 == 0


def test_a_long_name_keeps_its_ending(store: Store, session: Session) -> None:
    name = plain_name("ă" * 300 + ".pdf")
    assert name == "ă" * (NAME_LENGTH - 4) + ".pdf"
    assert len(plain_name("x" * 300)) == NAME_LENGTH


def test_no_name_of_a_row_leads_out_of_the_folder(store: Store) -> None:
    for name in ("../secret-key", "", "a" * 31, "A" * 32, "a" * 32 + "\n"):
        with pytest.raises(ValueError):  # noqa: PT011  the name is all there is to say
            store.path(name)


def test_two_owners_of_one_name_have_two_files(store: Store, session: Session) -> None:
    one, other = keep(store, session, PDF), keep(store, session, PDF + b"2")
    session.flush()
    assert store.path(one.stored).read_bytes() == PDF
    assert store.path(other.stored).read_bytes() == PDF + b"2"
    assert (one.size, one.sha256, one.kind) == (len(PDF), sha256(PDF).hexdigest(), FileKind.PDF)


def test_nothing_is_overwritten(store: Store, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module.secrets, "token_hex", lambda _size: "a" * 32)
    store.keep(session, io.BytesIO(PDF), "a.pdf", Attachment)
    session.commit()
    with pytest.raises(FileExistsError):
        store.keep(session, io.BytesIO(JPEG), "a.jpg", Attachment)
    session.rollback()
    assert [path.read_bytes() for path in on_disk(store)] == [PDF]


# -- with the transaction, and after it


def test_bytes_stay_with_a_commit_and_go_with_a_rollback(store: Store, session: Session) -> None:
    keep(store, session)
    with session.begin_nested():
        session.flush()
    assert len(on_disk(store)) == 1
    session.rollback()
    assert on_disk(store) == []
    keep(store, session)
    session.commit()
    session.rollback()
    assert len(on_disk(store)) == 1


def test_bytes_go_when_a_session_is_closed_or_a_rule_refuses(store: Store, session: Session) -> None:
    keep(store, session)
    session.close()
    assert on_disk(store) == []
    keep(store, session).owner.sign = "sai"
    with pytest.raises(Refused):
        session.commit()
    session.rollback()
    assert on_disk(store) == []


def test_the_sweep_takes_what_no_row_and_no_late_deletion_names(store: Store, session: Session) -> None:
    kept, deleted = keep(store, session), keep(store, session)
    session.commit()
    path, gone = store.path(kept.stored), store.path(deleted.stored)
    stray, young, part, foreign = (path.with_name(name) for name in ("a" * 32, "b" * 32, "c" * 32 + ".part", "README"))
    for other in (stray, young, part, foreign):
        other.write_bytes(b"x")
    for old in (path, gone, stray, part, foreign):
        age(old, 2)
    session.delete(deleted)
    session.commit()
    assert store.sweep(session) == 2
    assert set(on_disk(store)) == {path, gone, young, foreign}
    assert store.sweep(session, now() + timedelta(days=89)) == 1
    assert set(on_disk(store)) == {path, gone, foreign}
    assert store.sweep(session, now() + timedelta(days=91)) == 1
    assert set(on_disk(store)) == {path, foreign}


def test_a_deleted_file_comes_back_with_its_bytes(store: Store, session: Session) -> None:
    file = keep(store, session)
    session.commit()
    id_, stored, owner = file.id, file.stored, file.owner
    session.delete(owner)
    session.commit()
    age(store.path(stored), 30)
    assert store.sweep(session) == 0
    query = select(AuditEntry).where(AuditEntry.noun == "Document", AuditEntry.kind == AuditKind.DELETED)
    entry = session.scalars(query.order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert carry_out(session, plan(session, deleted_with(session, entry)), "Hoàn tác") == 2
    session.commit()
    back = session.get_one(Attachment, id_)
    assert store.path(back.stored).read_bytes() == PDF
    assert back.owner.attachments == [back]
