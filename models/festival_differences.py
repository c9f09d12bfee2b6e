"""What Festivals said of themselves when that still stood twice, where their results say something else.

Since step 0014 of the tables the result alone says it; that step left what the event had said in the history.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.events import Event, FestivalResult
from models.history.audit import AuditEntry
from models.oddities import AND, KEPT, OF_RESULT

ACT = "0014" + "festivalfigures".ljust(28, "0")
"""The action of the history as which that step wrote it down."""


@dataclass(frozen=True)
class Difference:
    """One figure that an event said, and what its result says."""

    event_id: int
    title: str
    name: str
    old: int
    result_id: int | None
    now: int | None


def differences(session: Session) -> list[Difference]:
    """Those that nobody has settled yet, by the order of the events."""
    entries = select(AuditEntry.record_id, AuditEntry.changes).where(AuditEntry.act == ACT, AuditEntry.noun == "Event")
    told = {row.record_id: row.changes for row in session.execute(entries)}
    if not told:
        return []
    query = (
        select(Event.id, Event.name, FestivalResult)
        .outerjoin(FestivalResult, FestivalResult.event_id == Event.id)
        .where(Event.id.in_(select(AuditEntry.record_id).where(AuditEntry.act == ACT, AuditEntry.noun == "Event")))
        .order_by(Event.id)
    )
    found = []
    for id_, title, result in session.execute(query):
        for name in (name for name in OF_RESULT if name in told[id_]):
            old, now = told[id_][name][0], getattr(result, name) if result else None
            if old != now and not (result and _kept(name) in (result.agreed or "").split(AND)):
                found.append(Difference(id_, title, name, old, result.id if result else None, now))
    return found


def settle(result: FestivalResult, name: str) -> None:
    """Keep what the result says."""
    result.agreed = AND.join([*filter(None, (result.agreed or "").split(AND)), _kept(name)])


def _kept(name: str) -> str:
    return f"{KEPT}{FestivalResult.fields()[name].label}"


__all__ = ["Difference", "differences", "settle"]
