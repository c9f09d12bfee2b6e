"""ScreenPage: one page of a screen, or a few that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from flask import abort
from flask.typing import ResponseReturnValue
from flask_admin.helpers import get_redirect_target

if TYPE_CHECKING:
    from views.core.screen import RecordView

View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Route:
    """An address below the screen's own, its endpoint, and who answers there."""

    url: str
    endpoint: str
    methods: tuple[str, ...]
    view: View


class ScreenPage:
    """A page holds its screen and nothing else: it is one object for all threads.

    Where it answers, it says by Flask-Admin's `@expose` on its methods; the method's name is the endpoint. The list,
    the form and the record's page are answered by Flask-Admin itself: their pages say what else is shown there.
    """

    button: ClassVar[str] = ""
    """What the button says that leads here from the list; without it there is none."""
    needs: ClassVar[str] = "view"
    """What whoever opens it must be allowed on the screen, one of `Access`'s actions."""
    templates: ClassVar[tuple[str, ...]] = ()
    """Templates that Flask-Admin renders by itself, and to which this page gives its `context`."""

    def __init__(self, screen: RecordView) -> None:
        self.screen = screen

    def routes(self) -> Iterator[Route]:
        """The addresses at which this page answers, in the order of their methods."""
        for name in dict.fromkeys(name for cls in reversed(type(self).__mro__) for name in vars(cls)):
            exposed: Iterable[tuple[str, tuple[str, ...]]] = getattr(getattr(type(self), name), "_urls", ())
            for url, methods in exposed:
                yield Route(url, name, tuple(methods), getattr(self, name))

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the part of the screen's declaration that concerns this page: (attribute, mistake)."""
        yield from ()

    def offered(self) -> bool:
        """Whether whoever asks may open this page."""
        return self.screen.may(self.needs)

    def guard(self) -> None:
        """End a request by someone who may not."""
        if not self.offered():
            abort(403)

    def url(self) -> str:
        """Where the button on the list leads: to the first of the page's addresses."""
        return self.screen.get_url(f".{next(self.routes()).endpoint}")

    def way_back(self) -> str:
        """Where whoever asks came from, if the request says it; else the list as they left it."""
        return get_redirect_target() or self.screen.get_url(".index_view")

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        """What is shown beside what Flask-Admin's own view has `given`."""
        return {}
