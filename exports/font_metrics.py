"""Times New Roman: how wide its letters are, and so how many lines a text takes in a column of a sheet."""

from __future__ import annotations

import unicodedata

LEADING = 1.2
"""Height of a line of text, in sizes of its letters."""
POINTS_TO_PIXELS = 96 / 72
WIDTHS = {
    250: " .,",
    278: "ijlt/:;",
    333: "fr-()[]I!|",
    389: "sJ",
    444: "acez",
    500: "0123456789bdghknopquvxyđ_–*#$",
    556: "FPS",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYwĐ",
    778: "m&",
    833: "%",
    889: "M",
    944: "W",
}
"""Widths of the upright letters in thousandths of their size; a letter with marks is as wide as without."""
ADVANCE = {char: width for width, chars in WIDTHS.items() for char in chars}
BOLD = 1.06
"""About how much wider bold letters are."""


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text in pixels, its letters `size` points high."""
    letters = (char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    units = sum(ADVANCE.get(char, 560) for char in letters)
    return units / 1000 * size * POINTS_TO_PIXELS * (BOLD if bold else 1)


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The lines that a text takes in `room` pixels; a word wider than that is broken as Excel breaks it."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if not line or width_of(longer, size, bold=bold) <= room:
                line = longer
            else:
                lines.append(line)
                line = word
            while width_of(line, size, bold=bold) > room and len(line) > 1:
                head = _what_fits(line, room, size, bold=bold)
                lines.append(head)
                line = line[len(head) :]
        lines.append(line)
    return lines


def _what_fits(line: str, room: float, size: float, *, bold: bool) -> str:
    end = 1
    while end < len(line) and width_of(line[: end + 1], size, bold=bold) <= room:
        end += 1
    return line[:end]
