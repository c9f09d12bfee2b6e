"""Numbers, money and days in words, and the marks of lists, as Vietnamese offices write them."""

from __future__ import annotations

from datetime import date

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
POWERS = ("", "nghìn", "triệu")
BILLION = 10**9
LARGEST = 10**18
LETTERS = "abcdđeghiklmnopqrstuvxy"
"""Điểm a, b, c, d, đ, e, g…: a law counts by the Vietnamese alphabet, without letters that carry marks."""
ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def in_words(number: int, *, odd: str = "lẻ") -> str:
    """The number in words. `odd` joins hundreds and units: "lẻ" in the south, "linh" in the north.

    Raises ValueError beyond 10^18.

    >>> in_words(1_234_105)
    'một triệu hai trăm ba mươi tư nghìn một trăm lẻ năm'
    """
    if abs(number) >= LARGEST:
        raise ValueError(f"{number} is too large to be put into words")
    if number < 0:
        return f"âm {in_words(-number, odd=odd)}"
    return " ".join(_words(number, odd, leads=True)) or DIGITS[0]


def _words(number: int, odd: str, *, leads: bool) -> list[str]:
    """The words of a number; one that doesn't lead says its missing hundreds. None for 0."""
    billions, rest = divmod(number, BILLION)
    if billions:
        return [*_words(billions, odd, leads=leads), "tỷ", *_words(rest, odd, leads=False)]
    words: list[str] = []
    for power in (2, 1, 0):
        group = number // 1000**power % 1000
        if group:
            words += [*_hundreds(group, odd, leads=leads and not words), POWERS[power]]
    return [word for word in words if word]


def _hundreds(group: int, odd: str, *, leads: bool) -> list[str]:
    hundreds, tens, units = group // 100, group // 10 % 10, group % 10
    words = [DIGITS[hundreds], "trăm"] if hundreds or not leads else []
    if tens:
        words += ["mười"] if tens == 1 else [DIGITS[tens], "mươi"]
    elif units and words:
        words.append(odd)
    if units:
        words.append(_unit(units, tens))
    return words


def _unit(units: int, tens: int) -> str:
    """The last digit, which sounds otherwise after tens."""
    if tens > 1 and units in (1, 4):
        return {1: "mốt", 4: "tư"}[units]
    return "lăm" if tens and units == 5 else DIGITS[units]


def sentence_case(text: str) -> str:
    """The text with its first letter in capitals, the others as they are."""
    return text[:1].upper() + text[1:]


def money_in_words(amount: int, *, odd: str = "lẻ") -> str:
    """A sum of đồng as the last line of a table says it; "chẵn" closes what has no hundreds left over.

    >>> money_in_words(1_250_000_000)
    'Một tỷ hai trăm năm mươi triệu đồng chẵn'
    """
    even = " chẵn" if amount and amount % 1000 == 0 else ""
    return f"{sentence_case(in_words(amount, odd=odd))} đồng{even}"


def count_in_words(count: int) -> str:
    """A count as decisions write it, with a 0 before a single digit.

    >>> count_in_words(5)
    '05 (năm)'
    """
    return f"{count:02} ({in_words(count)})"


def day_in_words(day: date) -> str:
    """A day as documents are dated: a 0 before days under 10 and before months 1 and 2 only (Nghị định 30/2020/NĐ-CP).

    >>> day_in_words(date(2023, 2, 8)), day_in_words(date(2023, 3, 18))
    ('ngày 08 tháng 02 năm 2023', 'ngày 18 tháng 3 năm 2023')
    """
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def place_and_day(place: str, day: date) -> str:
    """The line of place and day: "Sóc Trăng, ngày 08 tháng 02 năm 2023"."""
    return f"{place}, {day_in_words(day)}"


def roman(number: int) -> str:
    """The number in Roman numerals: "I", "II". Raises ValueError below 1."""
    if number < 1:
        raise ValueError(f"{number} has no Roman numeral")
    text = ""
    for value, letters in ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def letter(number: int) -> str:
    """The mark of a point in a list: "a", "b", … "d", "đ", "e", "g"; after the last one "a1"."""
    again, place = divmod(number - 1, len(LETTERS))
    return f"{LETTERS[place]}{again or ''}"


def mark(depth: int, number: int) -> str:
    """The mark of a list's group: I, II at the top, then 1, 2, then a, b."""
    return (roman, str, letter)[min(depth, 2)](number)
