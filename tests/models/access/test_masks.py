"""Masks: who may not read personal data neither asks for them nor asks by them, whatever the statement."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Executable, func, inspect, literal_column, select, text
from sqlalchemy import column as named
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, load_only, undefer, with_loader_criteria

from models import AuditEntry, Initiative, MemberOrganisation, Person
from models.access import masks
from models.access.masks import MaskError, Reads, open_personal, personal_columns, reads_personal
from models.initiatives import Author
from models.records.base import Record
from models.records.fields import code_field
from models.records.personal import personal_names
from tests.models.builders import build

ROADS: dict[str, Callable[[Any, Any], Executable]] = {
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
    "a part of each row": lambda cls, column: select(select(cls).subquery()),
    "a name of it": lambda cls, column: select(cls).order_by(column.key),
    "a text": lambda cls, column: select(cls.id).where(text(f"{column.key} = '1'")),
    "a literal": lambda cls, column: select(literal_column(column.key)).select_from(cls),
    "a column of that name": lambda cls, column: select(named(column.key)).select_from(cls),
    "a suffix": lambda cls, column: select(cls.id).suffix_with(f"ORDER BY {column.key}"),
    "everything of the table": lambda cls, column: select(inspect(cls).local_table),
    "a condition of a loader": lambda cls, column: select(cls).options(with_loader_criteria(cls, column == "1")),
    "loaded along": lambda cls, column: select(cls).options(undefer(column)),
    "loaded alone": lambda cls, column: select(cls).options(load_only(column)),
    "raw text": lambda cls, column: text(f"SELECT {column.key} FROM {inspect(cls).local_table.name}"),  # noqa: S608  our own names
    "raw text of all": lambda cls, column: text(f"SELECT * FROM {inspect(cls).local_table.name}"),  # noqa: S608  as above
}
OF_THE_CLASS = {"everything of the table", "a condition of a loader"}
"""Roads that an alias has no name for."""


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
        with pytest.raises(MaskError):
            session.connection().execute(select(column)).all()
        if road in OF_THE_CLASS:
            continue
        other: Any = aliased(cls)
        with pytest.raises(MaskError):
            session.execute(ROADS[road](other, getattr(other, attribute.key))).all()


def test_what_hangs_on_other_records_is_no_way_round(session: Session, limited: Reads) -> None:
    for query in (
        select(Initiative).where(Initiative.authors.any(Author.birth_date.is_not(None))),
        select(Author).join(Author.person).order_by(Person.identity_number),
        select(Initiative.id).join(Initiative.authors).where(Author.person.has(Person.phone == "1")),
        select(Author).options(joinedload(Author.person.and_(Person.phone == "1"))),
        select(Author).options(joinedload(Author.person).undefer(Person.phone)),
    ):
        with pytest.raises(MaskError):
            session.execute(query).all()


@pytest.fixture
def kept(session: Session) -> Person:
    """Someone of whom personal things are known, as a list loads them."""
    session.add(build(Person, full_name="Lý Thị Kín", phone="0900111222", organisation=build(MemberOrganisation)))
    session.commit()
    session.expunge_all()
    return session.scalars(select(Person)).one()


def test_what_is_loaded_lacks_them_and_can_not_be_made_to_tell(kept: Person, limited: Reads) -> None:
    assert personal_names(Person).isdisjoint(vars(kept))
    for name in personal_names(Person):
        with pytest.raises(MaskError):
            getattr(kept, name)


def test_a_value_that_is_set_sends_nothing_half_written(session: Session, kept: Person) -> None:
    kept.full_name = "Lý Thị Hở"
    kept.phone = "0900 111 333"
    assert kept in session.dirty
    session.commit()
    newest = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
    assert set(session.scalars(newest).one().changes) == {"full_name", "phone"}


def test_rules_and_the_history_ask_what_they_need(session: Session, kept: Person, limited: Reads) -> None:
    kept.full_name = "Lý Thị Hở"
    session.commit()
    assert personal_names(Person).isdisjoint(vars(kept))
    session.delete(kept)
    session.commit()
    newest = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
    assert session.scalars(newest).one().changes["phone"] == ["0900111222", None]


def test_who_opens_a_record_of_the_own_branch_reads_and_mends_it(session: Session, kept: Person) -> None:
    token = reads_personal.set(Reads.OWN)
    try:
        assert open_personal(session, kept)
        kept.phone = "0900 111 333"
        session.commit()
        newest = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)
        assert session.scalars(newest).one().changes == {"phone": ["0900111222", "0900 111 333"]}
        assert open_personal(session, kept)
        assert kept.phone == "0900 111 333"
    finally:
        reads_personal.reset(token)


def test_who_only_looks_opens_nothing(session: Session, kept: Person) -> None:
    token = reads_personal.set(Reads.NONE)
    try:
        assert not open_personal(session, kept)
    finally:
        reads_personal.reset(token)


@pytest.mark.parametrize("about", [{"unique": True}, {"keyed": True}])
def test_what_is_personal_tells_no_records_apart(about: dict[str, bool]) -> None:
    with pytest.raises(TypeError, match="neither names records nor tells them apart"):
        type(
            "Secretive",
            (Record,),
            {
                "__annotations__": {"number": Mapped[str | None]},
                "__abstract__": True,
                "label": "",
                "number": code_field("", 20, personal=True, **about),
            },
        )


@pytest.mark.parametrize("road", ROADS)
def test_who_approves_asks(session: Session, road: str) -> None:
    assert session.execute(ROADS[road](Person, Person.phone)).unique().all() is not None


def test_the_same_shape_is_looked_at_once(session: Session, limited: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    session.scalars(select(Person).where(Person.full_name == "A")).all()
    monkeypatch.setattr(masks, "is_personal", lambda _column: pytest.fail("looked at again"))
    session.scalars(select(Person).where(Person.full_name == "B")).all()
