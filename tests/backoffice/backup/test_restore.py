"""A backup gives the same book again: in another folder, on the other database, whole or not at all."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import stamp, upgrade
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from backoffice.backup import archive
from backoffice.backup.archive import BackupError
from backoffice.backup.restore import HERE, confirm, note_of, restore
from backoffice.factory import create_app
from models import Theme
from models.accounts.users import Role, User, UserSession
from models.records import dump
from models.records.database import engine_options
from tests.conftest import running_on
from tests.databases import BACKENDS, Databases
from tests.program import ROOT
from views.core.session import db


@pytest.fixture
def office(databases: Databases, filled: str, tmp_path: Path) -> Iterator[Flask]:
    """A book with an attached file and a secret beside it."""
    with databases(filled) as url, running_on(url, tmp_path / "office") as app, app.app_context():
        stamp()
        db.session.remove()
        stored = tmp_path / "office" / "files" / "ab" / ("ab" * 16)
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(b"%PDF-1.7 " + os.urandom(50_000))
        yield app


def backed_up(tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    archive.write(path, db.engine, tmp_path / "office")
    return path


def canonical(url: str, scratch: Path) -> dict[str, list[bytes]]:
    """Every row of every table as a backup writes it, whatever the order of the columns: migrations add them last."""
    engine = create_engine(url, **engine_options(url))
    found = {}
    with dump.snapshot(engine, scratch) as connection:
        for table in dump.tables(connection):
            lines, names = io.BytesIO(), list(table.c.keys())
            dump.write_rows(connection, table, lines)
            rows = (dict(zip(names, json.loads(line), strict=True)) for line in lines.getvalue().splitlines())
            found[table.name] = [json.dumps(row, sort_keys=True).encode() for row in rows]
    engine.dispose()
    return found


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_book_elsewhere(office: Flask, tmp_path: Path, backend: str) -> None:
    path, before = backed_up(tmp_path), canonical(str(office.config["SQLALCHEMY_DATABASE_URI"]), tmp_path / "a.db")
    folder = tmp_path / "elsewhere"
    with Databases(backend, tmp_path)(None) as url:
        there = url if backend == "postgresql" else f"sqlite:///{folder / 'backoffice.db'}"
        contents = restore(path, folder, there if backend == "postgresql" else None, create_app)
        after = canonical(there, tmp_path / "b.db")
    assert [name for name in before if after[name] != before[name]] == []
    assert contents.rows > 10_000
    assert (folder / "files" / "ab" / ("ab" * 16)).read_bytes() == (
        tmp_path / "office" / "files" / "ab" / ("ab" * 16)
    ).read_bytes()
    said = note_of(folder)
    assert said is not None
    assert said["file"] == "backup.zip"
    confirm(folder)
    assert note_of(folder) is None


def test_whoever_was_signed_in_signs_in_anew(office: Flask, tmp_path: Path) -> None:
    office.test_client().get("/login")

    someone = db.session.scalars(select(User).where(User.role == Role.EDITOR)).one()
    db.session.add(UserSession(user=someone, token_hash="0" * 64, address="127.0.0.1", agent=""))
    db.session.commit()
    path = backed_up(tmp_path)
    restore(path, tmp_path / "there", None, create_app)
    url = f"sqlite:///{tmp_path / 'there' / 'backoffice.db'}"
    engine = create_engine(url, **engine_options(url))
    with Session(engine) as session:
        ended = session.execute(text("SELECT count(*) FROM user_session WHERE ended_at IS NULL")).scalar()
    engine.dispose()
    assert ended == 0
    assert db.session.scalars(select(UserSession).where(UserSession.ended_at.is_(None))).first() is not None


def test_a_book_that_is_there_is_replaced_on_demand_only_and_kept(office: Flask, tmp_path: Path) -> None:
    path = backed_up(tmp_path)
    restore(path, tmp_path / "there", None, create_app)
    with pytest.raises(BackupError, match=HERE[:30]):
        restore(path, tmp_path / "there", None, create_app)
    restore(path, tmp_path / "there", None, create_app, replace=True)
    (kept,) = (tmp_path / "there").glob("before-restore-*.zip")
    assert archive.check(kept).rows == archive.check(path).rows


@pytest.mark.parametrize("place", range(20))
def test_a_backup_cut_short_is_refused(tmp_path_factory: pytest.TempPathFactory, small: Path, place: int) -> None:
    cut = tmp_path_factory.mktemp("cut") / "cut.zip"
    whole = small.read_bytes()
    cut.write_bytes(whole[: len(whole) * place // 20])
    with pytest.raises(BackupError):
        archive.check(cut)
    with pytest.raises(BackupError):
        restore(cut, cut.parent / "there", None, create_app)
    assert not (cut.parent / "there").exists()


@pytest.mark.parametrize("place", range(1, 20))
def test_a_flipped_bit_is_found_or_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, small: Path, place: int
) -> None:
    path = tmp_path_factory.mktemp("flipped") / "flipped.zip"
    whole = bytearray(small.read_bytes())
    whole[len(whole) * place // 20] ^= 0x10
    path.write_bytes(bytes(whole))
    try:
        found = archive.check(path)
    except BackupError:
        return
    assert found == archive.check(small)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a book with a few rows."""
    folder = tmp_path_factory.mktemp("small")
    url = f"sqlite:///{folder / 'book.db'}"
    app = create_app({"TESTING": True, "SQLALCHEMY_DATABASE_URI": url}, folder)
    with app.app_context():
        upgrade()
        db.session.add_all(Theme(name=f"Chủ đề {n}") for n in range(30))
        db.session.commit()
        archive.write(folder / "small.zip", db.engine, folder)
        db.session.remove()
        db.engine.dispose()
    return folder / "small.zip"


RESTORING = """
import sys
from pathlib import Path
from backoffice.factory import create_app
from backoffice.backup.restore import restore
print("begins", flush=True)
restore(Path(sys.argv[1]), Path(sys.argv[2]), None, create_app)
"""


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.8])
def test_killed_in_between_nothing_half_is_there(small: Path, tmp_path: Path, seconds: float) -> None:
    folder = tmp_path / "there"
    with subprocess.Popen(
        [sys.executable, "-c", RESTORING, str(small), str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGKILL)
    book = folder / "backoffice.db"
    restore(small, folder, None, create_app, replace=book.exists())
    url = f"sqlite:///{book}"
    engine = create_engine(url, **engine_options(url))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM theme")).scalar() == 30
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()
