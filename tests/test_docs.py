"""What code and tests say of a page in docs/ is there."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("backoffice", "models", "views", "exports", "imports", "seed", "bench", "tests")
NAMED = re.compile(r"(docs/)?domain\.md`?((?:(?:,| and)? \d+(?:\.\d+)?)*)")


def _references() -> Iterator[tuple[str, str | None, list[str]]]:
    for path in (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        if path != Path(__file__):
            for found in NAMED.finditer(path.read_text("utf-8")):
                yield str(path.relative_to(ROOT)), found[1], re.findall(r"\d+(?:\.\d+)?", found[2])


def test_the_sections_that_code_refers_to_are_there() -> None:
    page = (ROOT / "docs" / "domain.md").read_text("utf-8")
    sections = set(re.findall(r"^##+ (\d+(?:\.\d+)?)\. ", page, re.MULTILINE))
    references = list(_references())
    assert references
    for path, folder, numbers in references:
        assert folder, f"{path}: write docs/domain.md"
        assert numbers, f"{path}: say which section"
        assert set(numbers) <= sections, path
