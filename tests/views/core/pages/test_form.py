"""The form of a record: rows that change places, and what two rows may not both be."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import MemberCount, MemberOrganisation, Organisation
from tests.pages import error_at, save
from views.core.session import db

pytestmark = pytest.mark.database


@pytest.fixture
def union(desk: Flask) -> int:
    """A member organisation that told its members of two years."""
    with desk.app_context():
        found = db.session.scalars(select(MemberOrganisation).order_by(MemberOrganisation.id)).first()
        assert found is not None
        for count in list(found.member_counts):
            found.member_counts.remove(count)
            db.session.delete(count)
        db.session.flush()
        found.member_counts = [MemberCount(year=2019, members=19), MemberCount(year=2020, members=20)]
        db.session.commit()
        return found.id


def told(app: Flask, id_: int) -> dict[int, int]:
    with app.app_context():
        counts = db.session.scalars(select(MemberCount).join(Organisation).where(Organisation.id == id_))
        return {count.year: count.members for count in counts}


EXCHANGES = {
    "another of its year": (
        {"del-member_counts-0": "1", "member_counts-7-year": "2019", "member_counts-7-members": "7"},
        {2019: 7, 2020: 20},
    ),
    "swapped": ({"member_counts-0-year": "2020", "member_counts-1-year": "2019"}, {2020: 19, 2019: 20}),
    "moved up": ({"member_counts-0-year": "2020", "member_counts-1-year": "2021"}, {2020: 19, 2021: 20}),
}


@pytest.mark.parametrize(("typed", "wanted"), EXCHANGES.values(), ids=EXCHANGES.keys())
def test_rows_change_years_in_one_save(
    desk: Flask, clerk: FlaskClient, union: int, typed: dict[str, str], wanted: dict[int, int]
) -> None:
    assert save(clerk, f"/member-organisations/edit/?id={union}", typed).status_code == 302
    assert told(desk, union) == wanted


def test_two_equal_new_rows_are_marked_at_the_row(desk: Flask, clerk: FlaskClient, union: int) -> None:
    rows = {f"member_counts-{n}-{name}": "2024" for n in (7, 8) for name in ("year", "members")}
    answer = save(clerk, f"/member-organisations/edit/?id={union}", rows)
    assert answer.status_code == 200
    assert "Đã có ở" in error_at(answer.text, "member_counts-8-year")
    assert told(desk, union) == {2019: 19, 2020: 20}
