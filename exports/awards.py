"""A round of commendation: the list that is proposed, what each decision gives, and both in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exports.annex import Annex, Chart, Column, Group, Row
from exports.base import Ask, Pack, PackOptions, in_unit, where
from exports.names import tab_name
from exports.number_words import count_in_words, day_in_words
from models.awards import AwardForm, AwardRound, DecisionStatus, NominationStage, RecipientKind
from models.nominations import AwardDecision, Nomination
from models.organisations import Organisation
from models.records.fields import Kind
from models.records.words import _
from models.units import Unit

HEADS = {
    RecipientKind.COLLECTIVE: "TẬP THỂ",
    RecipientKind.HOUSEHOLD: "HỘ GIA ĐÌNH",
    RecipientKind.INDIVIDUAL: "CÁ NHÂN",
}
COUNTED = {
    RecipientKind.COLLECTIVE: "tập thể",
    RecipientKind.HOUSEHOLD: "hộ gia đình",
    RecipientKind.INDIVIDUAL: "cá nhân",
}


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack; none without a round."""
    round_ = options.round
    if round_ is None:
        return ()
    nominations = _nominations(session, options, round_)
    earlier = _earlier(session, [each.recipient_key for each in nominations], round_)
    decisions = _decisions(session, round_)
    proposed = [each for each in nominations if each.stage is not NominationStage.REJECTED]
    return (
        _proposal(options, round_, proposed, earlier),
        *_given(round_, decisions, nominations),
        _in_figures(options, round_, proposed),
    )


def _nominations(session: Session, options: PackOptions, round_: AwardRound) -> Sequence[Any]:
    query = (
        select(
            Nomination.recipient_kind,
            Nomination.recipient,
            Nomination.recipient_key,
            Nomination.gender,
            Nomination.birth_year,
            Nomination.job,
            Nomination.achievement,
            Nomination.earlier_awards,
            Nomination.council_present,
            Nomination.council_votes,
            Nomination.stage,
            Nomination.decision_id,
            Nomination.unit_id,
            Unit.full_name.label("unit"),
            AwardForm.name.label("form"),
        )
        .join(Unit, Nomination.unit_id == Unit.id)
        .join(AwardForm, Nomination.form_id == AwardForm.id)
        .where(Nomination.round_id == round_.id, *in_unit(options, Nomination.unit_id))
        .order_by(AwardForm.code, Unit.code, Nomination.title_key, Nomination.code)
    )
    return session.execute(query).all()


def _earlier(session: Session, keys: Sequence[str], round_: AwardRound) -> dict[tuple[str, int], list[str]]:
    """What the same recipients were given before, by other decisions in force."""
    query = (
        select(
            Nomination.recipient_key, Nomination.unit_id, AwardForm.name, AwardDecision.number, AwardDecision.issued_on
        )
        .join(AwardForm, Nomination.form_id == AwardForm.id)
        .join(AwardDecision, Nomination.decision_id == AwardDecision.id)
        .where(
            Nomination.recipient_key.in_(set(keys)),
            Nomination.round_id != round_.id,
            AwardDecision.status == DecisionStatus.ISSUED,
        )
        .order_by(AwardDecision.issued_on)
    )
    found: dict[tuple[str, int], list[str]] = {}
    for key, unit_id, form, number, day in session.execute(query):
        found.setdefault((key, unit_id), []).append(f"{form} (QĐ {number}, {day:%d/%m/%Y})")
    return found


def _decisions(session: Session, round_: AwardRound) -> Sequence[Any]:
    query = (
        select(
            AwardDecision.id,
            AwardDecision.number,
            AwardDecision.issued_on,
            AwardDecision.issuer_name,
            Organisation.name.label("issuer"),
        )
        .outerjoin(Organisation, AwardDecision.issuer_id == Organisation.id)
        .where(AwardDecision.round_id == round_.id, AwardDecision.status != DecisionStatus.CANCELLED)
        .order_by(AwardDecision.issued_on, AwardDecision.id)
    )
    return session.execute(query).all()


def _named(each: Any) -> str:
    """How a list names a recipient: with the form of address, where one is known."""
    return f"{each.gender} {each.recipient}" if each.gender else str(each.recipient)


def _groups(nominations: Sequence[Any], row: Any) -> list[Group]:
    """The rows under I. Tập thể, II. Hộ gia đình, III. Cá nhân, those that there are."""
    return [
        Group(head, [row(each) for each in own])
        for kind, head in HEADS.items()
        if (own := [each for each in nominations if each.recipient_kind is kind])
    ]


def _closing(nominations: Iterable[Any]) -> str:
    counts = Counter(each.recipient_kind for each in nominations)
    said = ", ".join(f"{count_in_words(counts[kind])} {name}" for kind, name in COUNTED.items() if counts[kind])
    return f"Danh sách có {said or 'không ai'}./."


# -- the sheets


def _proposal(
    options: PackOptions, round_: AwardRound, proposed: Sequence[Any], earlier: dict[tuple[str, int], list[str]]
) -> Annex:
    def row(each: Any) -> Row:
        known = earlier.get((each.recipient_key, each.unit_id), [])
        votes = None if each.council_votes is None else f"{each.council_votes}/{each.council_present}"
        before = "; ".join(filter(None, [each.earlier_awards, *known])) or None
        return Row(
            (_named(each), each.birth_year, each.job, each.unit, each.achievement, each.form, before, votes, None)
        )

    return Annex(
        sheet="Đề nghị",
        title="Danh sách đề nghị khen thưởng",
        subtitle=round_.name,
        basis=(
            f"(Kèm theo Tờ trình số …/TTr-MTTQ-BTT ngày … tháng … năm {options.day.year} "
            "của Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh)"
        ),
        columns=(
            Column("name", "Tên tập thể, hộ gia đình; họ và tên cá nhân", width=22),
            Column("born", "Năm sinh", Kind.YEAR, width=6),
            Column("job", "Chức vụ, đơn vị công tác", width=20),
            Column("unit", "Địa bàn", width=16),
            Column("achievement", "Tóm tắt thành tích", width=26),
            Column("form", "Hình thức đề nghị", width=16),
            Column("earlier", "Các hình thức đã được khen", width=18),
            Column("votes", "Phiếu Hội đồng", Kind.CODE, width=7),
            Column("note", "Ghi chú", width=8),
        ),
        rows=_groups(proposed, row),
        total=None,
        closing=(_closing(proposed),),
    )


def _given(round_: AwardRound, decisions: Sequence[Any], nominations: Sequence[Any]) -> Iterator[Annex]:
    """The list that goes with each decision."""

    def row(each: Any) -> Row:
        return Row((_named(each), each.birth_year, each.job, each.unit, each.form))

    for place, decision in enumerate(decisions, start=1):
        own = [each for each in nominations if each.decision_id == decision.id]
        number = decision.number or "…/QĐ-MTTQ-BTT"
        day = day_in_words(decision.issued_on) if decision.issued_on else "ngày … tháng … năm …"
        issuer = decision.issuer_name or decision.issuer or "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh"
        yield Annex(
            sheet=tab_name(f"Quyết định {place} ({number})"),
            title="Danh sách được khen thưởng",
            subtitle=round_.name,
            basis=f"(Kèm theo Quyết định số {number} {day} của {issuer})",
            columns=(
                Column("name", "Tên tập thể, hộ gia đình; họ và tên cá nhân", width=26),
                Column("born", "Năm sinh", Kind.YEAR, width=6),
                Column("job", "Chức vụ, đơn vị công tác", width=24),
                Column("unit", "Địa bàn", width=20),
                Column("form", "Hình thức khen thưởng", width=18),
            ),
            rows=_groups(own, row),
            total=None,
            closing=(_closing(own),),
        )


def _in_figures(options: PackOptions, round_: AwardRound, proposed: Sequence[Any]) -> Annex:
    forms = dict.fromkeys(each.form for each in proposed)

    def counts(form: str, *, awarded: bool) -> tuple[int, ...]:
        own = Counter(
            each.recipient_kind
            for each in proposed
            if each.form == form and (not awarded or each.stage is NominationStage.AWARDED)
        )
        return tuple(own[kind] for kind in RecipientKind)

    def columns(key: str, under: str) -> tuple[Column, ...]:
        keys = [f"{key}_{kind.value}" for kind in RecipientKind]
        return (
            *(
                Column(each, kind.label, Kind.INTEGER, width=7, under=(under,), total=True)
                for each, kind in zip(keys, RecipientKind, strict=True)
            ),
            Column(key, "Cộng", Kind.INTEGER, width=7, under=(under,), plus=tuple(keys)),
        )

    return Annex(
        sheet="Tổng hợp",
        title="Tổng hợp đề nghị khen thưởng theo hình thức",
        subtitle=f"{round_.name}, {where(options)}",
        columns=(
            Column("form", "Hình thức khen thưởng", width=34),
            *columns("proposed", "Đề nghị"),
            *columns("awarded", "Được khen thưởng"),
            Column("rate", "Tỷ lệ được khen", width=8, ratio=("awarded", "proposed")),
        ),
        rows=[Row((form, *counts(form, awarded=False), *counts(form, awarded=True))) for form in forms],
        charts=(
            Chart(
                f"Đề nghị và được khen thưởng năm {round_.year}",
                "Mỗi hình thức hai thanh: số đề nghị và số được khen.",
                labels="form",
                series=("proposed", "awarded"),
                height=11,
            ),
        ),
    )


PACK = Pack(
    "awards",
    _("Xét khen thưởng"),
    _("Danh sách đề nghị tập thể, hộ, cá nhân; danh sách kèm từng quyết định; tổng hợp."),
    (Ask.ROUND, Ask.UNIT),
    build,
)
