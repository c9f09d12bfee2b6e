"""The calendar: one month as a grid or a list, one day in full, and the same as a file for other calendars."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user

from exports.calendar import write_calendar
from models.accounts.users import User
from models.calendar import CalendarEntry, Source, entries, nearest, sources
from models.organisations import Organisation
from models.records.clock import today
from models.records.words import _
from models.units import Unit
from views.core.fields.formatting import day_text
from views.core.fields.references import visible
from views.core.page_view import PageView
from views.core.sections import Section
from views.core.session import db

WEEKDAYS = (
    _("Thứ Hai"),
    _("Thứ Ba"),
    _("Thứ Tư"),
    _("Thứ Năm"),
    _("Thứ Sáu"),
    _("Thứ Bảy"),
    _("Chủ Nhật"),
)
LINES = 4
"""How many entries of one sort a day shows before they become one line."""
FEED_PAST = timedelta(days=400)
"""How far back a feed goes: over the last year's festival."""


@dataclass(frozen=True)
class CalendarFilter:
    """What of the calendar is wanted: sources, all if none is named, and the branches."""

    sources: tuple[Source, ...]
    kind: str = ""
    unit: Unit | None = None
    organisation: Organisation | None = None

    @property
    def homes(self) -> list[Unit | Organisation]:
        """The branches."""
        return [home for home in (self.unit, self.organisation) if home is not None]

    @property
    def args(self) -> dict[str, str]:
        """The same for an address."""
        said = {"kind": self.kind}
        said |= {name: str(home.id) for name in ("unit", "organisation") if (home := getattr(self, name)) is not None}
        return {name: value for name, value in said.items() if value}


def asked(user: User) -> CalendarFilter:
    """What the address asks for, of what the user may see."""
    screens = current_app.extensions["screens"]
    open_ = tuple(s for s in sources() if s.record in screens and screens[s.record].access.allows(user.role, "view"))
    kind = request.args.get("kind", "")
    chosen = tuple(s for source in open_ for s in (source, *source.parts) if s.key == kind)
    return CalendarFilter(
        chosen or open_,
        kind if chosen else "",
        visible(Unit, request.args.get("unit", "")),
        visible(Organisation, request.args.get("organisation", "")),
    )


class CalendarView(PageView):
    """The page at "/calendar/"."""

    label = _("Lịch")
    section = Section.EVENTS
    path = "calendar"

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """One month, or, if the address names one, one day."""
        want = asked(current_user)
        this_day = today()
        if (day := _read(request.args.get("day", ""))) is not None:
            return self._page(want, this_day, day, day, day)
        month = _read(f"{request.args.get('month', '')}-01") or this_day.replace(day=1)
        weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
        return self._page(want, this_day, month, weeks[0][0], weeks[-1][-1])

    def _page(self, want: CalendarFilter, this_day: date, shown: date, first: date, last: date) -> ResponseReturnValue:
        found = entries(db.session(), want.sources, first, last, *want.homes)
        whole = first == last
        days = [
            {
                "day": day,
                "name": f"{gettext(WEEKDAYS[day.weekday()])}, {day_text(day)}",
                "inside": whole or day.month == shown.month,
                "today": day == this_day,
                "lines": list(self._lines(want, day, [e for e in found if e.first <= day <= e.last], whole)),
            }
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        ]
        empty = not any(day["lines"] for day in days if day["inside"])
        near = nearest(db.session(), want.sources, shown, *want.homes) if empty else None
        as_list = whole or request.args.get("view") == "list"
        return self.render(
            "admin/calendar.html",
            want=want,
            as_list=as_list,
            days=days,
            weekdays=[gettext(name) for name in WEEKDAYS],
            heading=day_text(shown) if whole else gettext("Tháng %(month)s", month=f"{shown.month}/{shown.year}"),
            month=f"{shown:%Y-%m}",
            empty=empty,
            near=(self._url(want, near), f"{near.month}/{near.year}") if near else None,
            previous_url=self._url(want, shown - timedelta(days=1), day=whole),
            next_url=self._url(want, last + timedelta(days=1) if whole else _next_month(shown), day=whole),
            today_url=self._url(want, this_day),
            month_url=self._url(want, shown) if whole else "",
            list_url=self._url(want, shown, view="list"),
            grid_url=self._url(want, shown, view=""),
            mine_url=self._mine_url(want, shown),
            all_url=self._url(CalendarFilter(()), shown, day=whole),
            kinds=list(_kinds()),
            lookup_urls={name: self.get_url("events.ajax_lookup", name=name) for name in ("unit", "organisation")},
        )

    def _url(
        self, want: CalendarFilter, shown: date, *, day: bool = False, view: str | None = None, **more: Any
    ) -> str:
        args = {**want.args, **({"day": f"{shown}"} if day else {"month": f"{shown:%Y-%m}"}), **more}
        view = request.args.get("view", "") if view is None else view
        return self.get_url(".index_view", **args, **({"view": "list"} if view == "list" else {}))

    def _mine_url(self, want: CalendarFilter, shown: date) -> str:
        home = current_user.organisation_id
        mine = want.organisation is not None and want.organisation.id == home
        return "" if mine or home is None else self._url(want, shown, organisation=home)

    def _lines(
        self, want: CalendarFilter, day: date, found: list[CalendarEntry], whole: bool
    ) -> Iterator[dict[str, Any]]:
        """The day's entries; where there are many of one sort, one line that leads to all of them."""
        for source, same in groupby(sorted(found, key=lambda e: e.source.key), key=lambda e: e.source):
            group, label = list(same), gettext(source.label)
            if len(group) > LINES and not whole:
                url = self._url(want, day, day=True, kind=source.key)
                yield {"label": "", "title": label, "count": len(group), "url": url, "tone": ""}
                continue
            for entry in group:
                yield {
                    "label": label,
                    "title": entry.title,
                    "count": 0,
                    "url": self.screens[entry.source.record].get_url(".details_view", id=entry.id),
                    "tone": entry.status.tone if entry.status else "",
                    "status": gettext(entry.status.label) if entry.status else "",
                }


def feed(user: User) -> bytes:
    """The calendar of this user, who is the one acting, for another programme."""
    want = asked(user)
    this_day = today()
    found = entries(db.session(), want.sources, this_day - FEED_PAST, date.max, *want.homes)
    screens = current_app.extensions["screens"]

    def address(entry: CalendarEntry) -> str:
        endpoint = f"{screens[entry.source.record].endpoint}.details_view"
        return str(url_for(endpoint, id=entry.id, _external=True))

    name = gettext("Lịch công tác Mặt trận")
    return write_calendar(found, name, _domain(), lambda entry: gettext(entry.source.label), address)


def _domain() -> str:
    """What names this book among others, whichever way it was reached: an entry stays the same entry."""
    return hashlib.sha256(f"calendar {current_app.config['SECRET_KEY']}".encode()).hexdigest()[:16]


def _kinds() -> Iterator[tuple[str, str, bool]]:
    """What can be chosen: (key, label, whether it is a part of the one before)."""
    for source in sources():
        yield source.key, gettext(source.label), False
        yield from ((part.key, gettext(part.label), True) for part in source.parts)


def _read(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # Weeks reach a little over the edges of their month.
    return found if 1900 <= found.year <= 2100 else None


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
