"""The data folder: where the book lies, with its files and its secret."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryFile

from platformdirs import user_data_path

BOOK = "backoffice.db"
BESIDE = ("secret-key", "files")
"""What lies there even if the database is elsewhere."""


class FolderError(OSError):
    """Nothing can be kept in the folder."""


def data_folder() -> Path:
    """The folder that BACKOFFICE_DATA names; else where one stands, if an office keeps its book there.

    Else that of the checkout which runs, else the platform's own for this user. There may be nothing in it yet.
    """
    if named := os.environ.get("BACKOFFICE_DATA"):
        return Path(named).expanduser().resolve()
    here = Path.cwd() / "instance"
    if has_book(here) or (is_elsewhere() and any((here / name).exists() for name in BESIDE)):
        return here
    checkout = _checkout()
    return checkout / "instance" if checkout else user_data_path("mttq-backoffice", appauthor=False)


def has_book(folder: Path) -> bool:
    """Whether a book was begun in the folder."""
    book = folder / BOOK
    return book.is_file() and book.stat().st_size > 0


def is_elsewhere() -> bool:
    """Whether the settings name another database than a file in the data folder."""
    return bool(os.environ.get("BACKOFFICE_DATABASE_URL"))


def make_writable(folder: Path) -> None:
    """Make the folder if it isn't there. Raises FolderError if nothing can be written in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
        if has_book(folder):
            (folder / BOOK).open("ab").close()
    except OSError as error:
        raise FolderError(
            f"Nothing can be written in the folder {folder}: {error.strerror}. BACKOFFICE_DATA names another one."
        ) from error


def _checkout() -> Path | None:
    """The project's own folder, if it runs from there, or from a virtual environment in it."""
    for root in (Path(__file__).parents[1], Path(sys.prefix).parent):
        if (root / "pyproject.toml").is_file() and (root / "backoffice" / Path(__file__).name).is_file():
            return root
    return None
