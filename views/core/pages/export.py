"""Workbooks: the list of a screen as an Excel file, whole or one file a district."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from flask import abort, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Select, case, or_, select

from exports.listing import Listing, write_listing
from exports.workbook import ROOM, ListColumn
from models.access.branch import stands_in
from models.history.audit import AuditKind
from models.records.clock import now
from models.records.fields import Kind
from models.records.words import _
from models.units import Level, Unit
from views.core.background import asked_aside
from views.core.downloads import download, download_parts
from views.core.fields.formatting import day_text, many, number_text
from views.core.layouts import Layout, layout_of
from views.core.pages.list import ListPage, ListRequest
from views.core.pages.page import ScreenPage
from views.core.recording import note_apart
from views.core.rows import plain_rows
from views.core.session import db

TOO_MANY = _("Có %(count)s dòng, nhiều hơn một trang tính chứa được (%(room)s).")
NARROW = _("Hãy lọc bớt.")
SPLIT = _("Tải về mỗi huyện một tệp")
NOT_OF_THE_LIST = {"split", "id", "url", "as_of"}
ELSEWHERE = _("Ngoài các huyện")


@dataclass(frozen=True)
class Part:
    """The rows of a list that lie in one place, and how many they are."""

    place: str
    query: Select[Any]
    count: int


class ExportPage(ScreenPage):
    """The list as a workbook."""

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> ResponseReturnValue:
        """The list as it is filtered and ordered, as a workbook; with split=district as one for each district."""
        if export_type != "xlsx" or not self.screen.can_export:
            abort(404 if export_type != "xlsx" else 403)
        asked = self.screen.page(ListPage).asked()
        if asked.unread:
            return self._back_to_list()
        layout = layout_of(self.screen, request.args)
        query = self._laid_out(layout, asked)
        parts = list(self._by_district(query)) if request.args.get("split") == "district" else []
        split = bool(parts)
        parts = parts or [Part("", query, self.screen.query.count(db.session(), query))]
        if any(part.count > ROOM for part in parts):
            flash(self._too_many(sum(part.count for part in parts), offer=not split), "error")
            return self._back_to_list()
        rows, title = sum(part.count for part in parts), layout.title or many(self.screen.record.label)
        if (elsewhere := asked_aside(title, rows, len(layout.columns))) is not None:
            return elsewhere
        said = _said(asked, layout)
        if split:
            listings = [(p.place, self._as_listing(p.query, f"{p.place}; {said}", layout)) for p in parts]
            answer = download_parts(listings, title)
        else:
            answer = download(self._as_listing(query, said, layout), title)
        # Only now is there a file that was taken.
        note_apart(AuditKind.EXPORTED, noun=self.screen.record.__name__, title=title, rows=rows, filter=_about(said))
        return answer

    def said(self) -> str:
        """What narrows the list that the address asks for, in words."""
        return _said(self.screen.page(ListPage).asked(), layout_of(self.screen, request.args))

    def write_all(self, target: IO[bytes]) -> int:
        """Write the whole list, in its usual order, for someone at the machine itself. Returns the number of rows.

        Raises ValueError if there are more than a sheet holds.
        """
        query = self.screen.query.ordered(self.screen.query.all())
        if (count := self.screen.query.count(db.session(), query)) > ROOM:
            raise ValueError(gettext(TOO_MANY, count=number_text(count), room=number_text(ROOM)))
        return write_listing(target, self._as_listing(query, gettext("Tất cả"), Layout(self.screen.column_list)))

    def _laid_out(self, layout: Layout, asked: ListRequest) -> Select[Any]:
        """The list as it is filtered, the chosen rows of it if any are chosen, in the layout's order."""
        screen, records = self.screen, self.screen.query
        query = screen.page(ListPage).narrowed(asked)
        if layout.picked:
            query = query.where(screen.record.id.in_(layout.picked))
        if layout.group is not None:
            # Of two units that are sorted alike, one after the other.
            column = screen.specs[layout.group].column or layout.group
            query = records.by(query, layout.group).order_by(getattr(screen.record, column))
        if layout.order is not None:
            return records.ordered(query, layout.order, descending=layout.descending)
        return records.ordered(query, asked.sort, descending=asked.descending)

    def _back_to_list(self) -> ResponseReturnValue:
        asked = [(name, value) for name, value in request.args.items() if name not in NOT_OF_THE_LIST]
        return redirect(self.screen.page(ListPage).address(asked))

    def _too_many(self, count: int, *, offer: bool) -> str:
        told = gettext(TOO_MANY, count=number_text(count), room=number_text(ROOM))
        if not offer or not self._has_districts:
            return f"{told} {gettext(NARROW)}"
        url = self.screen.get_url(".export", export_type="xlsx", **request.args.to_dict(), split="district")
        return Markup('{} {} <a href="{}">{}</a>').format(told, gettext(NARROW), url, gettext(SPLIT))

    @property
    def _has_districts(self) -> bool:
        return stands_in(self.screen.record, Unit(path="/", id=0)) is not None

    def _by_district(self, query: Select[Any]) -> Iterator[Part]:
        """The list parted by the district where its records lie, those of none last; parts without rows left out."""
        districts = db.session.scalars(
            select(Unit).where(Unit.level == Level.DISTRICT).order_by(Unit.title_key, Unit.id)
        )
        places = [
            (str(unit), condition)
            for unit in districts
            if (condition := stands_in(self.screen.record, unit)) is not None
        ]
        if not places:
            return
        elsewhere = case((or_(*(condition for _place, condition in places)), 0), else_=1) == 1
        for place, condition in [*places, (gettext(ELSEWHERE), elsewhere)]:
            part = query.where(condition)
            if count := self.screen.query.count(db.session(), part):
                yield Part(place, part, count)

    def _as_listing(self, query: Select[Any], said: str, layout: Layout) -> Listing:
        return Listing(
            title=layout.title or many(self.screen.record.label),
            about=_about(said),
            columns=[
                ListColumn(gettext(spec.label), spec.kind, spec.places, self._is_summed(name), spec.length or 0)
                for name, spec in ((name, self.screen.specs[name]) for name in layout.columns)
            ],
            rows=plain_rows(self.screen, query, layout.columns),
            group=layout.columns.index(layout.group) if layout.group is not None else None,
            portrait=layout.portrait,
        )

    def _is_summed(self, name: str) -> bool:
        spec = self.screen.specs[name]
        return (spec.kind is Kind.MONEY or name in self.screen.column_totals) and not self.screen.masks(spec)


def _said(asked: ListRequest, layout: Layout) -> str:
    """What narrows the list, in words."""
    said = [f"{gettext(flt.spec.label)}: {flt.words(value)}" for flt, value in asked.filters]
    if asked.search:
        said.append(gettext("tìm “%(text)s”", text=asked.search))
    if layout.picked:
        said.append(gettext("%(count)s dòng đã chọn", count=len(layout.picked)))
    if "as_of" in g:
        said.append(gettext("như cuối ngày %(day)s", day=g.as_of))
    return "; ".join(said) or gettext("Tất cả")


def _about(said: str) -> str:
    """What is in a workbook, who took it, and when."""
    who = current_user.name if current_user and current_user.is_authenticated else "backoffice"
    return f"{said} · {who} · {day_text(now())}"
