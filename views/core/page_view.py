"""Pages that are no list of one record: what they have in common, and their place in the menu."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, g
from flask.typing import ResponseReturnValue
from flask_admin import BaseView
from flask_babel import gettext
from flask_login import current_user

from models.records.base import Record
from views.core.screen import RecordView
from views.core.sections import Section


class PageView(BaseView):
    """A page. A subclass says its `label`, its `section`, its `path`, and what it shows at `index_view`."""

    label: ClassVar[str]
    section: ClassVar[Section]
    path: ClassVar[str]

    def __init__(self) -> None:
        self.screens: dict[type[Record], RecordView] = {}
        super().__init__(name=self.label, endpoint=self.path, url=f"/{self.path}")

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        abort(401)

    def get_url(self, endpoint: str, **kwargs: Any) -> str:
        """The address of a page. Who looks at the past stays there."""
        if "as_of" in g:
            kwargs.setdefault("as_of", g.as_of)
        return super().get_url(endpoint, **kwargs)

    def render(self, template: str, **kwargs: Any) -> str:
        kwargs.setdefault("title", gettext(self.label))
        kwargs.setdefault("section_label", gettext(self.section.label))
        return super().render(template, **kwargs)
