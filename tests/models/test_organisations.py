"""Organisations: committees under committees, levels from above to below, one code for all kinds."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, Committee, Council, Department, MemberCount, MemberOrganisation, Organisation, Unit
from models.organisations import Family
from models.units import Level
from tests.models.builders import build, district, refused, save

pytestmark = pytest.mark.database

KINDS = [Committee, MemberOrganisation, Department, Council]


@pytest.mark.parametrize(("cls", "family"), [*zip(KINDS, Family, strict=True)])
def test_the_class_is_the_family(session: Session, cls: type[Organisation], family: Family) -> None:
    organisation = save(session, cls)
    session.expunge_all()
    found = Organisation.find(session, organisation.code)
    assert type(found) is cls
    assert found.family is family


@pytest.mark.parametrize("cls", KINDS)
@pytest.mark.parametrize("above", [Level.PROVINCE, Level.DISTRICT, Level.COMMUNE])
def test_the_parent_stands_at_the_same_level_or_above(session: Session, cls: type[Organisation], above: Level) -> None:
    parent = build(cls, level=above)
    session.add(build(cls, level=Level.DISTRICT, parent=parent))
    if above is Level.COMMUNE:
        assert "cấp cao hơn" in refused(session)["parent"]
    elif above is Level.DISTRICT and cls is Committee:
        assert refused(session) == {"parent": "Ủy ban chỉ trực thuộc Ủy ban cấp trên."}
    else:
        session.flush()


@pytest.mark.parametrize("cls", KINDS)
def test_a_committee_stands_under_a_committee_only(session: Session, cls: type[Organisation]) -> None:
    session.add(build(Committee, level=Level.DISTRICT, parent=build(cls)))
    if cls is Committee:
        session.flush()
    else:
        assert refused(session) == {"parent": "Ủy ban chỉ trực thuộc Ủy ban cấp trên."}


@pytest.mark.parametrize("cls", KINDS)
def test_an_office_may_hang_under_a_committee(session: Session, cls: type[Organisation]) -> None:
    session.add(build(cls, level=Level.DISTRICT, parent=build(Committee)))
    session.flush()


def test_a_parent_does_not_sink_below_its_children(session: Session) -> None:
    province = save(session, Committee)
    save(session, Committee, level=Level.DISTRICT, parent=province)
    save(session, Department, parent=province)
    province.level = Level.DISTRICT
    assert set(refused(session)) == {"level"}


def test_the_level_is_that_of_the_unit_unless_something_else_is_said(session: Session) -> None:
    assert save(session, Committee, level=None, unit=district()).level is Level.DISTRICT
    assert save(session, Committee, level=Level.COMMUNE, unit=district()).level is Level.COMMUNE
    for unit in (None, build(Unit, type=None)):
        session.add(build(Committee, level=None, unit=unit))
        assert "Chưa nhập." in refused(session).values()
        session.rollback()


@pytest.mark.parametrize("cls", KINDS)
def test_a_code_is_held_once_among_all_kinds(session: Session, cls: type[Organisation]) -> None:
    save(session, Committee, code="MTTQ-94", name="Ủy ban tỉnh")
    session.add(build(cls, code="MTTQ-94"))
    assert refused(session) == {"code": "Đã có ở “Ủy ban tỉnh”."}


def test_an_organisation_does_not_end_before_it_begins(session: Session) -> None:
    session.add(build(Committee, established_on=date(2023, 1, 2), dissolved_on=date(2023, 1, 1)))
    assert refused(session) == {"dissolved_on": "Không được trước “Ngày thành lập”."}


def test_members_are_counted_once_a_year(session: Session) -> None:
    count = save(session, MemberCount, year=2022)
    save(session, MemberCount, organisation=count.organisation, year=2023)
    session.add(build(MemberCount, organisation=count.organisation, year=2022))
    assert set(refused(session)) == {"year"}


def test_a_council_read_as_an_organisation_is_deleted_with_all_it_held(session: Session) -> None:
    id_ = save(session, Council, threshold=80).id
    session.commit()
    session.expunge_all()
    session.delete(session.scalars(select(Organisation).where(Organisation.id == id_)).one())
    session.commit()
    gone = session.scalars(select(AuditEntry).where(AuditEntry.kind == "deleted")).one()
    assert gone.changes["threshold"] == ["80.00", None]
