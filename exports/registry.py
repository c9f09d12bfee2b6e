"""The packs there are, what each may be asked, and the way from what was asked to a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from tempfile import TemporaryFile
from typing import IO, TypeVar
from zipfile import ZIP_STORED, ZipFile

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exports import awards, briefing, directory, festival, initiatives, movements, reports
from exports.annex import AnnexWorkbook
from exports.base import Ask, Pack, PackOptions, make
from exports.layout import plan
from exports.names import file_name
from exports.workbook import PrintedWorkbook
from models.awards import AwardRound
from models.events import Event
from models.office import Signer
from models.organisations import Council
from models.periods import Period
from models.records.base import Record
from models.records.text import fold
from models.units import Level, Unit

FIRST_YEAR, LAST_YEAR = 1900, 2100
R = TypeVar("R", bound=Record)

PACKS: dict[str, Pack] = {
    pack.name: pack
    for pack in (
        festival.PACK,
        initiatives.PACK,
        awards.PACK,
        movements.PACK,
        reports.PACK,
        directory.PACK,
        briefing.PACK,
    )
}
"""Every pack, in the order of the page of meetings."""


class NothingSuchError(ValueError):
    """What was asked for is not there, or may not be seen."""


@dataclass(frozen=True)
class ZipProgress:
    """How far a file of many workbooks is: so many of how many, and which is next."""

    done: int
    total: int
    name: str


def write(target: IO[bytes], workbook: AnnexWorkbook) -> int:
    """Write the workbook. Returns the number of rows."""
    papers = PrintedWorkbook(target, workbook.title, workbook.about)
    for sheet in workbook.sheets:
        papers.add(plan(workbook, sheet))
    papers.close()
    return workbook.rows


def write_each_district(target: IO[bytes], session: Session, pack: Pack, options: PackOptions) -> Iterator[ZipProgress]:
    """Write a zip of a workbook for each district, telling before each how far it is, and at the end."""
    found = districts(session, options.year)
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for place, district in enumerate(found):
            yield ZipProgress(place, len(found), district.name)
            with TemporaryFile() as part:
                write(part, make(session, pack, replace(options, unit=district)))
                part.seek(0)
                archive.writestr(file_name(f"{pack.label} {options.year} – {district.name}", "xlsx"), part.read())
    yield ZipProgress(len(found), len(found), "")


# -- what there is to choose from


def latest_year(session: Session) -> int | None:
    """The latest year that something was planned or held in."""
    return session.scalar(select(func.max(Event.year)))


def districts(session: Session, year: int) -> list[Unit]:
    """The districts at the end of a year, in the order of their codes."""
    end = date(year, 12, 31)
    query = select(Unit).where(
        Unit.level == Level.DISTRICT, Unit.valid_from <= end, or_(Unit.valid_to.is_(None), Unit.valid_to >= end)
    )
    return list(session.scalars(query.order_by(Unit.code)))


def rounds(session: Session) -> list[AwardRound]:
    """The rounds of commendation, the latest first."""
    query = select(AwardRound).order_by(AwardRound.year.desc(), AwardRound.due_on.desc(), AwardRound.id.desc())
    return list(session.scalars(query))


def periods(session: Session) -> list[Period]:
    """The reporting periods, the latest first."""
    return list(session.scalars(select(Period).order_by(Period.due_on.desc(), Period.id.desc())))


def councils(session: Session) -> list[Council]:
    """The councils, the province's first."""
    return sorted(session.scalars(select(Council).order_by(Council.code)), key=lambda council: council.level.rank)


def signers(session: Session) -> list[Signer]:
    """Those who sign now, in their order."""
    return list(session.scalars(select(Signer).where(Signer.active).order_by(Signer.office_id, Signer.place)))


# -- what was chosen


def slug(unit: Unit) -> str:
    """A unit's name as commands write it: "my-xuyen"."""
    return fold(unit.name.removeprefix(f"{unit.type.label} ")).replace(" ", "-")


def unit_of(session: Session, text: str, year: int) -> Unit:
    """The district of this code or name ("947", "my-xuyen"), or any unit of this code."""
    for unit in districts(session, year):
        if text in (unit.code, slug(unit)):
            return unit
    return _there(Unit.find(session, text), Unit, text)


def round_of(session: Session, text: str) -> AwardRound:
    """The round of this code; without one, the latest."""
    found = rounds(session)
    return _there(next((each for each in found if text in ("", each.code)), None), AwardRound, text)


def period_key(period: Period) -> str:
    """How a period is chosen: "half_year|2023|1"."""
    return f"{period.kind.value}|{period.year}|{period.number}"


def period_of(session: Session, text: str, day: date) -> Period:
    """The period of this key; without one, the latest due by the day, or else the first."""
    found = periods(session)
    if text:
        return _there(next((each for each in found if period_key(each) == text), None), Period, text)
    due = [each for each in found if each.due_on <= day]
    return _there(next(iter(due or found[-1:]), None), Period, text)


def council_of(session: Session, text: str) -> Council:
    """The council of this code."""
    return _there(session.scalars(select(Council).where(Council.code == text)).first(), Council, text)


def signer_of(session: Session, text: str) -> Signer:
    """Who signs in this post ("CHỦ TỊCH"), or by this id."""
    wanted = fold(text)
    found = (each for each in signers(session) if wanted in (str(each.id), fold(each.post)))
    return _there(next(found, None), Signer, text)


def _there(found: Record | None, cls: type[R], text: str) -> R:
    if not isinstance(found, cls):
        raise NothingSuchError(f"{cls.label}: không có “{text}”.")
    return found


def options_of(
    session: Session, pack: Pack, chosen: dict[str, str], *, personal: bool, who: str, today: date
) -> PackOptions:
    """What was chosen, as texts by their names; what is missing has its usual value.

    Raises NothingSuchError, or ValueError for what is no year or day.
    """

    def text(name: str) -> str:
        return chosen.get(name, "").strip()

    day = date.fromisoformat(text("day")) if text("day") else today
    year = int(text("year")) if text("year") else latest_year(session) or day.year
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"no year of the book: {year}")
    round_ = round_of(session, text("round")) if Ask.ROUND in pack.asks else None
    period = period_of(session, text("period"), day) if Ask.PERIOD in pack.asks else None
    return PackOptions(
        year=round_.year if round_ else period.year if period else year,
        day=day,
        unit=unit_of(session, text("unit"), year) if text("unit") else None,
        signer=signer_of(session, text("signer")) if text("signer") else None,
        round=round_,
        period=period,
        council=council_of(session, text("council")) if text("council") else None,
        since=date.fromisoformat(text("since")) if text("since") else None,
        personal=personal,
        who=who,
    )


__all__ = [
    "PACKS",
    "Ask",
    "NothingSuchError",
    "Pack",
    "PackOptions",
    "ZipProgress",
    "make",
    "options_of",
    "write",
    "write_each_district",
]
