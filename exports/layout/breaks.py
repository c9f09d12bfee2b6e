"""Page breaks: where a new page begins, so that what must stand together does."""

from __future__ import annotations

from collections.abc import Iterator

from exports.layout.sheet import Plan


def page_breaks(made: Plan) -> Iterator[int]:
    """The rows before which a new page begins."""
    first, last = made.repeated
    repeated = sum(made.heights[first : last + 1])
    filled = 0.0
    for start, end in _chunks(made):
        height = sum(made.heights[start:end])
        if start > last and filled + height > made.page.length:
            yield start
            filled = repeated
        filled += height


def _chunks(made: Plan) -> Iterator[tuple[int, int]]:
    """The rows in pieces that stay on one page: what must stand together, else a row alone."""
    ends: dict[int, int] = {}
    for start, end in made.together:
        ends[start] = max(end, ends.get(start, 0))
    row, count = 0, len(made.heights)
    while row < count:
        end = row + 1
        inner = row
        while inner < end:
            end = max(end, ends.get(inner, 0))
            inner += 1
        yield row, end
        row = end
