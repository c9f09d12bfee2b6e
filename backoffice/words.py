"""The words of the screens: gather them from code and templates, merge them into the English catalogue, compile all.

`python -m backoffice.words` writes the catalogues; `missing()` says what English still lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from models.history.audit import AuditEntry, record_classes
from models.records.base import Record
from views.core.sections import Section

ROOT = Path(__file__).parent.parent
TRANSLATIONS = Path(__file__).parent / "translations"
PACKAGES = ("backoffice", "models", "views", "exports", "imports", "seed")
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None}


class Words(Catalog):
    """A catalogue whose head holds what programs need and no dates, so that the same words make the same file."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The lines of the head."""
        return [
            ("Project-Id-Version", "so-mat-tran"),
            ("Language", str(self.locale)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def gathered() -> Catalog:
    """Every marked text of the code and the templates."""
    catalog = Catalog(charset="utf-8")
    for package in PACKAGES:
        found = extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
        for file, line, message, _comments, context in found:
            if message:
                catalog.add(message, locations=[(f"{package}/{file}", line)], context=context)
    # English has two words where Vietnamese has one: a form names one record, the menu many.
    records: set[type[Record]] = {*record_classes().values(), AuditEntry}
    for label in {record.label for record in records} | {section.label for section in Section}:
        catalog.add((label, label))
    return catalog


def catalogue(language: str, domain: str = "messages") -> Catalog:
    """The kept catalogue of a language."""
    kept = Words(locale=language, charset="utf-8", fuzzy=False)
    path = TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"
    if path.exists():
        with path.open("rb") as file:
            found = read_po(file, locale=language)
        for message in found:
            if message.id:
                kept[message.id] = message
    return kept


def missing() -> Iterator[str]:
    """The texts that have no English."""
    english = catalogue("en")
    for message in gathered():
        kept = english.get(message.id)
        if message.id and (kept is None or kept.fuzzy or not all(forms(kept.string))):
            yield forms(message.id)[0]


def forms(text: str | Sequence[str] | None) -> list[str]:
    """The text, or the text for one and the text for many."""
    return [text] if isinstance(text, str) else list(text or [""])


def write() -> None:
    """Merge what was gathered into the English catalogue, and compile every catalogue."""
    english = catalogue("en")
    english.update(gathered(), no_fuzzy_matching=True)
    english.obsolete.clear()
    english.header_comment = "# English, the second language of the screens."
    path = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
    with path.open("wb") as file:
        write_po(file, english, width=120, no_location=True, sort_output=True)
    for po in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        with po.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue(po.parent.parent.name, po.stem))


if __name__ == "__main__":
    write()
