"""Trees: no circle, a path for every place, a branch by one range of an index."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import CircularDependencyError
from sqlalchemy.orm import Session

from models import Committee, Department, MemberOrganisation, Organisation, Refused, Unit
from models.records.tree import TreeRecord, above
from models.units import Level
from tests.models.builders import area, branch, build, refused, save

pytestmark = pytest.mark.database


@pytest.fixture
def line(session: Session) -> list[MemberOrganisation]:
    """Four, each under the one before."""
    nodes: list[MemberOrganisation] = []
    for _ in range(4):
        nodes.append(branch(nodes[-1] if nodes else None))
    session.add_all(reversed(nodes))
    session.commit()
    return nodes


def expected_path(node: TreeRecord) -> str:
    ids = [str(other.id) for other in above(node)]
    return "/".join(["", *reversed(ids), ""]) if ids else "/"


def assert_in_step(session: Session) -> None:
    """Every path is right, in memory and in the database."""
    nodes = list(session.scalars(select(Organisation)))
    wanted = {node.id: expected_path(node) for node in nodes}
    assert {node.id: node.path for node in nodes} == wanted
    session.expire_all()
    assert {node.id: node.path for node in nodes} == wanted


def test_a_path_names_all_that_a_record_stands_under(session: Session, line: list[MemberOrganisation]) -> None:
    assert_in_step(session)
    assert line[3].ancestor_ids == [node.id for node in line[:3]]
    assert list(above(line[3])) == [line[2], line[1], line[0]]


def test_a_branch_is_a_record_and_what_stands_below_it(session: Session, line: list[MemberOrganisation]) -> None:
    beside = save(session, MemberOrganisation, parent=line[0])
    below = select(MemberOrganisation).where(MemberOrganisation.below(line[1]))
    assert set(session.scalars(below)) == {*line[2:]}
    assert set(session.scalars(select(Organisation).where(Organisation.branch(line[1])))) == {*line[1:]}
    assert beside not in session.scalars(below).all()


def test_a_branch_is_none_of_a_longer_number(session: Session) -> None:
    nodes = [save(session, MemberOrganisation) for _ in range(12)]
    for node in nodes:
        save(session, MemberOrganisation, parent=node)
    for node in nodes:
        assert len(session.scalars(select(Organisation).where(Organisation.below(node))).all()) == 1


@pytest.mark.parametrize("cls", [Unit, Organisation])
def test_a_branch_is_asked_for_through_the_index(session: Session, cls: type[TreeRecord]) -> None:
    node = save(session, cls)
    query = str(
        select(cls.id).where(cls.below(node)).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    )
    index = f"ix_{cls.__tablename__}_path"
    if session.get_bind().dialect.name == "sqlite":
        plan = str(session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
        assert f"SEARCH {cls.__tablename__} USING" in plan
    else:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # a table this small is read whole
        plan = str(session.execute(text(f"EXPLAIN {query}")).all())
        assert "Index Cond" in plan
    assert index in plan


@pytest.mark.parametrize("under", range(4))
def test_no_record_stands_under_itself_or_its_own_branch(
    session: Session, line: list[MemberOrganisation], under: int
) -> None:
    line[0].parent = line[under]
    assert "dưới chính nó" in refused(session)["parent"]
    session.rollback()
    line[0].parent_id = line[under].id
    assert "dưới chính nó" in refused(session)["parent"]


@pytest.mark.parametrize("cls", [Unit, Committee, MemberOrganisation])
def test_no_new_record_stands_under_itself(session: Session, cls: type[TreeRecord]) -> None:
    node = build(cls)
    node.parent = node
    session.add(node)
    assert "dưới chính nó" in refused(session)["parent"]


def test_two_records_do_not_change_places_into_a_circle(session: Session) -> None:
    one, two = save(session, MemberOrganisation), save(session, MemberOrganisation)
    one.parent, two.parent = two, one
    assert "dưới chính nó" in refused(session)["parent"]


def test_a_branch_moves_with_its_root(session: Session, line: list[MemberOrganisation]) -> None:
    other = save(session, MemberOrganisation)
    line[1].parent = other
    session.flush()
    assert line[3].ancestor_ids == [other.id, line[1].id, line[2].id]
    assert_in_step(session)
    line[1].parent_id = None
    session.flush()
    assert line[3].ancestor_ids == [line[1].id, line[2].id]
    assert_in_step(session)


def test_a_record_moves_under_a_new_one(session: Session, line: list[MemberOrganisation]) -> None:
    line[2].parent = branch(line[0])
    session.flush()
    assert_in_step(session)


def test_what_is_of_another_class_in_the_branch_moves_along(session: Session) -> None:
    province = save(session, Committee)
    committee = save(session, Committee, level=Level.DISTRICT)
    department = save(session, Department, parent=committee, level=Level.DISTRICT)
    committee.parent = province
    session.flush()
    assert department.ancestor_ids == [province.id, committee.id]
    assert_in_step(session)


def test_a_change_of_something_else_moves_nothing(session: Session, line: list[MemberOrganisation]) -> None:
    line[1].name = "Hội Nông dân huyện"
    session.flush()
    assert_in_step(session)


def test_what_stays_right_below_a_record_is_known_before_the_flush(
    session: Session, line: list[MemberOrganisation]
) -> None:
    with session.no_autoflush:
        assert list(line[1].right_below(session)) == [line[2]]
        line[2].parent = line[0]
        assert list(line[1].right_below(session)) == []


def test_a_whole_line_of_new_records_has_its_paths(session: Session) -> None:
    node = area()
    session.add(node)
    session.flush()
    assert node.path == expected_path(node)
    assert node.path.count("/") == 4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parents=st.lists(st.integers(0, 6), min_size=6, max_size=6),
    flushes=st.lists(st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), min_size=1, max_size=4), max_size=4),
)
def test_paths_are_right_however_records_move(
    session: Session, parents: list[int], flushes: list[list[tuple[int, int]]]
) -> None:
    session.rollback()  # what the last example left
    nodes: list[MemberOrganisation] = []
    for number, parent in enumerate(parents):
        nodes.append(branch(nodes[parent] if parent < number else None))
    session.add_all(nodes)
    session.flush()
    for moves in flushes:
        point = session.begin_nested()
        for child, to in moves:
            nodes[child].parent = nodes[to] if to >= 0 else None
        try:
            session.flush()
        except (Refused, CircularDependencyError):  # SQLAlchemy can't turn a line round in one flush
            point.rollback()
        else:
            point.commit()
        assert_in_step(session)
