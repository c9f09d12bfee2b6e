"""The check sheet of the Festival's pack: what to look at once more before the figures are printed."""

from __future__ import annotations

from collections.abc import Iterator

from exports.annex import Annex, Column, Row
from exports.base import PackOptions, where
from models.events import FestivalResult
from models.festival import FestivalPlace, FestivalYear
from models.oddities import AND, oddities

CONFIRMED, OPEN = "Đã xác nhận là đúng", "Chưa xác nhận"
DOUBLE = "Có hơn một kết quả trong năm; chỉ một được tính."
NO_DAY = "Chưa ghi ngày tổ chức."


def check_sheet(options: PackOptions, found: FestivalYear, top: FestivalPlace | None) -> Iterator[Annex]:
    """The sheet, if there is anything on it."""
    places = found.all if top is None else top.within()
    rows = [row for place in places for row in _of_place(found, place)]
    if top is None:
        rows += [
            Row((each.unit, f"Không tính: không có hiệu lực ngày {found.day:%d/%m/%Y}.", None)) for each in found.strays
        ]
    if rows:
        yield Annex(
            sheet="Kiểm tra",
            title=f"Số liệu Ngày hội năm {options.year} cần kiểm tra",
            subtitle=f"trên địa bàn {where(options)}",
            columns=(
                Column("name", "Đơn vị", width=30),
                Column("what", "Nội dung", width=50),
                Column("confirmed", "Xác nhận", width=18),
            ),
            rows=rows,
            total=None,
            signatures=(),
        )


def _of_place(found: FestivalYear, place: FestivalPlace) -> Iterator[Row]:
    if not place.is_sent:
        return
    agreed = (place.event.agreed or "").split(AND)
    for odd in oddities(place.event, FestivalResult.fields()):
        yield Row((place.full_name, odd.told, CONFIRMED if odd.told in agreed else OPEN))
    if place.is_held and place.event.starts_on is None:
        yield Row((place.full_name, NO_DAY, None))
    figure = found.figure(place)
    if figure.beside is not None and figure.told is not None:
        said = f"Tự báo {figure.told} khu dân cư tổ chức; tính theo cấp dưới là {figure.held}."
        yield Row((place.full_name, said, None))
