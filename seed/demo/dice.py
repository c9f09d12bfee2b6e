"""The dice, thrown from a fixed seed, and days of the made-up year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import TypeVar

SEED = "mttq-soc-trang-2023"

T = TypeVar("T")


def dice(*subject: str) -> Random:
    """Dice for this subject: they fall the same way every time, whatever else is thrown."""
    return Random("/".join((SEED, *subject)))  # noqa: S311  made-up rows, no secrets


def day(rng: Random, first: date, last: date) -> date:
    """Some day between these two."""
    return first + timedelta(days=rng.randint(0, (last - first).days))


def pick(rng: Random, weights: Mapping[T, int]) -> T:
    """One of these, by weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def some(rng: Random, choices: Sequence[T], least: int, most: int) -> list[T]:
    """A few of these, none twice."""
    return rng.sample(choices, rng.randint(least, most))


def thousands(rng: Random, least: int, most: int) -> str:
    """A sum of money between these, in thousands of đồng, rounded to half a million."""
    return str(round(rng.randint(least, most), -2) // 5 * 5 * 1000)
