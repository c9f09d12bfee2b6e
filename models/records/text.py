"""Vietnamese text as data: one spelling on the way in, keys to sort by, folded text to search in."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

# Letter by letter in the order of the alphabet; tones only break ties (ICU's order for "vi").
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_SHAPES = {"\u0306": {"a": "1"}, "\u0302": {"a": "2", "e": "1", "o": "1"}, "\u031b": {"o": "2", "u": "1"}}
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"\w+")
_SPACES = re.compile(r"[^\S\n]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\ufeff]|[\ud800-\udfff]")

SORT_LENGTH = 64
"""How many characters of a text its sort key looks at."""


def clean(text: str, *, lines: bool = False) -> str:
    """The text as it is kept: NFC, no control characters, trimmed, spaces collapsed; line breaks only if asked."""
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    if lines:
        return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()
    return " ".join(text.split())


def fold(text: str) -> str:
    """The text without case and accents, đ as d: two texts that people type for the same thing fold to the same.

    >>> fold("Hoà Tú  Đường")
    'hoa tu duong'
    """
    plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d").replace("ð", "d")
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, from 0 to 1: the share of their words, folded, in whatever order.

    >>> likeness("Máy gieo lúa dùng pin", "MÁY GIEO LÚA cải tiến, dùng pin")
    0.8333333333333334
    """
    words = [Counter(_WORDS.findall(fold(text))) for text in (one, other)]
    return 2 * (words[0] & words[1]).total() / max(words[0].total() + words[1].total(), 1)


@lru_cache(maxsize=4096)
def sort_key(text: str) -> str:
    """An ASCII text that sorts, byte by byte, as `text` does in a Vietnamese dictionary; numbers by their value.

    >>> sorted(["Yến", "Ăn", "Đạt", "Dũng", "Phường 10", "Phường 2", "Án"], key=sort_key)
    ['Án', 'Ăn', 'Dũng', 'Đạt', 'Phường 2', 'Phường 10', 'Yến']
    """
    text = _DIGITS.sub(lambda number: number.group().zfill(9), text[:SORT_LENGTH])
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", text.lower()):
        if char in _TONES and letters:
            tones[-1] = str(_TONES[char])
        elif char in _SHAPES and letters:
            letters[-1] = letters[-1][0] + _SHAPES[char].get(letters[-1][0], letters[-1][1])
        elif char in "đð":
            letters.append("d1")
            tones.append("0")
        elif char.isspace():
            letters.append("  ")
            tones.append("0")
        elif char.isascii() and char.isalnum():
            letters.append(char + "0")
            tones.append("0")
    return "".join(letters) + "!" + "".join(tones).rstrip("0")


def person_key(full_name: str) -> str:
    """The sort key of a person: by given name with its tone, then middle, then family name.

    >>> sorted(["Lê Thị Án", "Trần Văn An", "Lê Văn An"], key=person_key)
    ['Lê Văn An', 'Trần Văn An', 'Lê Thị Án']
    """
    words = full_name.split()
    return " ".join(sort_key(" ".join(part)) for part in (words[-1:], words[1:-1], words[:-1][:1]))
