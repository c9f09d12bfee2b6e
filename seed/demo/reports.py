"""Made-up reports: in time, late, sent back, missing; and how many members there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from imports.reader import Cell
from seed.demo.dice import dice, pick
from seed.demo.places import District
from seed.demo.work import BRANCHES


@dataclass(frozen=True)
class Due:
    """A period: how it is named, when its reports are due, how much of the year it covers."""

    period: str
    on: date
    share: float


DUE = (
    Due("quarter|2023|1", date(2023, 3, 20), 0.2),
    Due("half_year|2023|1", date(2023, 5, 15), 0.42),
    Due("quarter|2023|2", date(2023, 6, 20), 0.26),
    Due("quarter|2023|3", date(2023, 9, 20), 0.27),
    Due("year|2023|1", date(2023, 11, 15), 1.0),
    Due("quarter|2023|4", date(2023, 12, 20), 0.27),
)
FATES = {"in_time": 66, "late": 18, "returned": 5, "missing": 11}

YEARLY = {
    "01.1": 420, "01.2": 19_000, "01.3": 60, "02.1": 2_600_000_000, "02.2": 2_300_000_000,
    "02.3": 900, "03.1": 85, "03.2": 12, "03.3": 4_400_000_000, "04.1": 4_500,
    "04.2": 1_900_000_000, "05.1": 3_100_000_000, "05.2": 6_200, "05.3": 9_500, "05.4": 14,
    "05.5": 7, "06.1": 48, "07.1": 22, "07.2": 30, "07.3": 4, "07.4": 5, "07.5": 60,
    "07.6": 44, "08.1": 70, "09.1": 95, "09.2": 82, "10.1": 40, "11.1": 21_000, "11.2": 62,
    "11.3": 70, "15.1": 30, "15.2": 22, "15.3": 35, "15.4": 26, "16.1": 25, "16.3": 60,
}  # fmt: skip
"""What a district does in a year, roughly, by indicator."""

BRANCH_FIGURES = (
    "01.1",
    "01.2",
    "02.3",
    "04.1",
    "04.2",
    "06.1",
    "15.1",
    "15.2",
    "15.3",
    "16.1",
    "16.3",
)
LATEST = {"06.1", "11.1", "11.2", "11.3"}
"""Counts of what stands, not of what was done in the period."""


def quarters() -> Iterator[dict[str, Cell]]:
    """Quarters, with days that nobody has fixed."""
    for due in DUE:
        kind, year, number = due.period.split("|")
        if kind == "quarter":
            yield {"kind": kind, "year": year, "number": number, "due_on": due.on.isoformat()}


def reports(district: District) -> Iterator[dict[str, Cell]]:
    """The reports of a district's committee."""
    return _reports(district.committee, YEARLY)


def province_reports() -> Iterator[dict[str, Cell]]:
    """The reports of the provincial socio-political organisations."""
    for branch in BRANCHES:
        yield from _reports(f"{branch}-94", {code: YEARLY[code] * 3 for code in BRANCH_FIGURES})


def _reports(organisation: str, yearly: dict[str, int]) -> Iterator[dict[str, Cell]]:
    rng = dice("reports", organisation)
    size = rng.uniform(0.6, 1.4)
    for due in DUE:
        fate = pick(rng, FATES)
        days = rng.randint(1, 12) if fate == "late" else -rng.randint(0, 6)
        sent = due.on + timedelta(days=days)
        report: dict[str, Cell] = {
            "period": due.period,
            "organisation": organisation,
            **_texts(rng),
        }
        if fate == "missing":
            continue
        if fate == "returned":
            reason = "Thiếu số liệu Quỹ Vì người nghèo."
            yield report | {
                "revision": "1",
                "status": "returned",
                "sent_on": sent.isoformat(),
                "return_reason": reason,
            }
            sent += timedelta(days=4)
        yield report | {
            "revision": "2" if fate == "returned" else "1",
            "status": pick(rng, {"accepted": 4, "sent": 1}),
            "sent_on": sent.isoformat(),
            "figures": _figures(rng, due, yearly, size),
        }


def _texts(rng: Random) -> dict[str, Cell]:
    return {
        "unity": "Tuyên truyền, vận động các tầng lớp nhân dân; thăm chúc các cơ sở tôn giáo.",
        "emulation": rng.choice(
            (
                "Phong trào “Đoàn kết sáng tạo” được các xã hưởng ứng, nhiều mô hình mới.",
                "Các đơn vị đăng ký công trình, phần việc; tiến độ cơ bản bảo đảm.",
            )
        ),
        "democracy": "Giám sát theo kế hoạch; kiến nghị được các ngành trả lời phần lớn.",
        "organisation_text": "Củng cố Ban Công tác Mặt trận ở khu dân cư; tập huấn cán bộ.",
    }


def _figures(rng: Random, due: Due, yearly: dict[str, int], size: float) -> list[dict[str, str]]:
    return [{"indicator": code, "value": str(_figure(rng, due, code, usual * size))} for code, usual in yearly.items()]


def _figure(rng: Random, due: Due, code: str, usual: float) -> int:
    share = 1.0 if code in LATEST else due.share
    value = round(usual * share * rng.uniform(0.85, 1.15))
    return value // 500_000 * 500_000 if usual > 100_000_000 else value


def member_counts(district: District) -> Iterator[dict[str, Cell]]:
    """How many members the branches of a district have."""
    return _member_counts(district.code, 900, 9_000)


def province_member_counts() -> Iterator[dict[str, Cell]]:
    """How many members the organisations have in the whole province."""
    return _member_counts("94", 15_000, 90_000)


def _member_counts(unit: str, least: int, most: int) -> Iterator[dict[str, Cell]]:
    rng = dice("members", unit)
    for branch in BRANCHES:
        members = rng.randint(least, most)
        for year in (2022, 2023):
            yield {"organisation": f"{branch}-{unit}", "year": str(year), "members": str(members)}
            members = round(members * rng.uniform(0.99, 1.04))
