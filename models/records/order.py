"""The order of Vietnamese texts: keys that sort, byte by byte, as ICU's collation for "vi" does, numbers by value.

A key is printable ASCII. First a character for each letter, space, sign and number; then, after an end mark that
stands below them all, the tones, which only break ties: one character for each, that says after how many letters
without a tone it comes. Case is no part of it.
"""

import re
import unicodedata
from functools import lru_cache

from models.records.text import plain

SORT_LENGTH = 128
"""How many letters, signs and numbers of a text its sort key looks at."""

_SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SYMBOL, _FOREIGN = "\0", "\1"
"""Stand for what is none of these: symbols, and the letters of other scripts, each by its number."""
_IN_ORDER = [*_SIGNS, _SYMBOL, *"0123456789", *_LETTERS, _FOREIGN]
_PART, _END, _FIRST = " ", "!", ord('"')
_CODE = {char: chr(_FIRST + rank) for rank, char in enumerate(_IN_ORDER)}

_SHAPES = {"a\u0306": "ă", "a\u0302": "â", "e\u0302": "ê", "o\u0302": "ô", "o\u031b": "ơ", "u\u031b": "ư"}
_TONES = {"\u0300": 0, "\u0309": 1, "\u0303": 2, "\u0301": 3, "\u0323": 4}
_OTHER_MARK, _MARKS = 5, 6
_RUN = 15
"""So many letters without a tone are passed over at once."""
_PASSED = chr(_FIRST)

_ELEMENTS = re.compile(r"\d+|[^\W\d_][\u0300-\u036f]*|[\u0300-\u036f]|.", re.DOTALL)


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """An ASCII text that sorts, byte by byte, as `text` does in a Vietnamese dictionary; numbers by their value.

    >>> sorted(["Yến", "Ăn", "Đạt", "Dũng", "Phường 10", "Phường 2", "Án"], key=sort_key)
    ['Án', 'Ăn', 'Dũng', 'Đạt', 'Phường 2', 'Phường 10', 'Yến']
    >>> sorted(["Huyện Châu Thành A", "Huyện Châu Thành"], key=sort_key)
    ['Huyện Châu Thành', 'Huyện Châu Thành A']
    """
    letters, tones, since = [], [], 0
    for element in _ELEMENTS.findall(unicodedata.normalize("NFD", plain(text).lower()))[:SORT_LENGTH]:
        letter, marks = _split(element)
        if letter:
            letters.append(letter)
            since += 1
        for mark in marks:
            tones.append(_PASSED * (since // _RUN) + _tone(since % _RUN, mark))
            since = 0
    return "".join(letters) + _END + "".join(tones)


def person_key(full_name: str) -> str:
    """The sort key of a person: by given name with its tone, then middle, then family name.

    >>> sorted(["Lê Thị Án", "Trần Văn An", "Lê Văn An"], key=person_key)
    ['Lê Văn An', 'Trần Văn An', 'Lê Thị Án']
    """
    words = full_name.split()
    return _PART.join(sort_key(" ".join(part)) for part in (words[-1:], words[1:-1], words[:-1][:1]))


def _split(element: str) -> tuple[str, list[int]]:
    """What an element is among the letters, and the tones that it bears."""
    if element[0].isdecimal():
        return _number(element), []
    letter, marks = element[0], []
    for mark in element if unicodedata.combining(letter) else element[1:]:
        shape = _SHAPES.get(letter + mark)
        if shape:
            letter = shape
        else:
            marks.append(_TONES.get(mark, _OTHER_MARK))
    return "" if unicodedata.combining(letter) else _code(letter), marks


def _code(char: str) -> str:
    if char in _CODE:
        return _CODE[char]
    kind = _FOREIGN if char.isalpha() else _SYMBOL
    digits = (ord(char) // 70**power % 70 for power in (3, 2, 1, 0))
    return _CODE[kind] + "".join(chr(_FIRST + digit) for digit in digits)


def _number(digits: str) -> str:
    """How many digits the number has, then these: the shorter number is the smaller."""
    value = "".join(str(unicodedata.digit(digit)) for digit in digits).lstrip("0")
    length, size = len(value), ""
    while length >= 9:
        size, length = size + "9", length - 9
    return "".join(_CODE[digit] for digit in f"{size}{length}{value}")


def _tone(since: int, mark: int) -> str:
    """A tone that comes `since` letters after the one before: the later, the less."""
    return chr(_FIRST + 1 + (_RUN - 1 - since) * _MARKS + mark)
