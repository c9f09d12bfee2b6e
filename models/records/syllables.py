"""Which words can be written in Vietnamese: an onset, a rime, and one tone where it belongs.

For telling text of another encoding apart; names that are not Vietnamese are no syllables, and nothing is wrong with
them.
"""

import unicodedata
from functools import cache

_TONES = {"\u0300", "\u0309", "\u0303", "\u0301", "\u0323"}
_STOPPED = {"", "\u0300", "\u0309", "\u0303"}
"""The tones that a syllable ending in c, ch, p or t can't have."""
_SHAPED = "ăâêôơư"
_ONSETS = ["ngh", "ng", "nh", "gh", "gi", "g", "kh", "k", "qu", "ph", "p", "th", "tr", "t", "ch", "c"]
_ONSETS += ["b", "d", "đ", "h", "l", "m", "n", "r", "s", "v", "x", ""]
_BEFORE_FRONT = {"ngh", "gh", "k"}
_BEFORE_BACK = {"ng", "g", "c"}
_WITH_Y = {"", "d", "h", "k", "l", "m", "n", "qu", "s", "t", "th", "v"}
_RIMES = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay  ăc ăm ăn ăng ăp ăt  âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et  ê êch êm ên êng ênh êp êt êu  i ia ich im in inh ip it iu
    iêc iêm iên iêng iêp iêt iêu  y yêm yên yêng yêt yêu ych ynh yt
    o oc oi om on ong op ot oong ooc  oa oac oach oai oam oan oang oanh oao oap oat oay  oăc oăm oăn oăng oăt
    oe oen oeo oet  ô ôc ôi ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt  u ua uc ui um un ung up ut
    uân uâng uât uây uê uêch uên uênh  uôc uôi uôm uôn uông uôt  uơ  uy uya uych uynh uyên uyêt uyt uyn uyu
    ư ưa ưc ưi ưm ưng ưt ưu  ươc ươi ươm ươn ương ươp ươt ươu
    """.split()  # noqa: SIM905  a table that is read
)
_EITHER = {"oa", "oe", "uy", "oong", "ooc"}
"""Rimes whose tone is put on the one vowel or on the other."""


@cache
def is_syllable(word: str) -> bool:
    """Whether this word, in NFC, can be a Vietnamese syllable; its case counts only in that it must be of one kind."""
    if word not in (lower := word.lower(), word.upper(), word.capitalize()):
        return False
    letters, tone, place = _without_tone(lower)
    return any(
        letters.startswith(onset) and _is_rime(onset, letters[len(onset) :], tone, place - len(onset))
        for onset in _ONSETS
        if place < 0 or place >= len(onset)
    )


def _without_tone(word: str) -> tuple[str, str, int]:
    """The letters, the tone, and which letter bears it: -1 if none. Two tones are left in the letters."""
    letters, tone, place = "", "", -1
    for char in word:
        parts = unicodedata.normalize("NFD", char)
        found = [mark for mark in parts if mark in _TONES]
        if found and place < 0:
            tone, place = found[0], len(letters)
            letters += unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
        else:
            letters += char
    return letters, tone, place


def _is_rime(onset: str, rime: str, tone: str, place: int) -> bool:
    if rime not in _RIMES or (rime.endswith(("c", "ch", "p", "t")) and tone in _STOPPED):
        return False
    if rime[0] == "y" and onset not in (_WITH_Y if rime == "y" else {"", "qu"}):
        return False
    front = rime[0] in "eêiy"
    return (place < 0 or place in _tone_places(rime)) and not (
        (front and onset in _BEFORE_BACK and rime[0] != "i") or (not front and onset in _BEFORE_FRONT)
    )


def _tone_places(rime: str) -> tuple[int, ...]:
    """The letters of a rime that may bear its tone: the last one with a shape of its own, else the main vowel."""
    shaped = max(rime.rfind(letter) for letter in _SHAPED)
    if shaped >= 0:
        return (shaped,)
    if rime in _EITHER:
        return (0, 1)
    medial = rime.startswith(("oa", "oe", "uy")) and len(rime) > 2
    return (1,) if medial else (0,)
