"""The names of the code: no class of the project is called as another one."""

import ast
from collections import defaultdict

from tests.program import ROOT
from tests.test_docs import PACKAGES


def test_no_class_name_is_given_twice() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
