"""Bars that show how far a long command is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import Progress

console = Console(stderr=True)


def with_progress(steps: Iterable[Any]) -> int:
    """Take all steps, a bar showing how far they are. Returns how many there were."""
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("", total=None)
        total = 0
        for step in steps:
            total = step.total
            progress.update(bar, description=step.name, completed=step.done, total=step.total)
    return total
