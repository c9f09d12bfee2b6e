"""The seed on its way in: one folder after the other, one transaction a file, through imports.

A second load finds everything there and changes nothing. At a bad row it stops, with file, line,
column and reason, and nothing of that file stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from imports.apply import put_rows
from imports.intake import Outcome
from imports.reader import read_csv
from models.units import Unit
from seed.demo import sheets as demo_sheets
from seed.folders import DATA, PROVINCE, districts, files
from seed.samples import clear_samples
from seed.sheets import SeedSheet

ProgressCallback = Callable[[str, int, int], None]
"""Told how far the load is: file, rows done, rows in all."""


@dataclass
class Summary:
    """What a load did: how many rows of each file became what."""

    files: dict[str, Counter[Outcome]] = field(default_factory=dict)

    @property
    def created(self) -> int:
        """How many records were made."""
        return self._total(Outcome.CREATED)

    @property
    def changed(self) -> int:
        """How many records got another value."""
        return self._total(Outcome.CHANGED)

    @property
    def same(self) -> int:
        """How many rows were there already."""
        return self._total(Outcome.SAME)

    def _total(self, outcome: Outcome) -> int:
        return sum(counts[outcome] for counts in self.files.values())


def is_empty(session: Session) -> bool:
    """Whether nothing was loaded yet: not one unit is there."""
    return session.scalar(select(Unit.id).limit(1)) is None


def load(
    session: Session,
    *,
    district: str | None = None,
    demo: bool = False,
    data: Path = DATA,
    report: ProgressCallback = lambda file, done, total: None,
) -> Summary:
    """Load the province and its districts, or only the `district` with this slug.

    With `demo`, a made-up year comes after. Commits after each file. Raises RowError at the first
    bad row, LookupError if there is no such district.
    """
    slugs = districts(district, data)
    summary = Summary()
    sheets = chain(_sheets(slugs, data), demo_sheets(slugs) if demo else ())
    for sheet in sheets:
        summary.files[sheet.file] = _load_sheet(session, sheet, report)
    return summary


def _sheets(slugs: list[str], data: Path) -> Iterator[SeedSheet]:
    for slug in (PROVINCE, *slugs):
        for path, record_class in files(slug, data):
            name = f"{slug}/{path.name}"
            yield SeedSheet(name, record_class, list(read_csv(path, file=name)))


def _load_sheet(session: Session, sheet: SeedSheet, report: ProgressCallback) -> Counter[Outcome]:
    total = len(sheet.rows)
    report(sheet.file, 0, total)
    try:
        counts = put_rows(
            session,
            sheet.record_class,
            sheet.rows,
            file=sheet.file,
            sample=sheet.sample,
            report=lambda done: report(sheet.file, done, total),
        )
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return counts


__all__ = ["ProgressCallback", "Summary", "clear_samples", "is_empty", "load"]
