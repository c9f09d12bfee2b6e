"""Text of the time before Unicode: known by its odd words, and put into the letters that it stands for.

TCVN3 (fonts named .Vn…) and VNI (VNI-…) draw Vietnamese letters in the places of Western ones; pasted without the
font, "Uỷ ban" is "Uû ban" or "UÛy ban". UTF-8 that a program took for Windows' Western letters is "á»¦y ban". None of
these has words that could be Vietnamese, and all of its words are once repaired: that is how it is told from text
that only has a foreign name in it.
"""

import re
import unicodedata
from collections.abc import Iterator

from models.records.syllables import is_syllable

_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_TCVN3["\u2212"] = "ư"  # what the soft hyphen becomes on its way out of a PDF
_VNI_ALONE = dict(zip("ñöôæóòîÑÖÔÆÓÒÎ", "đươỉĩịỵĐƯƠỈĨỊỴ", strict=True))
_VNI_MARKS = {
    **dict(zip("ùøûõïâê", ("\u0301", "\u0300", "\u0309", "\u0303", "\u0323", "\u0302", "\u0306"), strict=True)),
    **{mark: f"\u0302{tone}" for mark, tone in zip("áàåãä", "\u0301\u0300\u0309\u0303\u0323", strict=True)},
    **{mark: f"\u0306{tone}" for mark, tone in zip("éèúüë", "\u0301\u0300\u0309\u0303\u0323", strict=True)},
}
_VNI = re.compile(f"([aeouyöôAEOUYÖÔ])([{''.join(_VNI_MARKS)}{''.join(_VNI_MARKS).upper()}])|[{''.join(_VNI_ALONE)}]")
_BYTES = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): byte for byte in range(0x80, 0x100)}
_BYTES |= {chr(byte): byte for byte in range(0x80, 0x100)}
_CONTINUED = "".join(char for char, byte in _BYTES.items() if byte < 0xC0)
_UTF8 = re.compile(f"[\u00c2-\u00df][{re.escape(_CONTINUED)}]|[\u00e0-\u00ef][{re.escape(_CONTINUED)}]{{2}}")

_ODD = re.compile(r"[^\x00-\x7f]")
_EDGES = "\"'“”‘’„()[]{}<>.,;:!?…–—-+*/\\&%=_#@•|"
_PARTS = re.compile(r"[-/.,_+&()–—:;]+")
_NO_WORD = re.compile(r"[^\x00-\x7f]?|.*[0-9].*|[µμ][A-Za-z]|[A-ZĐ]{2,}")
"""Signs alone, figures with signs, measures, initials."""


def repaired(text: str) -> str | None:
    """What the text says in Unicode if it is of an old font, or UTF-8 misread; None if it is as it should be."""
    if not _ODD.search(text) or not (before := _odd_words(text)):
        return None
    read = [(_odd_words(found), found) for found in (_from_utf8(text), _from_vni(text), _from_tcvn3(text))]
    left, found = min(read, key=lambda each: each[0])
    return found if left < before and 4 * left <= before else None


def _odd_words(text: str) -> int:
    """How many words have letters beyond ASCII and can't be Vietnamese."""
    return sum(not is_syllable(unicodedata.normalize("NFC", word)) for word in _words(text))


def _words(text: str) -> Iterator[str]:
    """The words with letters beyond ASCII; figures with signs, and signs alone, are none."""
    for found in text.split():
        word = found.strip(_EDGES).rstrip("»")
        for part in _PARTS.split(word.lstrip("«") if "»" in text else word):
            if _ODD.search(part) and not _NO_WORD.fullmatch(part):
                yield part


def _from_utf8(text: str) -> str:
    def read(found: re.Match[str]) -> str:
        return bytes(_BYTES[char] for char in found.group()).decode("utf-8", "replace")

    return unicodedata.normalize("NFC", _UTF8.sub(read, text))


def _from_tcvn3(text: str) -> str:
    """Capitals come from the font there: a word is one of capitals when its plain letters are."""
    found = "".join(_TCVN3.get(char, char) for char in text)
    if _in_capitals(text):
        return found.upper()
    return "".join(
        part.upper() if _in_capitals(was) else part
        for was, part in zip(re.split(r"(\s)", text), re.split(r"(\s)", found), strict=True)
    )


def _in_capitals(text: str) -> bool:
    plain = [char for char in text if char.isascii() and char.isalpha()]
    return len(plain) > 1 and all(char.isupper() for char in plain)


def _from_vni(text: str) -> str:
    def read(found: re.Match[str]) -> str:
        base, mark = found[1], found[2]
        if not base:
            return _VNI_ALONE[found.group()]
        return _VNI_ALONE.get(base, base) + _VNI_MARKS[mark.lower()]

    return unicodedata.normalize("NFC", _VNI.sub(read, text))
