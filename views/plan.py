"""The plan, clause by clause: where each is done, and how much of it this year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from models import Club, Document, Event, Initiative, MediaItem, Movement, Nomination, PilotArea, Registration, Report
from models.awards import NominationStage
from models.documents import DocumentKind
from models.events import EventKind, EventStatus
from models.festival import FestivalYear
from models.movements import RegistrationKind, RegistrationStatus
from models.organisations import Organisation
from models.plan import Clause, Measure
from models.records.base import Record
from models.records.clock import today
from models.records.fields import Kind
from models.records.words import _
from models.reports import ReportStatus
from models.tasks import Task, TaskStatus
from views.core.access import OFFICE
from views.core.cache import while_unchanged
from views.core.page_view import PageView
from views.core.query import count_each, is_id
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db


@dataclass(frozen=True)
class Count:
    """How a measure is counted: the records of a list under filters, and those of them by which it is done.

    `year` is the field that tells their year, `home` the one that tells whose they are. Where it is done once a
    reference is `filled`, the Festival's page shows which are.
    """

    record: type[Record]
    year: str = ""
    home: str = ""
    only: dict[str, Any] = field(default_factory=dict)
    done: dict[str, Any] = field(default_factory=dict)
    done_label: str = ""
    filled: str = ""

    def filters(self, year: int, organisation: Organisation | None) -> dict[str, Any]:
        """The filters of the list, by name."""
        found = dict(self.only)
        if self.year and self.record.fields()[self.year].kind is Kind.DATE:
            found |= {f"{self.year}_from": date(year, 1, 1), f"{self.year}_to": date(year, 12, 31)}
        elif self.year:
            found[f"{self.year}_is"] = year
        if self.home and organisation is not None:
            found[f"{self.home}_below"] = organisation
        return found


def _held(kind: EventKind) -> Count:
    done = {"status_is": EventStatus.HELD}
    return Count(Event, "year", "organisation", {"kind_is": kind}, done, EventStatus.HELD.label)


def _documents(kind: DocumentKind) -> Count:
    return Count(Document, "issued_on", only={"kind_is": kind})


REGISTERED = Count(
    Registration,
    "registered_on",
    "organisation",
    done={"status_is": RegistrationStatus.DONE},
    done_label=RegistrationStatus.DONE.label,
)
COUNTS: dict[Measure, Count] = {
    Measure.MOVEMENTS: Count(Movement, home="owner"),
    Measure.REGISTRATIONS: REGISTERED,
    Measure.MODELS: Count(
        Registration,
        "registered_on",
        "organisation",
        {"kind_is": RegistrationKind.MODEL},
        REGISTERED.done,
        REGISTERED.done_label,
    ),
    Measure.CLUBS: Count(Club, home="organisation", only={"active_is": True}),
    Measure.LAUNCHES: _held(EventKind.LAUNCH),
    Measure.WORKSHOPS: _held(EventKind.WORKSHOP),
    Measure.TRAININGS: _held(EventKind.TRAINING),
    Measure.PUBLICITY: _held(EventKind.PUBLICITY),
    Measure.CONTESTS: _held(EventKind.CONTEST),
    Measure.INSPECTIONS: _held(EventKind.INSPECTION),
    Measure.SUPERVISIONS: _held(EventKind.SUPERVISION),
    Measure.CRITICISMS: _held(EventKind.CRITICISM),
    Measure.CONFERENCES: _held(EventKind.CONFERENCE),
    Measure.PILOT_AREAS: Count(PilotArea, "year", filled="area_id", done_label=_("Đã chọn")),
    Measure.INITIATIVES: Count(
        Initiative, "year", "organisation", done={"golden_book_is": True}, done_label=_("Đề nghị Sách vàng")
    ),
    Measure.NOMINATIONS: Count(
        Nomination,
        "proposed_on",
        "organisation",
        done={"stage_is": NominationStage.AWARDED},
        done_label=NominationStage.AWARDED.label,
    ),
    Measure.REPORTS: Count(
        Report,
        "sent_on",
        "organisation",
        done={"status_is": ReportStatus.ACCEPTED},
        done_label=ReportStatus.ACCEPTED.label,
    ),
    Measure.GUIDANCE: _documents(DocumentKind.GUIDANCE),
    Measure.PLANS: _documents(DocumentKind.PLAN),
    Measure.MEDIA: Count(MediaItem, "published_on", "organisation"),
}
"""How each measure is counted, but the clause's own tasks and the Festivals (`models/festival.py`)."""


@dataclass(frozen=True)
class ClauseFigure:
    """What stands beside a clause: so many, and of them so many done, each with the address of its list."""

    label: str
    count: int
    url: str
    done: int | None = None
    done_label: str = ""
    done_url: str = ""
    name: str = ""
    """What they are called where they stand elsewhere, too (`views/figures.py`)."""


Asked = tuple[Measure, Organisation | None]
"""A measure, for the whole province or for one organisation's branch."""


class PlanView(PageView):
    """The page at "/plan/"."""

    label = _("Kế hoạch")
    section = Section.REPORTS
    path = "plan"

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The clauses of one plan, the latest unless the address names another."""
        plans = list(db.session.scalars(select(Document).where(Document.id.in_(select(Clause.document_id)))))
        plans.sort(key=lambda plan: (plan.issued_on or date.min, plan.id), reverse=True)
        plan = next((p for p in plans if str(p.id) == request.args.get("plan")), plans[0] if plans else None)
        text = request.args.get("year", "")
        year = int(text) if is_id(text) and 1900 <= int(text) <= 2100 else _latest_year()
        clauses = _clauses(plan) if plan else []
        counts = self._counts(clauses, year)
        tasks = _tasks(plan) if plan else {}
        return self.render(
            "admin/plan.html",
            title=gettext("Kế hoạch: làm đến đâu, năm %(year)s", year=year),
            plan=plan,
            plan_url=self.screens[Document].get_url(".details_view", id=plan.id) if plan else "",
            plans=plans,
            year=year,
            parts=[
                (
                    part,
                    [(clause, list(self._figures(clause, year, counts, tasks))) for clause in group],
                )
                for part, group in groupby(clauses, key=lambda clause: clause.part)
            ],
            clauses_url=self.screens[Clause].get_url(".index_view"),
        )

    def _figures(
        self, clause: Clause, year: int, counts: dict[Asked, list[int]], tasks: dict[str, list[int]]
    ) -> Iterator[ClauseFigure]:
        for row in clause.measures:
            label = gettext(row.measure.label)
            if row.measure is Measure.FESTIVALS:
                yield self._festivals(label, clause, year)
                continue
            if row.measure is Measure.TASKS:
                total, ready = tasks.get(clause.number, [0, 0])
                screen, filters = self.screens[Task], {"plan_is": clause.document, "clause_is": clause.number}
                done_url = screen.where_url(**filters, status_is=TaskStatus.DONE)
                yield ClauseFigure(
                    label, total, screen.where_url(**filters), ready, gettext(TaskStatus.DONE.label), done_url
                )
                continue
            count = COUNTS[row.measure]
            screen, filters = self.screens[count.record], count.filters(year, clause.organisation)
            total, *done = counts[row.measure, clause.organisation]
            url = screen.where_url(**filters)
            if not done:
                yield ClauseFigure(label, total, url)
                continue
            festival = self.get_url("festival.index_view", year=year)
            done_url = festival if count.filled else screen.where_url(**filters, **count.done)
            yield ClauseFigure(label, total, url, done[0], gettext(count.done_label), done_url)

    def _festivals(self, label: str, clause: Clause, year: int) -> ClauseFigure:
        """The areas, and those of them that held the Festival."""
        unit_id = clause.organisation.unit_id if clause.organisation is not None else None
        total, held = while_unchanged(lambda: _festival(year, unit_id), "plan", year, unit_id)
        where = {"year": year} | ({"district": unit_id} if unit_id is not None else {})
        url, held_url = (self.get_url("festival.index_view", show=shown, **where) for shown in ("areas", "held"))
        name = "" if unit_id else f"total/held;{year};"
        return ClauseFigure(label, total, url, held, gettext(EventStatus.HELD.label), held_url, name)

    def _counts(self, clauses: list[Clause], year: int) -> dict[Asked, list[int]]:
        """How many there are, and how many of them are done where that can be said, by one statement."""
        wanted = dict.fromkeys(
            (row.measure, clause.organisation) for clause in clauses for row in clause.measures if row.measure in COUNTS
        )
        queries = [(asked, query) for asked in wanted for query in self._queries(*asked, year)]
        counts = count_each(db.session(), [query for _asked, query in queries])
        found: dict[Asked, list[int]] = {asked: [] for asked in wanted}
        for (asked, _query), count in zip(queries, counts, strict=True):
            found[asked].append(count)
        return found

    def _queries(self, measure: Measure, organisation: Organisation | None, year: int) -> Iterator[Select[Any]]:
        count = COUNTS[measure]
        screen, filters = self.screens[count.record], count.filters(year, organisation)
        yield screen.query.where(**filters).with_only_columns(count.record.id)
        if count.done or count.filled:
            query = screen.query.where(**filters, **count.done).with_only_columns(count.record.id)
            yield query.where(getattr(count.record, count.filled).is_not(None)) if count.filled else query


def _latest_year() -> int:
    return db.session.scalar(select(func.max(Event.year))) or today().year


def _festival(year: int, unit_id: int | None) -> tuple[int, int]:
    """How many areas there were in a unit, and how many of them held the Festival."""
    found = FestivalYear(db.session(), year)
    if unit_id is not None and unit_id not in found.by_id:
        return 0, 0
    figure = found.figure(found.by_id[unit_id] if unit_id is not None else None)
    return figure.total, figure.held


def _clauses(plan: Document) -> list[Clause]:
    query = select(Clause).where(Clause.document_id == plan.id).order_by(Clause.place, Clause.id)
    query = query.options(joinedload(Clause.organisation), selectinload(Clause.measures))
    return list(db.session.scalars(query))


def _tasks(plan: Document) -> dict[str, list[int]]:
    """For each clause that tasks name: how many, and how many of them done."""
    query = select(Task.clause, Task.status, func.count()).where(Task.plan_id == plan.id)
    found: dict[str, list[int]] = {}
    for clause, status, count in db.session.execute(query.group_by(Task.clause, Task.status)):
        sums = found.setdefault(clause or "", [0, 0])
        sums[0] += count
        sums[1] += count if status is TaskStatus.DONE else 0
    return found


class ClauseView(RecordView):
    """What a plan asks for, clause by clause."""

    record = Clause
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("number", "part", "doer", "content", "organisation")
    column_filters = ("document", "organisation")
