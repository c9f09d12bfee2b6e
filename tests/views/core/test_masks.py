"""Personal data on every road of the screens: whose reader may not read them learns nothing by asking."""

import io
from datetime import date

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import AuditEntry, AuditKind, Organisation, Person, Role
from models.records.fields import MASK
from tests.conftest import add_person, browser_of, signed_in
from tests.databases import ON_SQLITE
from tests.pages import ids_in, record_form, save, sent
from views import SCREENS
from views.core.session import db

pytestmark = ON_SQLITE

HOME, ELSEWHERE = "MTTQ-947", "MTTQ-941"
PERSONAL = [(cls, name) for cls in SCREENS for name, spec in cls.record.fields().items() if spec.personal]


@pytest.fixture(scope="module")
def people(desk: Flask) -> dict[str, int]:
    """One person here and one in another district, and two of the first whose numbers stand in the other order."""
    made = {}
    with desk.app_context():
        for n, (code, name) in enumerate([(HOME, "Lý Văn An"), (HOME, "Lý Văn Bình"), (ELSEWHERE, "Lý Văn Cường")]):
            home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
            made[name] = Person(
                full_name=name,
                organisation=home,
                phone=f"0912 345 67{9 - n}",
                email=f"so{n}@vi.du",
                address=f"Ấp Kín {n}",
                identity_number=f"09{9 - n}000000000",
                birth_date=date(1990 - n, 2, 3),
            )
        db.session.add_all(made.values())
        db.session.commit()
        return {name: person.id for name, person in made.items()}


@pytest.fixture(scope="module")
def editor(desk: Flask, people: dict[str, int]) -> FlaskClient:
    return browser_of(desk, add_person(desk, Role.EDITOR, HOME).username)


@pytest.fixture(scope="module")
def viewer(desk: Flask, people: dict[str, int]) -> FlaskClient:
    return browser_of(desk, add_person(desk, Role.VIEWER, HOME).username)


@pytest.fixture(params=["viewer", "editor"])
def reader(request: pytest.FixtureRequest) -> FlaskClient:
    client: FlaskClient = request.getfixturevalue(request.param)
    return client


def rows(client: FlaskClient, url: str) -> list[tuple[object, ...]]:
    with client.get(url) as answer:
        assert answer.status_code == 200, url
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0] is not None]


@pytest.mark.parametrize(("cls", "name"), PERSONAL, ids=[f"{cls.__name__}.{name}" for cls, name in PERSONAL])
def test_no_road_of_a_screen_asks_by_what_is_masked(desk: Flask, reader: FlaskClient, cls: type, name: str) -> None:
    screen = desk.extensions["screens"][cls.record]  # type: ignore[attr-defined]
    place = f"/{screen.endpoint}"
    usual, before = ids_in(reader.get(f"{place}/?page_size=200").text), rows(reader, f"{place}/export/xlsx/?")
    for order in (f"sort={name}", f"sort={name}&desc=1"):
        assert ids_in(reader.get(f"{place}/?page_size=200&{order}").text) == usual
    for asked in (f"order={name}", f"order={name}&down=1", f"group={name}", f"sort={name}"):
        assert rows(reader, f"{place}/export/xlsx/?{asked}") == before, asked
    for question in ("is", "from", "to", "has", "below"):
        page = reader.get(f"{place}/?page_size=200&flt_{name}_{question}=1/1/1980").text
        assert ids_in(page) == usual, question
        assert "Không lọc được" in page
    page = reader.get(f"/saved-exports/layout/?screen={screen.endpoint}").text
    assert f'<option value="{name}"' not in page
    masked = rows(reader, f"{place}/export/xlsx/?c={name}")
    assert {row[-1] for row in masked} <= {MASK}


def test_a_saved_export_of_someone_who_may_orders_nothing_for_who_may_not(
    desk: Flask, people: dict[str, int], editor: FlaskClient
) -> None:
    asked = "/people/export/xlsx/?c=full_name&order=identity_number"
    assert rows(signed_in(desk, Role.APPROVER), asked) != rows(editor, asked)
    assert [row[1] for row in rows(editor, asked)][:2] == ["Lý Văn An", "Lý Văn Bình"]


@pytest.mark.parametrize("words", ["0912 345 679", "0912345679", "so0@vi.du", "099000000000"])
def test_people_are_found_by_phone_by_who_may_read_it(
    desk: Flask, people: dict[str, int], reader: FlaskClient, words: str
) -> None:
    approver = browser_of(desk, add_person(desk, Role.APPROVER, HOME).username)
    assert ids_in(approver.get(f"/people/?search={words}").text) == [people["Lý Văn An"]]
    assert "Lý Văn An" in approver.get(f"/search?q={words}").text
    assert ids_in(reader.get(f"/people/?search={words}").text) == []
    for url in (f"/search?q={words}", f"/people/lookup/?q={words}"):
        assert "Lý Văn An" not in reader.get(url).text.replace(words, "")


def test_who_enters_reads_and_mends_those_of_the_own_branch_and_it_is_noted(
    desk: Flask, people: dict[str, int], editor: FlaskClient
) -> None:
    mine = people["Lý Văn An"]
    for url in (f"/people/details/?id={mine}", f"/people/edit/?id={mine}"):
        before = read_of(desk, mine)
        assert "0912 345 679" in editor.get(url).text
        assert read_of(desk, mine) == before + 1, url
    assert save(editor, f"/people/edit/?id={mine}", {"phone": "0912 345 600"}).status_code == 302
    assert sent(record_form(editor.get(f"/people/edit/?id={mine}").text))["phone"] == ["0912 345 600"]
    assert save(editor, f"/people/edit/?id={mine}", {"phone": "0912 345 679"}).status_code == 302


def test_who_enters_is_told_what_another_saved_meanwhile_and_it_is_noted(
    desk: Flask, people: dict[str, int], editor: FlaskClient
) -> None:
    mine = people["Lý Văn Bình"]
    typed = sent(record_form(editor.get(f"/people/edit/?id={mine}").text)) | {"phone": ["0912 000 001"]}
    with desk.app_context():
        db.session.get_one(Person, mine).phone = "0912 000 002"
        db.session.commit()
    before = read_of(desk, mine)
    page = editor.post(f"/people/edit/?id={mine}", data=typed).text
    assert "vừa sửa ô này thành “0912 000 002”" in page
    assert "0912 000 001" in page
    assert read_of(desk, mine) == before + 1


def test_who_may_not_read_someone_mends_the_rest_of_them(desk: Flask, people: dict[str, int]) -> None:
    with desk.app_context():
        nobodys = Person(full_name="Lý Văn Không", phone="0912 000 003")
        db.session.add(nobodys)
        db.session.commit()
        id_ = nobodys.id
    client = signed_in(desk, Role.EDITOR)
    assert save(client, f"/people/edit/?id={id_}", {"occupation": "Nông dân"}).status_code == 302
    with desk.app_context():
        kept = db.session.get_one(Person, id_)
        assert (kept.occupation, kept.phone, kept.personal_text) == (
            "Nông dân",
            "0912 000 003",
            "0912 000 003 0912000003",
        )


def test_who_only_looks_and_who_is_elsewhere_read_masks(
    desk: Flask, people: dict[str, int], viewer: FlaskClient
) -> None:
    page = viewer.get(f"/people/details/?id={people['Lý Văn An']}").text
    assert "0912" not in page
    assert MASK in page
    other = browser_of(desk, add_person(desk, Role.EDITOR, ELSEWHERE).username)
    assert "0912 345 679" not in other.get(f"/people/details/?id={people['Lý Văn An']}").text


def read_of(app: Flask, id_: int) -> int:
    with app.app_context():
        return len(
            db.session.scalars(
                select(AuditEntry.id).where(AuditEntry.kind == AuditKind.READ, AuditEntry.record_id == id_)
            ).all()
        )
