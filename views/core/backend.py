"""The model backend: what Flask-Admin asks of whoever keeps records for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from flask import g
from flask_admin.model.base import BaseModelView
from flask_admin.model.filters import BaseFilter
from flask_babel import lazy_gettext

from models.records.base import Record
from models.records.fields import Field
from views.core.fields.filters import FieldFilter
from views.core.fields.forms import form_class
from views.core.query import RecordQuery
from views.core.session import db


class RecordBackend(BaseModelView):
    """Records by `RecordQuery`, forms and filters by their fields; `RecordView` says which."""

    record: ClassVar[type[Record]]
    column_list: tuple[str, ...] = ()
    specs: dict[str, Field]
    query: RecordQuery
    filters: list[FieldFilter]
    sortable: set[str]
    """The columns that a list can be sorted by."""
    form_names: tuple[str, ...]
    child_columns: dict[str, tuple[str, ...]]
    """For each table of children, its columns."""

    can_view_details = True
    can_set_page_size = True
    page_size = 50
    page_size_options = (20, 50, 100, 200)
    named_filter_urls = True
    column_display_actions = False

    def lookup_url(self, name: str) -> str:
        """Where the choices of a reference field are asked for."""
        return self.get_url(".ajax_lookup", name=name)

    def get_pk_value(self, model: Any) -> Any:
        """The record's id."""
        return model.id

    def scaffold_list_columns(self) -> list[str]:
        """The columns of the list."""
        return list(self.column_list)

    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        """The columns that a list can be sorted by."""
        return {name: name for name in self.sortable}

    def get_column_name(self, field: str) -> Any:
        """The heading of a column."""
        return lazy_gettext(self.specs[field].label)

    def init_search(self) -> bool:
        """Whether there is anything to search in."""
        return bool(self.column_list)

    def get_filters(self) -> list[BaseFilter]:
        """The filters of the list."""
        return list(self.filters)

    def get_filter_arg(self, index: int, flt: BaseFilter) -> str:
        """The filter's name in an address."""
        return self.filters[index].key

    def scaffold_form(self) -> type[Any]:
        """The class of the record's forms."""
        return form_class(self.record, self.form_names, self.lookup_url, self.child_columns)

    def validate_form(self, form: Any) -> bool:
        """Whether a form was sent that can be saved; one whose token ran out is shown again, nothing is written."""
        return not g.get("token_ran_out") and super().validate_form(form)

    def delete_form(self) -> Any:
        """None: the delete page has a form of its own."""
        return None

    def get_list(
        self,
        page: int | None,
        sort_field: Any,
        sort_desc: bool,
        search: str | None,
        filters: Any,
        page_size: int | None = None,
    ) -> tuple[int, list[Any]]:
        """How many records the list has, and those of one page of it; `filters` are (place, name, text)."""
        chosen = [(self.filters[place], text) for place, _name, text in filters or ()]
        found = self.query.page(
            db.session(),
            self.query.narrowed(search, ((flt.condition, flt.read(text)) for flt, text in chosen)),
            self.column_list,
            number=page or 0,
            size=page_size or self.page_size,
            sort=sort_field,
            descending=sort_desc,
        )
        return found.count, found.rows

    def get_one(self, id: Any) -> Any:
        """The record of this id, if the reader may see it."""
        return self.query.one(db.session(), id, self.form_names)

    def _get_column_by_idx(self, idx: Any) -> Any:
        return (idx, "") if idx else None

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Flask-Admin's own tries again with other arguments on any TypeError, and so hides the real one.
        return fn(self, *args, **kwargs)
