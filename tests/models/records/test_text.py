"""Vietnamese text: one spelling, what is compared, search without accents."""

import doctest
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.records import text as folding
from models.records.order import sort_key
from models.records.text import clean, clean_code, code_key, fold, plain

WORDS = ["An", "Ãn", "Dũng", "Đạt", "Ơn", "Phường 10", "Xã Đại Ân 1", "Nghị quyết", "Thuở ấy", "Hữu Nghĩa"]


def test_the_examples_in_the_module_are_true() -> None:
    results = doctest.testmod(folding)
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_ways_to_write_a_letter_sort_and_fold_alike(form: str) -> None:
    for text in WORDS:
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
        ("“Ngày hội” – đợt\u00a01…", '"ngay hoi" - dot 1...'),
        ("ｍ² ﬁn 12\u2011QĐ", "m2 fin 12-qd"),
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
        ("a\x0bb\u2028c", "a b c", "a\nb\nc"),
        ("“a” – ｂ\u2011c…", "“a” – ｂ\u2011c…", "“a” – ｂ\u2011c…"),
        ("\u202aHo\u00adà\u202c\u200e Tú\ufe0f", "Hoà Tú", "Hoà Tú"),
        ("Ðặng QÐ", "Đặng QÐ", "Đặng QÐ"),
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


def test_nothing_of_category_cf_is_kept_nor_compared() -> None:
    marks = [char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) == "Cf"]
    assert len(marks) > 100
    for mark in marks:
        assert clean(f"a{mark}b") == clean_code(f"a{mark}b") == plain(f"a{mark}b") == "ab", f"U+{ord(mark):04X}"


@pytest.mark.parametrize(
    "typed",
    ["PT-01", "pt-01", "PT-01\u200e", "PT\u201101", "PT\u221201 ", "ＰＴ－０１", "\u2060Pt\u201001\ufeff"],
)
def test_one_code_is_one_however_it_is_pasted(typed: str) -> None:
    assert code_key(typed) == "pt-01"
    assert clean_code(typed).upper() == "PT-01"


def test_two_codes_of_letters_that_differ_are_two() -> None:
    """HĐ is a contract, HD a guidance."""
    assert code_key("12/HĐ-MTTQ") != code_key("12/HD-MTTQ")
    assert code_key("12/QÐ-MTTQ") == code_key("12/QĐ-MTTQ")  # U+00D0, as old conversions have it


@given(st.text())
def test_what_is_compared_stays_as_it_is(text: str) -> None:
    assert clean_code(clean_code(text)) == clean_code(text)
    assert code_key(code_key(text)) == code_key(text)
    assert fold(clean(text)) == fold(text) or "\x80" <= max(text) <= "\xad"
