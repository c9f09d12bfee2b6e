"""Which tests run, and how they are dealt out to processes.

Most tests that need a database say nothing about it: they run on SQLite. Where the database itself proves something
(`pytest.mark.database`: scope, history, tree, uniqueness, search, …), a test has a twin on PostgreSQL. The twins of the
others run with `BOTH=1`, or, with `BOTH=third`, a third of them each day.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from zlib import crc32

import pytest

DAYS = 3
LONGEST = (
    "test_browser",
    "test_attacks",
    "test_routes",
    "test_scope_machine",
    "test_scope",
    "test_crash",
    "test_hostile",
)
"""Files that take so long that they should not begin last."""


def deal_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the twins that do not run now; name each test's group; the dearest come first."""
    runs = _turn(os.environ.get("BOTH", ""))
    left_out = [item for item in items if is_twin(item) and not runs(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(f"{item.path.parent.name}-{item.path.stem}-{backend_of(item)}"))
    if hasattr(config, "workerinput"):
        items.sort(key=_rank)


def backend_of(item: pytest.Item) -> str:
    """The database that a test runs on, "" if it needs none."""
    call: pytest.CallSpec2 | None = getattr(item, "callspec", None)
    return str(call.params.get("databases", "")) if call else ""


def is_twin(item: pytest.Item) -> bool:
    """Whether this is a test's second run, on PostgreSQL, for which the database is not what it is about."""
    chosen = any("databases" in mark.args[0] for mark in item.iter_markers("parametrize"))
    return backend_of(item) == "postgresql" and not chosen and item.get_closest_marker("database") is None


def _turn(both: str) -> Callable[[pytest.Item], bool]:
    today = datetime.now(UTC).date().toordinal() % DAYS
    if both == "third":
        return lambda item: crc32(item.nodeid.encode()) % DAYS == today
    return lambda item: both not in ("", "0")


def _rank(item: pytest.Item) -> tuple[int, bool]:
    place = LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)
    return place, backend_of(item) != "postgresql"
