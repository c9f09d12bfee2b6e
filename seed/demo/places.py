"""The districts and communes of the seed, and the made-up residential areas in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from imports.reader import read_csv
from seed.demo.dice import dice
from seed.demo.words import AREA_NAMES
from seed.folders import DATA, districts

AREAS = 775
"""Residential areas in the province: the one number that is known (data/README.md)."""


@dataclass(frozen=True)
class DemoUnit:
    """A unit: its official code and its name, "Xã Tham Đôn"."""

    code: str
    name: str

    @property
    def inline(self) -> str:
        """The name in the middle of a sentence: "xã Tham Đôn", but "Phường 1"."""
        return self.name if self.name[-1].isdigit() and self.name[0] == "P" else self.name[0].lower() + self.name[1:]

    @property
    def committee(self) -> str:
        """The code of its committee."""
        return f"MTTQ-{self.code}"


@dataclass(frozen=True)
class DemoArea(DemoUnit):
    """A made-up residential area: an ấp, or a khóm in a ward."""

    commune: DemoUnit
    district: DemoUnit

    @property
    def title(self) -> str:
        """The name with what it lies in: "khóm 2, Phường 1, thị xã Ngã Năm"."""
        return f"{self.inline}, {self.commune.inline}, {self.district.inline}"


@dataclass(frozen=True)
class DemoDistrict(DemoUnit):
    """A district with its communes and their areas."""

    slug: str
    communes: tuple[DemoUnit, ...]
    areas: tuple[DemoArea, ...]


@cache
def province_districts() -> tuple[DemoDistrict, ...]:
    """All districts. How many areas a commune has is made up; their sum is known."""
    units = {slug: _units(slug) for slug in districts()}
    communes = [commune for _district, *communes in units.values() for commune in communes]
    counts = _share_out(dice("areas"), communes)
    return tuple(
        DemoDistrict(
            district.code,
            district.name,
            slug,
            tuple(communes),
            tuple(area for commune in communes for area in _areas(district, commune, counts[commune.code])),
        )
        for slug, (district, *communes) in units.items()
    )


def _units(slug: str) -> list[DemoUnit]:
    """The district, then its communes."""
    rows = read_csv(DATA / slug / "units.csv")
    return [DemoUnit(str(row.cells["code"]), str(row.cells["name"])) for row in rows]


def _share_out(rng: Random, communes: list[DemoUnit]) -> dict[str, int]:
    """How many areas each commune has: more in a commune than in a ward, `AREAS` in all."""
    counts = {
        place.code: rng.randint(4, 6) if place.name.startswith("Phường") else rng.randint(5, 9) for place in communes
    }
    while (left := AREAS - sum(counts.values())) != 0:
        counts[rng.choice(list(counts))] += 1 if left > 0 else -1
    return counts


def _areas(district: DemoUnit, commune: DemoUnit, count: int) -> list[DemoArea]:
    names = dice("area-names", commune.code).sample(AREA_NAMES, count)
    ward = commune.name.startswith("Phường")
    return [
        DemoArea(f"{commune.code}-{n:02d}", f"Khóm {n}" if ward else f"Ấp {name}", commune, district)
        for n, name in enumerate(names, 1)
    ]
