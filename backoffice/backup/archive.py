"""The file of a backup: a zip that says of itself what it holds, with a checksum for each part of it.

book.json           what it is: of which version, when, which tables and files, each with its size and SHA-256
tables/NAME.jsonl   the rows of a table (`models/records/dump.py`)
files/NAME          the bytes of attached files, under the names that rows know them by
secret-key          what signs the sessions, where it lies beside the book
"""

from __future__ import annotations

import json
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from sqlalchemy import Engine

from models.records import dump
from models.records.clock import now

FORMAT = 1
ABOUT = "book.json"
SECRET = "secret-key"  # noqa: S105  a file's name
CHUNK = 1024 * 1024
OURS = 0o600
"""Who made a backup alone reads it: it holds everything."""


class BackupError(RuntimeError):
    """A file is no backup that can be restored: says why, and which part is at fault."""


@dataclass(frozen=True)
class BackupPart:
    """One member of the zip: its size in bytes and its checksum; of a table also its columns and count of rows."""

    size: int
    sha256: str
    columns: list[str] = field(default_factory=list)
    rows: int = 0


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself."""

    format: int
    made_at: str
    migration: str
    database: str
    next_ids: dict[str, int]
    parts: dict[str, BackupPart]

    @property
    def moment(self) -> datetime:
        """When the book was read."""
        return datetime.fromisoformat(self.made_at)

    @property
    def rows(self) -> int:
        """How many rows all tables have."""
        return sum(part.rows for part in self.parts.values())


class _Hashed:
    """A file that is written through, counted and hashed."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._digest, self.size = target, sha256(), 0

    def write(self, data: bytes) -> int:
        """Write, and remember."""
        self._digest.update(data)
        self.size += len(data)
        return self._target.write(data)

    @property
    def sha256(self) -> str:
        """The checksum so far."""
        return self._digest.hexdigest()


def write(path: Path, engine: Engine, instance: Path) -> Contents:
    """Write the whole book, with the files and the secret of the data folder, to a new file. Returns what it holds.

    Every save that was answered before this began is in it; whoever saves meanwhile does not wait. Under its own name
    the file is whole. Raises OSError if the disk is full or the folder gone.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    scratch = part.with_suffix(".db")
    try:
        part.touch(mode=OURS, exist_ok=False)
        with dump.snapshot(engine, scratch) as book, ZipFile(part, "w", ZIP_DEFLATED, compresslevel=6) as archive:
            made_at, parts, tables = now(), {}, dump.tables(book)
            for table in tables:
                name = f"tables/{table.name}.jsonl"
                with archive.open(ZipInfo(name), "w", force_zip64=True) as member:
                    target = _Hashed(member)
                    rows = dump.write_rows(book, table, target)  # type: ignore[arg-type]  # it is only written to
                parts[name] = BackupPart(target.size, target.sha256, list(table.c.keys()), rows)
            # Files come after the rows: one that a row names was whole before the row was there.
            for name, file in _files(instance):
                with suppress(FileNotFoundError):  # the sweep took it: no row names it any more
                    parts[name] = _add(archive, name, file)
            contents = Contents(
                FORMAT,
                made_at.isoformat(),
                dump.version_of(book),
                engine.dialect.name,
                dump.next_ids(book, tables),
                parts,
            )
            archive.writestr(ABOUT, json.dumps(asdict(contents), ensure_ascii=False, indent=1, sort_keys=True))
        with part.open("rb+") as whole:
            os.fsync(whole.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        for left in (scratch, *scratch.parent.glob(f"{scratch.name}-*")):
            left.unlink(missing_ok=True)
    return contents


def _files(instance: Path) -> Iterator[tuple[str, Path]]:
    """What lies beside the database and belongs to the book: its name in the zip, its place."""
    if (instance / SECRET).is_file():
        yield SECRET, instance / SECRET
    for path in sorted((instance / "files").glob("??/*")):
        if path.is_file() and not path.suffix:
            yield f"files/{path.name}", path


def _add(archive: ZipFile, name: str, path: Path) -> BackupPart:
    with path.open("rb") as source:
        # Attached files are pressed already.
        info = ZipInfo(name)
        info.compress_type = ZIP_STORED
        with archive.open(info, "w", force_zip64=True) as member:
            target = _Hashed(member)
            while chunk := source.read(CHUNK):
                target.write(chunk)
    return BackupPart(target.size, target.sha256)


# -- reading


def contents_of(path: Path) -> Contents:
    """What a backup says of itself. Raises BackupError for a file that is none."""
    try:
        with ZipFile(path) as archive:
            said: dict[str, Any] = json.loads(archive.read(ABOUT))
            parts = {name: BackupPart(**about) for name, about in said.pop("parts").items()}
            contents = Contents(**said, parts=parts)
    except FileNotFoundError as error:
        raise BackupError(f"There is no file {path}.") from error
    except KeyError as error:
        raise BackupError(f"{path.name} is a zip, but no backup: it has no {ABOUT}.") from error
    except (BadZipFile, zlib.error, ValueError, TypeError, AttributeError, EOFError, OSError) as error:
        raise BackupError(f"{path.name} is damaged or cut short: its list of contents can't be read.") from error
    if contents.format > FORMAT:
        raise BackupError(f"{path.name} was made by a newer version of this program.")
    return contents


def check(path: Path) -> Contents:
    """Read the whole backup and compare each part with its checksum. Raises BackupError naming the part at fault."""
    contents = contents_of(path)
    try:
        archive = ZipFile(path)
    except BadZipFile as error:
        raise BackupError(f"{path.name} is damaged.") from error
    with archive:
        names = set(archive.namelist())
        for name, about in contents.parts.items():
            if name not in names:
                raise BackupError(f"{path.name} lacks {name}.")
            if _measured(archive, name) != (about.size, about.sha256):
                raise BackupError(f"{path.name} is damaged at {name}.")
    return contents


def _measured(archive: ZipFile, name: str) -> tuple[int, str] | None:
    size, digest = 0, sha256()
    try:
        with archive.open(name) as member:
            while chunk := member.read(CHUNK):
                size += len(chunk)
                digest.update(chunk)
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError):
        return None
    return size, digest.hexdigest()
