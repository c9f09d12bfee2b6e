"""What only one row may hold goes from row to row in one flush, on both databases, and the history reads right."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import (
    Document,
    DossierItem,
    Figure,
    MemberCount,
    MemberOrganisation,
    Movement,
    Period,
    Report,
    Theme,
    Unit,
)
from models.history.audit import AuditEntry
from models.records.base import Record
from models.records.lookups import table_of
from tests.models.builders import build, refused, save

pytestmark = pytest.mark.database


@pytest.fixture
def organisation(session: Session) -> MemberOrganisation:
    """An organisation that told its members of two years."""
    made = save(session, MemberOrganisation)
    made.member_counts = [MemberCount(year=2019, members=19), MemberCount(year=2020, members=20)]
    session.commit()
    return made


def told(organisation: MemberOrganisation) -> dict[int, int]:
    return {count.year: count.members for count in organisation.member_counts}


def history(session: Session, record: Record) -> list[dict[str, object]]:
    query = select(AuditEntry.changes).where(AuditEntry.noun == type(record).__name__)
    return list(session.scalars(query.where(AuditEntry.record_id == record.id).order_by(AuditEntry.id)))


def test_a_row_goes_and_another_takes_its_year(session: Session, organisation: MemberOrganisation) -> None:
    old = organisation.member_counts[0]
    gone = old.id
    organisation.member_counts.remove(old)
    session.delete(old)
    organisation.member_counts.append(MemberCount(year=2019, members=190))
    session.commit()
    assert told(organisation) == {2019: 190, 2020: 20}
    query = select(AuditEntry.changes).where(AuditEntry.noun == "MemberCount", AuditEntry.record_id == gone)
    assert list(session.scalars(query.order_by(AuditEntry.id)))[-1]["year"] == [2019, None]


def test_rows_exchange_their_years(session: Session, organisation: MemberOrganisation) -> None:
    first, second = organisation.member_counts
    first.year, second.year = 2020, 2019
    session.commit()
    session.refresh(first)
    assert (first.year, first.version, first.members) == (2020, 2, 19)
    assert history(session, first)[-1] == {"year": [2019, 2020]}
    session.expire_all()
    assert told(organisation) == {2020: 19, 2019: 20}


def test_years_move_up_by_one(session: Session, organisation: MemberOrganisation) -> None:
    for count in organisation.member_counts:
        count.year += 1
    session.commit()
    assert told(organisation) == {2020: 19, 2021: 20}


def test_codes_titles_and_keys_of_two_columns_are_exchanged(session: Session) -> None:
    nouns = ((Movement, "code", ()), (Theme, "name", ()), (Unit, "code", ()), (Period, "number", (3, 4)))
    for cls, name, values in nouns:
        one, two = (save(session, cls, **({name: value} if value else {})) for value in values or (None, None))
        before = getattr(one, name), getattr(two, name)
        setattr(one, name, before[1])
        setattr(two, name, before[0])
        session.commit()
        session.expire_all()
        assert (getattr(two, name), getattr(one, name)) == before


def test_signs_of_documents_are_exchanged_with_their_days(session: Session) -> None:
    one = save(session, Document, sign="12/KH-MTTQ", issued_on=date(2023, 1, 1))
    two = save(session, Document, sign="12/KH-MTTQ", issued_on=date(2023, 2, 1))
    one.issued_on, two.issued_on = two.issued_on, one.issued_on
    session.commit()
    session.expire_all()
    assert (one.issued_on, two.issued_on) == (date(2023, 2, 1), date(2023, 1, 1))
    assert one.sign_key == two.sign_key == "12/kh-mttq"


def test_references_and_choices_are_exchanged(session: Session) -> None:
    report = save(session, Report)
    one, two = save(session, Figure, report=report), save(session, Figure, report=report)
    one.indicator, two.indicator = two.indicator, one.indicator
    session.commit()
    papers = save(session, DossierItem).initiative.dossier
    kinds = papers[0].kind, papers[1].kind
    papers[0].kind, papers[1].kind = kinds[1], kinds[0]
    first = papers[0]
    session.commit()
    session.refresh(first)
    assert first.kind is kinds[1]


def test_what_does_not_come_free_is_still_refused(session: Session, organisation: MemberOrganisation) -> None:
    organisation.member_counts[0].year = 2020
    assert set(refused(session)) == {"year"}


def test_two_equal_new_rows_are_told_at_the_second(session: Session, organisation: MemberOrganisation) -> None:
    organisation.member_counts += [MemberCount(year=2021, members=1), MemberCount(year=2021, members=2)]
    assert "Đã có ở" in refused(session)["year"]


def test_two_equal_rows_of_a_new_record_are_told(session: Session) -> None:
    made = build(MemberOrganisation)
    made.member_counts = [MemberCount(year=2021, members=1), MemberCount(year=2021, members=2)]
    session.add(made)
    assert "Đã có ở" in refused(session)["year"]


def test_the_database_looks_again_when_all_is_sent(session: Session, organisation: MemberOrganisation) -> None:
    first, second = organisation.member_counts
    first.year, second.year = 2020, 2019
    session.flush()
    table = table_of(MemberCount)
    statement = table.update().where(table.c.id == first.id).values(year=2019)
    with pytest.raises(IntegrityError):
        session.connection().execute(statement, execution_options={"recorded": True, "unscoped": True})
    session.rollback()
