"""The folders of `data/`: which there are, and which record each file in them keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from models.awards import AwardForm, AwardRound
from models.documents import Document
from models.events import Event
from models.initiatives import InitiativeField
from models.movements import Movement
from models.office import Office, Signer
from models.organisations import (
    Committee,
    Council,
    Department,
    MemberOrganisation,
    OrganisationType,
)
from models.people import Post, Term
from models.periods import Period
from models.pilot_areas import PilotArea
from models.plan import Clause, ClauseMeasure
from models.records.base import Record
from models.records.words import _
from models.reports import Indicator
from models.tasks import Task
from models.themes import Theme
from models.units import Unit

DATA = Path(__file__).parent / "data"
PROVINCE = "tinh-soc-trang"

RECORDS: dict[str, type[Record]] = {
    "units.csv": Unit,
    "organisation_types.csv": OrganisationType,
    "committees.csv": Committee,
    "departments.csv": Department,
    "councils.csv": Council,
    "member_organisations.csv": MemberOrganisation,
    "offices.csv": Office,
    "signers.csv": Signer,
    "posts.csv": Post,
    "terms.csv": Term,
    "documents.csv": Document,
    "clauses.csv": Clause,
    "clause_measures.csv": ClauseMeasure,
    "movements.csv": Movement,
    "themes.csv": Theme,
    "periods.csv": Period,
    "indicators.csv": Indicator,
    "initiative_fields.csv": InitiativeField,
    "award_forms.csv": AwardForm,
    "award_rounds.csv": AwardRound,
    "tasks.csv": Task,
    "events.csv": Event,
    "pilot_areas.csv": PilotArea,
}
"""The record that each file keeps, in the order in which they refer to one another."""

NO_SUCH_DISTRICT = _("Không có đơn vị cấp huyện “%(slug)s”. Có: %(slugs)s.")


def districts(only: str | None = None, data: Path = DATA) -> list[str]:
    """The slugs of all districts, or the one asked for. Raises LookupError if there is none."""
    slugs = sorted(entry.name for entry in data.iterdir() if entry.is_dir() and entry.name != PROVINCE)
    if only is None:
        return slugs
    if only not in slugs:
        raise LookupError(NO_SUCH_DISTRICT % {"slug": only, "slugs": ", ".join(slugs)})
    return [only]


def files(slug: str, data: Path = DATA) -> Iterator[tuple[Path, type[Record]]]:
    """The files of one folder, in the order to load them, each with the record it keeps."""
    for name, record_class in RECORDS.items():
        if (path := data / slug / name).exists():
            yield path, record_class
