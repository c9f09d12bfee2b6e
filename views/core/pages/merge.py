"""Two people at once: whoever saves second gets the other's values beside their own, and loses nothing they typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from sqlalchemy import func, select

from models.history.audit import WRITES, AuditEntry, AuditKind, to_json
from models.history.undo import history_of
from models.records.base import Record
from views.core.fields.children import ChildrenField, Entry
from views.core.fields.formatting import day_text, plain
from views.core.session import db

Key = tuple[str, int | None]


def last_seen() -> int:
    """The newest entry of the history: what a form opened now has seen."""
    return db.session.scalar(select(func.max(AuditEntry.id)).execution_options(unscoped=True)) or 0


def merge(form: Any, record: Record, since: int) -> str:
    """Bring what others saved since the entry `since` into the form; say who and when.

    Where they alone changed a field it takes their value; where both did, the typed value stays and theirs is told.
    """
    query = history_of(type(record), record.id).where(AuditEntry.id > since, AuditEntry.kind.in_(WRITES))
    entries = list(db.session.scalars(query))
    before: dict[Key, dict[str, Any]] = {}
    for entry in entries:  # the newest first: the oldest value is what the form was opened with
        before.setdefault((entry.noun, entry.record_id), {}).update({n: c[0] for n, c in entry.changes.items()})
    who = ", ".join(sorted({entry.actor for entry in entries})) or gettext("Người khác")
    _merge_fields(form, record, before.get((type(record).__name__, record.id), {}), who)
    for field in form:
        if isinstance(field, ChildrenField):
            _merge_children(field, before, entries, who)
    when = day_text(entries[0].at) if entries else ""
    return gettext(
        "%(who)s vừa lưu bản ghi này (%(when)s). Ô nào bạn không sửa thì đã lấy theo bản mới; ô nào cả hai cùng "
        "sửa thì được báo ở dưới. Xem lại rồi lưu lần nữa.",
        who=who,
        when=when,
    )


def _merge_fields(form: Iterable[Any], record: Record, before: dict[str, Any], who: str) -> None:
    for field in form:
        spec = getattr(field, "spec", None)
        if spec is None or isinstance(field, ChildrenField) or (column := spec.column or spec.name) not in before:
            continue
        theirs = getattr(record, spec.name)
        if not field.errors and to_json(field.data) == before[column]:
            # What was sent would still be shown, and with the next save undo what they did.
            field.raw_data = None
            field.process(None, theirs)
        elif to_json(field.data) != to_json(theirs):
            text = gettext(
                "%(who)s vừa sửa ô này thành “%(value)s”. Lưu lần nữa thì giữ giá trị của bạn.",
                who=who,
                value=plain(spec, theirs),
            )
            field.errors = [*field.errors, text]


def _merge_children(
    field: ChildrenField, before: dict[Key, dict[str, Any]], entries: list[AuditEntry], who: str
) -> None:
    noun = field.spec.target.__name__
    deleted = {e.record_id: e.title for e in entries if e.noun == noun and e.kind is AuditKind.DELETED}
    for row in field.entries:
        if row.child is not None:
            _merge_fields(row.form, row.child, before.get((noun, row.child.id), {}), who)
        elif row.posted_id in deleted:
            row.deleted = True
            field.form_errors.append(
                gettext(
                    "%(who)s vừa xóa dòng “%(row)s”. Bỏ dấu “Xóa dòng” thì thêm lại.",
                    who=who,
                    row=deleted[row.posted_id],
                )
            )
    shown = {row.child for row in field.entries}
    for child in field.object_data:
        if child not in shown:
            field.entries.append(_row(field, child))
            field.form_errors.append(gettext("%(who)s vừa thêm dòng “%(row)s”.", who=who, row=str(child)))


def _row(field: ChildrenField, child: Record) -> Entry:
    taken = [int(row.name.rsplit("-", 1)[1]) for row in field.entries]
    return field.entry(max(taken, default=-1) + 1, None, child)
