"""Made-up people on the committees of the province, its districts and communes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from imports.reader import Cell
from seed.demo.dice import day, dice, pick
from seed.demo.names import Invented, invent
from seed.demo.places import DemoDistrict
from seed.demo.words import JOBS
from seed.folders import PROVINCE

PROVINCE_POSTS = [
    "chu-tich", "pho-chu-tich-tt", "pho-chu-tich", "pho-chu-tich", "pho-chu-tich-kct", "uy-vien-tt",
    *["uy-vien"] * 8,
]  # fmt: skip
DISTRICT_POSTS = ["chu-tich", "pho-chu-tich", "pho-chu-tich-kct", "uy-vien-tt", *["uy-vien"] * 5]
COMMUNE_POSTS = ["chu-tich", "pho-chu-tich"]
INDIVIDUALS = 6
"""People of a district who hold no post: authors, heads of clubs."""

FULL_TIME = {"chu-tich", "pho-chu-tich-tt", "pho-chu-tich", "uy-vien-tt"}
ORIGINS = {"organisation_head": 4, "lower_chair": 3, "individual": 4}
RELIGIONS = {
    "Không": 55,
    "Phật giáo": 20,
    "Phật giáo Nam tông Khmer": 5,
    "Công giáo": 6,
    "Cao Đài": 4,
}
EDUCATION = {"Đại học": 50, "Cao đẳng": 10, "Trung cấp": 20, "THPT": 20, "Thạc sĩ": 5}


@dataclass(frozen=True)
class Member:
    """Somebody invented, with a code and, unless it is "", a post on a committee."""

    code: str
    who: Invented
    organisation: str = ""
    post: str = ""
    term: str = ""
    workplace: str = ""
    place: int = 0


@cache
def province_members() -> list[Member]:
    """The people of the provincial committee."""
    posts = [("MTTQ-94", post, "TINH-IX", "Tỉnh Sóc Trăng") for post in PROVINCE_POSTS]
    return _members(PROVINCE, "94", posts)


@cache
def district_members(district: DemoDistrict) -> list[Member]:
    """The people of a district's committees, then those who hold no post."""
    posts = [(district.committee, post, "HUYEN-2019", district.name) for post in DISTRICT_POSTS]
    for commune in district.communes:
        posts += [(commune.committee, post, "XA-2019", commune.name) for post in COMMUNE_POSTS]
    posts += [("", "", "", district.name)] * INDIVIDUALS
    return _members(district.slug, district.code, posts)


def individuals(district: DemoDistrict) -> list[Member]:
    """The people of a district who hold no post."""
    return district_members(district)[-INDIVIDUALS:]


def _members(slug: str, code: str, posts: list[tuple[str, str, str, str]]) -> list[Member]:
    crowd = invent(dice(slug, "people"), len(posts))
    return [
        Member(f"MAU-{code}-{n:03d}", who, organisation, post, term, workplace, n)
        for n, (who, (organisation, post, term, workplace)) in enumerate(zip(crowd, posts, strict=True), 1)
    ]


def province_people() -> Iterator[dict[str, Cell]]:
    """The people of the provincial committee."""
    return map(_person, province_members())


def province_positions() -> Iterator[dict[str, Cell]]:
    """Their posts."""
    return map(_position, province_members())


def district_people(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The people of a district."""
    return map(_person, district_members(district))


def district_positions(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """The posts of those who hold one."""
    return (_position(member) for member in district_members(district) if member.post)


def _person(member: Member) -> dict[str, Cell]:
    rng = dice("person", member.code)
    who = member.who
    serial = member.code.removeprefix("MAU-").replace("-", "")
    born = day(rng, date(who.born, 1, 1), date(who.born, 12, 31))
    return {
        "code": member.code,
        "full_name": who.name,
        "gender": "female" if who.female else "male",
        "birth_date": born.isoformat() if rng.random() < 0.6 else "",
        "birth_year": str(who.born),
        "ethnic_group": who.people,
        "religion": "Phật giáo Nam tông Khmer" if who.people == "Khmer" else pick(rng, RELIGIONS),
        "party_member": "có" if member.post and rng.random() < 0.85 else "không",
        "education": pick(rng, EDUCATION),
        "occupation": "" if member.post else rng.choice(JOBS).capitalize(),
        "workplace": member.workplace,
        # Numbers that no exchange and no office ever gave out.
        "phone": f"0000 {serial.zfill(6)}" if rng.random() < 0.5 else "",
        "identity_number": serial.zfill(12) if rng.random() < 0.3 else "",
    }


def _position(member: Member) -> dict[str, Cell]:
    rng = dice("position", member.code)
    full_time = member.post in FULL_TIME
    return {
        "organisation": member.organisation,
        "person": member.code,
        "post": member.post,
        "term": member.term,
        "origin": "cadre" if full_time else pick(rng, ORIGINS),
        "full_time": "có" if full_time else "không",
        "starts_on": day(rng, date(2019, 4, 1), date(2022, 12, 31)).isoformat(),
        "place": str(10 * member.place),
    }
