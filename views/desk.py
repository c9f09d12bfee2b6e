"""The desk: what waits for whoever signed in, what is late, what came back, and which days come next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import String, cast, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from models import AwardRound, Period, Record, Task
from models.access.scope import current
from models.calendar import entries, sources
from models.history.audit import WRITES, AuditEntry
from models.obligations import OPEN, Standing, obligations
from models.records.choices import Choice
from models.records.clock import now
from models.saved_exports import SavedExport, usable_by
from models.workflow.steps import sent_back
from views.core.changes import noun_label
from views.core.fields.formatting import day_text, many, number_text
from views.core.screen import RecordView
from views.core.session import db

NOT_SENT = (*OPEN, Standing.AWAITED)
NAMED = 12
"""How many of those who have not reported are named."""
NEAR = timedelta(days=31)
"""How far the desk looks ahead, and back for what came back."""
LINES = 8
"""How many lines a part of the desk shows at most."""
RECENT_ENTRIES, RECENT_ACTS = 200, 6


@dataclass(frozen=True)
class Pile:
    """What of one noun waits: at which stages, how many, in which list."""

    label: str
    board_url: str
    stages: list[tuple[Choice, int, str]]


@dataclass(frozen=True)
class Line:
    """One line with a day: what it says, where it leads, when, and what else is to be said."""

    text: str
    url: str
    when: str
    note: str = ""
    tone: str = ""


def _screens() -> dict[type[Record], RecordView]:
    found: dict[type[Record], RecordView] = current_app.extensions["screens"]
    return {record: screen for record, screen in found.items() if screen.is_accessible()}


def piles() -> list[Pile]:
    """What waits for whoever signed in to be moved on, by noun and stage."""
    staged = [(s, s.record.workflow) for s in _screens().values() if s.record.workflow and s.can_edit]
    parts = []
    for place, (screen, stages) in enumerate(staged):
        stage = cast(getattr(screen.record, stages.field), String)
        waiting = screen.query.where(waits_is=True).with_only_columns(literal(place), stage, func.count())
        parts.append(waiting.group_by(stage))
    rows = db.session.execute(union_all(*parts)) if parts else ()
    counts = {(place, stage): count for place, stage, count in rows}
    found = []
    for place, (screen, stages) in enumerate(staged):
        lines = [
            (stage, counts[place, stage.value], screen.where_url(waits_is=True, **{f"{stages.field}_is": stage}))
            for stage in stages.stages
            if (place, stage.value) in counts
        ]
        if lines:
            found.append(Pile(many(screen.record.label), screen.get_url(".board_view", flt_waits_is=1), lines))
    return found


def late(today: date) -> tuple[int, str, list[Line]]:
    """What is overdue in one's branch: how many tasks, the list of them, and the oldest of tasks and rounds.

    A task that many places have, as the plan gives one to each district, is one line.
    """
    screens = _screens()
    asked = {"overdue_is": True, **_branch()}
    both = union_all(
        *(
            query.with_only_columns(
                literal(cls is Task), cls.name, cls.due_on, func.count(), func.min(cls.id)
            ).group_by(cls.name, cls.due_on)
            for cls, query in (
                (Task, screens[Task].query.where(**asked)),
                (AwardRound, screens[AwardRound].query.where(overdue_is=True)),
            )
        )
    )
    tasks, lines = 0, []
    for is_task, name, due, count, id_ in sorted(db.session.execute(both), key=lambda row: (row[2], -row[3], row[1])):
        screen = screens[Task if is_task else AwardRound]
        url, note = screen.get_url(".details_view", id=id_), "" if is_task else gettext("đợt chưa kết thúc")
        if is_task and count > 1:
            url = f"{screen.where_url(**asked, due_on_from=due, due_on_to=due)}&{urlencode({'search': name})}"
            note = gettext("%(count)s nơi làm", count=number_text(count))
        lines.append(Line(name, url, day_text(due) if due else "", note, "late"))
        tasks += count if is_task else 0
    return tasks, screens[Task].where_url(**asked), lines[:LINES]


def _branch() -> dict[str, Any]:
    """The filter of tasks to one's own branch: those above keep theirs for all to read."""
    home = current_user.organisation
    return {"owner_below": home} if current.get() is not None and home is not None else {}


def came_back() -> list[Line]:
    """What was sent back or turned down of late, and went no further since."""
    screens = _screens()
    staged = [record for record in screens if record.workflow]
    return [
        Line(
            f"{gettext(step.cls.label)}: {step.title}",
            screens[step.cls].get_url(".details_view", id=step.id),
            f"{step.who} · {day_text(step.at)}",
            f"{gettext(step.old.label)} → {gettext(step.new.label)}: {step.note}" if step.old else step.note,
        )
        for step in sent_back(db.session(), staged, now() - NEAR, RECENT_ENTRIES)[:LINES]
    ]


def next_days(today: date) -> list[Line]:
    """The next days of the calendar, without what is settled. What many places have on a day is one line."""
    screens = _screens()
    open_ = [source for source in sources() if source.record in screens]
    coming = [
        entry
        for entry in entries(db.session(), open_, today, today + NEAR)
        if entry.first >= today and (entry.status is None or not entry.status.is_over)
    ]
    found = []
    for (day, source, title), same in groupby(coming, key=lambda e: (e.first, e.source, e.title)):
        group = list(same)
        url = screens[source.record].get_url(".details_view", id=group[0].id)
        if len(group) > 1:
            url = current_app.url_for("calendar.index_view", day=f"{day}", kind=source.key)
        places = gettext("%(count)s nơi", count=number_text(len(group))) if len(group) > 1 else ""
        note = " · ".join(filter(None, (gettext(source.label), places)))
        found.append(Line(title, url, day_text(day), note, "warn" if day - today < timedelta(days=7) else ""))
    return found[:LINES]


def missing(today: date) -> list[dict[str, Any]]:
    """For the latest open periods that are due within a month or overdue: who owes a report and has not sent it."""
    query = select(Period).where(Period.open, Period.due_on <= today + NEAR).order_by(Period.due_on.desc())
    periods = list(db.session.scalars(query.limit(3)))
    owing = [o for o in obligations(db.session(), periods, today) if o.standing in NOT_SENT]
    found = []
    for period in periods:
        names = [str(o.organisation) for o in owing if o.period is period]
        found.append(
            {"label": str(period), "due": day_text(period.due_on), "names": names[:NAMED], "total": len(names)}
        )
    return found


def recent() -> Iterator[Line]:
    """The latest actions on what the reader may see: who, when, on what."""
    query = select(AuditEntry).where(AuditEntry.kind.in_(WRITES)).order_by(AuditEntry.id.desc()).limit(RECENT_ENTRIES)
    acts: dict[str, list[AuditEntry]] = {}
    for entry in db.session.scalars(query):
        acts.setdefault(entry.act, []).append(entry)
    for group in list(acts.values())[:RECENT_ACTS]:
        first = group[-1]
        what = first.act_name or f"{gettext(first.kind.label)}: {noun_label(first.noun)} “{first.title}”"
        url = _screens()[AuditEntry].get_url("history.details_view", id=first.id)
        more = gettext("và %(n)s bản ghi khác", n=len(group) - 1) if len(group) > 1 else ""
        yield Line(what, url, f"{first.actor} · {day_text(first.at)}", more)


def saved_exports() -> list[tuple[SavedExport, RecordView]]:
    """The saved exports that the reader may press, each with its screen."""
    screens = {screen.endpoint: screen for screen in _screens().values() if screen.can_export}
    found = db.session.scalars(usable_by(current_user).options(joinedload(SavedExport.owner)))
    return [(saved, screens[saved.screen]) for saved in found if saved.screen in screens]


def address_of(saved: SavedExport, screen: RecordView) -> str:
    """Where the saved export's workbook is."""
    return f"{screen.get_url('.export', export_type='xlsx')}?{saved.asked or ''}"
