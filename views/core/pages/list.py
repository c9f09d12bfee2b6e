"""The list: what its address asks for, and what stands around its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select

from exports.registry import PACKS
from models.records.base import Record
from models.records.fields import NUMBERS, Kind
from views.core.fields.filters import FieldFilter, filter_controls
from views.core.last_seen import Asked, last_asked, remember
from views.core.pages.bulk import BulkPage
from views.core.pages.page import ScreenPage
from views.core.query import is_id

TEXT_LENGTH = 200


@dataclass(frozen=True)
class ListRequest:
    """What the address of a list asks for; `unread` are filters that mean nothing, as (label, text)."""

    search: str | None
    filters: list[tuple[FieldFilter, str]]
    unread: list[tuple[str, str]]
    sort: str | None
    descending: bool
    page: int
    page_size: int | None

    def arguments(self) -> list[tuple[str, str]]:
        """The same as an address says it, but for what means nothing."""
        asked = {"search": self.search, "sort": self.sort, "desc": "1" if self.descending else None}
        numbers = {"page": self.page, "page_size": self.page_size}
        filters = [(f"flt{place}_{flt.key}", text) for place, (flt, text) in enumerate(self.filters)]
        return [*filters, *((name, str(value)) for name, value in (asked | numbers).items() if value)]


class ListPage(ScreenPage):
    """The records of the screen, narrowed, in order, a page at a time; Flask-Admin answers at "/"."""

    templates = ("admin/model/list.html",)

    def as_last_seen(self) -> ResponseReturnValue | None:
        """Where the list is as this reader left it, if that was asked for: by its bare address, on whatever day."""
        if set(request.args) - {"as_of"}:
            remember(self.asked().arguments(), self.screen.get_url(".index_view", as_of=None))
            return None
        asked = last_asked()
        return redirect(self.address(asked)) if asked else None

    def address(self, asked: Asked = ()) -> str:
        """The address of the list under these arguments; without any, of the whole list from its first page."""
        return with_arguments(self.screen.get_url(".index_view"), list(asked) or [("page", "0")])

    def asked(self) -> ListRequest:
        """What this request asks of the list; the board and the workbook ask alike."""
        args = request.args
        sort = args.get("sort", "")
        columns = self.screen.column_list
        if is_id(sort) and int(sort) < len(columns):
            sort = columns[int(sort)]
        filters, unread = self._filters()
        return ListRequest(
            search=args.get("search", "").replace("\x00", "")[:TEXT_LENGTH] or None,
            filters=filters,
            unread=unread,
            sort=sort if sort in self.screen.sortable and self.screen.may_ask_by(sort) else None,
            descending=args.get("desc") == "1",
            page=min(max(args.get("page", 0, type=int), 0), 10**7),
            page_size=args.get("page_size", type=int),
        )

    def _filters(self) -> tuple[list[tuple[FieldFilter, str]], list[tuple[str, str]]]:
        """The filters in the address, in their order there, and those that can't be read."""
        known = {flt.key: flt for flt in self.screen.offered_filters()}
        found: list[tuple[str, FieldFilter, str]] = []
        unread: list[tuple[str, str]] = []
        for argument, value in request.args.items():
            place, _line, key = argument.partition("_")
            if not place.startswith("flt") or not value.strip():
                continue
            flt = known.get(key)
            if flt is None or not flt.validate(value):
                unread.append((gettext(flt.spec.label) if flt else key, value))
            else:
                found.append((place, flt, value))
        return [(flt, value) for _place, flt, value in sorted(found, key=lambda item: item[0])], unread

    def narrowed(self, asked: ListRequest) -> Select[Any]:
        """The records that answer to the search and the filters."""
        return self.screen.query.narrowed(
            asked.search, ((flt.condition, flt.read(text)) for flt, text in asked.filters)
        )

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        """The head of the list, its filters, and what can be done with its rows."""
        asked, screen = self.asked(), self.screen
        for label, value in asked.unread:
            text = gettext("Không lọc được theo “%(label)s”: không hiểu “%(value)s”.", label=label, value=value)
            flash(text, "error")
        pages = given["num_pages"] or 1
        return {
            # A page beyond the last is the last.
            "page": min(asked.page, pages - 1),
            "list_columns": [(name, str(label)) for name, label in given["list_columns"]],
            "numeric_columns": {n for n in screen.column_list if screen.specs[n].kind in NUMBERS | {Kind.DATE}},
            "get_value": screen.shown,
            **self._narrowing(asked),
            "clear_url": given["clear_search_url"],
            **self._links(given["return_url"]),
            "as_of": g.get("as_of", ""),
        }

    def _narrowing(self, asked: ListRequest) -> dict[str, Any]:
        active = {flt.key: value for flt, value in asked.filters}
        return {
            "list_url": self.screen.get_url(".index_view"),
            "whole_url": self.address(),
            "hidden_args": [
                *((f"flt_{key}", value) for key, value in active.items()),
                *([("page_size", str(asked.page_size))] if asked.page_size else []),
                *([("sort", asked.sort)] if asked.sort else []),
                *([("desc", "1")] if asked.descending else []),
                *([("as_of", g.as_of)] if "as_of" in g else []),
            ],
            "filter_controls": list(filter_controls(self.screen.offered_filters(), active, self.screen.lookup_url)),
            "chips": [
                {"label": gettext(flt.spec.label), "value": flt.words(value), "remove_url": self._without(flt.key)}
                for flt, value in asked.filters
            ],
        }

    def _links(self, return_url: str) -> dict[str, Any]:
        """Where the list leads, None for what whoever reads it may not do."""
        screen, url = self.screen, self.screen.get_url
        return {
            **(self._export_urls() if screen.can_export else {"export_url": None, "pick_url": None}),
            "create_url": url(".create_view", url=return_url) if screen.can_create else None,
            "page_links": [*self._page_links(), *self._pack_links()],
            "row_url": _for_each_row(url(".details_view")),
            "edit_url": _for_each_row(url(".edit_view", url=return_url)) if screen.can_edit else lambda _row: None,
            "can_pick": screen.can_delete or screen.can_edit or screen.can_export,
            "here_url": return_url,
            "bulk_url": url(".bulk_view") if screen.can_edit and screen.page(BulkPage).names() else None,
            "move_url": url(".move_view") if screen.can_edit and screen.record.workflow else None,
            "delete_url": url(".delete_view") if screen.can_delete else None,
        }

    def _export_urls(self) -> dict[str, str]:
        return {
            "export_url": self._asked_of(".export", export_type="xlsx"),
            "layout_url": self._asked_of("saved-exports.layout_view", screen=self.screen.endpoint),
            "pick_url": self.screen.get_url(".export", export_type="xlsx"),
        }

    def _page_links(self) -> Iterator[tuple[str, str]]:
        """The screen's other pages that have a button here, for whom they are."""
        for page in self.screen.pages:
            if page.button and page.offered():
                yield page.url(), gettext(page.button)

    def _pack_links(self) -> Iterator[tuple[str, str]]:
        """The pages of the packs that are made from these records, for whom they are."""
        for name in self.screen.packs if self.screen.can_export else ():
            words = gettext("Tài liệu họp: %(pack)s", pack=gettext(PACKS[name].label))
            yield self.screen.get_url("packs.pack_view", pack_name=name), words

    def _asked_of(self, page: str, **kwargs: Any) -> str:
        """The address of another page, asked for the same list."""
        asked = [(name, value) for name, value in request.args.items(multi=True) if name != "as_of"]
        return with_arguments(self.screen.get_url(page, **kwargs), asked)

    def _without(self, key: str) -> str:
        """The address of this list without the filter `key`, from the first page."""
        return self.address(
            [
                (n, v)
                for n, v in request.args.items(multi=True)
                if n not in ("page", "as_of") and not (n.startswith("flt") and n.partition("_")[2] == key)
            ]
        )


def with_arguments(url: str, asked: Asked) -> str:
    """The address, with these arguments too."""
    text = urlencode(list(asked))
    return f"{url}{'&' if '?' in url else '?'}{text}" if text else url


def _for_each_row(url: str) -> Callable[[Record], str]:
    """The address of a page about a row, from that of the page."""
    begin = with_arguments(url, [("id", "")])
    return lambda row: f"{begin}{row.id}"
