"""Scope: nobody reads or writes past their own branch of the tree, by whatever road."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import (
    Engine,
    case,
    column,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    tablesample,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import Session, aliased, join, joinedload, selectinload

from models import Event, Initiative, MemberCount, Organisation, Person, Record, Refused, Task, Theme, Unit
from models.access.branch import scoped_classes
from models.access.guards import ScopeError
from models.access.scope import ALL, NOTHING, Limit, current, limited_to, scope_of
from models.initiatives import Author
from models.records import errors
from tests.databases import Databases, connected
from tests.models.builders import build, refused
from tests.scopes import Oracle, by_code

pytestmark = pytest.mark.database

WHO = {
    "a district's committee": "MTTQ-942",
    "a commune's committee": "MTTQ-31576",
    "a district's member organisation": "HND-942",
    "the province's member organisation": "HND-94",
    "nobody": None,
}
FOREIGN = "MTTQ-945"
Ids = dict[type[Record], set[int]]


@pytest.fixture(scope="module")
def engine(databases: Databases, year: str) -> Iterator[Engine]:
    """The demo year, which all tests of this module share: they leave it as they find it."""
    with databases(year) as url, connected(url) as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
        session.rollback()


@pytest.fixture(scope="module")
def limits(engine: Engine) -> dict[str, Limit]:
    """The scope of each organisation that a test names."""
    with Session(engine) as session:
        codes = [code for code in WHO.values() if code] + ["MTTQ-94"]
        found = {code: scope_of(by_code(session, code)) for code in codes}
        return {who: found[code] if code else NOTHING for who, code in WHO.items()} | {"the province": found["MTTQ-94"]}


@pytest.fixture
def district(limits: dict[str, Limit]) -> Limit:
    return limits["a district's committee"]


@pytest.mark.parametrize("who", WHO)
def test_each_sees_exactly_what_is_theirs_to_see(session: Session, limits: dict[str, Limit], who: str) -> None:
    oracle = Oracle(session, WHO[who])
    for cls in scoped_classes():
        wanted = oracle.ids(cls, own=False)
        with limited_to(limits[who]):
            assert set(session.scalars(select(cls.id))) == wanted, cls
            assert session.scalar(select(func.count()).select_from(cls)) == len(wanted), cls


def test_the_province_is_not_limited(limits: dict[str, Limit]) -> None:
    assert limits["the province"] is ALL


def test_some_of_each_is_hidden_and_some_seen(session: Session, district: Limit) -> None:
    """What the test of sight would not tell from criteria that hide or show everything."""
    for cls in (Unit, Organisation, Initiative, Author, Event, Task):
        everything = session.scalar(select(func.count()).select_from(cls)) or 0
        with limited_to(district):
            assert 0 < (session.scalar(select(func.count()).select_from(cls)) or 0) < everything, cls


# -- writing


class Rows:
    """Some rows of one's own and of others."""

    def __init__(self, session: Session) -> None:
        home, elsewhere = by_code(session, "MTTQ-942"), by_code(session, FOREIGN)
        self.home, self.elsewhere = home, elsewhere
        assert home.unit
        assert elsewhere.unit
        self.unit, self.foreign_unit = home.unit, elsewhere.unit
        self.task, self.foreign_task = build(Task, owner=home), build(Task, owner=elsewhere)
        self.person = build(Person, organisation=home)
        session.add_all([self.task, self.foreign_task, self.person])
        session.flush()
        self.theme = session.scalars(select(Theme)).first()
        self.province = by_code(session, "MTTQ-94")


def _set(record: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)


FOREIGN_WRITES: dict[str, Callable[[Session, Rows], Any]] = {
    "create in": lambda s, r: s.add(build(Task, owner=r.elsewhere)),
    "create by key": lambda s, r: s.add(build(Task, owner_id=r.elsewhere.id)),
    "create above": lambda s, r: s.add(build(Task, owner=r.province)),
    "move to": lambda s, r: _set(r.task, owner=r.elsewhere),
    "move by key": lambda s, r: _set(r.task, owner_id=r.elsewhere.id),
    "move above": lambda s, r: _set(r.task, owner=r.province),
    "move above by key": lambda s, r: _set(r.task, owner_id=r.province.id),
    "let go": lambda s, r: _set(r.person, organisation=None),
    "let go by key": lambda s, r: _set(r.person, organisation_id=None),
    "take": lambda s, r: _set(r.foreign_task, owner=r.home),
    "edit": lambda s, r: _set(r.foreign_task, name="x"),
    "delete": lambda s, r: s.delete(r.foreign_task),
    "add a child": lambda s, r: s.add(build(MemberCount, organisation=r.elsewhere, year=2031)),
    "add a child by key": lambda s, r: s.add(build(MemberCount, organisation_id=r.elsewhere.id, year=2031)),
    "a unit under": lambda s, r: s.add(build(Unit, type="commune", parent=r.foreign_unit)),
    "a root": lambda s, r: s.add(build(Unit)),
    "move a unit": lambda s, r: _set(
        s.scalars(select(Unit).where(Unit.parent == r.unit)).first(), parent=r.foreign_unit
    ),
    "edit a unit": lambda s, r: _set(r.foreign_unit, name="x"),
    "edit the province": lambda s, r: _set(r.province, name="x"),
    "edit what all share": lambda s, r: _set(r.theme, place=7),
    "add to what all share": lambda s, r: s.add(build(Theme)),
    "delete what all share": lambda s, r: s.delete(build_theme(s)),
    "point to a unit": lambda s, r: s.add(
        build(Initiative, unit=r.foreign_unit, organisation=r.home, code="SK-x", authors=[])
    ),
}


def build_theme(session: Session) -> Theme:
    with limited_to(ALL):
        theme = build(Theme)
        session.add(theme)
        session.flush()
    return theme


@pytest.mark.parametrize("what", FOREIGN_WRITES)
def test_nothing_foreign_is_written(session: Session, district: Limit, what: str) -> None:
    rows = Rows(session)
    with session.no_autoflush, limited_to(district):
        FOREIGN_WRITES[what](session, rows)
        with pytest.raises(Refused):
            session.flush()


def test_a_code_taken_elsewhere_is_refused_without_a_name(session: Session, district: Limit) -> None:
    rows = Rows(session)
    with limited_to(district):
        session.add(build(Task, owner=rows.home, code=rows.foreign_task.code))
        assert refused(session) == {"code": errors.TAKEN_ELSEWHERE}
    session.rollback()
    rows = Rows(session)
    with limited_to(district):
        session.add(build(Task, owner=rows.home, code=rows.task.code))
        assert refused(session) == {"code": errors.TAKEN % {"other": rows.task.name}}


def test_what_is_ones_own_is_written(session: Session, district: Limit) -> None:
    rows = Rows(session)
    with limited_to(district):
        made = build(Task, owner=rows.home)
        session.add(made)
        rows.task.name = "Việc của mình"
        session.flush()
        session.delete(made)
        session.add(build(Unit, type="commune", parent=rows.unit))
        session.flush()


def test_what_one_makes_without_a_home_is_ones_own(session: Session, limits: dict[str, Limit]) -> None:
    rows = Rows(session)
    with limited_to(limits["a district's committee"]):
        made = Task(code="NV-x", name="Việc")
        session.add(made)
        session.flush()
        assert made.owner is rows.home


# -- roads past the criteria


class Target:
    """A foreign unit and initiative, and the ways to ask for them."""

    def __init__(self, session: Session) -> None:
        unit = by_code(session, FOREIGN).unit
        assert unit
        self.session = session
        self.id, self.name, self.path = unit.id, unit.name, unit.branch_path
        below = session.scalars(select(Initiative).join(Initiative.unit).where(Unit.branch(unit))).first()
        assert below
        self.initiative, self.code, self.author = below.id, below.code, below.authors[0].full_name
        self.mine = by_code(session, "MTTQ-942").id
        session.rollback()
        session.expunge_all()


T: Any = Unit.__table__
I: Any = Initiative.__table__  # noqa: E741
A = aliased(Unit)
O = aliased(Organisation)  # noqa: E741
RAW = "SELECT name FROM unit WHERE id = {}"

READS: dict[str, Callable[[Target], Any]] = {
    "text": lambda t: text(RAW.format(t.id)),
    "from_statement": lambda t: select(Unit).from_statement(text(RAW.format(t.id))),
    "from_statement of Core": lambda t: select(Unit).from_statement(select(T).where(T.c.id == t.id)),
    "text with columns": lambda t: text(RAW.format(t.id)).columns(T.c.name),
    "text as subquery": lambda t: select(
        Organisation.id, text(RAW.format(t.id)).columns(column("name")).subquery("x").c.name
    ).where(Organisation.id == t.mine),
    "text as column": lambda t: select(literal_column(f"({RAW.format(t.id)})")),
    "text as FROM": lambda t: select(text("name")).select_from(text("unit")).where(text(f"id = {t.id}")),
    "text as condition": lambda t: select(literal(t.name)).where(text(f"EXISTS ({RAW.format(t.id)})")),
    "text as prefix": lambda t: select(Organisation.id).prefix_with(f"({RAW.format(t.id)}),"),
    "a table by name": lambda t: select(table("unit", column("name"), column("id")).c.name),
    "Core": lambda t: select(T.c.name).where(T.c.id == t.id),
    "Core alias": lambda t: select(T.alias().c.name),
    "Core alias beside the record": lambda t: select(Unit.id, T.alias().c.name),
    "Core beside another": lambda t: select(Organisation.id, T.c.name).where(T.c.id == t.id),
    "Core joined": lambda t: select(Organisation.id, T.c.name).join(T, T.c.id == t.id),
    "Core joined to the record": lambda t: select(Unit.id, I.c.code).join(I, I.c.id == t.initiative),
    "Core in a join given whole": lambda t: select(T.c.name).select_from(join(Organisation, T, T.c.id == t.id)),
    "Core in EXISTS": lambda t: select(literal(t.name)).where(exists(select(T.c.id).where(T.c.id == t.id))),
    "Core in EXISTS of the record": lambda t: select(Unit.id, literal(t.name)).where(
        exists(select(T.c.id).where(T.c.id == t.id))
    ),
    "Core in a subquery": lambda t: select(Unit.id, (s := select(T).subquery()).c.name).join(s, s.c.id == t.id),
    "Core scalar": lambda t: select(Unit.id, select(T.c.name).where(T.c.id == t.id).correlate(None).scalar_subquery()),
    "Core CTE": lambda t: select(Unit.id, (c := select(T).cte()).c.name).join(c, c.c.id == t.id),
    "Core lateral": lambda t: select(Organisation.id, select(T.c.name).where(T.c.id == t.id).lateral().c.name),
    "Core under an alias of the record": lambda t: select(aliased(Unit, select(T).subquery()).name),
    "Core sample": lambda t: select(literal(t.name)).select_from(tablesample(T, 100)),
    "only in a condition": lambda t: select(literal(t.name)).where(Unit.id == t.id),
    "only counted in a condition": lambda t: select(func.count(), literal(t.name)).where(Unit.id == t.id),
    "alias only in a condition": lambda t: select(literal(t.name)).where(A.id == t.id),
    "beside its alias": lambda t: select(literal(t.name)).select_from(A).where(Unit.id == t.id),
    "beside another in a condition": lambda t: select(Organisation.id, literal(t.name)).where(Unit.id == t.id),
    "only in a filter": lambda t: select(func.max(literal(t.name)).filter(Unit.id == t.id)),
    "second in a function": lambda t: select(func.coalesce(Organisation.short_name, Unit.name)).where(Unit.id == t.id),
    "second in a case": lambda t: select(case((Organisation.id == t.mine, Unit.name))).where(Unit.id == t.id),
    "only in EXISTS": lambda t: select(literal(t.name)).where(exists().where(Unit.id == t.id)),
    "only in HAVING": lambda t: select(func.max(literal(t.name))).having(exists().where(Unit.id == t.id)),
    "children only in a condition": lambda t: select(literal(t.author)).where(Author.initiative_id == t.initiative),
    "in a join given whole": lambda t: select(func.max(literal(t.name))).select_from(
        join(Organisation, Unit, Unit.id == t.id)
    ),
    "in a UNION only in conditions": lambda t: union_all(
        select(literal(t.name)).where(Unit.id == t.id), select(literal(t.name)).where(Unit.id == t.id)
    ),
    "the record": lambda t: select(Unit).where(Unit.id == t.id),
    "its columns": lambda t: select(Unit.name).where(Unit.id == t.id),
    "an expression": lambda t: select(Unit.name + "!").where(Unit.id == t.id),
    "a function": lambda t: select(func.max(Unit.name)).where(Unit.id == t.id),
    "an alias": lambda t: select(A.name).where(A.id == t.id),
    "a subquery": lambda t: select((s := select(Unit).subquery()).c.name).where(s.c.id == t.id),
    "an alias of a subquery": lambda t: select((s := aliased(Unit, select(Unit).subquery())).name).where(s.id == t.id),
    "a CTE": lambda t: select((c := select(Unit).cte()).c.name).where(c.c.id == t.id),
    "a UNION": lambda t: union_all(*[select(Unit.name).where(Unit.id == t.id)] * 2),
    "EXISTS": lambda t: select(literal(t.name)).where(select(Unit.id).where(Unit.id == t.id).exists()),
    "a scalar": lambda t: select(select(Unit.name).where(Unit.id == t.id).scalar_subquery()),
    "a join": lambda t: select(Organisation.id, Unit.name).join(Unit, Unit.id == t.id),
    "an outer join": lambda t: select(Organisation.id, Unit.name).outerjoin(Unit, Unit.id == t.id),
    "a join by reference": lambda t: (
        select(Unit.name).select_from(Initiative).join(Initiative.unit).where(Unit.id == t.id)
    ),
    "a child": lambda t: select(Author.full_name).where(Author.initiative_id == t.initiative),
    "a reference's condition": lambda t: select(literal(t.name)).where(Organisation.unit.has(Unit.id == t.id)),
    "joined loading": lambda t: (
        select(Initiative).options(joinedload(Initiative.authors)).where(Initiative.id == t.initiative)
    ),
}


@pytest.mark.parametrize("road", READS)
def test_no_select_shows_what_is_foreign(session: Session, district: Limit, road: str) -> None:
    target = Target(session)
    with limited_to(district):
        try:
            found = session.execute(READS[road](target)).unique().all()
        except ScopeError:
            return
    told = " ".join(str(value) for row in found for value in row)
    assert not [word for word in (target.name, target.code, target.author) if word in told]


def test_counts_are_of_what_is_seen(session: Session, district: Limit) -> None:
    target = Target(session)
    with limited_to(district):
        for query in (
            select(func.count()).select_from(Unit).where(Unit.id == target.id),
            select(func.count(Unit.id)).where(Unit.id == target.id),
            select(func.count()).select_from(A).where(A.id == target.id),
            select(func.count()).select_from(select(Unit).where(Unit.id == target.id).subquery()),
        ):
            assert session.scalar(query) == 0
        assert session.get(Unit, target.id) is None
        assert session.query(Unit).filter_by(id=target.id).count() == 0


def test_ordinary_selects_run(session: Session, district: Limit) -> None:
    counted = select(func.count(Author.id)).where(Author.initiative_id == Initiative.id).scalar_subquery()
    with limited_to(district):
        for query in (
            select(Initiative.id, counted),
            select(Initiative).where(Initiative.authors.any(Author.place == 1)),
            select(Event).where(Event.themes.any(Theme.place > 0)),
            select(Initiative).where(Initiative.organisation.has(Organisation.unit.has(Unit.id > 0))),
            select(Initiative).join(Initiative.organisation).join(Organisation.unit).order_by(Unit.title_key),
            select(Initiative).join(Initiative.organisation.of_type(O)).join(O.unit).where(O.id > 0),
            select(Initiative).options(joinedload(Initiative.authors), selectinload(Initiative.dossier)).limit(3),
            select(func.count()).select_from(select(Initiative).join(Initiative.unit).subquery()),
        ):
            assert session.execute(query).unique().first()


WRITES: dict[str, Callable[[Target], Any]] = {
    "update": lambda t: t.session.execute(update(Unit).where(Unit.id == t.id).values(name="x")),
    "update by keys": lambda t: t.session.execute(update(Unit), [{"id": t.id, "version": 1, "name": "x"}]),
    "update of the home": lambda t: t.session.execute(update(Initiative).values(organisation_id=t.mine)),
    "update by Query": lambda t: t.session.query(Unit).filter_by(id=t.id).update({"name": "x"}),
    "delete": lambda t: t.session.execute(delete(Unit).where(Unit.id == t.id)),
    "delete by Query": lambda t: t.session.query(Unit).filter_by(id=t.id).delete(),
    "insert": lambda t: t.session.execute(insert(Author).values(full_name="x", share=1, initiative_id=t.initiative)),
    "insert of many": lambda t: t.session.execute(
        insert(Author), [{"full_name": "x", "share": 1, "initiative_id": t.initiative}]
    ),
    "bulk_save_objects": lambda t: t.session.bulk_save_objects(
        [Author(full_name="x", share=1, initiative_id=t.initiative)]
    ),
    "bulk_insert_mappings": lambda t: t.session.bulk_insert_mappings(
        Author.__mapper__, [{"full_name": "x", "share": 1, "initiative_id": t.initiative}]
    ),
    "bulk_update_mappings": lambda t: t.session.bulk_update_mappings(
        Unit.__mapper__, [{"id": t.id, "version": 1, "name": "x"}]
    ),
    "text": lambda t: t.session.execute(text("UPDATE unit SET name = 'x'")),
    "the session's connection": lambda t: t.session.connection().execute(select(T)),
    "the session's connection, text": lambda t: t.session.connection().exec_driver_sql(RAW.format(t.id)),
    "a connection of one's own": lambda t: _alone(t, select(T)),
}


def _alone(target: Target, query: Any) -> None:
    target.session.rollback()
    engine: Any = target.session.get_bind()
    with engine.connect() as connection:
        connection.execute(query)


@pytest.mark.parametrize("road", WRITES)
def test_no_statement_passes_by_the_session(session: Session, district: Limit, road: str) -> None:
    target = Target(session)
    with limited_to(district), pytest.raises((ScopeError, RuntimeError)):
        WRITES[road](target)
    session.rollback()
    with limited_to(ALL):
        unit = session.get(Unit, target.id)
        assert unit
        assert unit.name == target.name


def test_what_was_loaded_before_is_not_read_anew(session: Session, district: Limit) -> None:
    """A record in hand stays in hand; nothing more of it comes."""
    target = Target(session)
    unit = session.get(Unit, target.id)
    initiative = session.get(Initiative, target.initiative)
    assert unit
    assert initiative
    with limited_to(district):
        with pytest.raises(Exception, match="Could not refresh"):
            session.refresh(unit)
        assert initiative.authors == []
        assert initiative.unit is None or initiative.unit.id == target.id


def test_references_to_what_is_foreign_lead_nowhere(session: Session, limits: dict[str, Limit]) -> None:
    for options in ((), (joinedload(Initiative.unit),), (selectinload(Initiative.unit),)):
        for who in ("a commune's committee", "the province's member organisation"):
            session.expunge_all()
            oracle = Oracle(session, WHO[who])
            seen = oracle.ids(Unit, own=False)
            session.expunge_all()
            with limited_to(limits[who]):
                for initiative in session.scalars(select(Initiative).options(*options).limit(20)):
                    assert initiative.unit is None or initiative.unit.id in seen


# -- one after the other


def test_each_scope_brings_its_own_values_to_the_same_statement(session: Session, limits: dict[str, Limit]) -> None:
    query = select(Initiative.id).order_by(Initiative.id)
    everything = session.scalars(query).all()
    told = {}
    for _ in range(2):
        for who, limit in limits.items():
            with limited_to(limit):
                found = session.scalars(query).all()
            assert told.setdefault(who, found) == found
    assert told["the province"] == everything
    assert told["nobody"] == []
    assert len({tuple(found) for found in told.values()}) == len(told) - 1  # a district's peasants put none forward


def test_a_scope_is_its_threads_own(limits: dict[str, Limit]) -> None:
    with limited_to(limits["a district's committee"]), ThreadPoolExecutor(1) as pool:
        assert pool.submit(current.get).result() is ALL
    with ThreadPoolExecutor(1) as pool:

        def work() -> Limit:
            with limited_to(NOTHING):
                return current.get()

        assert pool.submit(work).result() is NOTHING
        assert pool.submit(current.get).result() is ALL
    assert current.get() is ALL
