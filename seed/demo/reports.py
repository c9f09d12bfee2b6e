"""Made-up reports: in time, late, sent back, missing; and how many members there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from random import Random
from typing import Any

from imports.reader import Cell
from seed.demo.dice import dice, pick
from seed.demo.places import DemoDistrict, DemoUnit, province_districts
from seed.demo.work import BRANCHES


@dataclass(frozen=True)
class Due:
    """A period: how it is named, when its reports are due, how much of the year it covers."""

    period: str
    on: date
    share: float


MONTHS = tuple(Due(f"month|2023|{month}", date(2023, month, 20), 1 / 12) for month in range(1, 13))
HALF_YEAR = Due("half_year|2023|1", date(2023, 5, 15), 0.42)
YEAR = Due("year|2023|1", date(2023, 11, 15), 1.0)
DUE = (
    Due("quarter|2023|1", date(2023, 3, 20), 0.2),
    HALF_YEAR,
    Due("quarter|2023|2", date(2023, 6, 20), 0.26),
    Due("quarter|2023|3", date(2023, 9, 20), 0.27),
    YEAR,
    Due("quarter|2023|4", date(2023, 12, 20), 0.27),
)
FATES = {"in_time": 64, "late": 18, "returned": 4, "sent_back": 3, "missing": 11}
COMMUNE_FATES = {"in_time": 84, "late": 14, "missing": 2}

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
MONTHLY_FIGURES = ("01.1", "02.1", "03.1", "06.1")
COMMUNE_FIGURES = ("01.1", "03.1", "05.4", "11.1")
LATEST = {"06.1", "11.1", "11.2", "11.3"}
"""Counts of what stands, not of what was done in the period."""
TENTHS = {"05.4"}
"""Measured, not counted."""
MISCOUNTED = ("947", HALF_YEAR, "03.1")
"""A district, a period and an indicator: three more than its communes have."""


def periods() -> Iterator[dict[str, Cell]]:
    """Months and quarters, with days that nobody has fixed."""
    for due in (*MONTHS, *DUE):
        kind, year, number = due.period.split("|")
        if kind in ("month", "quarter"):
            yield {"kind": kind, "year": year, "number": number, "due_on": due.on.isoformat()}


def reports(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The reports of a district's communes and of its own committee, which adds theirs up."""
    for commune in district.communes:
        for due in (HALF_YEAR, YEAR):
            yield from _commune_report(commune, due)
    yield from _district_reports(district)


def province_reports() -> Iterator[dict[str, Cell]]:
    """The reports of the provincial socio-political organisations, and what the province itself sent on."""
    for branch in BRANCHES:
        yearly = {code: YEARLY[code] * 3 for code in BRANCH_FIGURES}
        yield from _reports(f"{branch}-94", dict.fromkeys(DUE, yearly))
    yield {
        "period": HALF_YEAR.period,
        "organisation": "MTTQ-94",
        "status": "sent",
        "sent_on": HALF_YEAR.on.isoformat(),
        "figures": _cells(_total(HALF_YEAR, (_district_reports(district) for district in province_districts()))),
    }


def _district_reports(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    sums = {
        due: _total(due, (_commune_report(commune, due) for commune in district.communes)) for due in (HALF_YEAR, YEAR)
    }
    code, due, indicator = MISCOUNTED
    if district.code == code:
        sums[due][indicator] += 3
    monthly = {code: YEARLY[code] for code in MONTHLY_FIGURES}
    return _reports(district.committee, {**dict.fromkeys(DUE, YEARLY), **dict.fromkeys(MONTHS, monthly)}, sums)


def _commune_report(commune: DemoUnit, due: Due) -> Iterator[dict[str, Cell]]:
    rng = dice("reports", commune.code, due.period)
    fate = pick(rng, COMMUNE_FATES)
    if fate != "missing":
        yield {
            "period": due.period,
            "organisation": commune.committee,
            "status": "accepted",
            "sent_on": (
                due.on + timedelta(days=rng.randint(1, 9) if fate == "late" else -rng.randint(1, 9))
            ).isoformat(),
            "figures": _cells(
                _figures(rng, due, {code: YEARLY[code] for code in COMMUNE_FIGURES}, rng.uniform(0.07, 0.13))
            ),
        }


def _total(due: Due, reports: Iterable[Iterable[dict[str, Any]]]) -> dict[str, Decimal]:
    """What the reports of several places for a period make together, as far as communes report it."""
    found = dict.fromkeys(COMMUNE_FIGURES, Decimal())
    for report in chain.from_iterable(reports):
        if report["period"] == due.period and report["status"] in ("sent", "accepted"):
            for figure in report["figures"]:
                if figure["indicator"] in found:
                    found[figure["indicator"]] += Decimal(figure["value"])
    return found


def _reports(
    organisation: str, asked: dict[Due, dict[str, int]], sums: dict[Due, dict[str, Decimal]] | None = None
) -> Iterator[dict[str, Cell]]:
    """One report for each period, of the indicators asked for; what is added up already stands in `sums`."""
    rng = dice("reports", organisation)
    size = rng.uniform(0.6, 1.4)
    for due, yearly in asked.items():
        fate = pick(rng, FATES)
        days = rng.randint(1, 12) if fate == "late" else -rng.randint(0, 6)
        sent = due.on + timedelta(days=days)
        report: dict[str, Cell] = {"period": due.period, "organisation": organisation, **_texts(rng)}
        if fate == "missing":
            continue
        if fate in ("returned", "sent_back"):
            reason = "Thiếu số liệu Quỹ Vì người nghèo."
            yield report | {"status": "returned", "sent_on": sent.isoformat(), "return_reason": reason}
            sent += timedelta(days=4)
        if fate != "sent_back":
            figures = _figures(rng, due, yearly, size) | (sums or {}).get(due, {})
            yield report | {
                "revision": "2" if fate == "returned" else "1",
                "status": pick(rng, {"accepted": 4, "sent": 1}),
                "sent_on": sent.isoformat(),
                "figures": _cells(figures),
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


def _figures(rng: Random, due: Due, yearly: dict[str, int], size: float) -> dict[str, Decimal]:
    return {code: _figure(rng, due, code, usual * size) for code, usual in yearly.items()}


def _cells(figures: dict[str, Decimal]) -> list[dict[str, str]]:
    return [{"indicator": code, "value": str(value)} for code, value in figures.items()]


def _figure(rng: Random, due: Due, code: str, usual: float) -> Decimal:
    share = 1.0 if code in LATEST else due.share
    value = usual * share * rng.uniform(0.85, 1.15)
    if code in TENTHS:
        return Decimal(round(value * 10)) / 10
    whole = round(value)
    return Decimal(whole // 500_000 * 500_000 if usual > 100_000_000 else whole)


def member_counts(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
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
