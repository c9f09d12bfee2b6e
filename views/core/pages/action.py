"""Action: one thing that is done to a record by a press of a button on its page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models.records.base import snake
from views.core.commit import commit_as
from views.core.naming import kebab
from views.core.pages.page import Route, ScreenPage


class Action(ScreenPage):
    """A button on the page of a record; what it does is one action in the history, under the button's words.

    A subclass says its `label` and what it does (`do`); its address and endpoint follow from its name. It says what is
    wanted, "put out" or "let in", never "the other way round": a page may be old when its button is pressed.
    """

    needs = "edit"
    label: ClassVar[str]
    """What the button says, and the history of what was done."""
    tone: ClassVar[str] = ""
    """How the button looks: "danger" for what can't be taken back."""

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """A button says something."""
        if not getattr(self, "label", ""):
            yield "own_pages", f"{type(self).__name__} has no label"

    def do(self, record: Any) -> None:
        """Do it. Raises Refused if the rules forbid it."""
        raise NotImplementedError

    def is_open_to(self, record: Any) -> bool:
        """Whether there is such a thing to do to this record."""
        return True

    def routes(self) -> Iterator[Route]:
        """One address, which is posted to."""
        name = type(self).__name__
        yield Route(f"/{kebab(name)}/", snake(name), ("POST",), self.press)

    def press(self) -> ResponseReturnValue:
        """Do it to the record that the request names, and show that again."""
        record = self.chosen()
        if commit_as(self.label, lambda: self.do(record)):
            flash(gettext("Đã làm: %(what)s.", what=gettext(self.label)), "success")
        return redirect(self.screen.get_url(".details_view", id=record.id))

    def chosen(self) -> Any:
        """The record that the request names."""
        return self.screen.get_one(request.form.get("id", "")) or abort(404)
