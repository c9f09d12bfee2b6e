"""Passwords: what makes one too easy to guess, said so that a clerk can mend it, and how they are kept."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts.sessions import end_sessions
from models.accounts.users import User
from models.records.errors import Problem, Refused
from models.records.text import fold
from models.records.words import _
from models.units import Level, Unit

MINIMUM, MAXIMUM = 12, 256
OWN_PART = 8
"""How many letters and digits a password must have beside its owner's name."""
ONE_TIME = "abcdefghjkmnpqrstuvwxyz23456789"
"""What one-time passwords are made of: nothing that is mistaken for something else on paper."""

TOO_SHORT = _("Mới có %(count)s ký tự; cần từ %(minimum)s ký tự trở lên. Một câu dễ nhớ là tốt.")
TOO_LONG = _("Dài quá %(maximum)s ký tự.")
REPEATED = _("Chỉ lặp đi lặp lại vài ký tự, rất dễ đoán. Hãy dùng một câu gồm nhiều từ khác nhau.")
ONLY_DIGITS = _("Toàn chữ số thì dễ đoán như số điện thoại, ngày sinh. Hãy thêm vài từ.")
IN_A_ROW = _("Chỉ là các phím hoặc chữ, số liền nhau, rất dễ đoán. Hãy dùng một câu gồm nhiều từ.")
OWN_NAME = _("Có tên của bạn và hầu như không có gì khác. Hãy dùng một câu không nhắc tới tên mình.")
PLACE = _("Chỉ là tên địa phương, thêm số hay dấu cũng vẫn dễ đoán. Hãy thêm vài từ khác.")
COMMON = _("Mật khẩu này nhiều người dùng nên bị đoán đầu tiên. Hãy dùng một câu của riêng bạn.")

ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1a2b3c4d5e6f7g8h9i",
    "a1b2c3d4e5f6g7h8i9",
)
STEPS = 4
"""How many keys in a row make a run."""
DISGUISES = str.maketrans("@403$5!17", "aaoessiit")
"""Letters behind the figures that people write for them."""

hasher = PasswordHasher()
_places, _queue = BoundedSemaphore(2), BoundedSemaphore(5)


class BusyError(RuntimeError):
    """Too many passwords are being checked at once: who asks should try again in a moment."""


# -- rules


def problems(session: Session, user: User, text: str) -> Iterator[Problem]:
    """What is wrong with this password for this user, the plainest first."""
    text = unicodedata.normalize("NFC", text)
    if len(text) < MINIMUM:
        yield Problem(TOO_SHORT, "password", {"count": len(text), "minimum": MINIMUM})
    elif len(text) > MAXIMUM:
        yield Problem(TOO_LONG, "password", {"maximum": MAXIMUM})
    else:
        weakness = _weakness(session, user, text)
        if weakness:
            yield Problem(weakness, "password")


def _weakness(session: Session, user: User, text: str) -> str | None:
    plain = re.sub(r"\s", "", fold(text))
    if _is_repetition(plain):
        return REPEATED
    if re.fullmatch(r"[\d/.,:+()_-]+", plain):
        return IN_A_ROW if _is_in_a_row(plain) else ONLY_DIGITS
    if _is_in_a_row(plain):
        return IN_A_ROW
    if _is_own_name(user, plain):
        return OWN_NAME
    spellings = {_letters(plain), _letters(_core(plain).translate(DISGUISES))}
    places = _places_known(session)
    if any(_is_made_of(places, spelling) for spelling in spellings):
        return PLACE
    words = common() | places | set(_names_of(user))
    return COMMON if any(_is_made_of(words, spelling) for spelling in spellings) else None


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalpha())


def _core(text: str) -> str:
    """The text without the figures and signs around it."""
    return text.strip("".join({c for c in text if not c.isalpha()} - {"@", "$"})) or text


def _is_repetition(text: str) -> bool:
    """Whether it is one short piece over and over, or hardly more than one character after the other held down."""
    squeezed = re.sub(r"(.)\1+", r"\1", text)
    return len(set(text)) < 3 or len(squeezed) < 6 or bool(re.fullmatch(r"(.{1,4}?)\1{2,}.{0,3}", text, re.DOTALL))


def _is_in_a_row(text: str) -> bool:
    """Whether next to nothing is left once the runs along the keyboard and the alphabet are taken away."""
    text = "".join(c for c in text if c.isalnum())
    left, at = 0, 0
    while at < len(text):
        length = _run(text[at:])
        left, at = (left, at + length) if length >= STEPS else (left + 1, at + 1)
    return left < STEPS


def _run(text: str) -> int:
    """How many characters at the head of the text follow each other in some row, either way."""
    longest = 0
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        length = 1
        while length < len(text) and text[: length + 1] in row:
            length += 1
        longest = max(longest, length)
    return longest


def _names_of(user: User) -> Iterator[str]:
    words = fold(user.name or "").split()
    for name in ("".join(words), "".join(reversed(words)), _letters(fold(user.username or ""))):
        if len(name) >= STEPS:
            yield name


def _is_own_name(user: User, text: str) -> bool:
    whole = "".join(c for c in text if c.isalnum())
    names = [*_names_of(user), "".join(c for c in (user.username or "") if c.isalnum())]
    return any(name in whole and len(whole.replace(name, "")) < OWN_PART for name in names if len(name) >= STEPS)


def _is_made_of(words: Iterable[str], text: str) -> bool:
    """Whether the text is nothing but some of these words, one after the other."""
    known = {word for word in words if word in text}
    reached = {0}
    for end in range(1, len(text) + 1):
        if any(end - len(word) in reached and text.startswith(word, end - len(word)) for word in known):
            reached.add(end)
    return bool(text) and len(text) in reached


@cache
def common() -> frozenset[str]:
    """The words that guessing begins with, without accents."""
    return frozenset(Path(__file__).with_name("common-passwords.txt").read_text(encoding="ascii").split())


def _places_known(session: Session) -> set[str]:
    """The names of the province, its districts and communes, with and without what kind of unit they are."""
    levels = (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)
    query = select(Unit.name, Unit.type).where(Unit.level.in_(levels)).execution_options(unscoped=True)
    found: set[str] = set()
    for name, type_ in session.execute(query):
        whole, kind = _letters(fold(name)), _letters(fold(type_.label))
        found |= {whole, kind, whole.removeprefix(kind)}
    return {name for name in found if len(name) > 1}


# -- keeping


def set_password(session: Session, user: User, text: str, *, must_change: bool) -> None:
    """Give the user this password and end their sessions. Raises Refused if it is too easy to guess."""
    found = list(problems(session, user, text))
    if found:
        raise Refused(found, user)
    user.password_hash = hash_of(text)
    user.must_change_password = must_change
    if user.id is not None:
        end_sessions(session, user.id)


def hash_of(text: str) -> str:
    """The argon2id hash by which a password is kept."""
    return hasher.hash(_unified(text))


def _unified(text: str) -> str:
    # Keyboards spell accented letters in one character or in two.
    return unicodedata.normalize("NFC", text)[: MAXIMUM + 1]


def one_time_password() -> str:
    """A password to be read out once and then changed: four groups of four."""
    return "-".join("".join(secrets.choice(ONE_TIME) for _i in range(4)) for _j in range(4))


def matches(kept: str | None, text: str) -> bool:
    """Whether this is the password behind the kept hash; takes as long when there is none.

    Raises BusyError when too many ask at once: hashing is made to cost, and strangers must not spend it all.
    """
    with _turn():
        try:
            return hasher.verify(kept or hash_of_nobody(), _unified(text)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made at another cost than today's."""
    return hasher.check_needs_rehash(kept)


@contextmanager
def _turn() -> Iterator[None]:
    if not _queue.acquire(blocking=False):
        raise BusyError
    try:
        with _places:
            yield
    finally:
        _queue.release()


@cache
def hash_of_nobody() -> str:
    """What is checked for an unknown name, so that it takes as long as a known one."""
    return hasher.hash(secrets.token_hex(16))
