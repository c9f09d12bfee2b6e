"""Workbooks: the list of a screen as an Excel file, whole or one file a district."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import quote
from zipfile import ZipFile

from flask import abort, flash, g, redirect, request, send_file
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Select, case, func, or_, select

from exports.listing import Listing, write_listing
from exports.workbook import ROOM, Column
from models.access.branch import stands_in
from models.history.audit import AuditKind
from models.records.clock import now
from models.records.fields import Kind
from models.records.text import fold
from models.records.words import _
from models.units import Level, Unit
from views.core.background import asked_aside
from views.core.fields.formatting import day_text, many, number_text
from views.core.layouts import Layout, layout_of
from views.core.pages.history import note_apart
from views.core.rows import plain_rows
from views.core.session import db

if TYPE_CHECKING:
    from views.core.screen import RecordView

KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "zip": "application/zip"}
TOO_MANY = _("Có %(count)s dòng, nhiều hơn một trang tính chứa được (%(room)s).")
NARROW = _("Hãy lọc bớt.")
SPLIT = _("Tải về mỗi huyện một tệp")
ELSEWHERE = _("Ngoài các huyện")


@dataclass(frozen=True)
class Part:
    """The rows of a list that lie in one place, and how many they are."""

    place: str
    query: Select[Any]
    count: int


class Workbooks:
    """What a screen adds for taking its list away as a workbook."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What the screen has that this is a part of."""

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """The list as it is filtered and ordered, as a workbook; with split=district as one for each district."""
        if export_type != "xlsx" or not self.can_export:
            abort(404 if export_type != "xlsx" else 403)
        args = self._get_list_extra_args()
        if g.unread_filters:
            return self._back_to_list()
        layout = layout_of(cast("RecordView", self), request.args)
        query = self._laid_out(layout, args)
        parts = list(self._by_district(query)) if request.args.get("split") == "district" else []
        split = bool(parts)
        parts = parts or [Part("", query, self.count_of(query))]
        if any(part.count > ROOM for part in parts):
            flash(self._too_many(sum(part.count for part in parts), offer=not split), "error")
            return self._back_to_list()
        rows, title = sum(part.count for part in parts), layout.title or many(self.record.label)
        if (elsewhere := asked_aside(title, rows, len(layout.columns))) is not None:
            return elsewhere
        said = self._said(args, layout)
        note_apart(AuditKind.EXPORTED, noun=self.record.__name__, title=title, rows=rows, filter=_about(said))
        if not split:
            return download(self._as_listing(query, said, layout), title)
        return download_parts(
            [(part.place, self._as_listing(part.query, f"{part.place}; {said}", layout)) for part in parts], title
        )

    def _laid_out(self, layout: Layout, args: Any) -> Select[Any]:
        """The list as it is filtered, the chosen rows of it if any are chosen, in the layout's order."""
        query = self._narrowed(args.search, args.filters)
        if layout.picked:
            query = query.where(self.record.id.in_(layout.picked))
        if layout.group is not None:
            # Of two units that are sorted alike, one after the other.
            query = self.by(query, layout.group).order_by(getattr(self.record, self._column_of(layout.group)))
        if layout.order is not None:
            return self._ordered(query, layout.order, layout.descending)
        return self._ordered(query, args.sort, bool(args.sort_desc))

    def _column_of(self, name: str) -> str:
        return self.specs[name].column or name

    def _back_to_list(self) -> Any:
        return redirect(self.get_url(".index_view", **{k: v for k, v in request.args.items() if k != "split"}))

    def _too_many(self, count: int, *, offer: bool) -> str:
        told = gettext(TOO_MANY, count=number_text(count), room=number_text(ROOM))
        if not offer or not self._has_districts:
            return f"{told} {gettext(NARROW)}"
        url = self.get_url(".export", export_type="xlsx", **request.args.to_dict(), split="district")
        return Markup('{} {} <a href="{}">{}</a>').format(told, gettext(NARROW), url, gettext(SPLIT))

    @property
    def _has_districts(self) -> bool:
        return stands_in(self.record, Unit(path="/", id=0)) is not None

    def _by_district(self, query: Select[Any]) -> Iterator[Part]:
        """The list parted by the district where its records lie, those of none last; parts without rows left out."""
        districts = db.session.scalars(
            select(Unit).where(Unit.level == Level.DISTRICT).order_by(Unit.title_key, Unit.id)
        )
        places = [
            (str(unit), condition) for unit in districts if (condition := stands_in(self.record, unit)) is not None
        ]
        if not places:
            return
        elsewhere = case((or_(*(condition for _place, condition in places)), 0), else_=1) == 1
        for place, condition in [*places, (gettext(ELSEWHERE), elsewhere)]:
            part = query.where(condition)
            if count := self.count_of(part):
                yield Part(place, part, count)

    def said(self) -> str:
        """What narrows the list that the address asks for, in words."""
        return self._said(self._get_list_extra_args(), layout_of(cast("RecordView", self), request.args))

    def _said(self, args: Any, layout: Layout) -> str:
        """What narrows the list, in words."""
        said = [
            f"{gettext(flt.spec.label)}: {flt.words(value)}"
            for flt, value in (((self._filters or [])[i], v) for i, _n, v in args.filters or ())
        ]
        if args.search:
            said.append(gettext("tìm “%(text)s”", text=args.search))
        if layout.picked:
            said.append(gettext("%(count)s dòng đã chọn", count=len(layout.picked)))
        if "as_of" in g:
            said.append(gettext("như cuối ngày %(day)s", day=g.as_of))
        return "; ".join(said) or gettext("Tất cả")

    def write_all(self, target: IO[bytes]) -> int:
        """Write the whole list, in its usual order, for someone at the machine itself. Returns the number of rows.

        Raises ValueError if there are more than a sheet holds.
        """
        query = self._ordered(self.get_query(), None, False)
        if (count := self.count_of(query)) > ROOM:
            raise ValueError(gettext(TOO_MANY, count=number_text(count), room=number_text(ROOM)))
        return write_listing(target, self._as_listing(query, gettext("Tất cả"), Layout(self.column_list)))

    def count_of(self, query: Select[Any]) -> int:
        """How many records the query finds."""
        ids = query.order_by(None).with_only_columns(self.record.id)
        return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0

    def _as_listing(self, query: Select[Any], said: str, layout: Layout) -> Listing:
        return Listing(
            title=layout.title or many(self.record.label),
            about=_about(said),
            columns=[
                Column(gettext(spec.label), spec.kind, spec.places, self._is_summed(name))
                for name, spec in ((name, self.specs[name]) for name in layout.columns)
            ],
            rows=plain_rows(cast("RecordView", self), query, layout.columns),
            group=layout.columns.index(layout.group) if layout.group is not None else None,
            portrait=layout.portrait,
        )

    def _is_summed(self, name: str) -> bool:
        spec = self.specs[name]
        return (spec.kind is Kind.MONEY or name in self.column_totals) and not self.masks(spec)


def _about(said: str) -> str:
    """What is in a workbook, who took it, and when."""
    who = current_user.name if current_user and current_user.is_authenticated else "backoffice"
    return f"{said} · {who} · {day_text(now())}"


def download(listing: Listing, title: str) -> Any:
    """The list's workbook as an answer, under title and day."""
    return sent(lambda file: write_listing(file, listing), title)


def download_parts(listings: Sequence[tuple[str, Listing]], title: str) -> Any:
    """The workbooks of several places, in one zip."""

    def write(file: IO[bytes]) -> None:
        with ZipFile(file, "w") as archive:  # they are compressed already
            for number, (place, listing) in enumerate(listings, 1):
                name = f"{number:02} {title} – {place}.xlsx".replace("/", "-")
                with tempfile.TemporaryFile() as book, archive.open(name, "w", force_zip64=True) as member:
                    write_listing(book, listing)
                    book.seek(0)
                    copyfileobj(book, member, 1 << 20)

    return sent(write, title, "zip")


def sent(write: Callable[[IO[bytes]], object], title: str, ending: str = "xlsx") -> Any:
    """What `write` makes as an answer, under its Vietnamese name; for old programs under the same without accents."""
    name = f"{title} {now():%Y-%m-%d}.{ending}".replace("/", "-")
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed by the answer that sends it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    answer = send_file(file, mimetype=KINDS[ending])
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{fold(name)}\"; filename*=UTF-8''{quote(name)}"
    return answer
