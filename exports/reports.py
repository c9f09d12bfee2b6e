"""The reports of a period: who has sent and who is late, and the figures that were sent, added up live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.annex import Annex, Column, Group, Row
from exports.pack import Places, Wish, of_unit, places, where
from exports.spelling import roman
from models.fields import Kind
from models.organisations import Family, Organisation
from models.periods import Period
from models.reports import Figure, Indicator, Programme, Report, ReportStatus
from models.units import Level

SENT = (ReportStatus.SENT, ReportStatus.ACCEPTED)
NOT_SENT = "Chưa gửi"
DONG = "đồng"
"""What is counted in it is told in millions: eleven districts stand side by side."""
MEMBERS = "Tổ chức thành viên"
A_SHEET = 12
"""Indicators side by side on one sheet."""


@dataclass(frozen=True)
class Sender:
    """An organisation that reports, and the report that counts: the last one it made."""

    organisation: Any
    report: Any = None

    @property
    def has_sent(self) -> bool:
        return self.report is not None and self.report.status in SENT

    def days_late(self, period: Period, day: date) -> int:
        """By how many days it came, or is, late on this day."""
        sent = self.report.sent_on if self.has_sent else day
        return max(0, (sent - period.due_on).days)


def build(session: Session, wish: Wish) -> tuple[Annex, ...]:
    """The sheets of the pack; none without a period."""
    period = wish.period
    if period is None:
        return ()
    senders = list(_senders(session, wish, period))
    indicators = session.scalars(select(Indicator).order_by(Indicator.programme, Indicator.place, Indicator.code)).all()
    known = places(session, wish)
    counted = list(_counted(senders, known))
    figures = _figures(session, [sender.report.id for sender in counted])
    used = [each for each in indicators if any(id_ == each.id for _report, id_ in figures)]
    return (
        _sent(wish, period, senders),
        _by_indicator(wish, period, used, counted, known, figures),
        *_by_unit(wish, period, used, counted, known, figures),
    )


def _senders(session: Session, wish: Wish, period: Period) -> Iterator[Sender]:
    """All that owe a report or have made one, by level and code."""
    columns = (Organisation.id, Organisation.name, Organisation.family, Organisation.level, Organisation.unit_id)
    owing = (
        select(*columns)
        .where(Organisation.level.in_((Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)), *of_unit(wish, Organisation.id))
        .order_by(Organisation.code)
    )
    reports = (
        select(
            Report.id,
            Report.organisation_id,
            Report.revision,
            Report.status,
            Report.sent_on,
            Report.return_reason,
            Report.note,
        )
        .where(Report.period_id == period.id, *of_unit(wish, Report.organisation_id))
        .order_by(Report.revision)
    )
    last = {report.organisation_id: report for report in session.execute(reports)}
    for organisation in session.execute(owing):
        if organisation.id in last or _owes(organisation):
            yield Sender(organisation, last.get(organisation.id))


def _owes(organisation: Any) -> bool:
    """Committees of the districts and the province's member organisations report (plan 2023, last paragraph)."""
    return (organisation.family, organisation.level) in (
        (Family.COMMITTEE, Level.DISTRICT),
        (Family.MEMBER, Level.PROVINCE),
    )


def _counted(senders: Iterable[Sender], known: Places) -> Iterator[Sender]:
    """Those whose figures count: a committee's report holds those of the committees below it, which stand in for it."""
    sent = [sender for sender in senders if sender.has_sent]
    districts = {s.organisation.unit_id for s in sent if s.organisation.level is Level.DISTRICT and _is_front(s)}
    for sender in sent:
        place = known.by_id.get(sender.organisation.unit_id)
        if sender.organisation.level is not Level.COMMUNE or place is None or place.parent_id not in districts:
            yield sender


def _is_front(sender: Sender) -> bool:
    return sender.organisation.family is Family.COMMITTEE


def _figures(session: Session, report_ids: Sequence[int]) -> dict[tuple[int, int], Decimal]:
    query = select(Figure.report_id, Figure.indicator_id, Figure.value).where(Figure.report_id.in_(report_ids))
    return {(row.report_id, row.indicator_id): row.value for row in session.execute(query)}


def _measure(indicator: Indicator) -> str:
    return f"triệu {indicator.measure}" if indicator.measure == DONG else indicator.measure


def _in_measure(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    return value / 10**6 if value is not None and indicator.measure == DONG else value


# -- who has sent


def _sent(wish: Wish, period: Period, senders: Sequence[Sender]) -> Annex:
    def row(sender: Sender) -> Row:
        report, late = sender.report, sender.days_late(period, wish.day)
        state = report.status.label if report is not None else NOT_SENT
        told = (report.return_reason or report.note) if report is not None else None
        sent_on = report.sent_on if report is not None else None
        revision = report.revision if report is not None else None
        return Row((sender.organisation.name, period.due_on, sent_on, revision, state, late or None, told))

    groups = [
        Group(label, rows)
        for label, wanted in (
            ("Ủy ban MTTQ Việt Nam cấp huyện", (Family.COMMITTEE, Level.DISTRICT)),
            ("Ủy ban MTTQ Việt Nam cấp xã", (Family.COMMITTEE, Level.COMMUNE)),
            ("Tổ chức thành viên cấp tỉnh", (Family.MEMBER, Level.PROVINCE)),
            ("Tổ chức thành viên cấp huyện", (Family.MEMBER, Level.DISTRICT)),
        )
        if (rows := [row(s) for s in senders if (s.organisation.family, s.organisation.level) == wanted])
    ]
    sent = sum(sender.has_sent for sender in senders)
    late = sum(sender.has_sent and sender.days_late(period, wish.day) > 0 for sender in senders)
    return Annex(
        sheet="Tình hình gửi",
        number="Phụ lục I",
        title=f"Tình hình gửi báo cáo kỳ {period.name[:1].lower()}{period.name[1:]}",
        subtitle=f"tính đến ngày {wish.day:%d/%m/%Y}",
        columns=(
            Column("name", "Nơi báo cáo", width=36),
            Column("due", "Hạn gửi", Kind.DATE, width=10),
            Column("sent", "Ngày gửi", Kind.DATE, width=10),
            Column("revision", "Lần gửi", Kind.INTEGER, width=6),
            Column("status", "Tình trạng", width=10),
            Column("late", "Số ngày trễ", Kind.INTEGER, width=7),
            Column("note", "Lý do trả lại, ghi chú", width=24),
        ),
        rows=groups,
        total=None,
        closing=(f"Có {sent} trên {len(senders)} nơi đã gửi báo cáo, trong đó {late} nơi gửi trễ hạn./.",),
    )


# -- figures


def _by_indicator(
    wish: Wish,
    period: Period,
    indicators: Sequence[Indicator],
    counted: Sequence[Sender],
    known: Places,
    figures: dict[tuple[int, int], Decimal],
) -> Annex:
    units = [place for place in known.rows if any(place.id == s.organisation.unit_id for s in counted)] or known.rows
    members = [sender for sender in counted if not _is_front(sender)]

    def value(indicator: Indicator, senders: Iterable[Sender]) -> Decimal | None:
        found = [_in_measure(indicator, figures.get((sender.report.id, indicator.id))) for sender in senders]
        return (
            sum((each for each in found if each is not None), Decimal(0)) if any(f is not None for f in found) else None
        )

    def of_place(place: Any) -> list[Sender]:
        inside = {other.id for other in known.all if place.holds(other)}
        return [s for s in counted if _is_front(s) and s.organisation.unit_id in inside]

    groups = []
    for programme in Programme:
        rows = [
            Row((each.name, _measure(each), *(value(each, of_place(place)) for place in units), value(each, members)))
            for each in indicators
            if each.programme is programme
        ]
        if rows:
            groups.append(Group(programme.label.partition(". ")[2], rows))
    keys = [f"unit{place.id}" for place in units]
    return Annex(
        sheet="Chỉ tiêu",
        number="Phụ lục II",
        title=f"Tổng hợp số liệu báo cáo kỳ {period.name[:1].lower()}{period.name[1:]}",
        subtitle=f"trên địa bàn {where(wish)}",
        columns=(
            Column("name", "Chỉ tiêu", width=30),
            Column("measure", "Đơn vị tính", Kind.CHOICE, width=7),
            *(
                Column(key, _short(p.name), Kind.DECIMAL, places=None, width=7)
                for key, p in zip(keys, units, strict=True)
            ),
            Column("members", MEMBERS, Kind.DECIMAL, places=None, width=8),
            Column("all", "Tổng cộng", Kind.DECIMAL, places=None, width=9, plus=(*keys, "members")),
        ),
        rows=groups,
        total=None,
        numbered_anew=False,
        closing=(f"Cộng từ {len(counted)} báo cáo đã gửi./.",),
    )


def _short(name: str) -> str:
    """A unit's name where there is little room: without its kind, but "TP Sóc Trăng"."""
    return name.replace("Thành phố", "TP").replace("Thị xã", "TX").removeprefix("Huyện ")


def _by_unit(
    wish: Wish,
    period: Period,
    indicators: Sequence[Indicator],
    counted: Sequence[Sender],
    known: Places,
    figures: dict[tuple[int, int], Decimal],
) -> Iterator[Annex]:
    """For each programme the units as an outline, province, districts, communes, beside the programme's indicators."""
    place = 2
    for programme in Programme:
        own = [each for each in indicators if each.programme is programme]
        for start in range(0, len(own), A_SHEET):
            part = own[start : start + A_SHEET]
            place += 1
            number, name = programme.label.split(". ", 1)
            letter = chr(ord("a") + start // A_SHEET) if len(own) > A_SHEET else ""
            yield Annex(
                sheet=f"Chương trình {number}{letter}",
                number=f"Phụ lục {roman(place)}",
                title=f"Số liệu báo cáo kỳ {period.name[:1].lower()}{period.name[1:]} theo đơn vị",
                subtitle=name,
                columns=(
                    Column("name", "Nơi báo cáo", width=22),
                    *(
                        Column(
                            f"i{each.id}",
                            f"{each.name} ({_measure(each)})",
                            Kind.DECIMAL,
                            places=None,
                            width=8,
                            total=True,
                        )
                        for each in part
                    ),
                ),
                rows=list(_outline(part, counted, known, figures)),
                outline=True,
            )


def _outline(
    part: Sequence[Indicator], counted: Sequence[Sender], known: Places, figures: dict[tuple[int, int], Decimal]
) -> Iterator[Row | Group]:
    def row(sender: Sender) -> Row:
        values = (_in_measure(each, figures.get((sender.report.id, each.id))) for each in part)
        return Row((sender.organisation.name, *values))

    front = [sender for sender in counted if _is_front(sender)]
    for district in known.at(Level.DISTRICT):
        inside = {place.id for place in known.all if district.holds(place)}
        if rows := [row(sender) for sender in front if sender.organisation.unit_id in inside]:
            yield Group(district.name, rows)
    if rows := [row(sender) for sender in counted if not _is_front(sender)]:
        yield Group(MEMBERS, rows)
