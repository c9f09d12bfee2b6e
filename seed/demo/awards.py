"""Made-up commendation: rounds, nominations at every stage, decisions issued and cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from imports.reader import Cell
from seed.demo.dice import day, dice, pick
from seed.demo.names import Invented, invent
from seed.demo.places import DemoArea, DemoDistrict
from seed.demo.words import ACHIEVEMENTS, JOBS

DRIVE, MOVEMENT, FESTIVAL = "KT-20-NAM-2023", "KT-DKST-2023", "KT-NGAY-HOI-2023"
"""The drive's round is the plan's own; the two others are made up."""

PER_ROUND = {DRIVE: 8, MOVEMENT: 7, FESTIVAL: 3}
"""Nominations of each district."""

DECIDED = {DRIVE: "41/QĐ-MTTQ-BTT", MOVEMENT: "87/QĐ-MTTQ-BTT"}
DRAFT = "96/QĐ-MTTQ-BTT"
BY_STATE = "1215/QĐ-UBND"
STAGES = {
    DRIVE: {"awarded": 8, "rejected": 1, "standing": 1},
    MOVEMENT: {"awarded": 4, "council": 2, "standing": 2, "submitted": 1, "checked": 1, "rejected": 1},
    FESTIVAL: {"proposed": 2, "checked": 1, "standing": 1},
}
MEETINGS = {DRIVE: "2023-05-16", MOVEMENT: "2023-11-03", FESTIVAL: "2023-12-14"}
SUBMITTED = {DRIVE: "2023-05-18", MOVEMENT: "2023-11-15"}
ANSWERED = "2023-05-26"
DAYS = {
    DRIVE: (date(2023, 4, 1), date(2023, 5, 12)),
    MOVEMENT: (date(2023, 9, 1), date(2023, 10, 28)),
    FESTIVAL: (date(2023, 11, 19), date(2023, 12, 8)),
}
KINDS = {"individual": 5, "collective": 4, "household": 2}


def rounds() -> Iterator[dict[str, Cell]]:
    """Two rounds beside the plan's own."""
    yield {
        "code": MOVEMENT,
        "name": "Khen thưởng phong trào “Đoàn kết sáng tạo” năm 2023",
        "movement": "DKST",
        "year": "2023",
        "organisation": "HDTDKT-94",
        "opens_on": "2023-09-01",
        "due_on": "2023-10-31",
        "unit_quota": "10",
        "forms": "BK-MTTQ; BK-UBND",
    }
    yield {
        "code": FESTIVAL,
        "name": "Khen thưởng Ngày hội Đại đoàn kết năm 2023",
        "year": "2023",
        "organisation": "HDTDKT-94",
        "opens_on": "2023-11-19",
        "due_on": "2023-12-10",
        "unit_quota": "3",
        "forms": "BK-MTTQ",
    }


def decisions() -> Iterator[dict[str, Cell]]:
    """One decision that had to be cancelled, the one in its place, two more, and a draft."""
    front: dict[str, Cell] = {
        "issuer": "MTTQ-94",
        "excerpt": "Dữ liệu mẫu: khen thưởng tập thể, hộ gia đình, cá nhân",
    }
    yield front | {
        "number": "39/QĐ-MTTQ-BTT",
        "issued_on": "2023-05-22",
        "round": DRIVE,
        "status": "cancelled",
        "cancelled_on": "2023-05-24",
        "cancel_reason": "Sai họ tên một cá nhân trong danh sách kèm theo.",
    }
    yield front | {
        "number": DECIDED[DRIVE],
        "issued_on": "2023-05-24",
        "round": DRIVE,
        "status": "issued",
        "replaces": "39/QĐ-MTTQ-BTT",
    }
    yield front | {
        "number": DECIDED[MOVEMENT],
        "issued_on": "2023-11-10",
        "round": MOVEMENT,
        "status": "issued",
    }
    yield {
        "number": BY_STATE,
        "issued_on": ANSWERED,
        "issuer_name": "Chủ tịch UBND tỉnh",
        "excerpt": "Dữ liệu mẫu: tặng Bằng khen đợt thi đua",
        "round": DRIVE,
        "status": "issued",
    }
    yield front | {"number": DRAFT, "round": FESTIVAL, "status": "draft"}


def nominations(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """A district's nominations in all rounds: nobody twice."""
    rng = dice(district.slug, "nominations")
    total = sum(PER_ROUND.values())
    people = invent(rng, total)
    areas = rng.sample(district.areas, total)
    rows = iter(zip(people, areas, strict=True))
    for round_, count in PER_ROUND.items():
        for n in range(1, count + 1):
            code = f"DN-{round_.removeprefix('KT-').removesuffix('-2023')}-{district.code}-{n:02d}"
            yield {**_nomination(rng, district, round_, *next(rows)), "code": code, "round": round_}


def _nomination(rng: Random, district: DemoDistrict, round_: str, who: Invented, area: DemoArea) -> dict[str, Cell]:
    kind = pick(rng, KINDS)
    stage = pick(rng, STAGES[round_])
    above = stage == "submitted" or (round_ == DRIVE and rng.random() < 0.2)
    drafted = round_ == FESTIVAL and stage == "standing"
    decision = DRAFT if drafted else BY_STATE if above else DECIDED.get(round_, "")
    return {
        "recipient_kind": kind,
        **_recipient(rng, kind, who, area),
        "unit": area.commune.code,
        "organisation": rng.choice((district.committee, area.commune.committee)),
        "form": "BK-UBND" if above else "BK-MTTQ",
        "achievement": rng.choice(ACHIEVEMENTS),
        "proposed_on": day(rng, *DAYS[round_]).isoformat(),
        "papers_complete": "không" if stage == "proposed" else "có",
        **_votes(rng, round_, stage),
        "stage": stage,
        "stage_reason": "Thành tích chưa nổi bật." if stage == "rejected" else "",
        "submitted_on": SUBMITTED[round_] if above and stage in ("submitted", "awarded") else "",
        "answered_on": ANSWERED if above and stage == "awarded" else "",
        "decision": decision if drafted or stage == "awarded" else "",
    }


def _recipient(rng: Random, kind: str, who: Invented, area: DemoArea) -> dict[str, Cell]:
    if kind == "collective":
        return {"recipient": f"Ban Công tác Mặt trận {area.title}"}
    if kind == "household":
        return {"recipient": f"Hộ {who.title.lower()} {who.name}", "birth_year": str(who.born)}
    return {
        "recipient": who.name,
        "gender": who.title,
        "birth_year": str(who.born),
        "job": f"{rng.choice(JOBS).capitalize()}, {area.title}",
    }


def _votes(rng: Random, round_: str, stage: str) -> dict[str, Cell]:
    if stage in ("proposed", "checked"):
        return {}
    present = rng.choice((9, 10, 11))
    votes = rng.randint(2, present // 2) if stage == "rejected" else rng.randint(present - 1, present)
    return {"council_met_on": MEETINGS[round_], "council_present": str(present), "council_votes": str(votes)}
