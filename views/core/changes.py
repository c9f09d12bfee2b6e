"""Changes in people's words: who, when, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from models.history.audit import SECRET, WRITES, AuditEntry, from_json
from models.records.base import Record
from models.records.fields import MASK, Field, Kind
from views.core.fields.formatting import day_text, plain
from views.core.session import db


@dataclass(frozen=True)
class Change:
    """One field of one record: what it was, what it became."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class HistoryEvent:
    """One entry of the history as a page shows it."""

    entry: AuditEntry
    when: str
    noun: str
    changes: list[Change]


def noun_label(name: str) -> str:
    """What people call records of the class `name`."""
    cls = next((m.class_ for m in AuditEntry.registry.mappers if m.class_.__name__ == name), None)
    return gettext(cls.label) if cls is not None else name


def told(entries: Iterable[AuditEntry], *, personal: bool) -> list[HistoryEvent]:
    """These entries for people; personal values only if the reader may see them."""
    names = _Names()
    return [
        HistoryEvent(entry, day_text(entry.at), noun_label(entry.noun), list(_changes(entry, names, personal=personal)))
        for entry in entries
    ]


def _changes(entry: AuditEntry, names: _Names, *, personal: bool) -> Iterator[Change]:
    if entry.kind not in WRITES:
        yield from (Change(name, "", str(value)) for name, value in entry.changes.items())
        return
    cls = entry.record_class
    fields = cls.fields()
    by_column = {spec.column: spec for spec in fields.values() if spec.column}
    for name, (old, new) in entry.changes.items():
        spec = fields.get(name) or by_column.get(name)
        if spec is None or spec.derived:
            continue
        hidden = spec.personal and not personal
        shown = [MASK if hidden and value is not None else _text(cls, spec, name, value, names) for value in (old, new)]
        yield Change(gettext(spec.label), *shown)


def _text(cls: type[Record], spec: Field, name: str, value: Any, names: _Names) -> str:
    if value is None:
        return ""
    if value == SECRET:
        return MASK
    if spec.kind is Kind.REFERENCE:
        return names.of(spec.target, value)
    if spec.kind is Kind.REFERENCES:
        return "; ".join(names.of(spec.target, id_) for id_ in value)
    return plain(spec, from_json(cls, name, value))


class _Names:
    """What records are called: those that are there by their own name, deleted ones by their last."""

    def __init__(self) -> None:
        self._known: dict[tuple[type[Record], int], str] = {}

    def of(self, cls: type[Record], id_: int) -> str:
        """The name of the record with this id."""
        if (cls, id_) not in self._known:
            self._known[cls, id_] = self._find(cls, id_)
        return self._known[cls, id_]

    @staticmethod
    def _find(target: type[Record], id_: int) -> str:
        record = db.session.scalars(select(target).where(target.id == id_)).one_or_none()
        if record is not None:
            return str(record)
        family = [m.class_.__name__ for m in target.__mapper__.self_and_descendants]
        last = (
            select(AuditEntry.title)
            .where(AuditEntry.noun.in_(family), AuditEntry.record_id == id_)
            .order_by(AuditEntry.id.desc())
        )
        return db.session.scalars(last.limit(1)).first() or gettext("(ngoài phạm vi)")
