"""The Festival of a year: by unit, by residential area, and the areas that are the province's pilots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.annex import Annex, Chart, Column, Group, Row, Value
from exports.base import Ask, Pack, PackOptions, Place, Places, added, in_unit, places, where
from exports.number_words import money_in_words
from models.events import Event, EventKind, EventStatus, FestivalResult, Theme
from models.pilot_areas import PilotArea
from models.records.fields import Kind
from models.records.words import _
from models.units import Level

NOT_SENT = "Chưa gửi"
COUNTS = (
    "areas_held", "areas_ceremony", "areas_both", "areas_meal", "attendees",
    "central_leaders", "province_leaders", "district_leaders", "commune_leaders",
)  # fmt: skip
BROUGHT = (
    "state_budget", "social_budget", "gifts", "gift_value", "houses", "house_value",
    "praised_collectives", "praised_households", "praised_people",
)  # fmt: skip
LEADERS = ("Lượt lãnh đạo dự",)
MONEY, GIFTS, HOUSES, PRAISED = ("Kinh phí",), ("Quà tặng",), ("Nhà Đại đoàn kết",), ("Biểu dương",)
HELD = ("Số KDC tổ chức Ngày hội",)
FAMILIES, POOR = ("Gia đình văn hóa",), ("Hộ nghèo, cận nghèo",)


@dataclass(frozen=True)
class Found:
    """The result of one Festival, and where and when it was held."""

    place: Place
    event: Any
    result: FestivalResult


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack."""
    known = places(session, options)
    found = list(_found(session, options, known))
    themes = _themes(session, options)
    pilots = _pilots(session, options)
    return (
        _held(options, known, found),
        _brought(options, known, found),
        _areas_held(options, known, found, themes, {pilot.area_id for pilot in pilots}),
        _areas_brought(options, known, found),
        _pilot_list(options, known, pilots),
    )


def _found(session: Session, options: PackOptions, known: Places) -> Iterator[Found]:
    query = (
        select(Event.unit_id, Event.id, Event.starts_on, Event.place, FestivalResult)
        .join(FestivalResult, FestivalResult.event_id == Event.id)
        .where(
            Event.year == options.year,
            Event.kind == EventKind.FESTIVAL,
            Event.status == EventStatus.HELD,
            *in_unit(options, Event.unit_id),
        )
        .order_by(Event.starts_on, Event.id)
    )
    for row in session.execute(query):
        if row.unit_id in known.by_id:
            yield Found(known.by_id[row.unit_id], row, row.FestivalResult)


def _themes(session: Session, options: PackOptions) -> dict[int, str]:
    query = (
        select(Event.id, Theme.name)
        .join(Event.themes)
        .where(Event.year == options.year, Event.kind == EventKind.FESTIVAL, *in_unit(options, Event.unit_id))
        .order_by(Theme.place)
    )
    names: dict[int, list[str]] = {}
    for id_, name in session.execute(query):
        names.setdefault(id_, []).append(name)
    return {id_: "; ".join(found) for id_, found in names.items()}


def _pilots(session: Session, options: PackOptions) -> Sequence[Any]:
    query = (
        select(
            PilotArea.district_id,
            PilotArea.area_id,
            PilotArea.guests,
            PilotArea.note,
            Event.starts_on,
            Event.place,
            Event.attendees,
        )
        .outerjoin(Event, PilotArea.event_id == Event.id)
        .where(PilotArea.year == options.year, *in_unit(options, PilotArea.district_id))
    )
    return session.execute(query).all()


def _of(place: Place, found: Iterable[Found]) -> list[FestivalResult]:
    """The results of a unit: those of its areas; where it sent a summary only, that."""
    below = [each for each in found if place.holds(each.place)]
    areas = [each.result for each in below if each.place.level is Level.AREA]
    return areas or [each.result for each in below]


def _summed(results: list[FestivalResult], names: Iterable[str]) -> list[Value]:
    return [added(getattr(result, name) for result in results) for name in names]


# -- by unit


def _held(options: PackOptions, known: Places, found: list[Found]) -> Annex:
    rows = []
    for place in known.rows:
        results = _of(place, found)
        areas = len(known.at(Level.AREA, place)) or added(result.areas_total for result in results)
        rows.append(Row((place.name, areas, *_summed(results, COUNTS), None if results else NOT_SENT)))
    sent = sum(row.values[-1] is None for row in rows)
    total, held = (added(row.values[place] for row in rows) or 0 for place in (1, 2))
    return Annex(
        sheet="Tổ chức",
        number="Phụ lục I",
        title=f"Kết quả tổ chức Ngày hội Đại đoàn kết toàn dân tộc năm {options.year}",
        subtitle=f"trên địa bàn {where(options)}",
        basis=_basis(options),
        columns=(
            Column("name", "Đơn vị", width=24),
            _count("total", "Tổng số khu dân cư"),
            _count("held", "Tổng số", *HELD),
            Column("rate", "Tỷ lệ", width=8, under=HELD, ratio=("held", "total")),
            _count("ceremony", "Chỉ phần lễ", *HELD),
            _count("both", "Cả lễ và hội", *HELD),
            _count("meal", "Có bữa cơm đại đoàn kết", *HELD),
            _count("attendees", "Số người dự"),
            _count("central", "TW", *LEADERS),
            _count("province", "Tỉnh", *LEADERS),
            _count("district", "Huyện", *LEADERS),
            _count("commune", "Xã", *LEADERS),
            Column("note", "Ghi chú", width=10),
        ),
        rows=rows,
        closing=(
            f"Có {held} trên {total} khu dân cư đã tổ chức Ngày hội; {sent} trên {len(rows)} đơn vị đã gửi kết quả./.",
        ),
        charts=(
            Chart(
                f"Khu dân cư tổ chức Ngày hội năm {options.year}",
                f"Mỗi đơn vị hai cột: tổng số khu dân cư và số đã tổ chức. Cả thảy {held} trên {total}.",
                labels="name",
                series=("total", "held"),
                kind="column",
                height=12,
            ),
        ),
    )


def _brought(options: PackOptions, known: Places, found: list[Found]) -> Annex:
    rows = []
    for place in known.rows:
        results = _of(place, found)
        rows.append(Row((place.name, *_summed(results, BROUGHT), None if results else NOT_SENT)))
    spent = sum(added(row.values[place] for row in rows) or 0 for place in (1, 2))
    return Annex(
        sheet="Kinh phí, chăm lo",
        number="Phụ lục II",
        title=f"Kinh phí, chăm lo và biểu dương tại Ngày hội năm {options.year}",
        subtitle=f"trên địa bàn {where(options)}",
        basis=_basis(options),
        measure="đồng",
        columns=(
            Column("name", "Đơn vị", width=22),
            *_money_columns(),
            _count("collectives", "Tập thể", *PRAISED),
            _count("households", "Hộ", *PRAISED),
            _count("people", "Cá nhân", *PRAISED),
            Column("note", "Ghi chú", width=9),
        ),
        rows=rows,
        closing=(f"Tổng kinh phí tổ chức bằng chữ: {money_in_words(spent)}./.",),
    )


def _money_columns() -> tuple[Column, ...]:
    return (
        _money("state", "Ngân sách", *MONEY),
        _money("social", "Xã hội hóa", *MONEY),
        Column("spent", "Cộng", Kind.MONEY, width=12, under=MONEY, plus=("state", "social")),
        _count("gifts", "Số suất", *GIFTS),
        _money("gift_value", "Trị giá", *GIFTS),
        _count("houses", "Số căn", *HOUSES),
        _money("house_value", "Trị giá", *HOUSES),
    )


# -- by area


def _areas_held(
    options: PackOptions, known: Places, found: list[Found], themes: dict[int, str], pilots: set[int | None]
) -> Annex:
    def row(place: Place, each: Found | None) -> Row:
        pilot = "x" if place.id in pilots else None
        if each is None:
            return Row((place.name, pilot, None, None, None, NOT_SENT, *[None] * 9))
        result = each.result
        form = "Lễ và hội" if result.areas_both else "Chỉ phần lễ" if result.areas_ceremony else None
        return Row(
            (
                place.name,
                pilot,
                each.event.starts_on,
                each.event.place,
                themes.get(each.event.id),
                form,
                "x" if result.areas_meal else None,
                result.households,
                result.people,
                result.minority_households,
                result.attendees,
                *(getattr(result, name) for name in COUNTS[5:]),
            )
        )

    rows = _by_area(known, found, row)
    count = len(known.at(Level.AREA))
    return Annex(
        sheet="Khu dân cư",
        number="Phụ lục III",
        title=f"Danh sách khu dân cư tổ chức Ngày hội năm {options.year}",
        subtitle=f"trên địa bàn {where(options)}",
        basis=_basis(options),
        columns=(
            Column("name", "Khu dân cư", width=16),
            Column("pilot", "KDC điểm", Kind.YES_NO, width=5),
            Column("day", "Ngày tổ chức", Kind.DATE, width=10),
            Column("where", "Địa điểm", width=18),
            Column("theme", "Chủ đề", width=22),
            Column("form", "Hình thức", width=9),
            Column("meal", "Bữa cơm đại đoàn kết", Kind.YES_NO, width=6),
            _count("households", "Số hộ"),
            _count("people", "Số khẩu"),
            _count("minority", "Hộ DTTS"),
            _count("attendees", "Số người dự"),
            _count("central", "TW", *LEADERS),
            _count("province", "Tỉnh", *LEADERS),
            _count("district", "Huyện", *LEADERS),
            _count("commune", "Xã", *LEADERS),
        ),
        rows=rows,
        closing=(f"Danh sách có {count} khu dân cư./.",),
        outline=True,
    )


def _areas_brought(options: PackOptions, known: Places, found: list[Found]) -> Annex:
    names = (
        *BROUGHT[:6], "works", *BROUGHT[6:], "cultural_registered", "cultural_reached", "cultural_areas",
        "poor_households", "near_poor_households", "note",
    )  # fmt: skip

    def row(place: Place, each: Found | None) -> Row:
        if each is None:
            return Row((place.name, *[None] * (len(names) - 1), NOT_SENT))
        values = [getattr(each.result, name) for name in names]
        return Row((place.name, *values))

    return Annex(
        sheet="Khu dân cư – kết quả",
        number="Phụ lục IV",
        title=f"Kết quả Ngày hội năm {options.year} theo khu dân cư",
        subtitle=f"trên địa bàn {where(options)}",
        basis=_basis(options),
        measure="đồng",
        columns=(
            Column("name", "Khu dân cư", width=16),
            *_money_columns(),
            Column("works", "Công trình, phần việc", width=18),
            _count("collectives", "Tập thể", *PRAISED),
            _count("households", "Hộ", *PRAISED),
            _count("people", "Cá nhân", *PRAISED),
            _count("registered", "Đăng ký", *FAMILIES),
            _count("reached", "Đạt", *FAMILIES),
            _count("cultural", "KDC văn hóa"),
            _count("poor", "Nghèo", *POOR),
            _count("near_poor", "Cận nghèo", *POOR),
            Column("note", "Ghi chú", width=9),
        ),
        rows=_by_area(known, found, row),
        outline=True,
    )


def _by_area(known: Places, found: list[Found], row: Any) -> list[Row | Group]:
    """A row for each area, under its commune and that under its district."""
    held = {each.place.id: each for each in found}

    def communes(under: Place) -> list[Row | Group]:
        return [
            Group(commune.name, [row(area, held.get(area.id)) for area in areas])
            for commune in known.at(Level.COMMUNE, under)
            if (areas := known.at(Level.AREA, commune))
        ]

    districts = known.at(Level.DISTRICT)
    if len(districts) > 1:
        return [Group(district.name, inner) for district in districts if (inner := communes(district))]
    if top := (known.top or (districts[0] if districts else None)):
        return communes(top)
    return []


# -- the pilots


def _pilot_list(options: PackOptions, known: Places, pilots: Sequence[Any]) -> Annex:
    def area(id_: int | None) -> str:
        """The area with its commune: many areas have one name."""
        place = known.by_id.get(id_ or 0)
        commune = known.by_id.get(place.parent_id or 0) if place else None
        return ", ".join(each.name for each in (place, commune) if each) or "Chưa chọn"

    by_district = {pilot.district_id: pilot for pilot in pilots}
    rows = [
        Row((district.name, area(p.area_id), p.starts_on, p.place, p.guests, p.attendees, p.note))
        for district in known.at(Level.DISTRICT)
        if (p := by_district.get(district.id))
    ]
    chosen = sum(pilot.area_id is not None for pilot in pilots)
    return Annex(
        sheet="KDC điểm",
        number="Phụ lục V",
        title=f"Khu dân cư điểm của tỉnh tổ chức Ngày hội năm {options.year}",
        basis=_basis(options),
        columns=(
            Column("district", "Đơn vị", width=16),
            Column("area", "Khu dân cư được chọn", width=26),
            Column("day", "Ngày tổ chức", Kind.DATE, width=10),
            Column("where", "Địa điểm", width=20),
            Column("guests", "Lãnh đạo dự", width=26),
            _count("attendees", "Số người dự"),
            Column("note", "Ghi chú", width=16),
        ),
        rows=rows,
        total=None,
        closing=(f"Có {chosen} trên {len(rows)} đơn vị đã chọn khu dân cư điểm./.",),
    )


def _basis(options: PackOptions) -> str:
    return (
        f"(Kèm theo Báo cáo số …/BC-MTTQ-BTT ngày … tháng … năm {options.day.year} "
        "của Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh)"
    )


def _count(key: str, label: str, *under: str) -> Column:
    return Column(key, label, Kind.INTEGER, width=7, under=under, total=True)


def _money(key: str, label: str, *under: str) -> Column:
    return Column(key, label, Kind.MONEY, width=12, under=under, total=True)


PACK = Pack(
    "festival",
    _("Ngày hội Đại đoàn kết"),
    _("Kết quả theo huyện, theo khu dân cư, khu dân cư điểm; nơi nào chưa gửi; biểu đồ."),
    (Ask.YEAR, Ask.UNIT),
    build,
)
