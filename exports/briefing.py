"""The briefing of the standing board: one page of key figures, units side by side, tasks due, and what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exports.annex import Annex, Chart, Column, Group, Row
from exports.base import Ask, Pack, PackOptions, Place, Places, in_unit, of_unit, places, where
from exports.news import news
from models.awards import AwardRound, NominationStage
from models.festival import FestivalFigure, FestivalYear
from models.initiatives import Initiative, Stage
from models.movements import Registration, RegistrationStatus
from models.nominations import Nomination
from models.obligations import obligations, owes
from models.organisations import Committee, Organisation
from models.periods import Period
from models.pilot_areas import PilotArea
from models.records.clock import end_of, start_of
from models.records.fields import Kind
from models.records.words import _
from models.tasks import OPEN, Task
from models.units import Level

CHOSEN = (Stage.COUNCIL, Stage.DECIDED, Stage.SENT, Stage.PUBLISHED)
NEAR = timedelta(days=31)
NAMED = 3
"""Tasks that the page itself names; all of them are on their own sheet."""


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack."""
    known = places(session, options)
    tasks = _tasks(session, options)
    counts = _Counts(session, options, known)
    return (
        _summary(options, counts, tasks),
        _by_unit(options, counts),
        _task_list(options, tasks),
        _since(session, options),
    )


class _Counts:
    """How far each work of the year is: of how many, in each unit and together."""

    def __init__(self, session: Session, options: PackOptions, known: Places) -> None:
        self.known = known
        festival = _festival(session, options, known)
        self.areas = Counter({id_: figure.total for id_, figure in festival.items()})
        self.held = Counter({id_: figure.held for id_, figure in festival.items()})
        initiatives = _initiatives(session, options)
        self.initiatives = self._by_place((unit, n) for unit, _stage, n in initiatives)
        self.chosen = self._by_place((unit, n) for unit, stage, n in initiatives if stage in CHOSEN)
        nominations = _nominations(session, options)
        self.nominations = self._by_place((unit, n) for unit, _stage, n in nominations)
        self.awarded = self._by_place((unit, n) for unit, stage, n in nominations if stage is NominationStage.AWARDED)
        registrations = _registrations(session, options)
        self.registered = self._by_place((unit, n) for unit, _status, n in registrations)
        self.done = self._by_place((unit, n) for unit, status, n in registrations if status is RegistrationStatus.DONE)
        due, sent = _reports(session, options)
        self.due, self.sent = self._by_place(due), self._by_place(sent)
        pilots = _pilots(session, options)
        self.districts = self._by_place((unit, 1) for unit, _chosen in pilots)
        self.pilots = self._by_place((unit, 1) for unit, chosen in pilots if chosen)

    def _by_place(self, counted: Iterable[tuple[int | None, int]]) -> Counter[int | None]:
        """The counts of units of any level, by the row of the table that they stand in; None for the others."""
        found: Counter[int | None] = Counter()
        for unit_id, count in counted:
            found[self._row_of(unit_id)] += count
        return found

    def _row_of(self, unit_id: int | None) -> int | None:
        place = self.known.by_id.get(unit_id or 0)
        if place is None:
            return None
        ids = {row.id for row in self.known.rows}
        return next((id_ for id_ in (place.id, *_ancestors(place)) if id_ in ids), None)


def _ancestors(place: Place) -> Iterator[int]:
    return (int(part) for part in reversed(place.path.split("/")) if part)


def _festival(session: Session, options: PackOptions, known: Places) -> dict[int | None, FestivalFigure]:
    """What counts of the Festival for each row of the table; under None what none of them has."""
    found = FestivalYear(session, options.year)
    top = found.place(options.unit) if options.unit else None
    rows = [found.by_id[place.id] for place in known.rows if place.id in found.by_id]
    figures: dict[int | None, FestivalFigure] = {place.id: found.figure(place) for place in rows}
    return figures | {None: found.figure(top).without(figures.values())}


def _initiatives(session: Session, options: PackOptions) -> Sequence[Any]:
    query = (
        select(Initiative.unit_id, Initiative.stage, func.count())
        .where(Initiative.year == options.year, *in_unit(options, Initiative.unit_id))
        .group_by(Initiative.unit_id, Initiative.stage)
    )
    return session.execute(query).all()


def _nominations(session: Session, options: PackOptions) -> Sequence[Any]:
    query = (
        select(Nomination.unit_id, Nomination.stage, func.count())
        .join(AwardRound, Nomination.round_id == AwardRound.id)
        .where(AwardRound.year == options.year, *in_unit(options, Nomination.unit_id))
        .group_by(Nomination.unit_id, Nomination.stage)
    )
    return session.execute(query).all()


def _registrations(session: Session, options: PackOptions) -> Sequence[Any]:
    query = (
        select(Organisation.unit_id, Registration.status, func.count())
        .join(Organisation, Registration.organisation_id == Organisation.id)
        .where(
            Registration.registered_on.between(date(options.year, 1, 1), date(options.year, 12, 31)),
            *of_unit(options, Registration.organisation_id),
        )
        .group_by(Organisation.unit_id, Registration.status)
    )
    return session.execute(query).all()


def _reports(session: Session, options: PackOptions) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The reports that districts owe for the year's periods due by the day, and those they sent, by unit."""
    periods = session.scalars(select(Period).where(Period.year == options.year, Period.due_on <= options.day)).all()
    inside = set(
        session.scalars(select(Committee.id).where(Committee.level == Level.DISTRICT, *of_unit(options, Committee.id)))
    )
    owed = [
        (each.organisation.unit_id or 0, bool(each.taken))
        for each in obligations(session, periods, options.day)
        if each.organisation.id in inside and owes(each.organisation, each.period)
    ]
    return [(unit_id, 1) for unit_id, _sent in owed], [(unit_id, int(sent)) for unit_id, sent in owed]


def _pilots(session: Session, options: PackOptions) -> Sequence[Any]:
    query = select(PilotArea.district_id, PilotArea.area_id).where(
        PilotArea.year == options.year, *in_unit(options, PilotArea.district_id)
    )
    return session.execute(query).all()


def _tasks(session: Session, options: PackOptions) -> Sequence[Any]:
    """The tasks not done whose day is near or past; one that many places have is one line."""
    places_ = func.count()
    query = (
        select(Task.name, Task.clause, Task.due_on, places_.label("places"), func.min(Organisation.name).label("owner"))
        .join(Organisation, Task.owner_id == Organisation.id)
        .where(Task.due_on.is_not(None), Task.due_on <= options.day + NEAR, Task.status.in_(OPEN))
        .where(*of_unit(options, Task.owner_id))
        .group_by(Task.name, Task.clause, Task.due_on)
        .order_by(Task.due_on, places_.desc(), Task.name)
    )
    return session.execute(query).all()


# -- the sheets


def _summary(options: PackOptions, counts: _Counts, tasks: Sequence[Any]) -> Annex:
    works = (
        ("Khu dân cư tổ chức Ngày hội", counts.areas, counts.held),
        ("Khu dân cư điểm của tỉnh được chọn", counts.districts, counts.pilots),
        ("Sáng kiến, mô hình được hội đồng tỉnh chọn", counts.initiatives, counts.chosen),
        ("Đề nghị khen thưởng được khen", counts.nominations, counts.awarded),
        ("Công trình, phần việc hoàn thành", counts.registered, counts.done),
        ("Báo cáo cấp huyện đã gửi", counts.due, counts.sent),
    )
    late = sum(task.places for task in tasks if task.due_on < options.day)
    named = [f"- {task.due_on:%d/%m/%Y}: {task.name.rstrip('.')}{_where_done(task)}." for task in tasks[:NAMED]]
    return Annex(
        sheet="Tóm tắt",
        title=f"Tình hình công tác Mặt trận năm {options.year}",
        subtitle=f"phục vụ họp Ban Thường trực ngày {options.day:%d/%m/%Y}, {where(options)}",
        columns=(
            # The national title stands over the figures: they share what it needs.
            Column("work", "Nội dung", width=24),
            Column("whole", "Tổng số", Kind.INTEGER, width=13),
            Column("part", "Đã đạt", Kind.INTEGER, width=13),
            Column("rate", "Tỷ lệ", width=13, ratio=("part", "whole")),
        ),
        rows=[Row((name, whole.total(), part.total())) for name, whole, part in works],
        total=None,
        closing=(
            f"Việc đến hạn trong 31 ngày hoặc đã quá hạn: {sum(task.places for task in tasks)}, quá hạn {late}.",
            *named,
        ),
        charts=(
            Chart(
                f"Mức đạt của các nội dung năm {options.year}",
                "Mỗi nội dung một thanh: phần đã đạt trên tổng số, phần trăm.",
                labels="work",
                series=("rate",),
                height=6.5,
            ),
        ),
        signatures=(),
    )


def _where_done(task: Any) -> str:
    return f" ({task.places} nơi)" if task.places > 1 else f" ({task.owner})"


def _by_unit(options: PackOptions, counts: _Counts) -> Annex:
    columns = (
        counts.areas, counts.held, counts.initiatives, counts.chosen,
        counts.nominations, counts.awarded, counts.registered, counts.done, counts.due, counts.sent,
    )  # fmt: skip
    rows = [Row((place.name, *(column[place.id] for column in columns))) for place in counts.known.rows]
    if any(column[None] for column in columns):
        rows.append(Row(("Cấp tỉnh, nơi khác", *(column[None] for column in columns))))

    def pair(key: str, under: str, whole: str, part: str) -> tuple[Column, ...]:
        return (
            Column(f"{key}_all", whole, Kind.INTEGER, width=7, under=(under,), total=True),
            Column(f"{key}_part", part, Kind.INTEGER, width=7, under=(under,), total=True),
        )

    return Annex(
        sheet="Theo đơn vị",
        title=f"Kết quả năm {options.year} theo đơn vị",
        subtitle=f"tính đến ngày {options.day:%d/%m/%Y}",
        columns=(
            Column("name", "Đơn vị", width=22),
            *pair("festival", "Ngày hội", "KDC", "Đã tổ chức"),
            *pair("initiative", "Sáng kiến", "Đăng ký", "Được chọn"),
            *pair("award", "Khen thưởng", "Đề nghị", "Được khen"),
            *pair("work", "Công trình, phần việc", "Đăng ký", "Hoàn thành"),
            *pair("report", "Báo cáo", "Phải gửi", "Đã gửi"),
        ),
        rows=rows,
        charts=(
            Chart(
                f"Sáng kiến và công trình, phần việc đăng ký năm {options.year}",
                "Mỗi đơn vị hai cột: số sáng kiến và số công trình, phần việc đã đăng ký.",
                labels="name",
                series=("initiative_all", "work_all"),
                kind="column",
                height=9,
            ),
        ),
        signatures=(),
    )


def _task_list(options: PackOptions, tasks: Sequence[Any]) -> Annex:
    def row(task: Any) -> Row:
        owner = f"{task.places} nơi" if task.places > 1 else task.owner
        return Row((task.name, task.clause, owner, task.due_on, max(0, (options.day - task.due_on).days) or None))

    groups = [
        Group(label, rows)
        for label, late in (("ĐÃ QUÁ HẠN", True), ("ĐẾN HẠN TRONG 31 NGÀY", False))
        if (rows := [row(task) for task in tasks if (task.due_on < options.day) is late])
    ]
    return Annex(
        sheet="Việc đến hạn",
        title="Nhiệm vụ đến hạn, quá hạn",
        subtitle=f"tính đến ngày {options.day:%d/%m/%Y}",
        columns=(
            Column("name", "Nội dung nhiệm vụ", width=40),
            Column("clause", "Mục trong kế hoạch", Kind.CODE, width=9),
            Column("owner", "Nơi thực hiện", width=22),
            Column("due", "Hạn", Kind.DATE, width=10),
            Column("late", "Số ngày quá hạn", Kind.INTEGER, width=8),
        ),
        rows=groups,
        total=None,
        signatures=(),
    )


def _since(session: Session, options: PackOptions) -> Annex:
    since = options.since or options.day - NEAR
    found = news(session, start_of(since), end_of(options.day), options)
    return Annex(
        sheet="Từ lần họp trước",
        title="Những thay đổi từ lần họp trước",
        subtitle=f"từ ngày {since:%d/%m/%Y} đến ngày {options.day:%d/%m/%Y}",
        columns=(
            Column("noun", "Loại", width=14),
            Column("what", "Bản ghi", width=30),
            Column("field", "Thông tin", width=16),
            Column("old", "Trước", width=20),
            Column("new", "Nay", width=20),
            Column("who", "Ai", width=12),
            Column("when", "Ngày", Kind.DATE, width=10),
        ),
        rows=[Group(label, [Row(row) for row in rows]) for label, rows in found if rows],
        total=None,
        signatures=(),
    )


PACK = Pack(
    "briefing",
    _("Họp Ban Thường trực"),
    _("Một trang số liệu chính và biểu đồ, việc đến hạn, những thay đổi từ lần họp trước."),
    (Ask.YEAR, Ask.UNIT, Ask.SINCE),
    build,
)
