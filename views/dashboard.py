"""The first page: the desk of whoever signed in, then figures and three charts of the latest year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from flask.typing import ResponseReturnValue
from flask_admin import AdminIndexView, expose
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import String, cast, func, literal, select, union_all

from models import (
    AwardForm,
    Event,
    Initiative,
    Nomination,
    PilotArea,
)
from models.access.scope import current
from models.awards import NominationStage
from models.events import EventKind
from models.festival import FestivalYear
from models.initiatives import Stage
from models.records.clock import VIETNAM, today
from models.records.words import _
from models.units import Level
from views import desk
from views.core.cache import while_unchanged
from views.core.fields.formatting import day_text, number_text
from views.core.session import db
from views.figures import Comparison

DAYS = (_("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ Nhật"))
BAR, GAP, LABEL, WIDTH = 16, 6, 190, 560
LETTERS, FORMS, LINES = 30, 8, 8
CHART_SVG = Markup('<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{bars}</svg>')
BAR_SVG = Markup(
    '<text class="axis" x="{end}" y="{base}" text-anchor="end">{short}<title>{label}</title></text>'
    '<rect class="bar-bg" x="{start}" y="{y}" width="{room}" height="16" rx="3"/>'
    '<rect class="bar" x="{start}" y="{y}" width="{length}" height="16" rx="3"/>'
    '<text class="val" x="{right}" y="{base}" data-figure="{figure}">{value}</text>'
)


class DashboardView(AdminIndexView):
    """The page at "/"."""

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What waits, is late, came back and comes next; figures and charts of the latest year that has data."""
        day = today()
        counts = while_unchanged(_counts, "figures")
        year = next(map(int, counts["years"]), day.year)
        held, total, districts = while_unchanged(lambda: _festival_by_district(year), "festival", year)
        stages = {stage: counts["stages"].get(stage.value, 0) for stage in Stage}
        waiting = stages[Stage.APPRAISED]
        no_pilot = counts["no pilots"].get(str(year), 0)
        awards = sorted(counts["awards"].items(), key=lambda item: -item[1])[:FORMS]
        missing = while_unchanged(lambda: desk.missing(day), "missing", day)
        unsent = sum(period["total"] for period in missing)
        return self.render(
            "admin/index.html",
            title=gettext("Bàn làm việc"),
            section_label=None,
            today=f"{gettext(DAYS[day.weekday()])}, {day_text(day)}",
            figures=[
                {
                    "value": f"{number_text(held)} / {number_text(total)}",
                    "label": gettext("khu dân cư đã tổ chức Ngày hội %(year)s", year=year),
                    "url": self.get_url("festival.index_view", year=year),
                    "tone": "",
                    "figure": f"held/total;{year};",
                },
                {
                    "value": number_text(waiting),
                    "label": gettext("sáng kiến chờ hội đồng tỉnh"),
                    "url": self.get_url("initiatives.index_view", flt_stage_is="appraised"),
                    "tone": "warn" if waiting else "",
                },
                {
                    "value": number_text(no_pilot),
                    "label": gettext("huyện chưa chọn khu dân cư điểm %(year)s", year=year),
                    "url": self.get_url("pilot-areas.index_view", flt_year_is=year),
                    "tone": "late" if no_pilot else "ok",
                    "figure": f"unchosen;{year};",
                },
                {
                    "value": number_text(unsent),
                    "label": gettext("báo cáo còn thiếu, tính ba kỳ gần nhất"),
                    "url": self.get_url("reports.grid_view"),
                    "tone": "warn" if unsent else "ok",
                },
            ],
            piles=desk.piles(),
            late=desk.late(day),
            came_back=desk.came_back(),
            next_days=desk.next_days(day),
            saved=[(saved.name, desk.address_of(saved, screen)) for saved, screen in desk.saved_exports()],
            missing=missing,
            recent=list(desk.recent()),
            compared=_compared(),
            charts=[
                {
                    "title": gettext("Sáng kiến theo giai đoạn"),
                    "svg": _bars(
                        gettext("Sáng kiến theo giai đoạn"), [(gettext(s.label), n, None) for s, n in stages.items()]
                    ),
                    "note": "",
                },
                {
                    "title": gettext("Khen thưởng theo hình thức"),
                    "svg": _bars(gettext("Khen thưởng theo hình thức"), [(name, n, None) for name, n in awards]),
                    "note": gettext("Đề nghị đã được khen thưởng"),
                },
                {
                    "title": gettext("Ngày hội %(year)s theo huyện", year=year),
                    "svg": _bars(gettext("Ngày hội %(year)s theo huyện", year=year), districts, f"held/total;{year}"),
                    "note": gettext(
                        "%(held)s trong %(total)s khu dân cư đã tổ chức",
                        held=number_text(held),
                        total=number_text(total),
                    ),
                },
            ],
        )


def _compared() -> dict[str, Any] | None:
    """What the last night's comparison of the figures found; which differ, who sees all is told."""
    found = Comparison.read(Path(current_app.instance_path))
    if found is None:
        return None
    local = found.at.astimezone(VIETNAM)
    when = f"{local:%H:%M}" if local.date() == today() else f"{local:%H:%M}, {day_text(local.date())}"
    differ = found.differ if current.get() is None else []
    return {"ok": not found.differ, "when": when, "count": len(found.differ), "differ": differ[:LINES]}


def _festival_by_district(year: int) -> tuple[int, int, list[tuple[str, int, int]]]:
    """How many areas held the Festival, of how many; and each district's name with the same."""
    found = FestivalYear(db.session(), year)
    whole, rows = found.figure(), [(place.name, found.figure(place)) for place in found.at(Level.DISTRICT)]
    return whole.held, whole.total, [(name, figure.held, figure.total) for name, figure in rows]


def _counts() -> dict[str, dict[Any, int]]:
    """The latest Festival, districts without a pilot area, initiatives by stage, awards by form: by one query."""
    nothing = literal(0)
    rows = db.session.execute(
        union_all(
            select(literal("years"), cast(func.max(Event.year), String), nothing).where(
                Event.kind == EventKind.FESTIVAL
            ),
            select(literal("no pilots"), cast(PilotArea.year, String), func.count())
            .where(PilotArea.area_id.is_(None))
            .group_by(PilotArea.year),
            select(literal("stages"), cast(Initiative.stage, String), func.count()).group_by(Initiative.stage),
            select(literal("awards"), AwardForm.name, func.count())
            .join(Nomination, Nomination.form_id == AwardForm.id)
            .where(Nomination.stage == NominationStage.AWARDED)
            .group_by(AwardForm.name),
        )
    )
    found: dict[str, dict[Any, int]] = {"years": {}, "no pilots": {}, "stages": {}, "awards": {}}
    for what, which, count in rows:
        if which is not None:
            found[what][which] = count
    return found


def _bars(title: str, rows: Sequence[tuple[str, int, int | None]], figure: str = "") -> Markup:
    """Horizontal bars as SVG: (label, value, whole); where there is a whole, the bar stands in it.

    `figure` names what they show and the year, where the same stands elsewhere, too (`views/figures.py`).
    """
    top = max([whole if whole is not None else value for _label, value, whole in rows] or [0]) or 1
    room = WIDTH - LABEL - 80
    bars = Markup().join(
        BAR_SVG.format(
            label=label,
            figure=f"{figure};{label}" if figure else "",
            short=label if len(label) <= LETTERS else f"{label[: LETTERS - 1].rstrip()}…",
            value=f"{number_text(value)}/{number_text(whole)}" if whole is not None else number_text(value),
            end=LABEL - 8,
            start=LABEL,
            right=WIDTH - 72,
            y=index * (BAR + GAP),
            base=index * (BAR + GAP) + 12,
            room=room,
            length=round(room * value / (whole or top)),
        )
        for index, (label, value, whole) in enumerate(rows)
    )
    return CHART_SVG.format(title=title, width=WIDTH, height=max(len(rows) * (BAR + GAP), BAR), bars=bars)
