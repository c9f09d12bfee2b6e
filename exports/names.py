"""Names of files and of sheets' tabs, from the titles that people give them."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from models.records.text import clean

TAB_LENGTH = 31
FILE_LENGTH = 200
"""Bytes of a file's name: systems take 255, and its ending and a day come after it."""
_FORBIDDEN_IN_TABS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FORBIDDEN_IN_FILES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever the ending."""


def file_name(title: str, ending: str, day: date | None = None) -> str:
    """The name of a file of this title that Windows takes, too: "Ngày hội – đợt 1 2026-11-18.xlsx"."""
    stem = _FORBIDDEN_IN_FILES.sub("-", clean(title)).encode()[:FILE_LENGTH].decode(errors="ignore").strip(" .")
    if not stem or _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem} {day}.{ending}" if day else f"{stem}.{ending}"


def tab_name(text: str, taken: Collection[str] = ()) -> str:
    """The text as the name of a sheet's tab: what Excel takes, at most 31 characters, and none of those `taken`."""
    name = _tab(_FORBIDDEN_IN_TABS.sub("-", clean(text)), TAB_LENGTH)
    there = {each.casefold() for each in (*taken, "History")}
    shown, number = name, 1
    while shown.casefold() in there:
        number += 1
        end = f" ({number})"
        shown = _tab(name, TAB_LENGTH - len(end)) + end
    return shown


def _tab(text: str, length: int) -> str:
    """Excel counts in UTF-16, and lets a tab neither begin nor end in an apostrophe."""
    while len(text.encode("utf-16-le")) > 2 * length:
        text = text[:-1]
    return text.strip("' ") or "Trang"
