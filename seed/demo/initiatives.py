"""Made-up initiatives at every stage, with authors, dossiers and the votes of councils."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from imports.reader import Cell
from seed.demo.dice import day, dice, pick, thousands
from seed.demo.names import Invented, invent
from seed.demo.people import Member, individuals
from seed.demo.places import District, Place
from seed.demo.words import INITIATIVES, JOBS, PLACES_OF_USE, SOCIAL_EFFECTS
from seed.demo.work import BRANCHES

PER_DISTRICT = 27
STAGES = {
    "registered": 27,
    "dossier": 20,
    "appraised": 14,
    "council": 10,
    "decided": 11,
    "sent": 6,
    "published": 1,
    "rejected": 9,
}
ORDER = ["registered", "dossier", "appraised", "council", "decided", "sent", "published"]
SHARES = (("100",), ("60", "40"), ("50", "50"), ("50", "30", "20"), ("33,34", "33,33", "33,33"))
PAPERS = ("letter", "summary", "portrait", "drawing", "clip", "certificate")
DECISION = "58/QĐ-MTTQ-BTT"


def decisions() -> Iterator[dict[str, Cell]]:
    """The decision that the chosen initiatives stand in."""
    yield {
        "sign": DECISION,
        "issued_on": "2023-10-20",
        "kind": "decision",
        "issuer": "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sóc Trăng",
        "excerpt": "Dữ liệu mẫu: Quyết định công nhận sáng kiến tiêu biểu năm 2023",
    }


def councils(district: District) -> Iterator[dict[str, Cell]]:
    """The council that appraises a district's initiatives."""
    yield {
        "code": _council(district),
        "name": f"Hội đồng Thi đua – Khen thưởng Ủy ban MTTQ Việt Nam {district.inline}",
        "type": "hd-thi-dua",
        "unit": district.code,
        "parent": "HDTDKT-94",
    }


def _council(district: District) -> str:
    return f"HDTDKT-{district.code}"


def initiatives(district: District) -> Iterator[dict[str, Cell]]:
    """The initiatives of a district."""
    rng = dice(district.slug, "initiatives")
    crowd = iter(invent(rng, PER_DISTRICT * 3))
    for n in range(1, PER_DISTRICT + 1):
        authors = [next(crowd) for _share in range(3)]
        yield _initiative(rng, district, n, authors)


def _initiative(rng: Random, district: District, n: int, authors: list[Invented]) -> dict[str, Cell]:
    field, name, kind = rng.choice(INITIATIVES)
    commune = rng.choice(district.communes)
    stage = pick(rng, STAGES)
    registered = day(rng, date(2023, 2, 15), date(2023, 6, 30))
    golden = stage in ("sent", "published") or rng.random() < 0.1
    return {
        "code": f"SK-{district.code}-{n:03d}",
        "name": f"{name}, {commune.inline}",
        "kind": kind,
        "field": field,
        "year": "2023",
        "unit": commune.code,
        "organisation": _organisation(rng, district, commune),
        "movement": "DKST",
        "registered_on": registered.isoformat(),
        "first_applied_on": day(rng, date(2021, 1, 1), registered).isoformat(),
        "scope": pick(rng, {"area": 3, "commune": 5, "district": 2, "province": 1}),
        "applied_at": rng.choice(PLACES_OF_USE),
        "summary": f"{name}: làm từ vật liệu có sẵn, chi phí thấp, dễ nhân rộng.",
        "economic_value": thousands(rng, 10_000, 900_000) if rng.random() < 0.7 else "",
        "social_effect": rng.choice(SOCIAL_EFFECTS),
        "prizes": "Giải ba hội thi sáng tạo cấp huyện, năm 2022" if rng.random() < 0.12 else "",
        "stage": stage,
        "stage_reason": "Trùng với sáng kiến đã công nhận." if stage == "rejected" else "",
        "golden_book": "có" if golden else "không",
        "golden_book_year": "2023" if stage == "published" else "",
        "worth_spreading": "có" if rng.random() < 0.2 else "không",
        "decision": DECISION if stage in ("decided", "sent", "published") else "",
        "authors": _authors(rng, district, commune, authors),
        "dossier": _dossier(rng, stage, registered),
        "appraisals": _appraisals(rng, district, stage),
    }


def _organisation(rng: Random, district: District, commune: Place) -> str:
    if rng.random() < 0.6:
        return commune.committee
    return rng.choice([district.committee, *(f"{branch}-{district.code}" for branch in BRANCHES)])


def _authors(rng: Random, district: District, commune: Place, crowd: list[Invented]) -> list[dict[str, str]]:
    """One to three authors whose shares make 100; now and then one known as a person."""
    shares = rng.choice(SHARES)
    known: list[Member | None] = [
        rng.choice(individuals(district)) if rng.random() < 0.15 else None,
        None,
        None,
    ]
    return [
        {
            "place": str(place),
            "full_name": member.who.name if member else who.name,
            "share": share,
            "birth_year": str(member.who.born if member else who.born),
            "workplace": commune.name,
            "job_title": rng.choice(JOBS).capitalize(),
            "person": member.code if member else "",
        }
        for place, (who, member, share) in enumerate(zip(crowd, known, shares, strict=False), 1)
    ]


def _dossier(rng: Random, stage: str, registered: date) -> list[dict[str, str]]:
    """All papers are there once the dossier is complete; before, some."""
    complete = stage not in ("registered", "rejected")
    papers = []
    for kind in PAPERS if complete else PAPERS[: rng.randint(0, 3)]:
        there = kind not in ("clip", "certificate") if complete else rng.random() < 0.5
        papers.append(
            {
                "kind": kind,
                "presence": rng.choice(("paper", "file")) if there else "missing",
                "received_on": (registered + timedelta(days=rng.randint(1, 30))).isoformat() if there else "",
            }
        )
    return papers


def _appraisals(rng: Random, district: District, stage: str) -> list[dict[str, str]]:
    """The district's council first, then the province's."""
    reached = ORDER.index(stage) if stage in ORDER else 2
    votes = []
    if reached >= ORDER.index("appraised"):
        votes.append(_vote(rng, _council(district), date(2023, 7, 10), chosen=stage != "rejected"))
    if reached >= ORDER.index("council"):
        votes.append(_vote(rng, "HDTC-94", date(2023, 9, 5), chosen=True))
    return votes


def _vote(rng: Random, council: str, first: date, *, chosen: bool) -> dict[str, str]:
    members = rng.choice((7, 9, 11))
    present = members - rng.randint(0, 2)
    votes = rng.randint(present - 1, present) if chosen else rng.randint(0, present // 2)
    return {
        "council": council,
        "met_on": day(rng, first, first + timedelta(days=40)).isoformat(),
        "members": str(members),
        "present": str(present),
        "votes_for": str(votes),
        "score": str(rng.randint(75, 96) if chosen else rng.randint(40, 60)),
        "conclusion": "chosen" if chosen else "not_chosen",
    }
