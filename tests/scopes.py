"""Rows as a limited reader stands to them: one's own, seen, foreign; and what all of them hold."""

from typing import Any

from flask import Flask
from sqlalchemy import inspect, select

from models import Organisation, Record
from models.scope import limited_to, own, scope_of, scoped_classes, seen
from views.session import db

MISSING = 999_999_999


def ids_of(app: Flask, code: str, cls: type[Record]) -> tuple[int | None, int | None]:
    """For someone of the organisation of this code: the first id of their own, and the first that they may not see."""
    with app.app_context():
        home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
        scope = scope_of(home)
        if not _is_scoped(cls):
            return db.session.scalars(select(cls.id).order_by(cls.id).limit(1)).first(), None
        with limited_to(scope):
            ours = db.session.scalars(select(cls.id).where(own(cls)).order_by(cls.id)).first()
            shown = set(db.session.scalars(select(cls.id).where(seen(cls))))
        every = db.session.scalars(select(cls.id).order_by(cls.id))
        return ours, next((id_ for id_ in every if id_ not in shown), None)


def rows_but_of(app: Flask, code: str) -> dict[tuple[str, int], tuple[Any, ...]]:
    """Every row that isn't that organisation's own, with all its values."""
    found: dict[tuple[str, int], tuple[Any, ...]] = {}
    with app.app_context():
        scope = scope_of(db.session.scalars(select(Organisation).where(Organisation.code == code)).one())
        for mapper in Record.registry.mappers:
            cls = mapper.class_
            if not issubclass(cls, Record) or mapper.inherits is not None or cls.__name__ == "AuditEntry":
                continue
            ours: set[int] = set()
            if _is_scoped(cls):
                with limited_to(scope):
                    ours = set(db.session.scalars(select(cls.id).where(own(cls))))
            for row in db.session.execute(select(*inspect(cls).columns)):  # type: ignore[attr-defined]
                if row.id not in ours:
                    found[cls.__name__, row.id] = tuple(row)
    return found


def _is_scoped(cls: type[Record]) -> bool:
    return issubclass(cls, scoped_classes())
