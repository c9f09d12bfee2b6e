"""Figures that stand in two places: what each place says of them, read from its page or its workbook.

A page marks a figure by `data-figure="held/total;2023;Huyện Mỹ Xuyên"`: what its numbers are, of which year, of which
unit; none, of all. A pack's figure is named by its column, its unit by the row.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from exports.annex import Annex, Look, lines
from exports.registry import PACKS, options_of
from models.units import Unit

FILE = "figures.json"
NAMES = {
    "held": "Khu dân cư đã tổ chức Ngày hội", "total": "Khu dân cư", "both": "Cả lễ và hội",
    "meal": "Có bữa cơm đại đoàn kết",
    "people": "Số người dự", "state": "Kinh phí ngân sách", "social": "Kinh phí xã hội hóa", "gifts": "Số suất quà",
    "houses": "Nhà Đại đoàn kết", "chosen": "Khu dân cư điểm đã chọn", "districts": "Khu dân cư điểm phải chọn",
    "unchosen": "Huyện chưa chọn khu dân cư điểm", "initiatives": "Sáng kiến, mô hình",
    "chosen initiatives": "Sáng kiến, mô hình được chọn", "nominations": "Đề nghị khen thưởng", "awarded": "Được khen",
    "registered": "Công trình, phần việc đăng ký", "done": "Công trình, phần việc hoàn thành",
    "due": "Báo cáo phải gửi", "sent reports": "Báo cáo đã gửi",
}  # fmt: skip
"""What people call the figures."""
Figure = tuple[str, int, str]
"""What it is, the year, the unit's name."""
Place = tuple[str, Iterable[tuple[Figure, int]]]
"""A page or a pack by its name, with what it says."""
Said = dict[Figure, dict[str, int]]
"""For each figure what each place says."""
COLUMNS: dict[tuple[str, str], dict[str, str]] = {
    ("festival", "Tổ chức"): {"held": "held", "total": "total", "both": "both", "meal": "meal", "attendees": "people"},
    ("festival", "Kinh phí, chăm lo"): {"state": "state", "social": "social", "gifts": "gifts", "houses": "houses"},
    ("festival", "Khu dân cư"): {"attendees": "people"},
    ("festival", "Khu dân cư – kết quả"): {"state": "state", "social": "social", "gifts": "gifts", "houses": "houses"},
    ("movements", "Đơn vị"): {"registered": "registered", "done": "done"},
    ("briefing", "Theo đơn vị"): {
        "festival_part": "held",
        "festival_all": "total",
        "initiative_all": "initiatives",
        "initiative_part": "chosen initiatives",
        "award_all": "nominations",
        "award_part": "awarded",
        "work_all": "registered",
        "work_part": "done",
        "report_all": "due",
        "report_part": "sent reports",
    },
}
"""Which columns of a pack's sheet say what."""
WORKS = {
    "Khu dân cư tổ chức Ngày hội": ("total", "held"),
    "Khu dân cư điểm của tỉnh được chọn": ("districts", "chosen"),
    "Sáng kiến, mô hình được hội đồng tỉnh chọn": ("initiatives", "chosen initiatives"),
    "Đề nghị khen thưởng được khen": ("nominations", "awarded"),
    "Công trình, phần việc hoàn thành": ("registered", "done"),
    "Báo cáo cấp huyện đã gửi": ("due", "sent reports"),
}
"""What the first sheet of the briefing says in its rows."""
BY_AREA = ("Khu dân cư", "Khu dân cư – kết quả")
"""Sheets whose rows are areas: of them only the sum stands elsewhere."""


class _Reader(HTMLParser):
    """Finds what is marked in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self._open: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._open and tag == self._open[-1][0]:
            self._open[-1] = (tag, self._open[-1][1] + 1)
        if name := dict(attrs).get("data-figure"):
            self.found.append((name, []))
            self._open.append((tag, 1))

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1][1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag == self._open[-1][0]:
            depth = self._open.pop()[1] - 1
            if depth:
                self._open.append((tag, depth))


def in_page(html: str) -> Iterator[tuple[Figure, int]]:
    """The figures that a page marks."""
    reader = _Reader()
    reader.feed(html)
    for name, texts in reader.found:
        what, year, unit = name.split(";", 2)
        numbers = re.findall(r"\d+", " ".join(texts).replace(".", ""))
        yield from (((one, int(year), unit), int(number)) for one, number in zip(what.split("/"), numbers, strict=True))


def in_packs(session: Session, year: int, unit: Unit | None = None) -> Iterator[Place]:
    """Each sheet of the packs that holds such figures, by its name, for the whole province or for a unit."""
    for name in dict.fromkeys(pack for pack, _sheet in COLUMNS):
        chosen = {"year": str(year), "unit": unit.code if unit else ""}
        options = options_of(session, PACKS[name], chosen, personal=False, who="", today=date(year, 12, 31))
        for annex in PACKS[name].build(session, options):
            named = ", ".join(filter(None, (PACKS[name].label, annex.sheet, unit.name if unit else "")))
            yield named, _in_sheet(name, annex, year, unit)


def _in_sheet(name: str, annex: Annex, year: int, unit: Unit | None) -> Iterator[tuple[Figure, int]]:
    columns = [column.key for column in annex.columns]
    for key, what in COLUMNS.get((name, annex.sheet), {}).items():
        yield from _in_column(annex, columns.index(key), what, year, unit)
    if name == "briefing" and "work" in columns:
        yield from _in_works(annex, year, unit)


def _in_column(annex: Annex, place: int, what: str, year: int, unit: Unit | None) -> Iterator[tuple[Figure, int]]:
    for line in lines(annex):
        value: Any = line.cells[place].value
        if line.look is Look.TOTAL:
            yield (what, year, unit.name if unit else ""), int(value or 0)
        elif line.look is Look.ROW and unit is None and annex.sheet not in BY_AREA:
            yield (what, year, str(line.cells[0].value)), int(value or 0)


def _in_works(annex: Annex, year: int, unit: Unit | None) -> Iterator[tuple[Figure, int]]:
    for line in lines(annex):
        name, *values = (cell.value for cell in line.cells)
        for what, value in zip(WORKS.get(str(name), ()), values, strict=False):
            yield (what, year, unit.name if unit else ""), int(str(value or 0))


def gather(places: Iterable[Place]) -> Said:
    """What all these places say, by figure."""
    said: Said = defaultdict(dict)
    for place, figures in places:
        found = dict(figures)
        for what, year, unit in list(found):
            if what == "districts" and ("chosen", year, unit) in found:
                found["unchosen", year, unit] = found[what, year, unit] - found["chosen", year, unit]
        for figure, number in found.items():
            said[figure][place] = number
    return said


def compared(said: Said) -> Said:
    """Those that stand in two places or more."""
    return {figure: places for figure, places in said.items() if len(places) > 1}


def different(said: Said) -> Said:
    """Those of which not all places say the same."""
    return {figure: places for figure, places in said.items() if len(set(places.values())) > 1}


def in_words(one: tuple[Figure, dict[str, int]]) -> str:
    """What the places say of a figure of which they don't say the same."""
    (what, year, unit), places = one
    whose = ", ".join(filter(None, (NAMES.get(what, what), str(year), unit)))
    return f"{whose}: {'; '.join(f'{place} {number}' for place, number in places.items())}"


@dataclass(frozen=True)
class Comparison:
    """What was found when all figures were read: when, how many stand in two places, and which of them differ."""

    at: datetime
    count: int
    differ: list[str]

    @classmethod
    def read(cls, folder: Path) -> Comparison | None:
        """The latest one that was kept in the data folder."""
        try:
            kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(datetime.fromisoformat(kept["at"]), kept["count"], kept["differ"])
        except (OSError, ValueError, KeyError):
            return None

    def write(self, folder: Path) -> None:
        """Keep it there, for the desk."""
        part = folder / f"{FILE}.part"
        part.write_text(json.dumps(asdict(self), default=str, ensure_ascii=False), encoding="utf-8")
        part.replace(folder / FILE)
