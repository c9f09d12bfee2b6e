"""What a record is found by, sorted by and told apart by: texts computed from its values whenever these change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.orm import Session

from models.records.base import Record
from models.records.context import viewing
from models.records.fields import KEY_LENGTH
from models.records.personal import in_full
from models.records.text import fold

PERSONAL_TEXT = "personal_text"
"""The column of what only those who may read a record's personal data find it by."""
PORTION = 1000
"""How many records are computed anew at once."""


def keys_of(record: Record) -> dict[str, Any]:
    """The computed texts of a record, by column."""
    fields = record.fields()
    searched = [getattr(record, name) for name, spec in fields.items() if spec.search and not spec.personal]
    personal = [getattr(record, name) for name, spec in fields.items() if spec.search and spec.personal]
    codes = {spec.compared_in: spec.compared(getattr(record, name)) for name, spec in fields.items() if spec.keyed}
    return {
        "search_text": fold(" ".join([*(str(text) for text in searched if text), *record.search_parts()])),
        "title_key": record.title_sort()[:KEY_LENGTH],
        **({PERSONAL_TEXT: _personal_text(personal)} if hasattr(type(record), PERSONAL_TEXT) else {}),
        **codes,
    }


def _personal_text(values: Iterable[Any]) -> str:
    """These as they are written, and numbers without what stands between their digits."""
    texts = [str(value) for value in values if value]
    return fold(" ".join([*texts, *(bare for text in texts if (bare := "".join(filter(str.isdigit, text))))]))


def give_keys(record: Record) -> None:
    """Compute the texts that follow from what the record holds now."""
    for name, text in keys_of(record).items():
        setattr(record, name, text)


def give_keys_anew(connection: Connection, cls: type[Record], ids: Iterable[int] | None = None) -> int:
    """Compute these texts for records that are there, for all unless `ids` says which. Returns how many differed.

    They are no part of the history, nor are versions counted: nothing that anyone wrote changes. What makes a code that
    code is computed where it is missing: two that were written before it was asked for may look alike.
    """
    codes = {spec.compared_in for spec in cls.fields().values() if spec.keyed}
    changed = 0
    with Session(connection, autoflush=False) as session, viewing(all_rows=True):
        for portion in _portions(session, cls, ids):
            for record in portion:
                kept = {name for name in codes if getattr(record, name) is not None}
                found = {n: t for n, t in keys_of(record).items() if t != getattr(record, n) and n not in kept}
                changed += _write(connection, cls, record.id, found)
            session.expunge_all()
    return changed


def _portions(session: Session, cls: type[Record], ids: Iterable[int] | None) -> Iterator[list[Record]]:
    wanted = sorted(session.scalars(select(cls.id)) if ids is None else ids)
    for start in range(0, len(wanted), PORTION):
        query = select(cls).where(cls.id.in_(wanted[start : start + PORTION])).options(*in_full(cls))
        yield list(session.scalars(query).unique())


def _write(connection: Connection, cls: type[Record], id_: int, texts: dict[str, Any]) -> int:
    if not texts:
        return 0
    table: Any = cls.__table__
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in texts}
    statement = update(table).where(table.c.id == bindparam("row_id")).values(updated_at=table.c.updated_at, **values)
    options = {"recorded": True, "unscoped": True}
    connection.execute(
        statement, {"row_id": id_, **{f"new_{n}": t for n, t in texts.items()}}, execution_options=options
    )
    return 1
