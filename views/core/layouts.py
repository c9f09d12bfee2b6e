"""Layouts: how a list is to stand in a workbook, as an address says it: columns, order, groups, title, paper, rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.files.attachments import holds_files
from models.records.base import Record
from models.records.fields import Kind
from views.core.query import is_id

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from views.core.screen import RecordView

COLUMN, GROUP, ORDER, DOWN, TITLE, PAPER = "c", "group", "order", "down", "title", "paper"
PICKED = "id"
LAYOUT = (COLUMN, GROUP, ORDER, DOWN, TITLE, PAPER)
"""The names in an address; beside them the ids of chosen rows."""
PORTRAIT = "portrait"
GROUPED_BY = {Kind.CHOICE, Kind.REFERENCE, Kind.YES_NO, Kind.YEAR, Kind.CODE, Kind.TEXT}
ORDERED_BY = GROUPED_BY | {Kind.DATE, Kind.MOMENT, Kind.INTEGER, Kind.MONEY, Kind.DECIMAL}
TITLE_LENGTH = 200


@dataclass(frozen=True)
class Layout:
    """Names of fields for the columns, the order and the groups; a title, the paper, and the ids of chosen rows."""

    columns: tuple[str, ...]
    group: str | None = None
    order: str | None = None
    descending: bool = False
    title: str = ""
    portrait: bool = False
    picked: tuple[int, ...] = ()


def layout_of(screen: RecordView, asked: MultiDict[str, str]) -> Layout:
    """The layout that an address asks for. What the screen doesn't have is passed over: saved addresses grow old."""
    able = columns_of(screen.record)
    columns = [name for name in dict.fromkeys(asked.getlist(COLUMN)) if name in able] or list(screen.column_list)
    group = _one_of(screen, asked.get(GROUP), GROUPED_BY)
    if group is not None and group not in columns:
        columns.insert(0, group)
    return Layout(
        tuple(columns),
        group,
        _one_of(screen, asked.get(ORDER), ORDERED_BY),
        asked.get(DOWN) == "1",
        " ".join(asked.get(TITLE, "").replace("\x00", "").split())[:TITLE_LENGTH],
        asked.get(PAPER) == PORTRAIT,
        tuple(int(id_) for id_ in asked.getlist(PICKED) if is_id(id_)),
    )


def columns_of(record: type[Record]) -> list[str]:
    """The fields that can be columns: all but files."""
    return [name for name, spec in record.fields().items() if not holds_files(spec)]


def named(screen: RecordView, kinds: Iterable[Kind]) -> list[str]:
    """The fields of these kinds by which the reader may ask."""
    return [name for name, spec in screen.specs.items() if spec.kind in kinds and screen.may_ask_by(name)]


def _one_of(screen: RecordView, name: Any, kinds: Iterable[Kind]) -> str | None:
    return name if name in named(screen, kinds) else None
