"""Vietnamese text as data: what is kept of what people type and paste, and what is compared.

Kept is what was typed, tidied: one spelling for each letter, nothing that can't be seen, spaces collapsed; of a code
also plain hyphens, quotes and digits, for others look for it by these. Compared is more alike: quotes, dashes, full
width and ligatures, what looks the same or is typed for the same, and mostly case (docs/text.md).
"""

import re
import unicodedata
from collections import Counter

from models.records.old_fonts import repaired

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile(
    # Category Cf, as Unicode 16 has it.
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
    "\U000e0020-\U000e007f"
    # What else is drawn as nothing (Default_Ignorable_Code_Point), and controls of the old encodings.
    "\u0080-\u0084\u0086-\u009f\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8\U000e0000\U000e0002-\U000e001f\U000e0080-\U000e0fff]"
)
_FRAGILE = re.compile("[\u0080-\u00a0\u00ad]")
"""What stands for letters in old fonts, and for nothing in Unicode."""
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_TYPED = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛‹›′", "'"),
        **dict.fromkeys("\u2044\u2215", "/"),
        "Ð": "Đ",
        "ð": "đ",
    }
)
_ETH = re.compile(r"(?<!\w)[Ðð](?=[aeiouươAEIOUƯƠ\u00c0-\u00ff\u0102-\u01b0\u1ea0-\u1ef9])")
_WORDS = re.compile(r"\w+")


def clean(text: str, *, lines: bool = False) -> str:
    """The text as it is kept: NFC, nothing invisible, trimmed, spaces collapsed; line breaks only if asked.

    Text of an old font stays as it is but for spaces, so that it can still be repaired.
    """
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
    if _FRAGILE.search(text) and repaired(text) is not None:
        return _spaced(text, "[ \t]+", lines=lines)
    text = _ETH.sub(lambda eth: eth.group().translate(_TYPED), _INVISIBLE.sub("", text))
    return _spaced(unicodedata.normalize("NFC", text), _SPACES, lines=lines)


def clean_code(text: str) -> str:
    """A code as it is kept: as others type it, whatever it was copied from; its case stays."""
    return " ".join(plain(text).split())


def code_key(text: str) -> str:
    """What makes a code that code. Its letters' marks are part of it: HĐ is a contract, HD a guidance.

    >>> code_key("PT\u201101\u200e") == code_key("pt-01")
    True
    """
    return clean_code(text).lower()


def plain(text: str) -> str:
    """The text as it is compared: quotes, dashes, widths and ligatures as a keyboard has them, nothing invisible."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", _CONTROLS.sub("", text))).translate(_TYPED)


def fold(text: str) -> str:
    """The text without case and accents, đ as d: two texts that people type for the same thing fold to the same.

    >>> fold("Hoà Tú  Đường")
    'hoa tu duong'
    """
    bare = unicodedata.normalize("NFD", plain(text).lower()).replace("đ", "d")
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def likeness(one: str, other: str) -> float:
    """How much two texts have in common, from 0 to 1: the share of their words, folded, in whatever order.

    >>> likeness("Máy gieo lúa dùng pin", "MÁY GIEO LÚA cải tiến, dùng pin")
    0.8333333333333334
    """
    words = [Counter(_WORDS.findall(fold(text))) for text in (one, other)]
    return 2 * (words[0] & words[1]).total() / max(words[0].total() + words[1].total(), 1)


def _spaced(text: str, spaces: str | re.Pattern[str], *, lines: bool) -> str:
    parts = [re.sub(spaces, " ", line).strip(" ") for line in text.split("\n")]
    return "\n".join(parts).strip("\n") if lines else " ".join(part for part in parts if part)
