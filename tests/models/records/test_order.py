"""The order of Vietnamese texts, beside ICU's.

`tests/data/vi_order.csv` has 927 names of the province's places and of people made up, `vi_order_more.csv` these and
more, thrown together from letters, tones, signs and numbers. Both stand as Node.js 20 with ICU 78.2 sorts them, by
`new Intl.Collator("vi", {numeric: true}).compare`; `same` is 1 where that, with `sensitivity: "accent"`, finds a text
no other than the one before.
"""

import csv
import doctest
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.records import order
from models.records.order import SORT_LENGTH, person_key, sort_key

NAMES = Path(__file__).parents[2] / "data" / "vi_order.csv"
MORE = Path(__file__).parents[2] / "data" / "vi_order_more.csv"

# Each as the dictionary has it.
LETTERS = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
WORDS = ["An", "Àn", "Ản", "Ãn", "Án", "Ạn", "Ăn", "Ân", "Dũng", "Đạt", "Em", "Ê", "On", "Ôn", "Ơn", "Út", "Uyên", "Ý"]
UNITS = ["Phường 1", "Phường 2", "Phường 10", "Phường Khánh Hòa", "Xã An Mỹ", "Xã Ân Mỹ", "Xã Đại Ân 1", "Xã Đại Ân 2"]
PEOPLE = [
    "Kim An",
    "Lê Thị An",
    "Lê Văn An",
    "Trần Văn An",
    "Kim Án",
    "Lê Ân",
    "Dũng",
    "Thạch Dũng",
    "Đạt",
    "Sơn Sà Kha",
]
LONGER = ["Huyện Châu Thành", "Huyện Châu Thánh", "Huyện Châu Thành A", "Huyện Châu Thánh A", "Huyện Châu Thành B"]


def test_the_examples_in_the_module_are_true() -> None:
    results = doctest.testmod(order)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (LETTERS, sort_key),
        ([*map(str.upper, LETTERS)], sort_key),
        (WORDS, sort_key),
        (UNITS, sort_key),
        (LONGER, sort_key),
        (PEOPLE, person_key),
    ],
    ids=["letters", "capitals", "words", "units", "longer", "people"],
)
def test_texts_sort_as_in_the_dictionary(words: list[str], key: Callable[[str], str]) -> None:
    mixed = words[:]
    random.Random(7).shuffle(mixed)  # noqa: S311  no secret
    assert sorted(mixed, key=key) == words


def in_icus_order(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_order_is_that_of_icu() -> None:
    names = [sort_key(row["text"]) for row in in_icus_order(NAMES)]
    assert len(names) == 927
    assert names == sorted(names)
    rows = [(row["text"], sort_key(row["text"]), row["same"] == "1") for row in in_icus_order(MORE)]
    assert len(rows) > 3000
    for (first, key, _), (second, after, same) in pairwise(rows):
        assert key <= after, (first, second)
        assert (key == after) == same, (first, second)


def test_a_sort_key_is_short() -> None:
    """A character for each letter and one for each tone: what a title of a line needs fits an index."""
    title = "Kế hoạch tổ chức Ngày hội Đại đoàn kết toàn dân tộc ở khu dân cư năm 2023"
    assert len(sort_key(title)) < 1.3 * len(title)
    assert len(sort_key("Ế" * 1000)) == 2 * SORT_LENGTH + 1


@given(st.text())
def test_a_sort_key_is_plain_and_says_nothing_of_case(text: str) -> None:
    key = sort_key(text)
    assert key.isascii()
    assert key.isprintable()
    assert sort_key(f"{text} a") > key


@given(st.text(alphabet="aAâÂđĐ 12", max_size=8), st.text(alphabet="aAâÂđĐ 12", max_size=8))
def test_case_makes_no_difference(one: str, other: str) -> None:
    assert (sort_key(one) < sort_key(other)) == (sort_key(one.upper()) < sort_key(other.lower()))
