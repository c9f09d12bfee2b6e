"""The Festival of a year: by unit, by residential area, and the areas that are the province's pilots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.annex import Annex, Chart, Column, Group, Row
from exports.base import Ask, Pack, PackOptions, in_unit, where
from exports.festival_check import check_sheet
from exports.number_words import money_in_words
from models.events import Event, EventKind
from models.festival import SUMMED, FestivalFigure, FestivalPlace, FestivalYear
from models.pilot_areas import PilotArea
from models.records.fields import Kind
from models.records.words import _
from models.themes import Theme
from models.units import Level

NOT_SENT = "Chưa gửi"
APART = "Không chia theo đơn vị"
TOLD = {Level.PROVINCE: "Tỉnh báo", Level.DISTRICT: "Huyện báo", Level.COMMUNE: "Xã báo"}
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


NAMES = (*SUMMED, "works", "note", "agreed")


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack."""
    found = FestivalYear(session, options.year, NAMES)
    top = found.place(options.unit) if options.unit else None
    themes = _themes(session, options)
    pilots = _pilots(session, options)
    return (
        _held(options, found, top),
        _brought(options, found, top),
        _areas_held(options, found, top, themes, {pilot.area_id for pilot in pilots}),
        _areas_brought(options, found, top),
        _pilot_list(options, found, top, pilots),
        *check_sheet(options, found, top),
    )


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
    query = select(PilotArea.district_id, PilotArea.area_id, PilotArea.guests, PilotArea.note).where(
        PilotArea.year == options.year, *in_unit(options, PilotArea.district_id)
    )
    return session.execute(query).all()


def _rows(found: FestivalYear, top: FestivalPlace | None) -> list[tuple[str, FestivalFigure]]:
    """Each unit of a table with what counts for it; last what none of them has: together they are the whole."""
    rows = [(place.name, found.figure(place)) for place in found.rows(top)]
    rest = found.figure(top).without(figure for _name, figure in rows)
    if rest.areas or rest.counted:
        rows.append((APART, rest))
    return rows


def _note(name: str, figure: FestivalFigure) -> str | None:
    """Who has not sent anything, or has told another number than its areas did."""
    if figure.beside is not None and figure.told is not None:
        return f"{TOLD.get(figure.beside.level, 'Đơn vị báo')} {figure.told}"
    return None if figure.counted or name == APART else NOT_SENT


# -- by unit


def _held(options: PackOptions, found: FestivalYear, top: FestivalPlace | None) -> Annex:
    table = _rows(found, top)
    rows = [Row((name, figure.total, *map(figure.sum, COUNTS), _note(name, figure))) for name, figure in table]
    whole = found.figure(top)
    held, total = whole.held, whole.total
    sent, units = (sum(name != APART and (bool(f.counted) or all_) for name, f in table) for all_ in (False, True))
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
            f"Có {held} trên {total} khu dân cư đã tổ chức Ngày hội; {sent} trên {units} đơn vị đã gửi kết quả./.",
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


def _brought(options: PackOptions, found: FestivalYear, top: FestivalPlace | None) -> Annex:
    table = _rows(found, top)
    rows = [Row((name, *map(figure.sum, BROUGHT), _note(name, figure))) for name, figure in table]
    whole = found.figure(top)
    spent = sum(whole.sum(name) or 0 for name in BROUGHT[:2])
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
    options: PackOptions,
    found: FestivalYear,
    top: FestivalPlace | None,
    themes: dict[int, str],
    pilots: set[int | None],
) -> Annex:
    def row(place: FestivalPlace) -> Row:
        if not place.is_sent:
            return Row((place.name, "x" if place.id in pilots else None, None, None, None, NOT_SENT, *[None] * 9))
        both, ceremony = (place.is_area and place.value(name) for name in ("areas_both", "areas_ceremony"))
        return Row(
            (
                _named(place),
                "x" if place.id in pilots else None,
                place.event.starts_on,
                place.event.place,
                themes.get(place.event.id),
                "Lễ và hội" if both else "Chỉ phần lễ" if ceremony else None,
                "x" if place.is_area and place.value("areas_meal") else None,
                *map(place.value, ("households", "people", "minority_households", "attendees", *COUNTS[5:])),
            )
        )

    count = found.figure(top).total
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
            _count("people", "Số nhân khẩu"),
            _count("minority", "Hộ DTTS"),
            _count("attendees", "Số người dự"),
            _count("central", "TW", *LEADERS),
            _count("province", "Tỉnh", *LEADERS),
            _count("district", "Huyện", *LEADERS),
            _count("commune", "Xã", *LEADERS),
        ),
        rows=_by_area(found, top, row),
        closing=(f"Danh sách có {count} khu dân cư./.",),
        outline=True,
    )


def _areas_brought(options: PackOptions, found: FestivalYear, top: FestivalPlace | None) -> Annex:
    names = (
        *BROUGHT[:6], "works", *BROUGHT[6:], "cultural_registered", "cultural_reached", "cultural_areas",
        "poor_households", "near_poor_households", "note",
    )  # fmt: skip

    def row(place: FestivalPlace) -> Row:
        if not place.is_sent:
            return Row((place.name, *[None] * (len(names) - 1), NOT_SENT))
        return Row((_named(place), *(getattr(place.event, name) for name in names)))

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
        rows=_by_area(found, top, row),
        outline=True,
    )


def _named(place: FestivalPlace) -> str:
    return place.name if place.is_area else f"Số tổng hợp của {place.name}"


def _by_area(found: FestivalYear, top: FestivalPlace | None, row: Callable[[FestivalPlace], Row]) -> list[Row | Group]:
    """A row for each area, under its commune and that under its district; and for each sum that counts."""
    sums = {place.id for place in found.figure(top).counted if not place.is_area}

    def below(place: FestivalPlace) -> list[Row | Group]:
        own = [row(place)] if place.is_area or place.id in sums else []
        if place.is_area:
            return [*own]
        areas = [each for each in place.below if each.is_area]
        groups = [Group(each.name, inner) for each in place.below if not each.is_area and (inner := below(each))]
        return [*own, *map(row, areas), *groups]

    if top is None and len(found.at(Level.DISTRICT)) == 1 and not sums - {p.id for p in found.all if p.parent}:
        top = found.at(Level.DISTRICT)[0]
    tops = [top] if top else [place for place in found.all if place.parent is None]
    return [each for place in tops for each in below(place)]


# -- the pilots


def _pilot_list(options: PackOptions, found: FestivalYear, top: FestivalPlace | None, pilots: Sequence[Any]) -> Annex:
    def row(district: FestivalPlace, pilot: Any) -> Row:
        area = found.by_id.get(pilot.area_id or 0)
        # Many areas have one name: the commune's stands behind.
        name = ", ".join(each.name for each in (area, area and area.parent) if each) or "Chưa chọn"
        day, where_, people = (
            (area.event.starts_on, area.event.place, area.value("attendees"))
            if area and area.event
            else (None, None, None)
        )
        return Row((district.name, name, day, where_, pilot.guests, people, pilot.note))

    by_district = {pilot.district_id: pilot for pilot in pilots}
    rows = [row(place, by_district[place.id]) for place in found.at(Level.DISTRICT, top) if place.id in by_district]
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
