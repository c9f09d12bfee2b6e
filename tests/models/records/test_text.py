"""Vietnamese text: one spelling, the dictionary's order, search without accents."""

import doctest
import random
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.records import text as folding
from models.records.text import SORT_LENGTH, clean, fold, person_key, sort_key

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


def test_the_examples_in_the_module_are_true() -> None:
    results = doctest.testmod(folding)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (LETTERS, sort_key),
        ([*map(str.upper, LETTERS)], sort_key),
        (WORDS, sort_key),
        (UNITS, sort_key),
        (PEOPLE, person_key),
    ],
    ids=["letters", "capitals", "words", "units", "people"],
)
def test_texts_sort_as_in_the_dictionary(words: list[str], key: Callable[[str], str]) -> None:
    mixed = words[:]
    random.Random(7).shuffle(mixed)  # noqa: S311  no secret
    assert sorted(mixed, key=key) == words


def test_a_sort_key_is_plain_and_bounded() -> None:
    assert sort_key("Ế" * 1000).isascii()
    assert len(sort_key("Ế" * 1000)) <= 3 * SORT_LENGTH + 1
    assert sort_key("") < sort_key("a")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_ways_to_write_a_letter_sort_and_fold_alike(form: str) -> None:
    for text in [*WORDS, *UNITS, "Nghị quyết", "Thuở ấy", "Hữu Nghĩa"]:
        assert sort_key(unicodedata.normalize(form, text)) == sort_key(text)  # type: ignore[arg-type]
        assert fold(unicodedata.normalize(form, text)) == fold(text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đường Đê", "duong de"),
        ("Ðặng ðình", "dang dinh"),
        ("HOÀ TÚ", "hoa tu"),
        ("Hòa  Tú ", "hoa tu"),
        ("Ấp Ưu Ơn Ỷ", "ap uu on y"),
    ],
)
def test_search_knows_no_accents_and_no_case(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "line", "lines"),
    [
        (" a \u00a0 b ", "a b", "a b"),
        ("a\r\nb\rc\n", "a b c", "a\nb\nc"),
        ("a\u200bb\ufeff\x00\x0b", "ab", "ab"),
        ("a\tb", "a b", "a b"),
        ("e\u200b\u0302\u0301", "ế", "ế"),
        ("\ud800a", "a", "a"),
        (" \n ", "", ""),
    ],
)
def test_a_text_is_cleaned(text: str, line: str, lines: str) -> None:
    assert clean(text) == line
    assert clean(text, lines=True) == lines


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    for kept, again in (
        (clean(text), clean),
        (clean(text, lines=True), lambda t: clean(t, lines=True)),
        (fold(text), fold),
    ):
        assert again(kept) == kept
    assert unicodedata.is_normalized("NFC", clean(text))
    assert sort_key(text).isascii()
