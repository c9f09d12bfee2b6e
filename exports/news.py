"""What is new, changed or gone between two moments, from the history: each record once, from its first to its last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from exports.annex import Value
from exports.base import PackOptions
from models.history.audit import SECRET, WRITES, AuditEntry, AuditKind, from_json, record_classes
from models.records.base import Record
from models.records.choices import Choice
from models.records.clock import VIETNAM
from models.records.fields import MASK, Field, Kind

NAMED = 30
"""New or gone records of one kind that are named; of more, the rest is counted."""
LABELS = {AuditKind.CREATED: "MỚI", AuditKind.CHANGED: "THAY ĐỔI", AuditKind.DELETED: "KHÔNG CÒN"}


@dataclass
class _Story:
    """What became of one record: its first and last entry, and each column's first and last value."""

    first: Any
    last: Any
    changes: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def kind(self) -> AuditKind | None:
        """New, changed or gone; None for what came and went."""
        came, went = self.first.kind is AuditKind.CREATED, self.last.kind is AuditKind.DELETED
        if came or went:
            return None if came and went else AuditKind.CREATED if came else AuditKind.DELETED
        return AuditKind.CHANGED


def news(
    session: Session, since: datetime, until: datetime, options: PackOptions
) -> list[tuple[str, list[tuple[Value, ...]]]]:
    """The rows of what is new, changed and gone. A row: kind of record, record, field, old, new, who, day."""
    stories = _stories(session, since, until)
    names = _names(session, stories)
    changed = [row for story in stories if story.kind is AuditKind.CHANGED for row in _changed(story, names, options)]
    return [
        (LABELS[AuditKind.CREATED], list(_named(stories, AuditKind.CREATED))),
        (LABELS[AuditKind.CHANGED], changed),
        (LABELS[AuditKind.DELETED], list(_named(stories, AuditKind.DELETED))),
    ]


def _stories(session: Session, since: datetime, until: datetime) -> list[_Story]:
    """The stories of records that stand for themselves; what belongs to another record is part of that one's."""
    query = (
        select(
            AuditEntry.noun,
            AuditEntry.record_id,
            AuditEntry.title,
            AuditEntry.kind,
            AuditEntry.actor,
            AuditEntry.at,
            AuditEntry.changes,
        )
        .where(AuditEntry.kind.in_(WRITES), AuditEntry.at.between(since, until), AuditEntry.owner_noun.is_(None))
        .order_by(AuditEntry.id)
        .execution_options(yield_per=1000)
    )
    classes = record_classes()
    found: dict[tuple[str, int], _Story] = {}
    for entry in session.execute(query):
        if entry.noun not in classes:
            continue
        story = found.setdefault((entry.noun, entry.record_id), _Story(entry, entry))
        story.last = entry
        for name, (old, new) in entry.changes.items():
            story.changes.setdefault(name, [old, new])[1] = new
    return list(found.values())


def _named(stories: Iterable[_Story], kind: AuditKind) -> Iterator[tuple[Value, ...]]:
    by_noun: dict[str, list[_Story]] = {}
    for story in stories:
        if story.kind is kind:
            by_noun.setdefault(story.last.noun, []).append(story)
    for noun, found in by_noun.items():
        label = record_classes()[noun].label
        for story in found[:NAMED]:
            yield (label, story.last.title, None, None, None, story.last.actor, _day(story.last.at))
        if len(found) > NAMED:
            yield (label, f"(và {len(found) - NAMED} bản ghi khác)", None, None, None, None, None)


def _changed(story: _Story, names: dict[tuple[str, int], str], options: PackOptions) -> Iterator[tuple[Value, ...]]:
    cls = record_classes()[story.last.noun]
    for name, (old, new) in story.changes.items():
        spec = _spec(cls, name)
        if spec is None or spec.derived or old == new:
            continue
        hidden = spec.personal and not options.personal
        texts = (MASK if hidden and value is not None else _text(cls, spec, name, value, names) for value in (old, new))
        yield (cls.label, story.last.title, spec.label, *texts, story.last.actor, _day(story.last.at))


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()


def _spec(cls: type[Record], name: str) -> Field | None:
    fields = cls.fields()
    return fields.get(name) or next((spec for spec in fields.values() if spec.column == name), None)


def _ids(spec: Field | None, values: Sequence[Any]) -> Iterator[int]:
    """The ids among a field's values that lead to other records."""
    for value in values:
        if spec is not None and spec.kind is Kind.REFERENCE and isinstance(value, int):
            yield value
        elif spec is not None and spec.kind is Kind.REFERENCES:
            yield from value or ()


def _names(session: Session, stories: Iterable[_Story]) -> dict[tuple[str, int], str]:
    """What the records are called that changed fields lead to: one statement for each kind of record."""
    wanted: dict[type[Record], set[int]] = {}
    for story in stories:
        if story.kind is AuditKind.CHANGED:
            for name, values in story.changes.items():
                spec = _spec(record_classes()[story.last.noun], name)
                for id_ in _ids(spec, values):
                    wanted.setdefault(spec.target, set()).add(id_)  # type: ignore[union-attr]
    return {
        (cls.__name__, record.id): str(record)
        for cls, ids in wanted.items()
        for record in session.scalars(select(cls).where(cls.id.in_(ids)))
    }


def _text(cls: type[Record], spec: Field, name: str, value: Any, names: dict[tuple[str, int], str]) -> str:
    """A kept value as text."""
    if value is None or value == SECRET:
        return MASK if value else ""
    if spec.kind in (Kind.REFERENCE, Kind.REFERENCES):
        ids = _ids(spec, [value])
        return "; ".join(names.get((spec.target.__name__, id_), "(đã xóa)") for id_ in ids)
    found = from_json(cls, name, value) if name in inspect(cls).column_attrs else value
    if isinstance(found, Choice):
        return found.label
    if isinstance(found, bool):
        return "có" if found else "không"
    if isinstance(found, date):
        return f"{found:%d/%m/%Y}"
    if isinstance(found, (int, Decimal)) and spec.kind is not Kind.YEAR:
        return f"{found:,}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return str(found)
