"""The words of the screens: gather them from code and templates, merge them into the English catalogue, compile all.

`python -m backoffice.words` writes the catalogues; `missing()` says what English still lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
TRANSLATIONS = Path(__file__).parent / "translations"
PACKAGES = ("backoffice", "models", "views", "exports", "imports", "seed")
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None}


def gathered() -> Catalog:
    """Every marked text of the code and the templates."""
    catalog = Catalog(charset="utf-8")
    for package in PACKAGES:
        found = extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
        for file, line, message, _comments, context in found:
            if message:
                catalog.add(message, locations=[(f"{package}/{file}", line)], context=context)
    return catalog


def catalogue(language: str, domain: str = "messages") -> Catalog:
    """The kept catalogue of a language."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing() -> Iterator[str]:
    """The texts that have no English."""
    english = catalogue("en")
    for message in gathered():
        if message.id and not (english.get(message.id) or message).string:
            yield str(message.id)


def write() -> None:
    """Merge what was gathered into the English catalogue, and compile every catalogue."""
    english = catalogue("en")
    english.update(gathered(), no_fuzzy_matching=True)
    english.obsolete.clear()
    path = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("wb") as file:
        write_po(file, english, width=120, no_location=True, sort_output=True, omit_header=False)
    for po in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source, locale=po.parent.parent.name))


if __name__ == "__main__":
    write()
