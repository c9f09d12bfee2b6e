"""Made-up initiatives at every stage, with authors, dossiers and the votes of councils."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from imports.reader import Cell
from seed.demo.dice import day, dice, pick, thousands
from seed.demo.names import Invented, invent
from seed.demo.people import Member, individuals
from seed.demo.places import DemoDistrict, DemoUnit
from seed.demo.words import INITIATIVES, JOBS, PLACES_OF_USE, SOCIAL_EFFECTS
from seed.demo.work import BRANCHES

PER_DISTRICT = 27
STAGES = {"registered": 27, "dossier": 20, "appraised": 14, "council": 13, "decided": 17, "rejected": 9}
SENT_ON = {
    "my-xuyen": "published",
    "ke-sach": "sent",
    "vinh-chau": "unpublished",
    "long-phu": "sent",
    "nga-nam": "sent",
}
"""The districts of which one initiative went to the Centre, and what came of it."""
QUOTA = 6
ORDER = ["registered", "dossier", "appraised", "council", "decided", "sent", "published"]
REACHED = {"rejected": "appraised", "unpublished": "sent"}
REASONS = {
    "rejected": "Trùng với sáng kiến đã công nhận.",
    "unpublished": "Không nằm trong số công trình được tuyển chọn năm 2023.",
}
SHARES = (("100",), ("60", "40"), ("50", "50"), ("50", "30", "20"), ("33,34", "33,33", "33,33"))
PAPERS = ("letter", "summary", "portrait", "drawing", "clip", "certificate")
DECISION = "58/QĐ-MTTQ-BTT"
COUNCIL = (
    "Trần Văn Hiền",
    "Lâm Thị Sà Vane",
    "Nguyễn Thị Cúc",
    "Thạch Hoàng Minh",
    "Lý Thị Ngọc Ánh",
    "Phan Văn Lộc",
    "Huỳnh Quốc Bảo",
    "Sơn Thị Mỹ Duyên",
    "Võ Thanh Tùng",
)
MEETINGS = {"12/BB-HĐTC": date(2023, 9, 7), "15/BB-HĐTC": date(2023, 9, 21), "18/BB-HĐTC": date(2023, 10, 5)}
"""The minutes of the province's council, and the days it met."""


def golden_book_years() -> Iterator[dict[str, Cell]]:
    """How many works may go to the Centre, and by when."""
    yield {"year": "2023", "quota": str(QUOTA), "due_on": "2023-11-10"}


def documents() -> Iterator[dict[str, Cell]]:
    """The minutes of the council, and the decision that the chosen initiatives stand in."""
    for sign, day_ in MEETINGS.items():
        yield {
            "sign": sign,
            "issued_on": day_.isoformat(),
            "kind": "minutes",
            "issuer": "Hội đồng tuyển chọn của Ủy ban MTTQ Việt Nam tỉnh Sóc Trăng",
            "excerpt": "Dữ liệu mẫu: Biên bản họp Hội đồng tuyển chọn sáng kiến năm 2023",
        }
    yield {
        "sign": DECISION,
        "issued_on": "2023-10-20",
        "kind": "decision",
        "issuer": "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sóc Trăng",
        "excerpt": "Dữ liệu mẫu: Quyết định công nhận sáng kiến tiêu biểu năm 2023",
    }


def councils(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The council that appraises a district's initiatives."""
    yield {
        "code": _council(district),
        "name": f"Hội đồng Thi đua – Khen thưởng Ủy ban MTTQ Việt Nam {district.inline}",
        "type": "hd-thi-dua",
        "unit": district.code,
        "parent": "HDTDKT-94",
    }


def _council(district: DemoDistrict) -> str:
    return f"HDTDKT-{district.code}"


def initiatives(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The initiatives of a district."""
    rng = dice(district.slug, "initiatives")
    crowd = iter(invent(rng, PER_DISTRICT * 3))
    # None twice: a second of the same title in one place would be asked about.
    for n, title in enumerate(rng.sample(INITIATIVES, PER_DISTRICT), 1):
        authors = [next(crowd) for _share in range(3)]
        yield _initiative(rng, district, n, title, authors)


def _initiative(
    rng: Random, district: DemoDistrict, n: int, title: tuple[str, str, str], authors: list[Invented]
) -> dict[str, Cell]:
    field, name, kind = title
    commune = rng.choice(district.communes)
    stage = SENT_ON[district.slug] if n == 1 and district.slug in SENT_ON else pick(rng, STAGES)
    reached = REACHED.get(stage, stage)
    registered = day(rng, date(2023, 2, 15), date(2023, 6, 30))
    sent = reached in ("sent", "published")
    prize = rng.random() < 0.12
    followed = rng.random() < 0.2
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
        "prizes": "Giải ba hội thi sáng tạo cấp huyện, năm 2022" if prize else "",
        "stage": stage,
        "stage_reason": REASONS.get(stage, ""),
        "golden_book": "có" if sent or rng.random() < 0.1 else "không",
        "sent_on": day(rng, date(2023, 10, 23), date(2023, 11, 8)).isoformat() if sent else "",
        "golden_book_year": "2023" if stage == "published" else "",
        "worth_spreading": "có" if followed else "không",
        "decision": DECISION if reached in ("decided", "sent", "published") else "",
        "authors": _authors(rng, district, commune, authors),
        "dossier": _dossier(rng, stage, registered, prize=prize),
        "appraisals": _appraisals(rng, district, stage),
        "adoptions": _adoptions(rng, district, commune) if followed else [],
    }


def _organisation(rng: Random, district: DemoDistrict, commune: DemoUnit) -> str:
    if rng.random() < 0.6:
        return commune.committee
    return rng.choice([district.committee, *(f"{branch}-{district.code}" for branch in BRANCHES)])


def _authors(rng: Random, district: DemoDistrict, commune: DemoUnit, crowd: list[Invented]) -> list[dict[str, str]]:
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


def _dossier(rng: Random, stage: str, registered: date, *, prize: bool) -> list[dict[str, str]]:
    """All papers are there once the dossier is complete; before, some. Who won nothing has no certificate."""
    complete = stage not in ("registered", "rejected")
    papers = []
    for kind in PAPERS:
        there = complete or rng.random() < 0.3
        presence = rng.choice(("paper", "file")) if there else "missing"
        if complete and ((kind == "certificate" and not prize) or (kind == "clip" and rng.random() < 0.5)):
            presence = "not_needed"
        day_ = (registered + timedelta(days=rng.randint(1, 30))).isoformat()
        received = day_ if presence in ("paper", "file") else ""
        papers.append({"kind": kind, "presence": presence, "received_on": received})
    return papers


def _adoptions(rng: Random, district: DemoDistrict, commune: DemoUnit) -> list[dict[str, str]]:
    """A few other communes of the district that took the model up."""
    others = [place for place in district.communes if place.code != commune.code]
    return [
        {
            "unit": place.code,
            "adopted_on": day(rng, date(2023, 7, 1), date(2023, 11, 30)).isoformat(),
            "result": rng.choice(SOCIAL_EFFECTS),
        }
        for place in rng.sample(others, rng.randint(1, 3))
    ]


def _appraisals(rng: Random, district: DemoDistrict, stage: str) -> list[dict[str, Cell]]:
    """The district's council first, then the province's, each member by name."""
    reached = ORDER.index(REACHED.get(stage, stage))
    votes: list[dict[str, Cell]] = []
    if reached >= ORDER.index("appraised"):
        votes.append({**_vote(rng, _council(district), date(2023, 7, 10), chosen=stage != "rejected")})
    if reached >= ORDER.index("council"):
        votes.append(_meeting(rng))
    return votes


def _meeting(rng: Random) -> dict[str, Cell]:
    """A meeting of the province's council: whoever is there scores, nearly all vote for it."""
    minutes, met_on = rng.choice(list(MEETINGS.items()))
    absent = rng.sample(COUNCIL, rng.randint(0, 2))
    against = rng.sample(COUNCIL, rng.randint(0, 1))
    return {
        "council": "HDTC-94",
        "met_on": met_on.isoformat(),
        "conclusion": "chosen",
        "minutes": minutes,
        "scores": [
            {
                "full_name": name,
                "vote": "absent" if name in absent else "against" if name in against else "for",
                "points": "" if name in absent else str(rng.randint(75, 96)),
            }
            for name in COUNCIL
        ],
    }


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
