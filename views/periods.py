"""Screen of periods, and the page that opens a year's."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import func, select

from models.history.recording import named_act
from models.periods import Period, open_year
from models.records.words import _
from views.core.access import OFFICE
from views.core.commit import commit_or_flash
from views.core.pages.page import ScreenPage
from views.core.query import is_id
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db

USUAL_DAY = 20
"""When months and quarters are due unless someone says otherwise: no source has the day (`docs/domain.md` 7)."""
DAYS = (1, 31)


class OpenYearPage(ScreenPage):
    """The page that makes a year's periods at once."""

    button = _("Mở kỳ cho năm")
    needs = "create"

    @expose("/open-year/", methods=("GET", "POST"))
    def open_year_view(self) -> ResponseReturnValue:
        """Make a year's months, quarters, half-year and year at once; those that are there stay as they are."""
        last = db.session.scalar(select(func.max(Period.year)))
        years = self.screen.specs["year"]
        year = _number(request.form.get("year"), years.minimum or 0, years.maximum or 0)
        day = _number(request.form.get("day"), *DAYS)
        if request.method == "POST" and not (year and day):
            flash(gettext("Nhập năm, và ngày hạn từ 1 đến 31."), "error")
        elif request.method == "POST" and self._open_year(year, day):
            return redirect(self.screen.get_url(".index_view", flt_year_is=year))
        return self.screen.render(
            "admin/periods/open_year.html",
            title=gettext(self.button),
            year=request.form.get("year") or (last + 1 if last else ""),
            day=request.form.get("day") or USUAL_DAY,
            list_url=self.screen.get_url(".index_view"),
        )

    def _open_year(self, year: int, day: int) -> bool:
        made: list[Period] = []
        with named_act(db.session(), f"{gettext(self.button)} {year}"):
            if not commit_or_flash(lambda: made.extend(open_year(db.session(), year, day))):
                return False
        flash(gettext("Đã mở %(count)s kỳ của năm %(year)s.", count=len(made), year=year), "success")
        return True


def _number(text: str | None, least: int, most: int) -> int:
    """The number that was typed, 0 if it is none between these."""
    value = int(text) if text and is_id(text) else 0
    return value if least <= value <= most else 0


class PeriodView(RecordView):
    """Periods and their due days."""

    record = Period
    section = Section.REPORTS
    access = OFFICE
    column_list = ("name", "kind", "year", "number", "due_on", "open")
    column_filters = ("kind", "year", "open")
    column_default_sort = ("due_on", True)
    own_pages = (OpenYearPage,)
