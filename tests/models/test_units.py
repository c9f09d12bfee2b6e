"""Units: levels above one another, one unit a code and day, names that tell namesakes apart."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models import Succession, Unit
from models.units import Level, UnitType
from tests.models.builders import DAY, area, build, district, refused, save

pytestmark = pytest.mark.database

LAST = date(2024, 8, 31)


@pytest.fixture
def ward(session: Session) -> Unit:
    return save(session, Unit, code="31513", name="Phường 1", type=UnitType.WARD, parent=district())


@pytest.mark.parametrize("kind", UnitType)
def test_the_level_follows_from_the_type(kind: UnitType) -> None:
    levels = [Level.PROVINCE] + [Level.DISTRICT] * 3 + [Level.COMMUNE] * 3 + [Level.AREA] * 2
    assert kind.level is levels[kind.rank]


@pytest.mark.parametrize("kind", UnitType)
@pytest.mark.parametrize("above", UnitType)
def test_the_parent_stands_at_a_higher_level(session: Session, kind: UnitType, above: UnitType) -> None:
    homes = {Level.PROVINCE: None, Level.DISTRICT: build(Unit), Level.COMMUNE: district(), Level.AREA: area().parent}
    parent = build(Unit, type=above, parent=homes[above.level])
    session.add(build(Unit, type=kind, parent=parent))
    if above.level.rank < kind.level.rank:
        session.flush()
    else:
        assert "Cấp trên phải cao hơn" in refused(session)["parent"]


@pytest.mark.parametrize("kind", UnitType)
def test_only_a_province_stands_under_nothing(session: Session, kind: UnitType) -> None:
    session.add(build(Unit, type=kind, parent=None))
    if kind is UnitType.PROVINCE:
        session.flush()
    else:
        assert "cấp trên" in refused(session)["parent"]


def test_a_parent_does_not_sink_to_the_level_of_its_children(session: Session, ward: Unit) -> None:
    town = ward.parent
    assert town is not None
    town.type = UnitType.TOWN
    session.flush()
    town.type = UnitType.COMMUNE
    assert "Phường 1" in refused(session)["type"]
    ward.type = UnitType.QUARTER
    session.flush()


# -- codes and days


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        (DAY, None, False),
        (LAST, None, False),
        (date(2022, 1, 1), DAY, False),
        (date(2022, 1, 1), None, False),
        (date(2023, 2, 1), date(2023, 3, 1), False),
        (LAST + timedelta(1), None, True),
        (date(2022, 1, 1), DAY - timedelta(1), True),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_a_code_names_one_unit_on_one_day(
    session: Session, start: date, end: date | None, free: bool, together: bool
) -> None:
    session.add(build(Unit, code="31522", valid_from=DAY, valid_to=LAST))
    if not together:
        session.flush()
    session.add(build(Unit, code="31522", valid_from=start, valid_to=end))
    if free:
        session.flush()
    else:
        assert "Mã này đã là của" in refused(session)["code"]


def test_a_code_passes_on_in_one_step(session: Session, ward: Unit) -> None:
    session.add(build(Unit, code=ward.code, type=UnitType.WARD, parent=ward.parent, valid_from=LAST + timedelta(1)))
    assert "code" in refused(session)
    ward.valid_to = LAST
    session.flush()


def test_a_unit_deleted_makes_room_for_its_code(session: Session, ward: Unit) -> None:
    session.delete(ward)
    session.add(build(Unit, code=ward.code, valid_from=LAST))
    session.flush()


def test_a_unit_reopened_clashes_with_its_heir(session: Session, ward: Unit) -> None:
    ward.valid_to = LAST
    save(session, Unit, code=ward.code, valid_from=LAST + timedelta(1))
    ward.valid_to = None
    assert "code" in refused(session)


def test_a_unit_does_not_end_before_it_begins(session: Session, ward: Unit) -> None:
    ward.valid_to = ward.valid_from
    session.flush()
    ward.valid_to = ward.valid_from - timedelta(1)
    assert refused(session) == {"valid_to": "Không được trước “Có hiệu lực từ”."}


def test_a_code_alone_names_the_unit_valid_last(session: Session, ward: Unit) -> None:
    ward.valid_to = LAST
    heir = save(session, Unit, code=ward.code, valid_from=LAST + timedelta(1))
    assert Unit.find(session, ward.code) is heir
    assert Unit.find(session, f"{ward.code}|{ward.valid_from}") is ward
    assert Unit.find(session, "31514") is None
    with pytest.raises(ValueError, match="isoformat"):
        Unit.find(session, f"{ward.code}|đầu năm")


# -- names


def test_a_full_name_names_all_but_the_province(session: Session) -> None:
    town = district(name="Thị xã Ngã Năm")
    commune = build(Unit, name="Phường 1", type=UnitType.WARD, parent=town)
    quarter = save(session, Unit, name="Khóm 2", type=UnitType.QUARTER, parent=commune)
    assert str(quarter) == "Khóm 2, Phường 1, Thị xã Ngã Năm"
    assert str(town) == "Thị xã Ngã Năm"


def test_a_new_name_goes_down_the_whole_branch(session: Session) -> None:
    hamlet = area(name="Ấp Phước Hòa")
    session.add(hamlet)
    session.commit()
    commune = hamlet.parent
    assert commune is not None
    town = commune.parent
    assert town is not None
    town.name = "Huyện Mỹ Xuyên"
    session.flush()
    assert str(hamlet) == f"Ấp Phước Hòa, {commune.name}, Huyện Mỹ Xuyên"
    assert "my xuyen" in hamlet.search_text
    commune.parent = district(name="Huyện Trần Đề")
    session.flush()
    assert str(hamlet) == f"Ấp Phước Hòa, {commune.name}, Huyện Trần Đề"
    assert str(commune) == f"{commune.name}, Huyện Trần Đề"


def test_units_sort_by_the_bare_name(session: Session) -> None:
    province = build(Unit)
    names = ["Huyện Châu Thành", "Huyện Cù Lao Dung", "Huyện Kế Sách", "Huyện Mỹ Tú"]
    towns = [save(session, Unit, name=name, type=UnitType.DISTRICT, parent=province) for name in reversed(names)]
    towns.append(save(session, Unit, name="Thành phố Sóc Trăng", type=UnitType.CITY, parent=province))
    ordered = sorted(towns, key=lambda unit: unit.title_key)
    assert [unit.name for unit in ordered] == [*names, "Thành phố Sóc Trăng"]


@pytest.mark.parametrize(
    ("kind", "short"), [(UnitType.CITY, "tp"), (UnitType.TOWN, "tx"), (UnitType.TOWNSHIP, "tt"), (UnitType.WARD, "p")]
)
def test_a_unit_is_found_by_the_short_name_of_its_type(session: Session, kind: UnitType, short: str) -> None:
    parent = build(Unit) if kind.level is Level.DISTRICT else district()
    assert short in save(session, Unit, type=kind, parent=parent).search_text.split()


# -- successions


def test_a_unit_does_not_follow_itself(session: Session, ward: Unit) -> None:
    session.add(build(Succession, predecessor=ward, successor_id=ward.id))
    assert refused(session) == {"successor": "Đơn vị mới phải khác đơn vị cũ."}


def test_a_succession_is_told_once_and_reads_as_an_arrow(session: Session, ward: Unit) -> None:
    succession = save(session, Succession, predecessor=ward)
    assert str(succession) == f"{ward} → {succession.successor}"
    session.add(build(Succession, predecessor=ward, successor=succession.successor))
    assert "successor" in refused(session)


def test_a_unit_that_something_followed_stays(session: Session, ward: Unit) -> None:
    save(session, Succession, predecessor=ward)
    assert Unit.find(session, ward.code) is ward
