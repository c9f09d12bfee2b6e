"""The council's file on initiatives: lists, a score sheet for each member, the tally, the dossiers, the proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import extract, or_, select
from sqlalchemy.orm import Session

from exports.annex import Annex, Column, Group, Row, Signature
from exports.base import Ask, Pack, PackOptions, in_unit, places, where
from exports.names import tab_name
from exports.number_words import count_in_words, money_in_words
from models import Appraisal
from models.dossiers import DossierItem, DossierKind, Presence
from models.initiatives import Author, Initiative, InitiativeField, Stage
from models.organisations import Council, Organisation
from models.people import Person, Position, Post
from models.records.fields import Kind
from models.records.words import _
from models.units import Level, Unit

NO_FIELD = "Chưa xếp lĩnh vực"
CRITERIA = (("new", "Tính mới, sáng tạo", 30), ("effect", "Hiệu quả", 40), ("use", "Khả năng áp dụng", 30))
"""What a member of a council gives points for; together 100."""
THERE, MISSING = "x", "Thiếu"


@dataclass(frozen=True)
class InitiativesOfYear:
    """All initiatives of the year, and what belongs to each by its id."""

    all: Sequence[Any]
    authors: dict[int, str]
    papers: dict[int, dict[DossierKind, Presence]]
    appraisals: Sequence[Any]


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack."""
    found = InitiativesOfYear(
        _initiatives(session, options),
        _authors(session, options),
        _papers(session, options),
        _appraisals(session, options),
    )
    council = options.council or _usual_council(session, found)
    members = _members(session, options, council)
    waiting = [each for each in found.all if each.stage is _waits(council)]
    return (
        _list(options, found, "Theo lĩnh vực", "Phụ lục I", _by_field(found)),
        _list(options, found, "Theo đơn vị", "Phụ lục II", _by_unit(session, options, found)),
        _tally(options, found, council, waiting),
        _dossiers(options, found),
        _golden_book(options, found),
        *_score_sheets(options, found, council, members, waiting),
    )


# -- what is read


def _initiatives(session: Session, options: PackOptions) -> Sequence[Any]:
    query = (
        select(
            Initiative.id,
            Initiative.name,
            Initiative.kind,
            Initiative.stage,
            Initiative.applied_at,
            Initiative.economic_value,
            Initiative.social_effect,
            Initiative.prizes,
            Initiative.golden_book,
            Initiative.unit_id,
            Unit.full_name.label("unit"),
            InitiativeField.name.label("field"),
            Organisation.name.label("organisation"),
        )
        .join(Unit, Initiative.unit_id == Unit.id)
        .join(Organisation, Initiative.organisation_id == Organisation.id)
        .outerjoin(InitiativeField, Initiative.field_id == InitiativeField.id)
        .where(Initiative.year == options.year, *in_unit(options, Initiative.unit_id))
        .order_by(InitiativeField.place, InitiativeField.name, Initiative.code)
    )
    return session.execute(query).all()


def _authors(session: Session, options: PackOptions) -> dict[int, str]:
    """The authors of each initiative with their shares, the first first."""
    query = (
        select(Author.initiative_id, Author.full_name, Author.share)
        .join(Initiative, Author.initiative_id == Initiative.id)
        .where(Initiative.year == options.year, *in_unit(options, Initiative.unit_id))
        .order_by(Author.place, Author.id)
    )
    found: dict[int, list[str]] = {}
    for id_, name, share in session.execute(query):
        found.setdefault(id_, []).append(f"{name} ({share.normalize():f}%)".replace(".", ","))
    return {id_: "; ".join(names) for id_, names in found.items()}


def _papers(session: Session, options: PackOptions) -> dict[int, dict[DossierKind, Presence]]:
    query = (
        select(DossierItem.initiative_id, DossierItem.kind, DossierItem.presence)
        .join(Initiative, DossierItem.initiative_id == Initiative.id)
        .where(Initiative.year == options.year, *in_unit(options, Initiative.unit_id))
    )
    found: dict[int, dict[DossierKind, Presence]] = {}
    for id_, kind, presence in session.execute(query):
        found.setdefault(id_, {})[kind] = presence
    return found


def _appraisals(session: Session, options: PackOptions) -> Sequence[Any]:
    query = (
        select(
            Appraisal.initiative_id,
            Appraisal.council_id,
            Appraisal.met_on,
            Appraisal.members,
            Appraisal.present,
            Appraisal.votes_for,
            Appraisal.score,
            Appraisal.conclusion,
        )
        .join(Initiative, Appraisal.initiative_id == Initiative.id)
        .where(extract("year", Appraisal.met_on) == options.year, Initiative.year == options.year)
        .where(*in_unit(options, Initiative.unit_id))
        .order_by(Appraisal.met_on)
    )
    return session.execute(query).all()


def _usual_council(session: Session, found: InitiativesOfYear) -> Council | None:
    """The council that appraised most of these."""
    usual = Counter(each.council_id for each in found.appraisals).most_common(1)
    return session.scalars(select(Council).where(Council.id == usual[0][0])).first() if usual else None


def _waits(council: Council | None) -> Stage:
    """The stage at which initiatives wait for this council."""
    return Stage.DOSSIER if council is not None and council.level is Level.DISTRICT else Stage.APPRAISED


def _members(session: Session, options: PackOptions, council: Council | None) -> Sequence[Any]:
    if council is None:
        return ()
    query = (
        select(Person.full_name, Post.name.label("post"))
        .join(Position, Position.person_id == Person.id)
        .join(Post, Position.post_id == Post.id)
        .where(Position.organisation_id == council.id, or_(Position.ends_on.is_(None), Position.ends_on >= options.day))
        .order_by(Position.place, Post.place, Person.title_key)
    )
    return session.execute(query).all()


# -- the lists


def _by_field(found: InitiativesOfYear) -> Iterator[tuple[str, list[Any]]]:
    for name in dict.fromkeys(each.field for each in found.all):
        yield name or NO_FIELD, [each for each in found.all if each.field == name]


def _by_unit(session: Session, options: PackOptions, found: InitiativesOfYear) -> Iterator[tuple[str, list[Any]]]:
    known = places(session, options)
    rows = known.rows
    for place in rows:
        inside = {other.id for other in known.all if place.holds(other)}
        yield place.name, [each for each in found.all if each.unit_id in inside]
    below = {other.id for place in rows for other in known.all if place.holds(other)}
    yield "Đơn vị khác", [each for each in found.all if each.unit_id not in below]


def _list(
    options: PackOptions, found: InitiativesOfYear, sheet: str, number: str, groups: Iterator[tuple[str, list[Any]]]
) -> Annex:
    def row(each: Any) -> Row:
        return Row(
            (
                each.name,
                each.kind.label,
                found.authors.get(each.id),
                each.organisation,
                each.applied_at,
                each.economic_value,
                each.social_effect,
                each.stage.label,
            )
        )

    worth = sum(each.economic_value or 0 for each in found.all)
    return Annex(
        sheet=sheet,
        number=number,
        title=f"Danh sách sáng kiến, mô hình năm {options.year} {sheet[:1].lower()}{sheet[1:]}",
        subtitle=f"trên địa bàn {where(options)}",
        measure="đồng",
        columns=(
            Column("name", "Tên sáng kiến, mô hình", width=26),
            Column("kind", "Loại", width=9),
            Column("authors", "Tác giả (tỷ lệ đóng góp)", width=20),
            Column("organisation", "Nơi giới thiệu", width=20),
            Column("where", "Nơi áp dụng", width=14),
            Column("value", "Hiệu quả kinh tế", Kind.MONEY, width=12, total=True),
            Column("effect", "Hiệu quả xã hội", width=20),
            Column("stage", "Giai đoạn", width=10),
        ),
        rows=[Group(name, [row(each) for each in own]) for name, own in groups if own],
        closing=(
            f"Danh sách có {count_in_words(len(found.all))} sáng kiến, mô hình.",
            f"Hiệu quả kinh tế bằng chữ: {money_in_words(worth)}./.",
        ),
    )


# -- the council


def _tally(options: PackOptions, found: InitiativesOfYear, council: Council | None, waiting: Sequence[Any]) -> Annex:
    names = {each.id: each.name for each in found.all}
    voted = [each for each in found.appraisals if council is not None and each.council_id == council.id]

    def row(each: Any) -> Row:
        concluded = each.conclusion.label if each.conclusion else None
        counts = (each.members, each.present, each.votes_for)
        return Row((names[each.initiative_id], each.met_on, *counts, each.score, concluded))

    groups = [
        Group("ĐÃ HỌP", [row(each) for each in voted]),
        Group("CHỜ HỌP", [Row((each.name, *[None] * 6)) for each in waiting]),
    ]
    return Annex(
        sheet="Kiểm phiếu",
        number="Phụ lục III",
        title="Tổng hợp kết quả bỏ phiếu, chấm điểm sáng kiến",
        subtitle=str(council or "Hội đồng"),
        columns=(
            Column("name", "Tên sáng kiến, mô hình", width=36),
            Column("met", "Ngày họp", Kind.DATE, width=10),
            Column("members", "Số ủy viên", Kind.INTEGER, width=7),
            Column("present", "Có mặt", Kind.INTEGER, width=7),
            Column("votes", "Phiếu tán thành", Kind.INTEGER, width=8),
            Column("rate", "Tỷ lệ", width=8, ratio=("votes", "present")),
            Column("score", "Điểm trung bình", Kind.DECIMAL, width=8, places=2),
            Column("conclusion", "Kết luận", width=12),
        ),
        rows=[group for group in groups if group.rows],
        total=None,
        closing=(f"Đã họp xét {len(voted)}, còn chờ {len(waiting)} sáng kiến, mô hình./.",),
        signatures=(Signature(None, "THƯ KÝ HỘI ĐỒNG"), Signature(None, "CHỦ TỊCH HỘI ĐỒNG")),
    )


def _score_sheets(
    options: PackOptions,
    found: InitiativesOfYear,
    council: Council | None,
    members: Sequence[Any],
    waiting: Sequence[Any],
) -> Iterator[Annex]:
    """One for each member; one to be copied where the members are not known."""
    columns = (
        Column("name", "Tên sáng kiến, mô hình", width=34),
        Column("authors", "Tác giả", width=22),
        *(Column(key, f"{label} ({most})", Kind.DECIMAL, width=9, places=None) for key, label, most in CRITERIA),
        Column("sum", "Tổng điểm (100)", Kind.DECIMAL, width=9, places=None, plus=tuple(key for key, *_ in CRITERIA)),
        Column("note", "Nhận xét", width=20),
    )
    rows = [Row((each.name, found.authors.get(each.id), None, None, None, None)) for each in waiting]
    for place, (name, post) in enumerate([(m.full_name, m.post) for m in members] or [("", "")], start=1):
        yield Annex(
            sheet=tab_name(f"Phiếu {place:02} {name}"),
            title="Phiếu chấm điểm sáng kiến",
            subtitle=str(council or "Hội đồng"),
            basis=f"Họ và tên: {name or '……………………………'}    Chức vụ: {post or '……………………'}",
            columns=columns,
            rows=rows,
            total=None,
            signatures=(Signature(None, "ỦY VIÊN HỘI ĐỒNG", name or None),),
        )


# -- the dossiers


def _dossiers(options: PackOptions, found: InitiativesOfYear) -> Annex:
    rows, whole = [], 0
    shown = [each for each in found.all if each.stage is not Stage.REJECTED]
    for each in shown:
        papers = found.papers.get(each.id, {})
        missing = [kind for kind in DossierKind if papers.get(kind, Presence.MISSING) is Presence.MISSING]
        whole += not missing
        marks = (MISSING if kind in missing else THERE for kind in DossierKind)
        rows.append(Row((each.name, each.unit, *marks, len(missing))))
    return Annex(
        sheet="Hồ sơ",
        number="Phụ lục IV",
        title=f"Kiểm tra hồ sơ sáng kiến, mô hình năm {options.year}",
        subtitle=f"trên địa bàn {where(options)}",
        columns=(
            Column("name", "Tên sáng kiến, mô hình", width=32),
            Column("unit", "Đơn vị", width=18),
            *(Column(kind.value, kind.label, Kind.CHOICE, width=9) for kind in DossierKind),
            Column("missing", "Số giấy tờ thiếu", Kind.INTEGER, width=7, total=True),
        ),
        rows=rows,
        closing=(f"Có {whole} trên {len(shown)} hồ sơ đủ giấy tờ./.",),
    )


def _golden_book(options: PackOptions, found: InitiativesOfYear) -> Annex:
    proposed = [each for each in found.all if each.golden_book]

    def row(each: Any) -> Row:
        authors = found.authors.get(each.id)
        return Row((each.name, authors, each.organisation, each.field, each.prizes, each.economic_value))

    return Annex(
        sheet="Sách vàng",
        number="Phụ lục V",
        title=f"Danh sách đề nghị công bố trong Sách vàng Sáng tạo Việt Nam năm {options.year}",
        subtitle=f"của {where(options)}",
        basis=(
            f"(Kèm theo Tờ trình số …/TTr-MTTQ-BTT ngày … tháng … năm {options.day.year} "
            "của Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh)"
        ),
        measure="đồng",
        columns=(
            Column("name", "Tên công trình, sáng kiến", width=30),
            Column("authors", "Tác giả (tỷ lệ đóng góp)", width=22),
            Column("organisation", "Nơi giới thiệu", width=20),
            Column("field", "Lĩnh vực", width=14),
            Column("prizes", "Giải thưởng đã đạt", width=18),
            Column("value", "Hiệu quả kinh tế", Kind.MONEY, width=12, total=True),
        ),
        rows=[row(each) for each in proposed],
        closing=(f"Danh sách có {count_in_words(len(proposed))} công trình, sáng kiến./.",),
    )


PACK = Pack(
    "initiatives",
    _("Hội đồng xét sáng kiến"),
    _("Danh sách theo lĩnh vực và đơn vị, phiếu chấm từng ủy viên, kiểm phiếu, hồ sơ thiếu gì, Sách vàng."),
    (Ask.YEAR, Ask.UNIT, Ask.COUNCIL),
    build,
)
