"""Seals on screen: what of a form is read, not written, and why; the way to open what is sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import request
from flask_babel import gettext

from models.records.base import Record
from models.records.errors import Problem
from models.workflow.asked import irremovable, together, unwritable
from models.workflow.openings import Opening, as_open, opened, openings_of, seal_of, unopenable
from models.workflow.sealed import seal_problem
from views.core.fields import sealed
from views.core.fields.children import ChildrenField, Entry
from views.core.fields.formatting import cell, sentence
from views.core.session import db

LOOKED_THROUGH = 200
"""How many entries of a record's history are looked through for its openings, the newest."""
REASON = "opened_because"
"""The name of the field with the reason for an opening."""
Table = Callable[[Record, str], dict[str, Any]]


def is_opening(record: Record | None) -> bool:
    """Whether the request asks to open this record, and whoever asks may."""
    return bool(request.args.get("open")) and record is not None and unopenable(record) is None


def writing(record: Record) -> AbstractContextManager[None]:
    """Within the block the record is written: opened, with the reason that was given, or as it is."""
    session = db.session()
    return opened(session, record, request.form.get(REASON, "")) if is_opening(record) else nullcontext()


def hold(form: Any, record: Record, table: Table) -> None:
    """Put text in the place of what whoever asks may not write.

    What was sent all the same stays a field: the flush judges it, and its sentence stands beside what was typed.
    """
    session, opens = db.session(), is_opening(record)
    opening = as_open(session, record) if opens else nullcontext()
    with opening, together(session, [record]), session.no_autoflush:
        seal = seal_problem(record)
        form.sealed_because = sentence(seal) if seal and not opens else ""
        for field in [each for each in form if hasattr(each, "spec") and not _was_sent(each.name)]:
            name, spec = field.spec.name, field.spec
            if problem := unwritable(record, name):
                reason = sentence(problem)
                reason = "" if problem.message == (seal.message if seal else None) else reason
                is_table = isinstance(field, ChildrenField) or field.type == "FilesField"
                given = {"table": table(record, name)} if is_table else {"shown": cell(spec, getattr(record, name))}
                sealed.put(form, name, reason, **given)
        for field in form:
            if isinstance(field, ChildrenField):
                _hold_rows(field, record)


def _was_sent(name: str) -> bool:
    sent = [*request.form, *request.files]
    return request.method == "POST" and any(
        each == name or each.startswith((f"{name}-", f"del-{name}")) for each in sent
    )


def _hold_rows(field: ChildrenField, record: Record) -> None:
    for entry in field.entries:
        if entry.child is not None and not entry.child.is_new:
            _hold_row(field, record, entry)


def _hold_row(field: ChildrenField, record: Record, entry: Entry) -> None:
    name, child = field.spec.name, entry.child
    if child is None:
        return
    entry.stays = irremovable(record, name, child) is not None
    if (problem := unwritable(record, name, child)) and not _was_sent(entry.name):
        entry.reason = sentence(problem)
        for cell_ in [each for each in entry.form if hasattr(each, "spec")]:
            sealed.put(entry.form, cell_.spec.name, shown=cell(cell_.spec, getattr(child, cell_.spec.name)))


def writable(record: Record, names: Iterable[str]) -> bool:
    """Whether anything of these fields of the record may be written by whoever asks."""
    with together(db.session(), [record]):
        return any(unwritable(record, name) is None for name in names)


def note_of(record: Record) -> dict[str, Any]:
    """What a record's page says of its seal: the sentence, whether it may be opened, and when it was."""
    problem: Problem | None = seal_problem(record)
    seal = seal_of(record)
    openable = seal is not None and seal.opened_by is not None
    openings: list[Opening] = openings_of(db.session(), record, LOOKED_THROUGH) if record.workflow else []
    return {
        "said": sentence(problem) if problem else "",
        "may_open": openable and unopenable(record) is None,
        "openings": openings,
    }


def told_in_bulk(records: list[Record], names: Iterable[str]) -> dict[str, str]:
    """Of these fields, those that at least one of the records doesn't let whoever asks write, with the sentence why."""
    found: dict[str, str] = {}
    with together(db.session(), records):
        for name in names:
            problems = [problem for record in records if (problem := unwritable(record, name))]
            if problems:
                count = {"count": len(problems), "all": len(records), "why": sentence(problems[0])}
                found[name] = gettext("%(count)s trong %(all)s bản ghi không sửa được mục này: %(why)s", **count)
    return found
