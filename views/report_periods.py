"""Which period, and whose reports, the pages of reports are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import request
from flask_login import current_user
from sqlalchemy import select

from models.organisations import Committee, Organisation
from models.periods import Period
from views.core.session import db


def known_periods() -> list[Period]:
    """Every period, the latest year first, its months before its quarters."""
    return sorted(db.session.scalars(select(Period)), key=lambda one: (-one.year, one.kind.rank, one.number))


def chosen_period(known: Sequence[Period], day: date) -> Period | None:
    """The period that the address asks for, by itself or by year and kind; else the one that was due last."""
    asked = request.args
    if (period := next((one for one in known if str(one.id) == asked.get("period")), None)) is not None:
        return period
    fitting = [
        one
        for one in known
        if asked.get("year") in (None, "", str(one.year)) and asked.get("kind") in (None, "", one.kind.value)
    ]
    due = [one for one in fitting if one.due_on <= day]
    return max(due, key=lambda one: one.due_on, default=min(fitting, key=lambda one: one.due_on, default=None))


def own_committee() -> Organisation | None:
    """The committee that the reader works for: their organisation's, or the first that has none above it."""
    organisation: Organisation | None = current_user.organisation
    while organisation is not None and not isinstance(organisation, Committee):
        organisation = organisation.parent
    if organisation is None:
        roots = select(Committee).where(Committee.parent_id.is_(None)).order_by(Committee.code)
        organisation = db.session.scalars(roots).first()
    return organisation
