"""A made-up year 2023 for every district: plausible, invented, every row marked as a sample.

The dice are thrown from a fixed seed, for each district and subject anew: the same rows come every
time, whether one district is loaded or all.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.awards import AwardRound
from models.documents import Document
from models.events import Event
from models.initiatives import GoldenBookYear, Initiative
from models.media import MediaItem
from models.movements import Club, Registration
from models.nominations import AwardDecision, Nomination
from models.organisations import Committee, Council, MemberCount
from models.people import Person, Position
from models.periods import Period
from models.pilot_areas import PilotArea
from models.reports import Report
from models.tasks import Task
from models.units import Unit
from seed.demo import areas, awards, festivals, initiatives, people, reports, work
from seed.demo.places import DemoDistrict, province_districts
from seed.folders import PROVINCE
from seed.sheets import SeedSheet, made_up


def sheets(slugs: list[str]) -> Iterator[SeedSheet]:
    """The made-up rows of the province and of these districts, in the order to load them."""
    yield from _province_sheets()
    for district in province_districts():
        if district.slug in slugs:
            yield from _district_sheets(district)


def _province_sheets() -> Iterator[SeedSheet]:
    folder = f"demo/{PROVINCE}"
    yield made_up(f"{folder}/people", Person, people.province_people())
    yield made_up(f"{folder}/positions", Position, people.province_positions())
    yield made_up(f"{folder}/member_counts", MemberCount, reports.province_member_counts())
    yield made_up(f"{folder}/documents", Document, initiatives.documents())
    yield made_up(f"{folder}/golden_book_years", GoldenBookYear, initiatives.golden_book_years())
    yield made_up(f"{folder}/award_rounds", AwardRound, awards.rounds())
    yield made_up(f"{folder}/award_decisions", AwardDecision, awards.decisions())
    yield made_up(f"{folder}/periods", Period, reports.periods())
    yield made_up(f"{folder}/reports", Report, reports.province_reports())
    yield made_up(f"{folder}/events", Event, work.province_events())
    yield made_up(f"{folder}/media", MediaItem, work.province_media())


def _district_sheets(district: DemoDistrict) -> Iterator[SeedSheet]:
    folder = f"demo/{district.slug}"
    yield made_up(f"{folder}/units", Unit, areas.units(district))
    yield made_up(f"{folder}/committees", Committee, areas.committees(district))
    yield made_up(f"{folder}/councils", Council, initiatives.councils(district))
    yield made_up(f"{folder}/people", Person, people.district_people(district))
    yield made_up(f"{folder}/positions", Position, people.district_positions(district))
    yield made_up(f"{folder}/member_counts", MemberCount, reports.member_counts(district))
    yield made_up(f"{folder}/festivals", Event, festivals.festivals(district))
    slots = made_up(f"{folder}/pilot_areas", PilotArea, festivals.pilot_areas(district))
    # The slot is real and stays; only the choice in it is made up, and `clear_samples` empties it.
    yield SeedSheet(slots.file, slots.record_class, slots.rows)
    yield made_up(f"{folder}/events", Event, work.events(district))
    yield made_up(f"{folder}/registrations", Registration, work.registrations(district))
    yield made_up(f"{folder}/clubs", Club, work.clubs(district))
    yield made_up(f"{folder}/tasks", Task, work.tasks(district))
    yield made_up(f"{folder}/initiatives", Initiative, initiatives.initiatives(district))
    yield made_up(f"{folder}/nominations", Nomination, awards.nominations(district))
    yield made_up(f"{folder}/reports", Report, reports.reports(district))
    yield made_up(f"{folder}/media", MediaItem, work.media(district))
