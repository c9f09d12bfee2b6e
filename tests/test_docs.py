"""The pages for people are true: what they name is there, and what code says of them is there, too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.program import ROOT

PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"]
PACKAGES = ("backoffice", "models", "views", "exports", "imports", "seed")
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
TREE = ARCHITECTURE.split("## The tree")[1].split("```")[1]
FOLDERS = (*PACKAGES, "bench", "tests")
NAMED = re.compile(r"(docs/)?domain\.md`?((?:(?:,| and)? \d+(?:\.\d+)?)*)")
RECIPES = {"models/speakers.py", "views/speakers.py"}
"""Files that a page tells how to write."""


def packages() -> list[str]:
    """Every package of the project that holds code of its own, as a path."""
    found = (path.parent.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("__init__.py"))
    return sorted(path.as_posix() for path in found if "versions" not in path.parts)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(rf"`((?:{'|'.join((*PACKAGES, 'tests', 'bench', 'docs'))})/[\w./-]*)`", text))
    assert named
    assert [name for name in sorted(named - RECIPES) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


@pytest.mark.parametrize("package", packages())
def test_every_package_stands_in_the_tree(package: str) -> None:
    assert re.search(rf"^\s*{Path(package).name}/", TREE, re.MULTILINE)


def test_every_room_of_the_tree_is_there() -> None:
    above: list[str] = []
    for line in TREE.strip("\n").splitlines():
        if (named := re.match(r"( *)(\w+)/ ?", line)) is not None:
            above = [*above[: len(named[1]) // 2], named[2]]
            assert (ROOT / "/".join(above)).is_dir(), "/".join(above)


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
