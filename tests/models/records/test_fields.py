"""What a field promises: a type that keeps the value, bounds that fit the type, keys with an index."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import BigInteger, Integer, Numeric, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from models import Author, Figure, Movement, Person, Record, Registration, Report, Theme, User
from models.records.fields import MONEY_LIMIT, Field, Kind
from tests.models.builders import RECORDS, save

pytestmark = pytest.mark.database

COLUMNS: list[tuple[type[Record], Any, Field]] = [
    (cls, column, column.info["field"]) for cls in RECORDS for column in cls.__table__.columns if "field" in column.info
]


def of_kind(*kinds: Kind) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("column", "spec"),
        [pytest.param(column, spec, id=str(column)) for _, column, spec in COLUMNS if spec.kind in kinds],
    )


@pytest.mark.parametrize("cls", RECORDS)
def test_every_field_has_a_label_and_its_name(cls: type[Record]) -> None:
    assert cls.label
    for name, spec in cls.fields().items():
        assert spec.label
        assert spec.name == name
        assert hasattr(cls, name)


@pytest.mark.parametrize("cls", RECORDS)
def test_the_fields_that_name_a_record_are_fields(cls: type[Record]) -> None:
    assert {*cls.natural_key, cls.title_field, *cls.title_loads} <= set(cls.fields())


def test_fields_stand_as_they_are_declared_the_sample_mark_last() -> None:
    assert list(Theme.fields()) == ["name", "place", "active", "sample"]


def test_what_must_be_there_follows_from_the_column() -> None:
    fields = Registration.fields()
    required = [name for name, spec in fields.items() if spec.required]
    assert required == ["code", "name", "kind", "movement", "organisation", "registered_on", "status"]
    assert fields["movement"].target is Movement


@of_kind(Kind.MONEY)
def test_money_is_whole_dong(column: Any, spec: Field) -> None:
    assert isinstance(column.type, BigInteger)
    assert (spec.minimum, spec.maximum, spec.places) == (0, MONEY_LIMIT, 0)


@of_kind(Kind.DECIMAL)
def test_no_decimal_number_has_more_digits_than_sqlite_keeps(column: Any, spec: Field) -> None:
    assert isinstance(column.type, Numeric)
    assert column.type.scale == spec.places
    assert spec.maximum is not None
    assert spec.maximum * 10**spec.places < 2**53


@of_kind(Kind.INTEGER)
def test_a_count_fits_its_column(column: Any, spec: Field) -> None:
    assert isinstance(column.type, Integer)
    assert spec.minimum in (0, 1)
    assert spec.maximum is not None
    assert spec.maximum < 2**31


@pytest.mark.parametrize("cls", RECORDS)
def test_what_records_refer_by_has_an_index_and_says_what_a_deletion_does(cls: type[Record]) -> None:
    table: Any = cls.__table__
    first = {index.columns[0].name for index in table.indexes}
    for key in table.foreign_keys:
        assert key.parent.name in first
        assert key.ondelete in ("CASCADE", "RESTRICT")


@pytest.mark.parametrize("value", [Decimal("0.01"), Decimal("9999999999999.99"), Decimal(10**13)])
def test_the_largest_and_the_smallest_figure_come_back(session: Session, value: Decimal) -> None:
    figure = save(session, Figure, value=value)
    session.expire(figure)
    assert figure.value == value


def test_the_largest_sum_comes_back(session: Session) -> None:
    registration = save(session, Registration, value=MONEY_LIMIT)
    session.expire(registration)
    assert registration.value == MONEY_LIMIT


def test_a_text_as_long_as_allowed_comes_back(session: Session) -> None:
    report = save(session, Report, note="đ" * 32_767)
    session.expire(report)
    assert report.note == "đ" * 32_767


def test_the_database_itself_holds_a_choice_to_its_list(session: Session) -> None:
    save(session, User)
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE \"user\" SET role = 'king'").execution_options(recorded=True))


def test_a_moment_is_kept_in_utc(session: Session) -> None:
    noon = datetime(2023, 1, 1, 12, tzinfo=timezone(timedelta(hours=7)))
    user = save(session, User, created_at=noon)
    session.expire(user)
    assert user.created_at == noon
    assert user.created_at.tzinfo is UTC


def test_a_moment_without_time_zone_is_no_moment(session: Session) -> None:
    user = save(session, User)
    user.created_at = datetime(2023, 1, 1, 12)  # noqa: DTZ001  the mistake itself
    with pytest.raises(StatementError, match="time zone"):
        session.flush()


def test_only_what_is_said_to_be_searched_is_searched() -> None:
    assert [name for name, spec in Author.fields().items() if spec.search] == ["full_name"]
    assert not Person.fields()["address"].search


def test_what_is_personal_is_searched_apart(session: Session) -> None:
    person = save(session, Person, full_name="Lý Thị Kín", phone="0912 345 678", identity_number="123456789")
    assert "123456789" not in person.search_text
    assert "0912" not in person.search_text
    assert {"0912345678", "123456789"} <= set(person.personal_text.split())
