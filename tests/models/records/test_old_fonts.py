"""Text of the time before Unicode is noticed and repaired; text as it should be is left in peace."""

import unicodedata
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from models.history.audit import record_classes
from models.records.fields import TEXTS
from models.records.old_fonts import repaired
from models.records.syllables import is_syllable
from models.records.text import clean
from tests.databases import Databases, connected
from tests.models.records.test_order import NAMES, in_icus_order

# Each vowel without tone, then grave, hook, tilde, acute and dot; TCVN3's places beside them.
TCVN3 = {
    "aàảãáạ": "aµ¶·¸¹", "ăằẳẵắặ": "¨»¼½¾Æ", "âầẩẫấậ": "©ÇÈÉÊË", "eèẻẽéẹ": "eÌÎÏÐÑ", "êềểễếệ": "ªÒÓÔÕÖ",
    "iìỉĩíị": "i×ØÜÝÞ", "oòỏõóọ": "oßáâãä", "ôồổỗốộ": "«åæçèé", "ơờởỡớợ": "¬êëìíî", "uùủũúụ": "uïñòóô",
    "ưừửữứự": "\u00adõö÷øù", "yỳỷỹýỵ": "yúûüýþ", "đĂÂÊÔƠƯĐ": "®¡¢£¤¥¦§",
}  # fmt: skip
VNI = {"â": "aâ", "ă": "aê", "ê": "eâ", "ô": "oâ", "ơ": "ô", "ư": "ö", "đ": "ñ", "ị": "ò", "ỉ": "æ", "ĩ": "ó", "ỵ": "î"}
VNI_TONES = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
VNI_TONED = {"aâ": dict(zip(VNI_TONES, "àáåãä", strict=True)), "aê": dict(zip(VNI_TONES, "èéúüë", strict=True))}
VNI_TONED |= dict.fromkeys(("eâ", "oâ"), VNI_TONED["aâ"])


def to_tcvn3(text: str) -> str:
    pairs = (pair for chars, codes in TCVN3.items() for pair in zip(chars, codes, strict=True))
    places = {char: code for char, code in pairs if not char.isascii()}
    return "".join(places.get(char) or places.get(char.lower(), char) for char in text)


def to_vni(text: str) -> str:
    return "".join(_vni(char) for char in text)


def _vni(char: str) -> str:
    lower = char.lower()
    parts = unicodedata.normalize("NFD", lower)
    tone = next((mark for mark in parts if mark in VNI_TONES), "")
    base = unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else lower
    if lower in VNI or lower in "ìí":
        found = VNI.get(lower, lower)
    elif not tone:
        found = VNI.get(base, base)
    elif VNI.get(base) in VNI_TONED:
        found = base_letter(base) + VNI_TONED[VNI[base]][tone]
    else:
        found = VNI.get(base, base) + VNI_TONES[tone]
    return found.upper() if char.isupper() else found


def base_letter(char: str) -> str:
    return unicodedata.normalize("NFD", char)[0]


def misread(text: str) -> str:
    """UTF-8 that was taken for Windows' Western letters."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.fixture(scope="module")
def texts(databases: Databases, year: str) -> set[str]:
    """Whatever text the first data and the demo year hold, and the words of the province in order."""
    with databases(year) as url, connected(url) as engine, Session(engine) as session:
        found = set(_texts(session))
    found.update(row["text"] for row in in_icus_order(NAMES))
    return {unicodedata.normalize("NFC", text) for text in found}


def _texts(session: Session) -> Iterator[str]:
    for cls in record_classes().values():
        names = [name for name, spec in cls.fields().items() if spec.kind in TEXTS and name in inspect(cls).columns]
        for row in session.execute(select(*(getattr(cls, name) for name in names))) if names else ():
            yield from (text for text in row if text)


def test_no_text_of_the_book_is_taken_for_another_font(texts: set[str]) -> None:
    assert len(texts) > 5000
    assert [text for text in texts if repaired(text) is not None] == []


@pytest.mark.parametrize("convert", [to_tcvn3, to_vni, misread, lambda text: text.encode().decode("latin-1")])
def test_the_same_in_an_old_font_is_noticed_and_repaired(texts: set[str], convert: Callable[[str], str]) -> None:
    """Of five letters or more; only capitals, which TCVN3 has no letters for, may come back small."""
    words = {text: convert(text) for text in texts if sum(map(str.isalpha, text)) >= 5}
    words = {text: old for text, old in words.items() if old != text}
    found = {text: repaired(old) for text, old in words.items()}
    noticed = {text: back for text, back in found.items() if back is not None}
    assert len(noticed) >= 0.99 * len(words)
    assert [text for text, back in noticed.items() if back.lower() != text.lower()] == []


@pytest.mark.parametrize(
    ("old", "text"),
    [
        ("Uû ban nh©n d©n", "Uỷ ban nhân dân"),
        ("hép møt tÕt", "hộp mứt tết"),
        ("HéI NGHÞ §¹I BIÓU", "HỘI NGHỊ ĐẠI BIỂU"),
        ("n\u2212íc", "nước"),
        ("Xin chaøo caùc baïn", "Xin chào các bạn"),
        ("ÑAÏI HOÄI ÑAÏI BIEÅU", "ĐẠI HỘI ĐẠI BIỂU"),
        ("Ä\x90áº¡i há»™i HÃ\xa0 Ná»™i", "Đại hội Hà Nội"),
    ],
)
def test_what_people_pasted(old: str, text: str) -> None:
    assert repaired(old) == text
    assert repaired(clean(old)) == text
    assert repaired(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *[
            "El Niño và La Niña",
            "Chrôi Tim Chăs",
            "Đắk Lắk",
            "25 µm",
            "9 × 12 cm",
            "«Đoàn kết»",
            "Café",
            "Müller ở Bonn",
        ],
        *["Hồ Ðắc", "HĐND – UBND", "25°C ± 1", "A©", "São Paulo", "", "→ ★ 日本 កម្ពុជា", "tòan dân", "José", "5 m² ½"],
    ],
)
def test_what_is_only_foreign_is_left_in_peace(text: str) -> None:
    assert repaired(text) is None


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "quýt",
        "giếng",
        "Huỳnh",
        "khuỷu",
        "thuở",
        "hoà",
        "hòa",
        "thúy",
        "thuý",
        "gì",
        "NGUYỄN",
        "xoong",
        "quốc",
    ],
)
def test_words_that_are_vietnamese(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["hoøa", "taân", "máu̇", "hoì", "cếp", "nghó", "bÝ", "tồc", "maù", "Chrôi", "áá", ""])
def test_words_that_are_not(word: str) -> None:
    assert not is_syllable(word)
