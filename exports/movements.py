"""Movements of a year: by who leads them, by unit, what was registered and what came of it, and the state's classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from exports.annex import Annex, Chart, Column, Group, Row, Value
from exports.base import Ask, Pack, PackOptions, added, of_unit, places, where
from exports.number_words import money_in_words
from models.movements import Movement, Registration, RegistrationStatus, Rhythm
from models.organisations import Organisation
from models.records.fields import Kind
from models.records.words import _
from models.units import Level

OPEN = (RegistrationStatus.REGISTERED, RegistrationStatus.UNDER_WAY)
LATE = "Quá hạn"
SPANS = ((0.95, "Dưới 1 năm"), (1.05, "1 năm"), (3.05, "Trên 1 đến 3 năm"), (5.05, "Trên 3 đến 5 năm"))
"""Classes of duration of form 0601.N (Thông tư 02/2023/TT-BNV), each up to so many years.

A movement from one day to the day before, a year later, is one of a year.
"""
LONGEST, UNKNOWN = "Trên 5 năm", "Chưa định"
PROGRESS = ("Công trình, phần việc đăng ký",)


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack."""
    movements = _movements(session, options)
    registered = _registered(session, options)
    return (
        _by_owner(options, movements, registered),
        _by_unit(session, options, registered),
        _results(options, movements, registered),
        _classes(options, movements),
    )


def _movements(session: Session, options: PackOptions) -> Sequence[Any]:
    """The movements that ran in the year."""
    first, last = date(options.year, 1, 1), date(options.year, 12, 31)
    query = (
        select(
            Movement.id,
            Movement.name,
            Movement.kind,
            Movement.rhythm,
            Movement.level,
            Movement.starts_on,
            Movement.ends_on,
            Movement.launched_by,
            Organisation.name.label("owner"),
        )
        .outerjoin(Organisation, Movement.owner_id == Organisation.id)
        .where(
            or_(Movement.starts_on.is_(None), Movement.starts_on <= last),
            or_(Movement.ends_on.is_(None), Movement.ends_on >= first),
        )
        .order_by(Movement.level, Movement.code)
    )
    return session.execute(query).all()


def _registered(session: Session, options: PackOptions) -> Sequence[Any]:
    """What was registered in the year, with who registered it."""
    query = (
        select(
            Registration.movement_id,
            Registration.name,
            Registration.kind,
            Registration.registered_on,
            Registration.due_on,
            Registration.done_on,
            Registration.status,
            Registration.value,
            Registration.participants,
            Registration.result,
            Organisation.name.label("organisation"),
            Organisation.unit_id,
        )
        .join(Organisation, Registration.organisation_id == Organisation.id)
        .where(
            Registration.registered_on.between(date(options.year, 1, 1), date(options.year, 12, 31)),
            *of_unit(options, Registration.organisation_id),
        )
        .order_by(Organisation.code, Registration.code)
    )
    return session.execute(query).all()


def _is_late(each: Any, options: PackOptions) -> bool:
    return each.status in OPEN and each.due_on is not None and each.due_on < options.day


def _progress(registered: Iterable[Any], options: PackOptions) -> tuple[Value, ...]:
    found = list(registered)
    return (
        len(found),
        sum(each.status is RegistrationStatus.DONE for each in found),
        sum(each.status in OPEN for each in found),
        sum(_is_late(each, options) for each in found),
        sum(each.status is RegistrationStatus.DROPPED for each in found),
        added(each.value for each in found),
        added(each.participants for each in found),
    )


def _progress_columns() -> tuple[Column, ...]:
    def count(key: str, label: str) -> Column:
        return Column(key, label, Kind.INTEGER, width=7, under=PROGRESS, total=True)

    return (
        count("registered", "Tổng số"),
        count("done", "Hoàn thành"),
        Column("rate", "Tỷ lệ hoàn thành", width=8, under=PROGRESS, ratio=("done", "registered")),
        count("open", "Đang thực hiện"),
        count("late", LATE),
        count("dropped", "Không thực hiện"),
        Column("value", "Trị giá (đồng)", Kind.MONEY, width=13, total=True),
        Column("participants", "Số người tham gia", Kind.INTEGER, width=9, total=True),
    )


def _by_owner(options: PackOptions, movements: Sequence[Any], registered: Sequence[Any]) -> Annex:
    owners: dict[str, list[Row]] = {}
    for movement in movements:
        owner = movement.owner or movement.launched_by or "Chưa ghi cơ quan chủ trì"
        own = [each for each in registered if each.movement_id == movement.id]
        kinds = (movement.kind.label, movement.rhythm.label)
        owners.setdefault(owner, []).append(Row((movement.name, *kinds, *_progress(own, options))))
    worth = added(each.value for each in registered) or 0
    return Annex(
        sheet="Phong trào",
        number="Phụ lục I",
        title=f"Kết quả các phong trào thi đua, cuộc vận động năm {options.year}",
        subtitle=f"trên địa bàn {where(options)}",
        columns=(
            Column("name", "Phong trào, cuộc vận động", width=34),
            Column("kind", "Loại", width=11),
            Column("rhythm", "Hình thức", width=11),
            *_progress_columns(),
        ),
        rows=[Group(owner, rows) for owner, rows in owners.items()],
        closing=(
            f"Có {len(movements)} phong trào, cuộc vận động; {len(registered)} công trình, phần việc đăng ký.",
            f"Trị giá bằng chữ: {money_in_words(worth)}./.",
        ),
    )


def _by_unit(session: Session, options: PackOptions, registered: Sequence[Any]) -> Annex:
    known = places(session, options)
    rows, counted = [], 0
    for place in known.rows:
        inside = {other.id for other in known.all if place.holds(other)}
        own = [each for each in registered if each.unit_id in inside]
        counted += len(own)
        rows.append(Row((place.name, *_progress(own, options))))
    if counted < len(registered):
        inside = {other.id for place in known.rows for other in known.all if place.holds(other)}
        rest = [each for each in registered if each.unit_id not in inside]
        rows.append(Row(("Cấp tỉnh" if options.unit is None else options.unit.name, *_progress(rest, options))))
    return Annex(
        sheet="Đơn vị",
        number="Phụ lục II",
        title=f"Công trình, phần việc đăng ký năm {options.year} theo đơn vị",
        subtitle=f"trên địa bàn {where(options)}",
        columns=(Column("name", "Đơn vị", width=26), *_progress_columns()),
        rows=rows,
        charts=(
            Chart(
                f"Công trình, phần việc năm {options.year}: đăng ký và hoàn thành",
                "Mỗi đơn vị hai cột: số đã đăng ký và số đã hoàn thành.",
                labels="name",
                series=("registered", "done"),
                kind="column",
                height=12,
            ),
        ),
    )


def _results(options: PackOptions, movements: Sequence[Any], registered: Sequence[Any]) -> Annex:
    groups = []
    names = {movement.id: movement.name for movement in movements}
    for id_ in dict.fromkeys([*names, *(each.movement_id for each in registered)]):
        rows = [
            Row(
                (
                    each.name,
                    each.kind.label,
                    each.organisation,
                    each.registered_on,
                    each.due_on,
                    each.done_on,
                    LATE if _is_late(each, options) else each.status.label,
                    each.value,
                    each.result,
                )
            )
            for each in registered
            if each.movement_id == id_
        ]
        if rows:
            groups.append(Group(names.get(id_, "Phong trào đã kết thúc"), rows))
    return Annex(
        sheet="Kết quả",
        number="Phụ lục III",
        title=f"Danh sách công trình, sản phẩm, phần việc, mô hình đăng ký năm {options.year}",
        subtitle=f"trên địa bàn {where(options)}",
        measure="đồng",
        columns=(
            Column("name", "Tên công trình, phần việc", width=26),
            Column("kind", "Loại", width=9),
            Column("organisation", "Đơn vị đăng ký", width=22),
            Column("registered", "Ngày đăng ký", Kind.DATE, width=9),
            Column("due", "Hạn", Kind.DATE, width=9),
            Column("done", "Ngày hoàn thành", Kind.DATE, width=9),
            Column("status", "Tình trạng", width=9),
            Column("value", "Trị giá", Kind.MONEY, width=11, total=True),
            Column("result", "Kết quả", width=24),
        ),
        rows=groups,
        closing=(f"Danh sách có {len(registered)} công trình, sản phẩm, phần việc, mô hình./.",),
    )


def _span(movement: Any) -> str:
    """The class of duration that a movement falls into."""
    if movement.starts_on is None or movement.ends_on is None:
        return LONGEST if movement.rhythm is Rhythm.STANDING else UNKNOWN
    years = (movement.ends_on - movement.starts_on).days / 365
    return next((name for limit, name in SPANS if years < limit), LONGEST)


def _classes(options: PackOptions, movements: Sequence[Any]) -> Annex:
    spans = [*(name for _years, name in SPANS), LONGEST, UNKNOWN]
    rows = []
    for level in (Level.CENTRE, Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
        own = [movement for movement in movements if movement.level is level]
        by_rhythm = [sum(movement.rhythm is rhythm for movement in own) for rhythm in Rhythm]
        by_span = [sum(_span(movement) == name for movement in own) for name in spans]
        rows.append(Row((f"Cấp {level.label.lower()}", *by_rhythm, *by_span)))

    def count(key: str, label: str, under: str) -> Column:
        return Column(key, label, Kind.INTEGER, width=8, under=(under,), total=True)

    return Annex(
        sheet="Biểu 0601.N",
        number="Phụ lục IV",
        title=f"Số phong trào thi đua năm {options.year}",
        subtitle="theo phân tổ của biểu 0601.N/BNV-TĐKT (Thông tư số 02/2023/TT-BNV)",
        measure="phong trào",
        columns=(
            Column("level", "Cấp chủ trì phát động thi đua", width=18),
            Column("all", "Tổng số", Kind.INTEGER, width=8, plus=tuple(rhythm.value for rhythm in Rhythm)),
            *(count(rhythm.value, rhythm.label, "Chia theo hình thức tổ chức") for rhythm in Rhythm),
            *(count(f"span{place}", name, "Chia theo thời hạn thi đua") for place, name in enumerate(spans)),
        ),
        rows=rows,
    )


PACK = Pack(
    "movements",
    _("Phong trào thi đua"),
    _("Từng phong trào theo nơi chủ trì và đơn vị: đăng ký, hoàn thành, quá hạn; biểu 0601.N."),
    (Ask.YEAR, Ask.UNIT),
    build,
)
