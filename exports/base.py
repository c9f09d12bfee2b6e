"""A pack: what one meeting needs, as one workbook. What it is made from, and what every one has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from exports.annex import Annex, AnnexWorkbook, Letterhead, Signature
from exports.number_words import place_and_day
from models.awards import AwardRound
from models.office import Office, Signer
from models.organisations import Council, Organisation
from models.periods import Period
from models.records.fields import MASK
from models.units import Level, Unit


class Ask(Enum):
    """What a pack may ask for, beside who signs it and its day, which all do."""

    YEAR = "year"
    UNIT = "unit"
    ROUND = "round"
    PERIOD = "period"
    COUNCIL = "council"
    SINCE = "since"


@dataclass(frozen=True)
class PackOptions:
    """What was chosen for one workbook."""

    year: int
    day: date
    unit: Unit | None = None
    """A district or commune; None: the whole province, or all that whoever asks may see."""
    signer: Signer | None = None
    round: AwardRound | None = None
    period: Period | None = None
    council: Council | None = None
    since: date | None = None
    personal: bool = False
    """Whether birth days and telephone numbers are shown."""
    who: str = "backoffice"


@dataclass(frozen=True)
class Pack:
    """One kind of workbook for one kind of meeting."""

    name: str
    label: str
    about: str
    asks: tuple[Ask, ...]
    build: Callable[[Session, PackOptions], tuple[Annex, ...]]


def make(session: Session, pack: Pack, options: PackOptions) -> AnnexWorkbook:
    """The pack's workbook, everything read."""
    office = _office(session, options)
    signer = options.signer or (office.signers[0] if office and office.signers else None)
    told = options.round or options.period or options.year
    where = options.unit.full_name if options.unit else "Tất cả đơn vị"
    return AnnexWorkbook(
        title=f"{pack.label} {told}",
        about=f"{where} · {options.who} · {options.day:%d/%m/%Y}",
        letterhead=Letterhead(office.parent_agency, office.agency, office.body)
        if office
        else Letterhead(None, "", None),
        place_and_day=place_and_day(office.place if office else "", options.day),
        signatures=(Signature(signer.authority, signer.post, signer.full_name),) if signer else (),
        recipients=_parts(office.recipients) if office else (),
        sheets=pack.build(session, options),
    )


def _office(session: Session, options: PackOptions) -> Office | None:
    """The office that signs: the signer's, else that of the unit's committee, else the first."""
    if options.signer is not None:
        return options.signer.office
    offices = session.scalars(select(Office).order_by(Office.id)).all()
    own = f"MTTQ-{options.unit.code}" if options.unit else None
    return next((office for office in offices if office.code == own), offices[0] if offices else None)


def _parts(text: str | None) -> tuple[str, ...]:
    """What is kept in one line, parted by semicolons, as the lines of a list: each ends so, the last with a stop."""
    parts = [part.strip().rstrip(".") for part in (text or "").split(";") if part.strip()]
    return tuple(f"{part}{'.' if part is parts[-1] else ';'}" for part in parts)


# -- the units that a pack is about


@dataclass(frozen=True)
class Place:
    """A unit as packs need it."""

    id: int
    name: str
    level: Level
    parent_id: int | None
    path: str

    @property
    def branch(self) -> str:
        """What the paths of all below it begin with."""
        return f"{self.path}{self.id}/"

    def holds(self, other: Place) -> bool:
        """Whether the other one is this or stands below it."""
        return other.id == self.id or other.path.startswith(self.branch)


@dataclass(frozen=True)
class Places:
    """The units of the options that were valid at the end of its year, by level, in the order of their codes."""

    all: Sequence[Place]
    top: Place | None
    by_id: dict[int, Place] = field(default_factory=dict)

    def at(self, level: Level, under: Place | None = None) -> list[Place]:
        """The units of a level, of all or below one."""
        return [p for p in self.all if p.level is level and (under is None or under.holds(p))]

    @property
    def rows(self) -> list[Place]:
        """What a table lists: districts; of one district its communes; of a commune its areas."""
        for level in (Level.DISTRICT, Level.COMMUNE, Level.AREA):
            if found := [place for place in self.at(level) if place is not self.top]:
                return found
        return []


def places(session: Session, options: PackOptions) -> Places:
    """The units of the options, by one statement."""
    end = date(options.year, 12, 31)
    query = (
        select(Unit.id, Unit.name, Unit.level, Unit.parent_id, Unit.path)
        .where(Unit.valid_from <= end, or_(Unit.valid_to.is_(None), Unit.valid_to >= end))
        .order_by(Unit.code)
    )
    if options.unit is not None:
        query = query.where(Unit.branch(options.unit))
    found = [Place(*row) for row in session.execute(query)]
    by_id = {place.id: place for place in found}
    return Places(found, by_id.get(options.unit.id) if options.unit else None, by_id)


def in_unit(options: PackOptions, column: Any) -> list[Any]:
    """The conditions that a reference to a unit lies within the chosen one; none for all."""
    return [] if options.unit is None else [column.in_(select(Unit.id).where(Unit.branch(options.unit)))]


def of_unit(options: PackOptions, column: Any) -> list[Any]:
    """The conditions that a reference to an organisation lies within the chosen unit; none for all."""
    if options.unit is None:
        return []
    units = select(Unit.id).where(Unit.branch(options.unit))
    return [column.in_(select(Organisation.id).where(Organisation.unit_id.in_(units)))]


def masked(value: Any, options: PackOptions) -> Any:
    """Someone's personal data, or a mask where whoever asks may not read it."""
    return value if options.personal or value in (None, "") else MASK


def added(values: Iterable[Any]) -> Any:
    """The sum of what is known of these; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def where(options: PackOptions, province: str = "tỉnh Sóc Trăng") -> str:
    """The place as titles name it: "huyện Mỹ Xuyên", else the province."""
    name = options.unit.name if options.unit else province
    return name[:1].lower() + name[1:]
