"""Store: the folder of the files' bytes, each under a random name that is used once.

Bytes are on the disk before the row that names them is committed, and go only long after that row went: whatever
crashes in between leaves bytes that no row names, never a row without bytes. `sweep` takes such bytes away.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, SessionTransaction

from models.files.attachments import StoredFile, file_classes, plain_name
from models.files.kinds import kind_of
from models.history.audit import AuditEntry, AuditKind
from models.records.clock import now
from models.records.errors import Problem, Refused
from models.records.words import _

LARGEST = 20 * 1024 * 1024
STRAY_AGE = timedelta(days=1)
"""How long bytes that no row names may belong to a save that still runs."""
RESTORABLE = timedelta(days=90)
"""How long a deleted file can be brought back from the history."""

TOO_BIG = _("“%(name)s” lớn hơn 20 MB.")
UNKNOWN_KIND = _("“%(name)s” không phải tệp PDF, ảnh (JPEG, PNG) hay văn bản Office được nhận.")

_NAME = re.compile(r"[0-9a-f]{32}")
_PART = ".part"
_CHUNK = 1024 * 1024
_UNSAVED = "unsaved_files"

F = TypeVar("F", bound=StoredFile)


def problem_of(file: IO[bytes], given: str) -> Problem | None:
    """Why this file is not taken; None if it is."""
    about = {"name": plain_name(given)}
    if file.seek(0, os.SEEK_END) > LARGEST:
        return Problem(TOO_BIG, None, about)
    return None if kind_of(file) is not None else Problem(UNKNOWN_KIND, None, about)


class Store:
    """The folder of the files' bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, stored: str) -> Path:
        """Where the bytes of this name lie. Raises ValueError for a name that is none of ours."""
        if not _NAME.fullmatch(stored):
            raise ValueError(stored)
        return self.root / stored[:2] / stored

    def keep(self, session: Session, file: IO[bytes], given: str, record: type[F]) -> F:
        """The file as a new record of this class, its bytes on the disk; they go again if the session doesn't commit.

        Raises Refused if it is too large or nothing that is kept.
        """
        problem, kind = problem_of(file, given), kind_of(file)
        if problem is not None or kind is None:
            raise Refused([problem] if problem else [])
        stored = secrets.token_hex(16)
        size, digest = self._write(file, self.path(stored))
        session.info.setdefault(_UNSAVED, []).append(self.path(stored))
        return record(name=plain_name(given), kind=kind, size=size, sha256=digest, stored=stored)

    def _write(self, file: IO[bytes], path: Path) -> tuple[int, str]:
        """Write to another name, then rename: under its own name a file is whole. Returns its size and hash."""
        for folder in (self.root, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(_PART)
        file.seek(0)
        size, digest = 0, sha256()
        part.touch(mode=0o600, exist_ok=False)
        try:
            with part.open("r+b") as to:
                while chunk := file.read(_CHUNK):
                    size += to.write(chunk)
                    digest.update(chunk)
                to.flush()
                os.fsync(to.fileno())
            if path.exists():
                raise FileExistsError(path)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
        for folder in (path.parent, self.root):
            _sync_folder(folder)
        return size, digest.hexdigest()

    def sweep(self, session: Session, at: datetime | None = None) -> int:
        """Remove bytes older than a day that neither a row nor a recent deletion names. Returns how many files."""
        at = at or now()
        # The folder first, then the rows: what is saved meanwhile is young, or named by a row.
        old = [path for path in self._files() if path.stat().st_mtime < (at - STRAY_AGE).timestamp()]
        named = set(_named(session, at - RESTORABLE))
        strays = [path for path in old if path.name not in named]
        for path in strays:
            path.unlink(missing_ok=True)
        return len(strays)

    def _files(self) -> Iterator[Path]:
        """Every file of ours, unfinished ones too. What others put here stays."""
        for path in sorted(self.root.glob("??/*")):
            if _NAME.fullmatch(path.name.removesuffix(_PART)) and path.is_file():
                yield path


def _sync_folder(folder: Path) -> None:
    """Let a new name outlive a crash; Windows has no such call and needs none."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _named(session: Session, since: datetime) -> Iterator[str]:
    """The names that rows hold, and those that deletions since then still can bring back."""
    for cls in file_classes():
        yield from session.scalars(select(cls.stored).execution_options(unscoped=True))
    deleted = select(AuditEntry.changes).where(
        AuditEntry.kind == AuditKind.DELETED,
        AuditEntry.noun.in_([cls.__name__ for cls in file_classes()]),
        AuditEntry.at > since,
    )
    for changes in session.scalars(deleted.execution_options(unscoped=True)):
        yield str(changes["stored"][0])


def keep_saved(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_UNSAVED, None)


def remove_unsaved(session: Session, transaction: SessionTransaction) -> None:
    """Remove the bytes of a transaction that ended in no commit."""
    if transaction.parent is None:
        for path in session.info.pop(_UNSAVED, ()):
            with suppress(OSError):  # the sweep tries again
                path.unlink()
