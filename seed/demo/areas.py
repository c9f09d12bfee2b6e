"""Made-up residential areas and their Front boards."""

from __future__ import annotations

from collections.abc import Iterator

from imports.reader import Cell
from seed.demo.places import DemoDistrict


def units(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The areas as units."""
    for area in district.areas:
        yield {
            "code": area.code,
            "name": area.name,
            "type": "quarter" if area.name.startswith("Khóm") else "hamlet",
            "parent": area.commune.code,
            "valid_from": "2023-01-01",
        }


def committees(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The Ban Công tác Mặt trận of each area."""
    for area in district.areas:
        yield {
            "code": area.committee,
            "name": f"Ban Công tác Mặt trận {area.title}",
            "type": "ban-cong-tac",
            "unit": area.code,
            "parent": area.commune.committee,
        }
