"""What the threads of an application share: the screens and pages, with everything that they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask

OURS = ("views", "backoffice", "flask_admin")
PLAIN = (str, bytes, int, float, bool, type(None))
LEFT_OUT = ("app", "blueprint")
"""Flask's own, which a running application changes."""


def held(app: Flask) -> dict[str, Any]:
    """Every attribute of every screen and page by its path, however deep; what isn't ours by its identity."""
    views = [*app.extensions["screens"].values(), *app.extensions["pages"], app.extensions["admin"][0].index_view]
    found: dict[str, Any] = {}
    seen: set[int] = set()
    for view in views:
        found |= _walked(type(view).__name__, view, seen)
        for cls in type(view).__mro__:
            if cls.__module__.partition(".")[0] in OURS:
                found |= {f"{cls.__qualname__}.{name}": _sign(value) for name, value in vars(cls).items()}
    return found


def _walked(path: str, thing: Any, seen: set[int]) -> dict[str, Any]:
    left: list[tuple[str, Any]] = [(path, thing)]
    found: dict[str, Any] = {}
    while left:
        path, thing = left.pop()
        found[path] = _sign(thing)
        if id(thing) in seen:
            continue
        parts = list(_parts(thing))
        if parts:
            seen.add(id(thing))
        left.extend((f"{path}{name}", part) for name, part in parts)
    return found


def _parts(thing: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(thing, Mapping):
        yield from ((f"[{key!r}]", value) for key, value in thing.items())
    elif isinstance(thing, (list, tuple, set, frozenset)):
        yield from ((f"[{place}]", value) for place, value in enumerate(thing))
    elif not isinstance(thing, type) and type(thing).__module__.partition(".")[0] in OURS:
        yield from ((f".{name}", value) for name, value in vars(thing).items() if name not in LEFT_OUT)


def _sign(thing: Any) -> Any:
    """What tells whether a thing is still the same: its value if it is a plain one, how many it holds, which it is."""
    if isinstance(thing, PLAIN):
        return thing
    return type(thing).__name__, id(thing), len(thing) if isinstance(thing, (Mapping, list, set)) else None
