"""Checks: a screen that is declared wrongly does not start; class, attribute and mistake are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from exports.registry import PACKS
from models.records.fields import NUMBERS, Kind
from models.records.tree import TreeRecord
from views.core.access import ACTIONS, Access
from views.core.fields.conditions import conditions_for
from views.core.sections import Section

if TYPE_CHECKING:
    from views.core.screen import RecordView

COLLECTIONS = {Kind.REFERENCES, Kind.CHILDREN}
NAMES = (
    "column_list",
    "column_filters",
    "column_totals",
    "form_columns",
    "related_columns",
    "board_columns",
    "tree_columns",
)
"""The attributes of a screen that name fields."""

Mistake: TypeAlias = tuple[str, str]


class DeclarationError(TypeError):
    """A screen is declared wrongly: says which class, which attribute and what is wrong."""


def check(screen: RecordView) -> None:
    """Refuse a screen whose own declaration is wrong."""
    refuse(screen, _frame(screen))
    refuse(screen, _names(screen))
    refuse(screen, _columns(screen))
    refuse(screen, _children(screen))
    refuse(screen, _sort(screen))


def check_pages(screen: RecordView) -> None:
    """Refuse a screen with a page that is declared wrongly, or whose pages are in each other's way."""
    for page in screen.pages:
        name = type(page).__name__
        if page.needs not in ACTIONS:
            refuse(screen, [("own_pages", f"{name} needs {page.needs!r}, which is no action of Access")])
        refuse(screen, page.mistakes())
    taken: dict[str, str] = {}
    for name, route in ((type(page).__name__, route) for page in screen.pages for route in page.routes()):
        if (other := taken.setdefault(route.endpoint, name)) != name:
            refuse(screen, [("own_pages", f"{name} and {other} both answer at {route.endpoint!r}")])


def refuse(screen: RecordView, mistakes: Iterable[Mistake]) -> None:
    """Refuse a screen with any of these mistakes."""
    for attribute, mistake in mistakes:
        raise DeclarationError(f"{type(screen).__name__}.{attribute}: {mistake}")


def _frame(screen: RecordView) -> Iterator[Mistake]:
    if not isinstance(getattr(screen, "section", None), Section):
        yield "section", "is not a Section"
    if not isinstance(screen.access, Access):
        yield "access", "is not an Access"
    yield from (("packs", f"there is no pack {name!r}") for name in screen.packs if name not in PACKS)
    if screen.tree_columns and not issubclass(screen.record, TreeRecord):
        yield "tree_columns", f"{screen.record.__name__} is no TreeRecord"


def _names(screen: RecordView) -> Iterator[Mistake]:
    if not screen.column_list:
        yield "column_list", "is empty"
    for attribute in NAMES:
        declared = getattr(screen, attribute)
        if not isinstance(declared, tuple):
            yield attribute, "must be a tuple of field names"
        yield from ((attribute, _unknown(screen, name)) for name in declared if name not in screen.specs)


def _columns(screen: RecordView) -> Iterator[Mistake]:
    for name in screen.column_totals:
        if screen.specs[name].kind not in NUMBERS - {Kind.YEAR}:
            yield "column_totals", f"{name!r} can't be summed up"
    for name in screen.column_filters:
        if not list(conditions_for(screen.record, screen.specs[name])):
            yield "column_filters", f"{name!r} is of a kind that has no filters"
    if screen.tree_columns and [screen.specs[n].kind for n in screen.tree_columns] != [Kind.CHOICE, Kind.REFERENCE]:
        yield "tree_columns", "must be a choice and a reference"


def _children(screen: RecordView) -> Iterator[Mistake]:
    for name, columns in screen.inline_columns.items():
        spec = screen.specs.get(name)
        if spec is None or spec.kind is not Kind.CHILDREN:
            yield "inline_columns", f"{name!r} holds no children"
            continue
        known = spec.target.fields()
        yield from (
            (f"inline_columns[{name!r}]", f"{spec.target.__name__} has no field {column!r}")
            for column in columns
            if column not in known
        )


def _sort(screen: RecordView) -> Iterator[Mistake]:
    default = screen.column_default_sort
    sort = default[0] if isinstance(default, tuple) else default
    if sort is not None and sort not in screen.specs:
        yield "column_default_sort", _unknown(screen, sort)
    elif sort is not None and screen.specs[sort].kind in COLLECTIONS:
        yield "column_default_sort", f"{sort!r} can't be sorted by"


def _unknown(screen: RecordView, name: str) -> str:
    return f"{screen.record.__name__} has no field {name!r}"
