"""Invented people: names as they are borne here, belonging to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from seed.demo import words
from seed.demo.dice import pick

PEOPLES = {"Kinh": 62, "Khmer": 31, "Hoa": 7}


@dataclass(frozen=True)
class Invented:
    """Somebody who does not exist."""

    name: str
    female: bool
    people: str
    born: int

    @property
    def title(self) -> str:
        """How a list addresses them."""
        return "Bà" if self.female else "Ông"


def invent(rng: Random, count: int) -> list[Invented]:
    """So many people, no two of one name."""
    found: dict[str, Invented] = {}
    while len(found) < count:
        somebody = _somebody(rng)
        found.setdefault(somebody.name, somebody)
    return list(found.values())


def _somebody(rng: Random) -> Invented:
    female = rng.random() < 0.4
    people = pick(rng, PEOPLES)
    name = _khmer(rng, female=female) if people == "Khmer" else _kinh_or_hoa(rng, people, female=female)
    return Invented(name, female, people, rng.randint(1952, 1996))


def _khmer(rng: Random, *, female: bool) -> str:
    """A family name, "Thị" for about every second woman, and a given name of one or two words."""
    given = rng.choice(words.KHMER_FEMALE_GIVEN if female else words.KHMER_MALE_GIVEN)
    middle = "Thị " if female and rng.random() < 0.5 else ""
    return f"{rng.choice(words.KHMER)} {middle}{given}"


def _kinh_or_hoa(rng: Random, people: str, *, female: bool) -> str:
    family = rng.choice(words.KINH if people == "Kinh" else words.HOA)
    middle = rng.choice(words.FEMALE_MIDDLE if female else words.MALE_MIDDLE)
    given = rng.choice(words.FEMALE_GIVEN if female else words.MALE_GIVEN)
    return f"{family} {middle} {given}"
