"""The first page: what is here, what is due, who has not reported, three charts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask_admin import AdminIndexView, expose
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import func, select

from models import (
    AwardForm,
    Event,
    FestivalResult,
    Initiative,
    Nomination,
    Period,
    PilotArea,
    Task,
    Unit,
)
from models.audit import WRITES, AuditEntry
from models.awards import NominationStage
from models.base import now
from models.initiatives import Stage
from models.obligations import OPEN, Standing, obligations
from models.tasks import TaskStatus
from models.units import Level
from models.words import _
from views.cells import VIETNAM, day_text, number_text
from views.changes import noun_label
from views.session import db

DAYS = (_("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ Nhật"))
NOT_SENT = (*OPEN, Standing.AWAITED)
NAMED = 12
"""How many of those who have not reported are named."""
NEAR = timedelta(days=31)
OPEN_TASKS = (TaskStatus.TO_DO, TaskStatus.UNDER_WAY)
BAR, GAP, LABEL, WIDTH = 16, 6, 190, 560
LETTERS = 30
RECENT_ENTRIES, RECENT_ACTS = 200, 6
CHART_SVG = Markup('<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{bars}</svg>')
BAR_SVG = Markup(
    '<text class="axis" x="{end}" y="{base}" text-anchor="end">{short}<title>{label}</title></text>'
    '<rect class="bar-bg" x="{start}" y="{y}" width="{room}" height="16" rx="3"/>'
    '<rect class="bar" x="{start}" y="{y}" width="{length}" height="16" rx="3"/>'
    '<text class="val" x="{right}" y="{base}">{value}</text>'
)


class HomeView(AdminIndexView):
    """The page at "/"."""

    def is_accessible(self) -> bool:
        return bool(current_user.is_authenticated)

    @expose("/")
    def index(self) -> Any:
        """Figures, deadlines, missing reports and charts of the latest year that has data."""
        today = now().astimezone(VIETNAM).date()
        year = db.session.scalar(select(func.max(Event.year))) or today.year
        districts = _festival_by_district(year)
        held, total = sum(h for _n, h, _t in districts), sum(t for _n, _h, t in districts)
        stages = _stages()
        waiting = dict(stages)[Stage.APPRAISED]
        no_pilot = (
            db.session.scalar(
                select(func.count()).select_from(PilotArea).where(PilotArea.year == year, PilotArea.area_id.is_(None))
            )
            or 0
        )
        periods = _due_periods(today)
        missing = _missing_reports(periods, today)
        late = sum(period["total"] for period in missing)
        return self.render(
            "admin/index.html",
            title=gettext("Bàn làm việc"),
            section_label=None,
            today=f"{gettext(DAYS[today.weekday()])}, {day_text(today)}",
            figures=[
                {
                    "value": f"{number_text(held)} / {number_text(total)}",
                    "label": gettext("khu dân cư đã tổ chức Ngày hội %(year)s", year=year),
                    "url": self.get_url("festival-results.index_view"),
                    "tone": "",
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
                },
                {
                    "value": number_text(late),
                    "label": gettext("báo cáo còn thiếu, tính ba kỳ gần nhất"),
                    "url": self.get_url("reports.grid_view"),
                    "tone": "warn" if late else "ok",
                },
            ],
            deadlines=_deadlines(self, today, periods),
            missing=missing,
            recent=list(_recent(self)),
            charts=[
                {
                    "title": gettext("Sáng kiến theo giai đoạn"),
                    "svg": _bars(gettext("Sáng kiến theo giai đoạn"), [(gettext(s.label), n, None) for s, n in stages]),
                    "note": "",
                },
                {
                    "title": gettext("Khen thưởng theo hình thức"),
                    "svg": _bars(gettext("Khen thưởng theo hình thức"), [(name, n, None) for name, n in _awards()]),
                    "note": gettext("Đề nghị đã được khen thưởng"),
                },
                {
                    "title": gettext("Ngày hội %(year)s theo huyện", year=year),
                    "svg": _bars(
                        gettext("Ngày hội %(year)s theo huyện", year=year), [(n, h, t) for n, h, t in districts]
                    ),
                    "note": gettext(
                        "%(held)s trong %(total)s khu dân cư đã tổ chức",
                        held=number_text(held),
                        total=number_text(total),
                    ),
                },
            ],
        )


def _festival_by_district(year: int) -> list[tuple[str, int, int]]:
    """Each district's name, its areas that held the Festival, and all its areas."""
    units = db.session.execute(
        select(Unit.id, Unit.name, Unit.path, Unit.level)
        .where(Unit.level.in_([Level.DISTRICT, Level.AREA]), Unit.valid_to.is_(None))
        .order_by(Unit.code)
    ).all()
    held = db.session.execute(
        select(Unit.path, func.sum(FestivalResult.areas_held))
        .join(Event, Event.unit_id == Unit.id)
        .join(FestivalResult, FestivalResult.event_id == Event.id)
        .where(Event.year == year, Unit.level == Level.AREA)
        .group_by(Unit.path)
    ).all()
    areas = [unit.path for unit in units if unit.level is Level.AREA]
    branches = [(unit.name, f"{unit.path}{unit.id}/") for unit in units if unit.level is Level.DISTRICT]
    return [
        (
            name,
            sum(int(count or 0) for path, count in held if path.startswith(branch)),
            sum(path.startswith(branch) for path in areas),
        )
        for name, branch in branches
    ]


def _stages() -> list[tuple[Stage, int]]:
    counted = {
        row[0]: row[1] for row in db.session.execute(select(Initiative.stage, func.count()).group_by(Initiative.stage))
    }
    return [(stage, counted.get(stage, 0)) for stage in Stage]


def _awards() -> list[tuple[str, int]]:
    query = (
        select(AwardForm.name, func.count())
        .join(Nomination, Nomination.form_id == AwardForm.id)
        .where(Nomination.stage == NominationStage.AWARDED)
        .group_by(AwardForm.name)
        .order_by(func.count().desc())
        .limit(8)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _due_periods(today: date) -> list[Period]:
    """The open periods whose reports are due within a month or overdue, the latest first."""
    query = select(Period).where(Period.open, Period.due_on <= today + NEAR).order_by(Period.due_on.desc())
    return list(db.session.scalars(query.limit(3)))


def _deadlines(view: Any, today: date, periods: list[Period]) -> list[dict[str, Any]]:
    """What is due next, or overdue: open periods and tasks not done, the nearest first.

    A task that many places have, as the plan gives one to each district, is one line.
    """
    places = func.count()
    tasks = db.session.execute(
        select(Task.name, Task.due_on, places, func.min(Task.id))
        .where(Task.due_on.is_not(None), Task.status.in_(OPEN_TASKS))
        .group_by(Task.name, Task.due_on)
        .order_by(Task.due_on, places.desc())
        .limit(6)
    )
    found = [
        (p.due_on, gettext("Báo cáo: %(period)s", period=str(p)), "", view.get_url("periods.details_view", id=p.id))
        for p in periods
    ]
    for name, due, count, id_ in tasks:
        if due is None:
            continue
        if count == 1:
            found.append((due, name, "", view.get_url("tasks.details_view", id=id_)))
        else:
            url = view.get_url("tasks.index_view", search=name, flt_due_on_from=due, flt_due_on_to=due)
            found.append((due, name, gettext("%(count)s nơi làm", count=number_text(count)), url))
    return [
        {
            "text": text,
            "note": ", ".join(filter(None, (note, gettext("quá hạn") if due < today else ""))),
            "url": url,
            "due": day_text(due),
            "tone": "late" if due < today else "warn",
        }
        for due, text, note, url in sorted(found, key=lambda item: item[0])
    ]


def _recent(view: Any) -> Iterator[dict[str, str]]:
    """The latest actions on what the reader may see: who, when, on what."""
    query = select(AuditEntry).where(AuditEntry.kind.in_(WRITES)).order_by(AuditEntry.id.desc()).limit(RECENT_ENTRIES)
    acts: dict[str, list[AuditEntry]] = {}
    for entry in db.session.scalars(query):
        acts.setdefault(entry.act, []).append(entry)
    for entries in list(acts.values())[:RECENT_ACTS]:
        first = entries[-1]
        what = first.act_name or f"{gettext(first.kind.label)}: {noun_label(first.noun)} “{first.title}”"
        yield {
            "text": what,
            "note": gettext("và %(n)s bản ghi khác", n=len(entries) - 1) if len(entries) > 1 else "",
            "who": f"{first.actor} · {day_text(first.at)}",
            "url": view.get_url("history.details_view", id=first.id),
        }


def _missing_reports(periods: list[Period], today: date) -> list[dict[str, Any]]:
    """For each of these periods, those who owe a report and have not sent it."""
    owing = [o for o in obligations(db.session(), periods, today) if o.standing in NOT_SENT]
    found = []
    for period in periods:
        names = [(str(o.organisation), "") for o in owing if o.period is period]
        found.append(
            {"label": str(period), "due": day_text(period.due_on), "names": names[:NAMED], "total": len(names)}
        )
    return found


def _bars(title: str, rows: list[tuple[str, int, int | None]]) -> Markup:
    """Horizontal bars as SVG: (label, value, whole); where there is a whole, the bar stands in it."""
    top = max([whole if whole is not None else value for _label, value, whole in rows] or [0]) or 1
    room = WIDTH - LABEL - 80
    bars = Markup().join(
        BAR_SVG.format(
            label=label,
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
