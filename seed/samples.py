"""Away with the samples: every made-up row goes, in one transaction, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, aliased

from models.pilot_areas import PilotArea
from models.records.base import Base, Record
from models.records.errors import Problem, Refused
from models.records.fields import Kind
from models.records.lookups import owner_field, referrers
from models.records.words import _
from models.units import Unit
from models.workflow.seal_guard import Unheld, not_held

IN_USE = _(
    "%(kind)s “%(record)s” là dữ liệu thật nhưng đang dùng dữ liệu mẫu “%(sample)s”."
    " Hãy sửa dòng đó trước, rồi xóa dữ liệu mẫu."
)


def clear_samples(session: Session) -> int:
    """Delete every sample; say how many. Commits.

    A pilot slot that names a sample area stands empty again. Raises Refused, and deletes nothing,
    if another record that is no sample refers to one.
    """
    try:
        _empty_slots(session)
        _refuse_if_used(session)
        count = sum(_count(session, record_class) for record_class in _record_classes())
        with not_held(session, Unheld.SAMPLES):
            for record_class in reversed(_record_classes()):
                _delete(session, record_class)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    return count


def _record_classes() -> list[type[Record]]:
    """Every record class with a table of its own, what is referred to before what refers to it."""
    by_table = {
        mapper.local_table: mapper.class_
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Record) and mapper.inherits is None
    }
    return [by_table[table] for table in Base.metadata.sorted_tables if table in by_table]


def _count(session: Session, record_class: type[Record]) -> int:
    return session.scalar(select(func.count()).select_from(record_class).where(record_class.sample)) or 0


def _delete(session: Session, record_class: type[Record]) -> None:
    """Delete the samples of a class, but for parts of samples: whole, those keep their rules until they all go."""
    samples = select(record_class).where(record_class.sample)
    if (owner := owner_field(record_class)) is not None:
        samples = samples.where(~getattr(record_class, owner.name).has(sample=True))
    for sample in session.scalars(samples).all():
        session.delete(sample)
    session.flush()


def _empty_slots(session: Session) -> None:
    """A district's slot is real, only the choice in it was made up."""
    slots = select(PilotArea).join(PilotArea.area).where(Unit.sample, ~PilotArea.sample)
    for slot in session.scalars(slots).all():
        slot.area = None
        slot.event = None
    session.flush()


def _refuse_if_used(session: Session) -> None:
    for record, sample in _uses(session):
        names = {"kind": record.label, "record": record, "sample": sample}
        raise Refused([Problem(IN_USE, None, names)], record)


def _uses(session: Session) -> Iterator[tuple[Record, Record]]:
    """Every real record that refers to a sample, and that sample."""
    for target in _record_classes():
        other = aliased(target)
        samples = select(other.id).where(other.sample)
        for record_class, column, _goes_along in referrers(target):
            users = select(record_class).where(~record_class.sample, column.in_(samples))
            name = inspect(record_class).get_property_by_column(column).key
            for record in session.scalars(users):
                yield record, session.get_one(target, getattr(record, name))
    for record_class in _record_classes():
        for name, spec in record_class.fields().items():
            if spec.kind is Kind.REFERENCES:
                link = getattr(record_class, name)
                linked = select(record_class).where(~record_class.sample, link.any(sample=True))
                for record in session.scalars(linked):
                    yield record, next(it for it in getattr(record, name) if it.sample)
