"""The made-up Festival of 2023: held in most areas, still to come or unheard of in the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from imports.reader import Cell
from seed.demo.dice import day, dice, some, thousands
from seed.demo.people import Member, district_members, province_members
from seed.demo.places import DemoArea, DemoDistrict

HELD = 0.92
PLANNED = 0.96
"""Below `HELD` it took place, below `PLANNED` it is planned; the rest has not been heard of."""

THEMES = (
    "Bảo vệ môi trường",
    "Sản xuất thực phẩm an toàn",
    "Giúp nhau giảm nghèo bền vững",
    "Chăm sóc gia đình chính sách",
    "Phòng, chống tội phạm và các tệ nạn xã hội",
)
SITES = ("Nhà sinh hoạt cộng đồng", "Sân trường tiểu học", "Sân chùa", "Trụ sở Ban nhân dân")
FIRST_DISTRICT = 941
NO_CHOICE = {"cu-lao-dung", "nga-nam", "thanh-tri"}
"""Districts that have not chosen their pilot area, so that the list has something to ask for."""


def festivals(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The Festivals of a district's areas, with what they brought."""
    for area in district.areas:
        rng = dice("festival", area.code)
        fate = rng.random()
        if area == _pilot(district):
            yield _held(rng, area, pilot=True) | {"visits": _visits(district)}
        elif fate < HELD:
            yield _held(rng, area, pilot=False)
        elif fate < PLANNED:
            yield _event(rng, area) | {"status": "planned"}


def pilot_areas(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The district's choice in its slot, if it has made one."""
    if (area := _pilot(district)) is not None:
        yield {"district": district.code, "year": "2023", "area": area.code, "event": _code(area)}


def _visits(district: DemoDistrict) -> list[dict[str, str]]:
    """A leader of the province, another for each district, and the chair of the district's own committee."""
    guest = province_members()[int(district.code) - FIRST_DISTRICT]
    return [
        _visit(guest, "Ủy ban MTTQ Việt Nam tỉnh Sóc Trăng", "morning"),
        _visit(district_members(district)[0], f"Ủy ban MTTQ Việt Nam {district.inline}", "whole"),
    ]


def _visit(member: Member, office: str, part: str) -> dict[str, str]:
    return {"person": member.code, "name": member.who.name, "office": office, "part": part}


def _pilot(district: DemoDistrict) -> DemoArea | None:
    if district.slug in NO_CHOICE:
        return None
    return dice("pilot", district.slug).choice(district.areas)


def _code(area: DemoArea) -> str:
    return f"NH-2023-{area.code}"


def _event(rng: Random, area: DemoArea) -> dict[str, Cell]:
    return {
        "code": _code(area),
        "name": f"Ngày hội Đại đoàn kết toàn dân tộc năm 2023, {area.title}",
        "kind": "festival",
        "year": "2023",
        "unit": area.code,
        "organisation": area.committee,
        "level": "area",
        "place": f"{rng.choice(SITES)} {area.inline}",
        "themes": "; ".join(some(rng, THEMES, 1, 2)),
    }


def _held(rng: Random, area: DemoArea, *, pilot: bool) -> dict[str, Cell]:
    result = _result(rng, pilot=pilot)
    return _event(rng, area) | {
        "starts_on": day(rng, date(2023, 11, 1), date(2023, 11, 18)).isoformat(),
        "status": "held",
        "festival_results": [result],
    }


def _result(rng: Random, *, pilot: bool) -> dict[str, str]:
    households = rng.randint(180, 720)
    registered = round(households * rng.uniform(0.93, 1))
    reached = round(registered * rng.uniform(0.88, 1))
    both = pilot or rng.random() < 0.74
    poor = round(households * rng.uniform(0.005, 0.04))
    numbers = {
        "areas_total": 1,
        "areas_held": 1,
        "areas_ceremony": int(not both),
        "areas_both": int(both),
        "areas_meal": int(rng.random() < 0.55),
        "households": households,
        "people": round(households * rng.uniform(3.4, 4.3)),
        "minority_households": round(households * rng.uniform(0, 0.75)),
        "attendees": rng.randint(70, 320) + (120 if pilot else 0),
        "central_leaders": int(pilot and rng.random() < 0.3),
        "province_leaders": rng.randint(2, 6) if pilot else int(rng.random() < 0.08),
        "district_leaders": rng.randint(1, 4) if pilot or rng.random() < 0.6 else 0,
        "commune_leaders": rng.randint(1, 5),
        "praised_households": rng.randint(5, 40),
        "praised_people": rng.randint(2, 15),
        "praised_collectives": rng.randint(0, 3),
        "cultural_registered": registered,
        "cultural_reached": reached,
        "cultural_areas": int(rng.random() < 0.9),
        "poor_households": poor,
        "near_poor_households": poor + rng.randint(2, 18),
    }
    return {name: str(number) for name, number in numbers.items()} | _gifts(rng, pilot=pilot)


def _gifts(rng: Random, *, pilot: bool) -> dict[str, str]:
    """Money spent, gifts at 300 to 600 thousand each, now and then a house of 50 million."""
    gifts = rng.randint(40, 90) if pilot else rng.randint(5, 45)
    houses = rng.randint(1, 2) if pilot or rng.random() < 0.12 else 0
    return {
        "state_budget": thousands(rng, 2_000, 6_000),
        "social_budget": thousands(rng, 3_000, 35_000),
        "gifts": str(gifts),
        "gift_value": str(gifts * rng.choice((300_000, 400_000, 500_000, 600_000))),
        "houses": str(houses),
        "house_value": str(houses * 50_000_000),
        "works": rng.choice(("", "", "Trồng 200 m đường hoa", "Dặm vá 300 m đường", "Lắp 12 bóng đèn đường")),
    }
