"""Rules enforced at flush: whatever writes, no record reaches the database that breaks one.

SQLAlchemy's flush calls `enforce` for every new or changed record, and for the record it belongs to: derived values
are computed, then the record's rules asked. All problems of the first record that has any come back in one `Refused`,
before any SQL is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.records import errors
from models.records.base import Record
from models.records.claims import claims_on_held, taken
from models.records.clock import now
from models.records.context import viewing
from models.records.errors import Problem, Refused
from models.records.fields import NUMBERS, TEXTS, Field, Kind
from models.records.keys import give_keys
from models.records.lookups import batches, links, owner_field, referrers
from models.records.personal import load_personal


def enforce(session: Session, _context: Any, _instances: Any) -> None:
    """Compute and check every record of this flush; refuse the first that has anything wrong (`before_flush`)."""
    with viewing(all_rows=True), session.no_autoflush:
        _delete_along(session)
        # Rules and the history ask each for all that it holds.
        load_personal(session, [*_written(session), *(r for r in session.deleted if isinstance(r, Record))])
        _enforce_on_written(session)


def _delete_along(session: Session) -> None:
    """What belongs to a deleted record goes with it, through the session: its rules are asked, its history is kept."""
    left = [r for r in session.deleted if isinstance(r, Record)]
    while left:
        going: dict[type[Record], list[int]] = {}
        for record in left:
            _refuse(record, record.check_delete(session))
            going.setdefault(type(record), []).append(record.id)
        left = [
            child
            for cls, ids in going.items()
            for child_class, column, along in referrers(cls)
            if along
            for some in batches(ids)
            for child in session.scalars(select(child_class).where(column.in_(some)))
            if child not in session.deleted
        ]
        for child in left:
            session.delete(child)


def _enforce_on_written(session: Session) -> None:
    settled: dict[Record, None] = {}
    while fresh := [record for record in _written(session) if record not in settled]:
        for record in fresh:
            fill_in(session, record)
        for record in fresh:
            record.pass_on(session)
        settled |= dict.fromkeys(fresh)
    written = _with_owners(session, list(settled))
    for record in written:
        prepare(session, record)
    for record in written:
        _refuse(record, _shape_problems(record))
    held = claims_on_held(session, written)
    for record in written:
        standing = record.workflow.problems(record) if record.workflow else ()
        _refuse(record, [*record.check(session), *standing, *taken(session, held.get(record, []))])


def _written(session: Session) -> list[Record]:
    changed = (record for record in session.dirty if session.is_modified(record))
    return [record for record in [*session.new, *changed] if isinstance(record, Record)]


def prepare(session: Session, record: Record) -> None:
    """Compute what follows from the record's other values: its own derived fields, its search text, its place.

    Other links are another version, though no column of the record's own changed.
    """
    if record.changed(*links(type(record))):
        record.updated_at = now()
    record.derive(session)
    give_keys(record)


def _refuse(record: Record, problems: Iterable[Problem]) -> None:
    left = [p for p in problems if p.confirm is None or p.confirm not in record.confirmed]
    if left:
        raise Refused(left, record)


def fill_in(session: Session, record: Record) -> None:
    """Fill what SQLAlchemy would fill later, so that rules may read it: defaults, references given by key only."""
    columns, unmodified, is_new = inspect(type(record)).columns, inspect(record).unmodified, record.is_new
    for name, spec in record.fields().items():
        if spec.column and spec.column not in unmodified and name in unmodified:
            id_ = getattr(record, spec.column)
            found = None if id_ is None else session.get(spec.target, id_)
            if found is None and id_ is not None:
                _refuse(record, [Problem(errors.UNKNOWN_CHOICE, name, {"value": id_})])
            setattr(record, name, found)
        elif is_new and name in columns and getattr(record, name) is None:
            default: Any = columns[name].default
            if default is not None and default.is_scalar:
                setattr(record, name, default.arg)
            elif spec.personal:  # what is not set would be asked for when the history is written
                setattr(record, name, None)


def _with_owners(session: Session, written: list[Record]) -> list[Record]:
    """These records, and those that they or what is deleted belong to: the shares of all authors are one rule.

    The owner gets a new version, so that two people can't change parts of it that only fit together one by one; but
    samples leave real records as they are.
    """
    found = dict.fromkeys(written)
    left = [*written, *(r for r in session.deleted if isinstance(r, Record))]
    while left:
        record = left.pop()
        spec = owner_field(type(record))
        owners = {getattr(record, spec.name), record.was(spec.name)} if spec else set()
        for owner in owners - {None}:
            if owner.is_new or owner in session.deleted:
                continue
            if record in session.deleted:
                _take_out(record, owner)
            if owner.sample or not record.sample:
                owner.updated_at = now()
            if owner not in found:
                found[owner] = None
                left.append(owner)
    return list(found)


def _take_out(part: Record, owner: Record) -> None:
    """Take a deleted part out of its owner's list, where SQLAlchemy would leave it until the owner is loaded anew."""
    for name, spec in owner.fields().items():
        if spec.kind is Kind.CHILDREN and part in getattr(owner, name):
            getattr(owner, name).remove(part)


def _shape_problems(record: Record) -> Iterator[Problem]:
    """What is wrong with single values: missing, too long, out of range."""
    for name, spec in record.fields().items():
        if spec.kind in (Kind.CHILDREN, Kind.REFERENCES) or (name not in record.__dict__ and record.id is not None):
            continue
        value = getattr(record, name)
        if value is not None:
            yield from _limit_problems(spec, value, name)
        elif spec.required:
            yield Problem(errors.MISSING, name)


def _limit_problems(spec: Field, value: Any, name: str) -> Iterator[Problem]:
    if spec.kind in TEXTS and spec.length and len(value) > spec.length:
        yield Problem(errors.TOO_LONG, name, {"limit": spec.length})
    elif spec.kind in NUMBERS and spec.minimum is not None and value < spec.minimum:
        yield Problem(errors.TOO_SMALL, name, {"limit": spec.minimum})
    elif spec.kind in NUMBERS and spec.maximum is not None and value > spec.maximum:
        yield Problem(errors.TOO_LARGE, name, {"limit": spec.maximum})
