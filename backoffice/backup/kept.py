"""The folder of backups: where they lie, and which of them are kept."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from models.records.clock import VIETNAM, now

DAYS, WEEKS, MONTHS = 7, 4, 12
"""How many of each are kept: the last of a day, of a week, of a month."""
NAME = "so-mat-tran-%Y-%m-%dT%H%M%S.zip"


def folder(instance: Path) -> Path:
    """The folder that BACKOFFICE_BACKUP_DIR names, else one beside the book."""
    named = os.environ.get("BACKOFFICE_BACKUP_DIR")
    return Path(named).expanduser().resolve() if named else instance / "backups"


def new_file(instance: Path) -> Path:
    """The place of a backup made now. Makes the folder, for its owner alone."""
    place = folder(instance)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place / f"{now().astimezone(VIETNAM):{NAME}}"


def made(place: Path) -> list[tuple[datetime, Path]]:
    """The backups of a folder with the moments that their names say, the newest first; other files are not ours."""
    found = []
    for path in place.glob("so-mat-tran-*.zip"):
        try:
            found.append((datetime.strptime(path.name, NAME).replace(tzinfo=VIETNAM), path))
        except ValueError:
            continue
    return sorted(found, reverse=True)


def thin_out(place: Path) -> list[Path]:
    """Remove what is older than the rule keeps. Returns what was removed."""
    found = made(place)
    kept = keep(moment for moment, _path in found)
    gone = [path for moment, path in found if moment not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def keep(moments: Iterable[datetime]) -> set[datetime]:
    """Which of these moments are kept: the last of each of the newest days, weeks and months that have any."""
    newest = sorted(moments, reverse=True)
    found: set[datetime] = set()
    for count, period in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        last: dict[str, datetime] = {}
        for moment in newest:
            last.setdefault(moment.strftime(period), moment)
        found |= set(list(last.values())[:count])
    return found
