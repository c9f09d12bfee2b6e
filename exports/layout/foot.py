"""Below the table: closing sentences, signatures, recipients, charts; and where pages end."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from exports.annex import Annex, AnnexWorkbook, Chart, Signature
from exports.font_metrics import POINTS_TO_PIXELS, wrapped
from exports.layout.head import split
from exports.layout.sheet import CM, PADDING, CellStyle, PlacedChart, Plan, line_height

RECIPIENTS = "Nơi nhận:"
CHART_ROW = 15.0
"""Height of the rows under a chart, in points."""
HAND = 4
"""Lines left free for a signature."""


def signers_of(workbook: AnnexWorkbook, annex: Annex) -> tuple[Signature, ...]:
    return workbook.signatures if annex.signatures is None else annex.signatures


def add_foot(made: Plan, workbook: AnnexWorkbook) -> None:
    """The closing sentences, place and day, signatures and recipients, in one piece with the last lines."""
    start = max(made.body[0], made.body[1] - 3)
    if made.annex.closing:
        made.add_row(6)
    for text in made.annex.closing:
        made.add_text(text, CellStyle(13, italic=True, align="left"), after=3)
    signers = signers_of(workbook, made.annex)
    if signers:
        made.add_row(6)
        blocks = list(_blocks(made, len(signers), beside=bool(workbook.recipients) and len(signers) == 1))
        _date(made, workbook, blocks[-1])
        first = len(made.heights)
        if len(signers) == 1 and len(blocks) == 2:
            _stack(made, first, blocks[0], _recipients(made, workbook, blocks[0]))
        for signer, block in zip(signers, blocks[-len(signers) :], strict=True):
            _stack(made, first, block, _signature(made, signer, block))
        if len(signers) > 1 and made.annex.signatures is None and workbook.recipients:
            block = (0, made.last_column)
            _stack(made, len(made.heights), block, _recipients(made, workbook, block))
    made.together.append((start, len(made.heights)))


def _blocks(made: Plan, count: int, *, beside: bool) -> Iterator[tuple[int, int]]:
    """The columns of each signature, from the left; `beside` one alone stand the recipients."""
    parts = 2 if count == 1 else count
    first = 0
    for part in range(1, parts):
        second = max(split(made, part, parts - part), first + 1)
        if beside or count > 1:
            yield first, second - 1
        first = second
    yield first, made.last_column


def _date(made: Plan, workbook: AnnexWorkbook, block: tuple[int, int]) -> None:
    made.put(made.add_row(line_height(13)), *block, workbook.place_and_day, CellStyle(13, italic=True, wrap=False))


def _signature(made: Plan, signer: Signature, block: tuple[int, int]) -> list[tuple[str, CellStyle]]:
    style = CellStyle(13, bold=True, wrap=False)
    room = made.span(*block) - PADDING
    texts = [part for text in (signer.authority, signer.post) if text for part in wrapped(text, room, 13, bold=True)]
    return [(text, style) for text in (*texts, *[""] * HAND, signer.name or "")]


def _recipients(made: Plan, workbook: AnnexWorkbook, block: tuple[int, int]) -> list[tuple[str, CellStyle]]:
    found = [(RECIPIENTS, CellStyle(12, bold=True, italic=True, align="left", wrap=False))]
    style = CellStyle(11, align="left", wrap=False)
    for text in workbook.recipients:
        found += [(part, style) for part in wrapped(f"- {text}", made.span(*block) - PADDING, 11)]
    return found


def _stack(made: Plan, first: int, block: tuple[int, int], texts: list[tuple[str, CellStyle]]) -> None:
    """Write these lines under one another, from the row `first` on."""
    for row, (text, style) in enumerate(texts, start=first):
        if row == len(made.heights):
            made.add_row(line_height(13))
        if text:
            made.put(row, *block, text, style)


def add_charts(made: Plan, *, signed: bool) -> None:
    """Charts stand under the table if all of it is one page; else, or under signatures, on a sheet of their own."""
    charts = made.annex.charts
    below = sum(made.heights) + sum(chart_rows(chart) * CHART_ROW for chart in charts)
    made.charts_apart = bool(charts) and (signed or below > made.page.length)
    places = {column.key: place for place, column in enumerate(made.annex.columns, start=1)}
    first, last = made.body[0], made.body[1] - (2 if made.annex.has_total else 1)
    row = 2 if made.charts_apart else len(made.heights) + 1
    for chart in charts:
        size = made.span(0, made.last_column), chart.height * CM
        series = tuple(places[key] for key in chart.series)
        made.charts.append(PlacedChart(chart, row, *size, first, last, places[chart.labels], series))
        row += chart_rows(chart)
        if not made.charts_apart:
            made.heights += [CHART_ROW] * chart_rows(chart)


def chart_rows(chart: Chart) -> int:
    """The rows that a chart covers, and one before it."""
    return ceil(chart.height * CM / POINTS_TO_PIXELS / CHART_ROW) + 1
