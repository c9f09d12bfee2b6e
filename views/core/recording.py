"""Recording what is only read: looking at personal data, taking a list or a file away."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from models.history.audit import AuditKind
from models.history.recording import note
from models.records.base import Record
from models.records.fields import Kind
from views.core.session import db


def note_apart(kind: AuditKind, record: Record | None = None, **about: Any) -> None:
    """Leave a row in the history in a transaction of its own: whoever only reads holds no lock while reading."""
    with Session(db.engine) as session:
        note(session, kind, record, **about)
        session.commit()


def has_personal(cls: type[Record]) -> bool:
    """Whether records of this class, or what belongs to them, hold someone's personal data."""
    specs = cls.fields().values()
    children = [s.target for s in specs if s.kind is Kind.CHILDREN]
    return any(spec.personal for spec in specs) or any(
        spec.personal for child in children for spec in child.fields().values()
    )
