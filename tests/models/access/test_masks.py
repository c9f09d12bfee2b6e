"""Masks: who may not read personal data neither asks for them nor asks by them, whatever the statement."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Select, func, select
from sqlalchemy.orm import Session, aliased

from models import Initiative, Person
from models.access.masks import MaskError, Reads, personal_columns, reads_personal
from models.initiatives import Author
from models.records.base import Record
from tests.models.builders import build

ROADS: dict[str, Callable[[Any, Any], Select[Any]]] = {
    "asked for": lambda cls, column: select(column),
    "found": lambda cls, column: select(cls).where(column == "0900"),
    "compared": lambda cls, column: select(cls.id).where(column >= "0900"),
    "ordered": lambda cls, column: select(cls).order_by(column.desc().nulls_last()),
    "grouped": lambda cls, column: select(func.count(cls.id)).group_by(column),
    "grouped and left out": lambda cls, column: (
        select(cls.title_key).group_by(cls.title_key).having(func.max(column) > "1")
    ),
    "counted": lambda cls, column: select(func.count(column.distinct())),
    "computed": lambda cls, column: select(func.length(column) + 1),
    "a window": lambda cls, column: select(cls.id, func.row_number().over(order_by=column)),
    "inside": lambda cls, column: select(cls).where(cls.id.in_(select(cls.id).where(column.is_not(None)))),
    "counted below": lambda cls, column: select(func.count()).select_from(select(cls).where(column == "1").subquery()),
    "from a subquery": lambda cls, column: select(select(column.label("innocent")).subquery()),
    "exists": lambda cls, column: select(cls.id).where(select(cls.id).where(column == "1").exists()),
    "both": lambda cls, column: select(cls.id).union_all(select(cls.id).where(column == "1")),
}


@pytest.fixture(params=[Reads.NONE, Reads.OWN])
def limited(request: pytest.FixtureRequest) -> Iterator[Reads]:
    token = reads_personal.set(request.param)
    yield request.param
    reads_personal.reset(token)


def attribute_of(column: Column[Any]) -> tuple[type[Record], Any]:
    """The record of this column, and its attribute."""
    for mapper in Record.registry.mappers:
        if mapper.local_table is column.table:
            return mapper.class_, mapper.get_property_by_column(column).class_attribute
    raise AssertionError(column)


def test_every_personal_field_and_what_is_searched_of_it_is_known() -> None:
    assert {f"{column.table.name}.{column.name}" for column in personal_columns()} >= {
        *("person.phone", "person.email", "person.address", "person.identity_number", "person.birth_date"),
        *("person.personal_text", "author.birth_date"),
    }


@pytest.mark.parametrize("road", ROADS)
def test_no_road_asks_by_personal_data(session: Session, limited: Reads, road: str) -> None:
    for column in personal_columns():
        cls, attribute = attribute_of(column)
        with pytest.raises(MaskError):
            session.execute(ROADS[road](cls, attribute)).all()
        other: Any = aliased(cls)
        with pytest.raises(MaskError):
            session.execute(ROADS[road](other, getattr(other, attribute.key))).all()


def test_what_hangs_on_other_records_is_no_way_round(session: Session, limited: Reads) -> None:
    for query in (
        select(Initiative).where(Initiative.authors.any(Author.birth_date.is_not(None))),
        select(Author).join(Author.person).order_by(Person.identity_number),
        select(Initiative.id).join(Initiative.authors).where(Author.person.has(Person.phone == "1")),
    ):
        with pytest.raises(MaskError):
            session.execute(query).all()


def test_records_are_read_whole_and_rules_ask_what_they_need(session: Session, limited: Reads) -> None:
    session.add(build(Person, full_name="Lý Thị Kín", phone="0900111222"))
    session.commit()
    found = session.scalars(select(Person).order_by(Person.title_key)).one()
    found.phone = "0900 111 333"
    session.commit()
    session.expire_all()
    assert session.get_one(Person, found.id).phone == "0900 111 333"


@pytest.mark.parametrize("road", ROADS)
def test_who_approves_asks(session: Session, road: str) -> None:
    session.execute(ROADS[road](Person, Person.phone)).all()
