"""Text as a cell may hold it: what Excel can't keep is mended or cut where everyone sees it, never refused midway."""

from __future__ import annotations

CELL_LIMIT = 32_767
"""How much text a cell holds, in UTF-16 units."""
CUT = "…[cắt bớt]"
"""Stands where a text was cut."""


def fitted(text: str) -> str:
    """The text, or, if it is no text or too long for a cell, what of it a cell can hold."""
    if len(text) * 2 <= CELL_LIMIT and text.isprintable():
        return text
    try:
        units = text.encode("utf-16-le")
    except UnicodeEncodeError:  # half a letter could not be saved
        units = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-16-le")
    if len(units) > CELL_LIMIT * 2:
        # A letter of two units may be cut in half: ignored, it is gone.
        return units[: (CELL_LIMIT - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT
    return units.decode("utf-16-le")


def safe(text: str) -> str:
    """Text that XlsxWriter's own methods write as it is: they take "<r>…</r>" for markup unless told apart."""
    text = fitted(text)
    return f"{text[: CELL_LIMIT - 1]}\u200b" if text.startswith("<r>") and text.endswith("</r>") else text
