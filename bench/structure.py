"""The shape of the code: how long modules and functions are, what goes in circles, how much is untyped.

    python -m bench.structure [FOLDER …]      # this checkout, or others beside each other

Counts Python outside tests and migrations. A room is a package, or a module that stands alone at the top of one.
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("backoffice", "models", "views", "exports", "imports", "seed")
CORE = ("views/core/", "models/records/", "models/access/", "models/history/", "models/workflow/")
OLD_VIEWS = """record forms filters cells board bulk downloads moves traces workbooks tree merge rows files
writing layouts changes"""
OLD_MODELS = """base fields choices errors words tree vietnamese database scope rowlocks places audit undo past
stages steps waiting"""
OLD_CORE = {f"views/{name}.py" for name in OLD_VIEWS.split()} | {f"models/{name}.py" for name in OLD_MODELS.split()}
"""Where the same code stood before it had rooms."""

Graph = dict[str, set[str]]


def sources(root: Path) -> Iterator[tuple[str, str]]:
    """Every module's path below the checkout, and its text."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if "migrations/" not in name:
                yield name, path.read_text(encoding="utf-8")


def function_lengths(tree: ast.Module) -> Iterator[int]:
    """The lines of each function, its first to its last."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def module_of(name: str) -> str:
    """The dotted name of the module in this file."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(tree: ast.Module, known: set[str]) -> Iterator[str]:
    """The project's modules that a module imports anywhere, for its types, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in known else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def circles(graph: Graph) -> list[list[str]]:
    """The groups of nodes that lead back to each other."""
    beyond = {node: _reached(graph, node) for node in graph}
    groups = {tuple(sorted(o for o in there if node in beyond.get(o, ()))) for node, there in beyond.items()}
    return sorted(list(group) for group in groups if len(group) > 1)


def _reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    left = list(graph.get(start, ()))
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left.extend(graph.get(node, ()))
    return found


def room_of(module: str) -> str:
    """The room in which a module stands: its package; a noun is a room of its own."""
    head, _dot, rest = module.partition(".")
    if head in ("models", "views", "exports") and rest:
        return ".".join(module.split(".")[:2])
    return head


def graphs(trees: dict[str, ast.Module]) -> tuple[Graph, Graph]:
    """Who imports whom, by module and by room."""
    known = {module_of(name) for name in trees}
    modules: Graph = {}
    rooms: Graph = {}
    for name, tree in trees.items():
        here = module_of(name)
        there = {module for module in imported(tree, known) if module in known and module != here}
        modules[here] = there
        rooms.setdefault(room_of(here), set()).update({room_of(m) for m in there} - {room_of(here)})
    return modules, rooms


def listed(name: str, text: str) -> int:
    """The lines that a package's `__init__` spends on naming what stands elsewhere."""
    if not name.endswith("__init__.py"):
        return 0
    return sum(node.end_lineno - node.lineno + 1 for node in ast.parse(text).body if _names(node) and node.end_lineno)


def _names(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__"
    targets = node.targets if isinstance(node, ast.Assign) else ()
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def in_core(name: str) -> bool:
    """Whether a module belongs to the core: what nouns are declared with."""
    return name.startswith(CORE) or name in OLD_CORE


def spread(numbers: list[int]) -> str:
    """Median, ninth decile and the most."""
    deciles = statistics.quantiles(numbers, n=10)
    return f"{statistics.median(numbers):.0f} / {deciles[8]:.0f} / {max(numbers)}"


def measured(root: Path) -> dict[str, object]:
    """What this script has to say of a checkout."""
    texts = dict(sources(root))
    trees = {name: ast.parse(text) for name, text in texts.items()}
    lines = {name: text.count("\n") for name, text in texts.items()}
    modules, rooms = graphs(trees)
    core = [text for name, text in texts.items() if in_core(name)]
    return {
        "modules": len(texts),
        "lines of a module: median / p90 / most": spread(list(lines.values())),
        "modules over 400 lines": ", ".join(n for n, count in lines.items() if count > 400) or "none",
        "lines of a function: median / p90 / most": spread(
            [n for tree in trees.values() for n in function_lengths(tree)]
        ),
        "circles of modules": "; ".join(" ↔ ".join(group) for group in circles(modules)) or "none",
        "circles of rooms": "; ".join(" ↔ ".join(group) for group in circles(rooms)) or "none",
        "core: lines": sum(text.count("\n") for text in core),
        "core: `Any`": sum(len(re.findall(r"\bAny\b", text)) for text in core),
        "core: `# type: ignore`": sum(text.count("# type: ignore") for text in core),
        "core: `__getattr__`": sum(text.count("def __getattr__") for text in core),
        "lines of lists in `__init__`": sum(listed(name, text) for name, text in texts.items()),
    }


def main() -> None:
    """Print what was measured, one checkout beside the other."""
    roots = [Path(argument) for argument in sys.argv[1:]] or [Path.cwd()]
    found = [measured(root) for root in roots]
    for what in found[0]:
        print(f"{what}:")  # noqa: T201
        for root, values in zip(roots, found, strict=True):
            print(f"  {root.resolve().name}: {values[what]}")  # noqa: T201


if __name__ == "__main__":
    main()
