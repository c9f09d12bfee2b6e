"""Rows as a limited reader stands to them: one's own, seen, foreign; and what all of them hold."""

from typing import Any

from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models import Organisation, Record, Unit
from models.access.branch import home_fields, scoped_classes
from models.access.scope import limited_to, readable, scope_of, writable
from models.organisations import Family
from models.units import Level
from views.core.session import db

MISSING = 999_999_999


def by_code(session: Session, code: str) -> Organisation:
    """The organisation of this code."""
    return session.scalars(select(Organisation).where(Organisation.code == code)).one()


def ids_of(app: Flask, code: str, cls: type[Record]) -> tuple[int | None, int | None]:
    """For someone of the organisation of this code: the first id of their own, and the first that they may not see."""
    with app.app_context():
        home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
        scope = scope_of(home)
        if not _is_scoped(cls):
            return db.session.scalars(select(cls.id).order_by(cls.id).limit(1)).first(), None
        with limited_to(scope):
            ours = db.session.scalars(select(cls.id).where(writable(cls)).order_by(cls.id)).first()
            shown = set(db.session.scalars(select(cls.id).where(readable(cls))))
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
                    ours = set(db.session.scalars(select(cls.id).where(writable(cls))))
            for row in db.session.execute(select(*inspect(cls).columns)):  # type: ignore[attr-defined]
                if row.id not in ours:
                    found[cls.__name__, row.id] = tuple(row)
    return found


def _is_scoped(cls: type[Record]) -> bool:
    return issubclass(cls, scoped_classes())


class Oracle:
    """What a person of an organisation owns and sees, told row by row in Python."""

    def __init__(self, session: Session, code: str | None, classes: tuple[type[Record], ...] = ()) -> None:
        self.rows = {cls: list(session.scalars(select(cls))) for cls in classes or scoped_classes()}
        self.me = by_code(session, code) if code else None
        self.front = self.me is not None and self.me.family is not Family.MEMBER
        self._known: dict[tuple[type[Record], int, bool], bool] = {}
        self._ids: dict[type[Record], set[int]] = {}

    def ids(self, cls: type[Record], *, own: bool) -> set[int]:
        return {row.id for row in self.rows[cls] if self.may(row, own=own)}

    def may(self, row: Any, *, own: bool) -> bool:
        key = (type(row), row.id, own)
        if key not in self._known:
            self._known[key] = self._judge(row, own=own)
        return self._known[key]

    def _judge(self, row: Any, *, own: bool) -> bool:
        if isinstance(row, Unit):
            return self._unit(row, own=own)
        if isinstance(row, Organisation):
            return self._organisation(row) or (not own and self._told_to_all(row))
        if type(row).__name__ == "AuditEntry":
            return row.home_unit_id in self._owned(Unit) or row.home_organisation_id in self._owned(Organisation)
        homes_of_row = [getattr(row, name) for name in home_fields(type(row))]
        open_to_all = not own and type(row).open_above
        if open_to_all and not any(homes_of_row):
            return True
        return any(home is not None and self.may(home, own=not open_to_all) for home in homes_of_row)

    def _owned(self, cls: type[Record]) -> set[int]:
        if cls not in self._ids:
            self._ids[cls] = self.ids(cls, own=True)
        return self._ids[cls]

    def _unit(self, unit: Unit, *, own: bool) -> bool:
        if self.me is None or self.me.unit is None:
            return False
        mine = self.me.unit
        return (mine in line(unit) and (self.front or not own)) or (not own and unit in line(mine))

    def _organisation(self, other: Organisation) -> bool:
        if self.me is None:
            return False
        return self.me in line(other) or (other.unit is not None and self._unit(other.unit, own=True))

    def _told_to_all(self, other: Organisation) -> bool:
        if other.level in (Level.CENTRE, Level.PROVINCE):
            return True
        mine = self.me.unit if self.me else None
        return mine is not None and other.unit in line(mine) and other.family is not Family.MEMBER


def line(node: Any) -> list[Any]:
    """A node of a tree and all above it."""
    found = []
    while node is not None:
        found.append(node)
        node = node.parent
    return found
