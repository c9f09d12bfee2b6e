"""The packs: a page for each meeting's workbook, what it asks, how its first sheet will look, and the file."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import IO, Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from exports.annex import Annex, AnnexWorkbook, column_numbers, heading_depth, headings, lines
from exports.layout.widths import shown
from exports.registry import (
    PACKS,
    Ask,
    NothingSuchError,
    Pack,
    PackOptions,
    ZipProgress,
    councils,
    districts,
    latest_year,
    make,
    options_of,
    period_key,
    periods,
    rounds,
    signers,
    write,
    write_each_district,
)
from imports.cells import read_cell
from models.history.audit import AuditKind
from models.jobs import advance, step
from models.records.clock import today
from models.records.errors import Refused
from models.records.fields import Field, Kind
from models.records.words import _
from models.units import Level
from views.core.access import Access
from views.core.background import put_aside
from views.core.downloads import sent
from views.core.fields.formatting import day_text
from views.core.page_view import PageView
from views.core.recording import note_apart
from views.core.sections import Section
from views.core.session import db

ACCESS = Access()
DAY = Field("", Kind.DATE)
SHOWN = 40
"""How many lines of a table the preview shows."""
BAD_DAY = _("Năm hoặc ngày chưa đúng.")
ASKED = {
    Ask.YEAR: _("Năm"),
    Ask.ROUND: _("Đợt khen thưởng"),
    Ask.PERIOD: _("Kỳ báo cáo"),
    Ask.UNIT: _("Địa bàn"),
    Ask.COUNCIL: _("Hội đồng"),
    Ask.SINCE: _("Từ lần họp trước, ngày"),
}


class PackView(PageView):
    """The pages under "/packs/"."""

    label = _("Tài liệu họp")
    section = Section.MEETINGS
    path = "packs"

    def is_accessible(self) -> bool:
        return ACCESS.may("export")

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        abort(403 if current_user.is_authenticated else 401)

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Which packs there are."""
        return self.render("admin/packs/index.html", packs=PACKS.values(), title=gettext("Họp"))

    @expose("/<pack_name>/")
    def pack_view(self, pack_name: str) -> ResponseReturnValue:
        """What one pack asks, and its first sheet."""
        pack = PACKS.get(pack_name) or abort(404)
        asked = _options_asked(pack)
        workbook = _made(pack, asked) if asked is not None else None
        return self.render(
            "admin/packs/pack.html",
            pack=pack,
            fields=list(_fields(pack, asked)),
            workbook=workbook,
            preview=_preview(workbook.sheets[0]) if workbook is not None and workbook.sheets else None,
            many_units=len(districts(db.session(), asked.year)) > 1 if asked is not None else False,
            title=gettext(pack.label),
        )

    @expose("/<pack_name>/workbook/")
    def workbook(self, pack_name: str) -> ResponseReturnValue:
        """The pack as one workbook."""
        pack = PACKS.get(pack_name) or abort(404)
        asked = _options_asked(pack)
        workbook = _made(pack, asked) if asked is not None else None
        if workbook is None:
            return self._back(pack_name)
        answer = sent(lambda file: write(file, workbook), workbook.title)
        note_apart(AuditKind.EXPORTED, noun=pack_name, title=workbook.title, rows=workbook.rows, filter=workbook.about)
        return answer

    @expose("/<pack_name>/each-district/")
    def each_district(self, pack_name: str) -> ResponseReturnValue:
        """A workbook for each district, in one zip."""
        pack = PACKS.get(pack_name) or abort(404)
        asked = _options_asked(pack)
        if asked is None:
            return self._back(pack_name)
        title = gettext("%(pack)s, mỗi huyện một tệp", pack=gettext(pack.label))
        total = len(districts(db.session(), asked.year))
        if step.get() is None:
            return put_aside(title, total)

        def write_all(file: IO[bytes]) -> None:
            for _step in write_each_district(file, db.session(), pack, asked):
                advance()

        answer = sent(write_all, f"{pack.label} {asked.year}", "zip")
        note_apart(AuditKind.EXPORTED, noun=pack_name, title=title, rows=total, filter=str(asked.year))
        return answer

    def _back(self, pack_name: str) -> ResponseReturnValue:
        return redirect(url_for(".pack_view", pack_name=pack_name))


def _options_asked(pack: Pack) -> PackOptions | None:
    """What the address asks for; None, and a sentence on the page, if that is not there."""
    chosen = {name: value.replace("\x00", "") for name, value in request.args.items()}
    if "unit" not in chosen and (own := _own_unit()) is not None:
        chosen["unit"] = own
    try:
        for name in ("day", "since"):
            if text := chosen.get(name, "").strip():
                chosen[name] = str(read_cell(DAY, text))
        return options_of(
            db.session(),
            pack,
            chosen,
            personal=ACCESS.may("approve"),
            who=current_user.name,
            today=today(),
        )
    except NothingSuchError as error:
        flash(str(error), "error")
    except (Refused, ValueError, LookupError):
        flash(gettext(BAD_DAY), "error")
    return None


def _own_unit() -> str | None:
    """The district or commune that whoever asks works for."""
    home = current_user.organisation
    unit = home.unit if home is not None else None
    return unit.code if unit is not None and unit.level in (Level.DISTRICT, Level.COMMUNE) else None


def _made(pack: Pack, asked: PackOptions) -> AnnexWorkbook:
    return make(db.session(), pack, asked)


# -- what is asked


def _fields(pack: Pack, asked: PackOptions | None) -> Iterator[SimpleNamespace]:
    """The controls of the form: a name, a label, the value, and for lists what there is."""
    session = db.session()
    year = asked.year if asked else latest_year(session) or today().year
    for ask in pack.asks:
        label = gettext(ASKED[ask])
        if ask is Ask.YEAR:
            yield _field("year", label, str(year), kind="number")
        elif ask is Ask.SINCE:
            yield _field("since", label, day_text(asked.since) if asked and asked.since else "", kind="date")
        else:
            value, options = _options(session, ask, asked, year)
            yield _field(ask.value, label, value, options=options)
    known = signers(session)
    yield _field(
        "signer",
        gettext("Người ký"),
        str(asked.signer.id if asked and asked.signer else known[0].id if known else ""),
        options=[(str(s.id), ", ".join(filter(None, (s.authority, s.post, s.full_name)))) for s in known],
    )
    yield _field("day", gettext("Ngày ghi trên văn bản"), day_text(asked.day if asked else today()), kind="date")


def _options(session: Session, ask: Ask, asked: PackOptions | None, year: int) -> tuple[str, list[tuple[str, str]]]:
    """The chosen value of a list, and its values with their labels."""
    if ask is Ask.UNIT:
        units = [(unit.code, unit.full_name) for unit in districts(session, year)]
        chosen = asked.unit if asked else None
        if chosen is not None and chosen.code not in dict(units):
            units.append((chosen.code, chosen.full_name))
        return chosen.code if chosen else "", [("", gettext("Tất cả")), *units]
    if ask is Ask.ROUND:
        return asked.round.code if asked and asked.round else "", [(each.code, each.name) for each in rounds(session)]
    if ask is Ask.PERIOD:
        known = [(period_key(each), each.name) for each in periods(session)]
        return period_key(asked.period) if asked and asked.period else "", known
    bodies = [(each.code, each.name) for each in councils(session)]
    return asked.council.code if asked and asked.council else "", [("", gettext("Nơi đã xét nhiều nhất")), *bodies]


def _field(
    name: str, label: str, value: str, *, kind: str = "list", options: list[tuple[str, str]] | None = None
) -> SimpleNamespace:
    return SimpleNamespace(name=name, label=label, value=value, kind=kind, options=options or [])


# -- the preview


def _preview(annex: Annex) -> SimpleNamespace:
    """The first sheet for the screen: the same headings and lines that the workbook is written from."""
    found = lines(annex)
    rows = [[h for h in headings(annex) if h.row == row] for row in range(heading_depth(annex))]
    return SimpleNamespace(
        annex=annex,
        headings=rows,
        numbers=column_numbers(annex),
        lines=[
            SimpleNamespace(
                look=line.look.value,
                mark=line.mark,
                cells=[
                    SimpleNamespace(text=shown(cell.value, column), number=column.is_number, label=column.label)
                    for cell, column in zip(line.cells, annex.columns, strict=True)
                ],
            )
            for line in found[:SHOWN]
        ],
        more=max(0, len(found) - SHOWN),
    )


# -- for whoever is at the machine itself


def write_pack(target: IO[bytes], name: str, chosen: dict[str, str], *, personal: bool) -> int:
    """Write a pack. Returns the number of rows. Raises ValueError for what is not there."""
    asked = options_of(db.session(), PACKS[name], chosen, personal=personal, who="backoffice", today=today())
    return write(target, make(db.session(), PACKS[name], asked))


def write_packs(target: IO[bytes], name: str, chosen: dict[str, str], *, personal: bool) -> Iterator[ZipProgress]:
    """Write a zip of the pack for each district, step by step. Raises ValueError for what is not there."""
    asked = options_of(db.session(), PACKS[name], chosen, personal=personal, who="backoffice", today=today())
    yield from write_each_district(target, db.session(), PACKS[name], asked)


__all__ = ["PACKS", "PackView", "write_pack", "write_packs"]
