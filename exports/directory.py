"""The directory: committees, member organisations and councils as outlines, with posts and contacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from exports.annex import Annex, Column, Group, Row
from exports.base import Ask, Pack, PackOptions, masked, of_unit, where
from models.organisations import Family, MemberCount, Organisation
from models.people import Person, Position, Post, Term
from models.records.fields import MASK, Kind
from models.records.words import _
from models.units import Level

PEOPLE = (
    Column("name", "Họ và tên", width=18),
    Column("post", "Chức vụ", width=18),
    Column("term", "Nhiệm kỳ", Kind.CODE, width=9),
    Column("born", "Năm sinh", Kind.YEAR, width=6),
    Column("gender", "Giới tính", Kind.CHOICE, width=6),
    Column("people", "Dân tộc", Kind.CHOICE, width=7),
    Column("full_time", "Chuyên trách", Kind.YES_NO, width=7),
    Column("phone", "Điện thoại", Kind.CODE, width=11),
    Column("email", "Thư điện tử", width=18),
)


def build(session: Session, options: PackOptions) -> tuple[Annex, ...]:
    """The sheets of the pack."""
    organisations = _organisations(session, options)
    people = _people(session, options)
    committees = [each for each in organisations if each.family is Family.COMMITTEE]
    bodies = [each for each in organisations if each.family in (Family.DEPARTMENT, Family.COUNCIL)]
    members = [each for each in organisations if each.family is Family.MEMBER]
    return (
        Annex(
            sheet="Ủy ban MTTQ",
            title="Danh bạ Ủy ban MTTQ Việt Nam các cấp",
            subtitle=f"trên địa bàn {where(options)}",
            columns=PEOPLE,
            rows=_outline(committees, people),
            closing=(f"Danh bạ có {len(committees)} Ủy ban, {_count(committees, people)} lượt người giữ chức vụ./.",),
            outline=True,
        ),
        _member_list(session, options, members),
        Annex(
            sheet="Ban, hội đồng",
            title="Danh bạ các ban chuyên môn và hội đồng",
            subtitle=f"trên địa bàn {where(options)}",
            columns=PEOPLE,
            rows=_outline(bodies, people),
            closing=(f"Danh bạ có {len(bodies)} ban, hội đồng./.",),
            outline=True,
        ),
    )


def _organisations(session: Session, options: PackOptions) -> Sequence[Any]:
    query = (
        select(
            Organisation.id,
            Organisation.name,
            Organisation.short_name,
            Organisation.family,
            Organisation.level,
            Organisation.parent_id,
            Organisation.address,
            Organisation.phone,
            Organisation.email,
        )
        .where(
            Organisation.level.in_((Level.PROVINCE, Level.DISTRICT, Level.COMMUNE)),
            or_(Organisation.dissolved_on.is_(None), Organisation.dissolved_on > options.day),
            *of_unit(options, Organisation.id),
        )
        .order_by(Organisation.code)
    )
    return session.execute(query).all()


def _people(session: Session, options: PackOptions) -> dict[int, list[Row]]:
    """Who holds which post on the chosen day, by organisation, in the order of posts."""
    query = (
        select(
            Position.organisation_id,
            Position.full_time,
            Person.full_name,
            Person.birth_year,
            Person.gender,
            Person.ethnic_group,
            *(
                column if options.personal else literal(MASK).label(column.key)
                for column in (Person.phone, Person.email)
            ),
            Post.name.label("post"),
            Term.starts_in,
            Term.ends_in,
        )
        .join(Person, Position.person_id == Person.id)
        .join(Post, Position.post_id == Post.id)
        .outerjoin(Term, Position.term_id == Term.id)
        .where(
            or_(Position.ends_on.is_(None), Position.ends_on >= options.day),
            *of_unit(options, Position.organisation_id),
        )
        .order_by(Position.place, Post.place, Person.title_key)
    )
    found: dict[int, list[Row]] = {}
    for each in session.execute(query):
        values = (
            each.full_name,
            each.post,
            f"{each.starts_in}–{each.ends_in}" if each.starts_in else None,
            each.birth_year,
            each.gender.label if each.gender else None,
            each.ethnic_group,
            each.full_time,
            masked(each.phone, options),
            masked(each.email, options),
        )
        found.setdefault(each.organisation_id, []).append(Row(values))
    return found


def _outline(organisations: Sequence[Any], people: dict[int, list[Row]]) -> list[Row | Group]:
    """Each organisation with its people, then those below it."""
    known = {each.id for each in organisations}

    def below(parent_id: int | None) -> Iterator[Group]:
        for each in organisations:
            top = each.parent_id if each.parent_id in known else None
            if top == parent_id:
                yield Group(_told(each), [*people.get(each.id, ()), *below(each.id)])

    return list(below(None))


def _told(organisation: Any) -> str:
    """An organisation with its address: what is said to whoever wants to reach it."""
    contacts = (organisation.address, organisation.phone and f"ĐT {organisation.phone}", organisation.email)
    return " – ".join([organisation.name, *(text for text in contacts if text)])


def _count(organisations: Sequence[Any], people: dict[int, list[Row]]) -> int:
    return sum(len(people.get(each.id, ())) for each in organisations)


def _member_list(session: Session, options: PackOptions, members: Sequence[Any]) -> Annex:
    query = select(MemberCount.organisation_id, MemberCount.members).where(
        MemberCount.year == options.year, *of_unit(options, MemberCount.organisation_id)
    )
    counts = {row[0]: row[1] for row in session.execute(query)}
    groups = []
    for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
        rows = [
            Row((each.name, each.short_name, each.address, each.phone, each.email, counts.get(each.id)))
            for each in members
            if each.level is level
        ]
        if rows:
            groups.append(Group(f"Cấp {level.label.lower()}", rows))
    return Annex(
        sheet="Tổ chức thành viên",
        title="Danh bạ tổ chức thành viên của Mặt trận",
        subtitle=f"trên địa bàn {where(options)}",
        columns=(
            Column("name", "Tổ chức", width=30),
            Column("short", "Tên gọi tắt", width=12),
            Column("address", "Địa chỉ", width=18),
            Column("phone", "Điện thoại", Kind.CODE, width=11),
            Column("email", "Thư điện tử", width=16),
            Column("members", f"Số đoàn viên, hội viên năm {options.year}", Kind.INTEGER, width=10, total=True),
        ),
        rows=groups,
        # A province's count holds those of its districts.
        total=None,
        closing=(f"Danh bạ có {len(members)} tổ chức./.",),
        outline=True,
    )


PACK = Pack(
    "directory",
    _("Danh bạ"),
    _("Ủy ban các cấp, tổ chức thành viên, ban, hội đồng: chức vụ và liên hệ."),
    (Ask.YEAR, Ask.UNIT),
    build,
)
