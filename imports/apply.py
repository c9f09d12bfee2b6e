"""Rows into records, by the same rules as everything else.

    counts = put_rows(session, Movement, read_csv(path), file=path.name)

Nothing here decides what is right: the records' own rules do, at the flush. Whoever calls commits,
or rolls back when a RowError comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy.orm import Session

from imports.intake import Intake, Outcome
from imports.reader import SourceRow
from models.records.base import Record
from models.records.fields import Field
from models.records.lookups import owner_field

BATCH = 200
"""Rows that go to the database together."""


def put_rows(
    session: Session,
    record_class: type[Record],
    rows: Iterable[SourceRow],
    *,
    file: str = "",
    sample: bool = False,
    report: Callable[[int], None] = lambda done: None,
) -> Counter[Outcome]:
    """Put the rows of one file in: the record that a row names gets the values of its filled cells, or is made.

    Columns go by a field's name or its label. An empty cell leaves its field as it is. Children may come along, as a
    list of their cells under the name of their field; those not on it stay. Returns how many rows became what.

    Raises RowError at the first fault. `report` is told after each batch how many rows are done.
    """
    intake = Intake(session, record_class, file=file, sample=sample)
    counts: Counter[Outcome] = Counter()
    for batch in _batches(record_class, rows):
        counts.update(intake.put_batch(batch))
        report(counts.total())
    return counts


def _batches(record_class: type[Record], rows: Iterable[SourceRow]) -> Iterator[list[SourceRow]]:
    """The rows by the batch.

    Those of one owner stay together: rules like "the shares total 100" want them all.
    """
    spec = owner_field(record_class)
    batch: list[SourceRow] = []
    for row in rows:
        if len(batch) >= BATCH and not (spec and _same_cell(spec, batch[-1], row)):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _same_cell(spec: Field, one: SourceRow, other: SourceRow) -> bool:
    column = spec.name if spec.name in one.cells else spec.label
    return one.cells.get(column) == other.cells.get(column)
