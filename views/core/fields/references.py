"""Other records on forms: looked up on the server while typing, and seen only by who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask_babel import gettext
from sqlalchemy import select
from wtforms.fields import Field as FormField

from models.records.base import Record
from models.records.errors import Refused
from models.records.fields import Field
from views.core.query import is_id
from views.core.session import db

R = TypeVar("R", bound=Record)


class ReferenceField(FormField):
    """One other record, looked up on the server while typing. Nothing is chosen until someone chooses."""

    def __init__(self, *args: Any, spec: Field, lookup_url: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self._lookup_url = lookup_url

    @property
    def lookup_url(self) -> str:
        """Where the choices are asked for."""
        return self._lookup_url(self.spec.name)

    data: Any

    def text(self) -> str:
        """What the chosen record is called, or what was typed instead."""
        return str(self.data) if self.data is not None else getattr(self, "typed", "")

    def value(self) -> str:
        """The chosen record's id, or nothing."""
        return str(self.data.id) if self.data is not None else ""

    def process(self, formdata: Any, data: Any = None, **kwargs: Any) -> None:
        self.typed = formdata.get(f"{self.name}__text", "").strip() if formdata else ""
        super().process(formdata, data, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist and not self.typed:
            return
        id_ = next((value for value in valuelist if value.strip()), "")
        self.data = visible(self.spec.target, id_) if id_ else None
        if self.data is None and not id_ and self.typed and self.spec.target.natural_key:
            self.data = _named(self.spec.target, self.typed)
        if self.data is None and (id_ or self.typed):
            raise ValueError(
                gettext("Không tìm thấy “%(value)s”. Hãy chọn trong danh sách gợi ý.", value=self.typed or id_)
            )


class ReferencesField(ReferenceField):
    """Several other records."""

    def chosen(self) -> list[tuple[int, str]]:
        """The chosen records as (id, name)."""
        return [(record.id, str(record)) for record in self.data or ()]

    def process_formdata(self, valuelist: list[Any]) -> None:
        # A post without any input of this name didn't show the field: it empties nothing.
        if not valuelist:
            return
        found = [visible(self.spec.target, value) for value in valuelist if value.strip()]
        if None in found:
            raise ValueError(gettext("Có mục đã chọn không còn nữa. Hãy chọn lại."))
        self.data = list(dict.fromkeys(found))


def visible(cls: type[R], id_: str | int) -> R | None:
    """The record of this id that the session's reader may see; None for ids that are none."""
    text = str(id_).strip()
    return db.session.scalars(select(cls).where(cls.id == int(text))).one_or_none() if is_id(text) else None


def _named(cls: type[Record], text: str) -> Record | None:
    try:
        return cls.find(db.session(), text)
    except (LookupError, ValueError, Refused):
        return None
