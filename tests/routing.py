"""Six hundred addresses an application, compiled to Python each time one is made: for tests, once a process."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


def compile_addresses_once() -> None:
    """Let applications share what builds an address; that depends on nothing but the address's own pattern."""
    compiled: dict[Any, Callable[..., tuple[str, str]]] = {}
    really = Rule._compile_builder  # noqa: SLF001  there is no public place to hold on to

    def once(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (tuple(self._trace), str(self.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = really(self, append_unknown)
        return compiled[key]

    Rule._compile_builder = once  # type: ignore[method-assign]  # noqa: SLF001  as above
