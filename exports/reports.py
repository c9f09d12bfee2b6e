"""The reports of a period: who has sent and who is late, and the figures that were sent, added up live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.annex import Annex, Column, Group, Row
from exports.base import Ask, Pack, PackOptions, Places, of_unit, places, where
from exports.number_words import roman
from models.obligations import Obligation, Standing, obligations, tally
from models.organisations import Family, Organisation
from models.periods import Period
from models.records.fields import Kind
from models.records.words import _
from models.reports import Figure, Indicator, Programme
from models.units import Level

DONG = "đồng"
"""What is counted in it is told in millions: eleven districts stand side by side."""
MEMBERS = "Tổ chức thành viên"
A_SHEET = 12
"""Indicators side by side on one sheet."""


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack; none without a period."""
    period = options.period
    if period is None:
        return ()
    senders = _owed(session, options, period)
    indicators = session.scalars(select(Indicator).order_by(Indicator.programme, Indicator.place, Indicator.code)).all()
    known = places(session, options)
    counted = list(_counted(senders, known))
    figures = _figures(session, [sender.taken[-1].id for sender in counted])
    used = [each for each in indicators if any(id_ == each.id for _report, id_ in figures)]
    return (
        _sent(options, period, senders),
        _by_indicator(options, period, used, counted, known, figures),
        *_by_unit(options, period, used, counted, known, figures),
    )


def _owed(session: Session, options: PackOptions, period: Period) -> list[Obligation]:
    """What is owed for the period within the chosen unit, or sent without being owed."""
    inside = set(session.scalars(select(Organisation.id).where(*of_unit(options, Organisation.id))))
    return [each for each in obligations(session, [period], options.day) if each.organisation.id in inside]


def _counted(senders: Iterable[Obligation], known: Places) -> Iterator[Obligation]:
    """Those whose figures count: a committee's report holds those of the committees below it, which stand in for it.

    The province's own is no part of its sum.
    """
    sent = [sender for sender in senders if sender.taken]
    districts = {s.organisation.unit_id for s in sent if s.organisation.level is Level.DISTRICT and _is_front(s)}
    for sender in sent:
        level, unit_id = sender.organisation.level, sender.organisation.unit_id
        place = known.by_id.get(unit_id) if unit_id is not None else None
        held = level is Level.COMMUNE and place is not None and place.parent_id in districts
        if not held and not (level is Level.PROVINCE and _is_front(sender)):
            yield sender


def _is_front(sender: Obligation) -> bool:
    return sender.organisation.family is Family.COMMITTEE


def _figures(session: Session, report_ids: Sequence[int]) -> dict[tuple[int, int], Decimal]:
    query = select(Figure.report_id, Figure.indicator_id, Figure.value).where(Figure.report_id.in_(report_ids))
    return {(row.report_id, row.indicator_id): row.value for row in session.execute(query)}


def _measure(indicator: Indicator) -> str:
    return f"triệu {indicator.measure}" if indicator.measure == DONG else indicator.measure


def _in_measure(indicator: Indicator, value: Decimal | None) -> Decimal | None:
    return value / 10**6 if value is not None and indicator.measure == DONG else value


# -- who has sent


def _sent(options: PackOptions, period: Period, senders: Sequence[Obligation]) -> Annex:
    def row(sender: Obligation) -> Row:
        report, state = sender.shown, sender.standing
        told = report.return_reason if report is not None and state is Standing.RETURNED else None
        sent_on = report.sent_on if report is not None and sender.taken else None
        revision = report.revision if report is not None else None
        late = sender.days_late or None
        return Row((sender.organisation.name, period.due_on, sent_on, revision, state.label, late, told))

    groups = [
        Group(label, rows)
        for label, wanted in (
            ("Ủy ban MTTQ Việt Nam tỉnh", (Family.COMMITTEE, Level.PROVINCE)),
            ("Ủy ban MTTQ Việt Nam cấp huyện", (Family.COMMITTEE, Level.DISTRICT)),
            ("Ủy ban MTTQ Việt Nam cấp xã", (Family.COMMITTEE, Level.COMMUNE)),
            ("Tổ chức thành viên cấp tỉnh", (Family.MEMBER, Level.PROVINCE)),
            ("Tổ chức thành viên cấp huyện", (Family.MEMBER, Level.DISTRICT)),
        )
        if (rows := [row(s) for s in senders if (s.organisation.family, s.organisation.level) == wanted])
    ]
    told = tally(senders)
    sent, late = told[Standing.IN_TIME] + told[Standing.LATE], told[Standing.LATE]
    return Annex(
        sheet="Tình hình gửi",
        number="Phụ lục I",
        title=f"Tình hình gửi báo cáo kỳ {period.name[:1].lower()}{period.name[1:]}",
        subtitle=f"tính đến ngày {options.day:%d/%m/%Y}",
        columns=(
            Column("name", "Nơi báo cáo", width=36),
            Column("due", "Hạn gửi", Kind.DATE, width=10),
            Column("sent", "Ngày gửi", Kind.DATE, width=10),
            Column("revision", "Lần gửi", Kind.INTEGER, width=6),
            Column("status", "Tình trạng", width=10),
            Column("late", "Số ngày trễ", Kind.INTEGER, width=7),
            Column("note", "Lý do trả lại", width=24),
        ),
        rows=groups,
        total=None,
        closing=(f"Có {sent} trên {len(senders)} nơi đã gửi báo cáo, trong đó {late} nơi gửi trễ hạn./.",),
    )


# -- figures


def _by_indicator(
    options: PackOptions,
    period: Period,
    indicators: Sequence[Indicator],
    counted: Sequence[Obligation],
    known: Places,
    figures: dict[tuple[int, int], Decimal],
) -> Annex:
    units = [place for place in known.rows if any(place.id == s.organisation.unit_id for s in counted)] or known.rows
    members = [sender for sender in counted if not _is_front(sender)]

    def value(indicator: Indicator, senders: Iterable[Obligation]) -> Decimal | None:
        found = [_in_measure(indicator, figures.get((sender.taken[-1].id, indicator.id))) for sender in senders]
        return (
            sum((each for each in found if each is not None), Decimal(0)) if any(f is not None for f in found) else None
        )

    def of_place(place: Any) -> list[Obligation]:
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
        subtitle=f"trên địa bàn {where(options)}",
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
    options: PackOptions,
    period: Period,
    indicators: Sequence[Indicator],
    counted: Sequence[Obligation],
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
    part: Sequence[Indicator], counted: Sequence[Obligation], known: Places, figures: dict[tuple[int, int], Decimal]
) -> Iterator[Row | Group]:
    def row(sender: Obligation) -> Row:
        values = (_in_measure(each, figures.get((sender.taken[-1].id, each.id))) for each in part)
        return Row((sender.organisation.name, *values))

    front = [sender for sender in counted if _is_front(sender)]
    for district in known.at(Level.DISTRICT):
        inside = {place.id for place in known.all if district.holds(place)}
        if rows := [row(sender) for sender in front if sender.organisation.unit_id in inside]:
            yield Group(district.name, rows)
    if rows := [row(sender) for sender in counted if not _is_front(sender)]:
        yield Group(MEMBERS, rows)


PACK = Pack(
    "reports",
    _("Báo cáo định kỳ"),
    _("Ai đã gửi, ai trễ mấy ngày; số liệu từng chỉ tiêu theo đơn vị, có công thức cộng."),
    (Ask.PERIOD, Ask.UNIT),
    build,
)
