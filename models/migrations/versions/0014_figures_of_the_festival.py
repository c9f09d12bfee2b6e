"""The Festival's figures stand once: attendance and money in its result, its status as that says, and its day.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-27 21:00:00.000000

"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ACT = "0014" + "festivalfigures".ljust(28, "0")
"""The history's name for what this step changes; the page of figures that differ asks for it."""
ACT_NAME = "Nâng cấp: số của Ngày hội chỉ còn ở kết quả"
NAMES = ("attendees", "state_budget", "social_budget")
FREELY = {"recorded": True}

EVENT = sa.table(
    "event",
    *(sa.column(name) for name in ("id", "name", "kind", "status", "organisation_id", "unit_id", *NAMES)),
    sa.column("version"),
)
RESULT = sa.table(
    "festival_result", *(sa.column(name) for name in ("id", "event_id", "areas_held", *NAMES)), sa.column("version")
)
ENTRY = sa.table(
    "audit_entry",
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("updated_at", sa.DateTime(timezone=True)),
    sa.column("changes", sa.JSON()),
    *(sa.column(name) for name in ("kind", "actor", "noun", "title", "act", "act_name", "record_id", "owner_noun")),
    *(sa.column(name) for name in ("owner_id", "home_organisation_id", "home_unit_id", "version", "sample")),
    *(sa.column(name) for name in ("search_text", "title_key")),
)


def upgrade() -> None:
    op.add_column("office", sa.Column("festival_day", sa.String(length=5), nullable=True))
    op.add_column("festival_result", sa.Column("agreed", sa.Text(), nullable=True))
    results = {row.event_id: row for row in _rows(sa.select(RESULT).order_by(RESULT.c.id))}
    for event in _rows(sa.select(EVENT).where(EVENT.c.kind == "festival").order_by(EVENT.c.id)):
        _settle(event, results.get(event.id))


def _settle(event: Any, result: Any) -> None:
    """Leave a Festival's figures to its result, and its status to what that says; the history keeps what it said."""
    was = event._mapping  # noqa: SLF001  a row's documented mapping
    told = {name: was[name] for name in NAMES if was[name] is not None}
    held = result is not None and (result.areas_held or 0) > 0
    status = "held" if held else "planned" if event.status == "held" else event.status
    changes = {name: [value, None] for name, value in told.items()}
    if status != event.status:
        changes["status"] = [event.status, status]
    if changes:
        _change(EVENT, event, {name: new for name, (_old, new) in changes.items()})
        _note("Event", event, event.id, changes)
    if result is not None:
        missing = {name: value for name, value in told.items() if getattr(result, name) is None}
        if missing:
            _change(RESULT, result, missing)
            _note("FestivalResult", event, result.id, {name: [None, value] for name, value in missing.items()})


def _rows(query: Any) -> Any:
    return op.get_bind().execute(query, execution_options=FREELY).all()


def _change(table: Any, row: Any, values: dict[str, Any]) -> None:
    statement = table.update().where(table.c.id == row.id).values({**values, "version": row.version + 1})
    op.get_bind().execute(statement, execution_options=FREELY)


def _note(noun: str, event: Any, record_id: int, changes: dict[str, list[Any]]) -> None:
    now, owned = datetime.now(UTC), noun != "Event"
    entry = {
        "at": now,
        "created_at": now,
        "updated_at": now,
        "changes": changes,
        "kind": "changed",
        "actor": "nâng cấp",
        "noun": noun,
        "title": event.name,
        "act": ACT,
        "act_name": ACT_NAME,
        "record_id": record_id,
        "owner_noun": "Event" if owned else None,
        "owner_id": event.id if owned else None,
        "home_organisation_id": event.organisation_id,
        "home_unit_id": event.unit_id,
        "version": 1,
        "sample": False,
        "search_text": "",
        "title_key": "",
    }
    op.get_bind().execute(ENTRY.insert().inline(), entry, execution_options=FREELY)


def downgrade() -> None:
    # What the events said stands in the history; a result says the same or something better.
    op.drop_column("festival_result", "agreed")
    op.drop_column("office", "festival_day")
