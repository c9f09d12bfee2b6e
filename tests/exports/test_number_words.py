"""Numbers, money and days as an office would write them by hand."""

from datetime import date

import pytest

from exports.number_words import (
    count_in_words,
    day_in_words,
    in_words,
    letter,
    mark,
    money_in_words,
    place_and_day,
    roman,
    sentence_case,
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (1, "một"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (55, "năm mươi lăm"),
        (91, "chín mươi mốt"),
        (100, "một trăm"),
        (101, "một trăm lẻ một"),
        (104, "một trăm lẻ bốn"),
        (105, "một trăm lẻ năm"),
        (110, "một trăm mười"),
        (111, "một trăm mười một"),
        (115, "một trăm mười lăm"),
        (121, "một trăm hai mươi mốt"),
        (775, "bảy trăm bảy mươi lăm"),
        (1_000, "một nghìn"),
        (1_001, "một nghìn không trăm lẻ một"),
        (1_010, "một nghìn không trăm mười"),
        (1_015, "một nghìn không trăm mười lăm"),
        (10_000, "mười nghìn"),
        (21_000, "hai mươi mốt nghìn"),
        (66_177, "sáu mươi sáu nghìn một trăm bảy mươi bảy"),
        (100_005, "một trăm nghìn không trăm lẻ năm"),
        (1_000_000, "một triệu"),
        (1_000_001, "một triệu không trăm lẻ một"),
        (1_001_000, "một triệu không trăm lẻ một nghìn"),
        (1_234_105, "một triệu hai trăm ba mươi tư nghìn một trăm lẻ năm"),
        (10**9, "một tỷ"),
        (10**9 + 5, "một tỷ không trăm lẻ năm"),
        (1_250_000_000, "một tỷ hai trăm năm mươi triệu"),
        (431_260_000_000, "bốn trăm ba mươi mốt tỷ hai trăm sáu mươi triệu"),
        (10**12, "một nghìn tỷ"),
        (1_005 * 10**9, "một nghìn không trăm lẻ năm tỷ"),
        (2 * 10**12 + 40_000, "hai nghìn tỷ không trăm bốn mươi nghìn"),
        (10**15, "một triệu tỷ"),
        (-21, "âm hai mươi mốt"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_north_and_south_join_hundreds_and_units_otherwise() -> None:
    assert in_words(105, odd="linh") == "một trăm linh năm"
    assert in_words(5_105_005, odd="linh") == "năm triệu một trăm linh năm nghìn không trăm linh năm"


def test_no_two_numbers_sound_alike() -> None:
    numbers = [*range(20_000), *(10**power + rest for power in range(5, 18) for rest in range(200))]
    assert len({in_words(number) for number in numbers}) == len(set(numbers))


def test_what_nobody_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        in_words(10**18)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (1_250_000_000, "Một tỷ hai trăm năm mươi triệu đồng chẵn"),
        (500_000, "Năm trăm nghìn đồng chẵn"),
        (1_234_500, "Một triệu hai trăm ba mươi tư nghìn năm trăm đồng"),
        (0, "Không đồng"),
    ],
)
def test_money_in_words(amount: int, words: str) -> None:
    assert money_in_words(amount) == words


def test_counts_in_words() -> None:
    assert [count_in_words(n) for n in (0, 5, 42)] == ["00 (không)", "05 (năm)", "42 (bốn mươi hai)"]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2023, 2, 8), "ngày 08 tháng 02 năm 2023"),
        (date(2023, 1, 31), "ngày 31 tháng 01 năm 2023"),
        (date(2023, 3, 1), "ngày 01 tháng 3 năm 2023"),
        (date(2023, 10, 10), "ngày 10 tháng 10 năm 2023"),
        (date(2023, 11, 9), "ngày 09 tháng 11 năm 2023"),
    ],
)
def test_a_zero_stands_where_it_could_be_forged_and_nowhere_else(day: date, words: str) -> None:
    assert day_in_words(day) == words
    assert place_and_day("Sóc Trăng", day) == f"Sóc Trăng, {words}"


def test_a_sentence_begins_with_a_capital() -> None:
    assert [sentence_case(text) for text in ("đồng ý", "ủy ban MTTQ", "")] == ["Đồng ý", "Ủy ban MTTQ", ""]


def test_roman_numerals() -> None:
    wanted = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI"]
    assert [roman(number) for number in range(1, 12)] == wanted
    assert [roman(number) for number in (14, 40, 93, 2023)] == ["XIV", "XL", "XCIII", "MMXXIII"]
    with pytest.raises(ValueError, match="Roman"):
        roman(0)


def test_points_are_counted_as_laws_count_them() -> None:
    assert [letter(number) for number in range(1, 9)] == ["a", "b", "c", "d", "đ", "e", "g", "h"]
    assert [letter(number) for number in (23, 24, 47)] == ["y", "a1", "a2"]


def test_each_depth_has_its_marks() -> None:
    assert [mark(depth, 4) for depth in range(4)] == ["IV", "4", "d", "d"]
