"""The tree page: which levels stand open, how a search opens the way, how many stand below."""

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Committee, Council, MemberOrganisation, Organisation, Unit
from tests.databases import ON_SQLITE
from tests.pages import Element, read, save
from tests.statements import statements
from views.core.pages.tree import HITS
from views.core.session import db

pytestmark = pytest.mark.database

TREES: dict[str, type[Unit | Organisation]] = {
    "units": Unit,
    "committees": Committee,
    "member-organisations": MemberOrganisation,
}


def nodes(page: str) -> dict[int, Element]:
    """The nodes of the page by their ids, from top to bottom."""
    found = [element for element in read(page).all("li") if "node" in element.classes]
    return {int(node["id"].removeprefix("n")): node for node in found}


def paths(app: Flask, record: type[Unit | Organisation]) -> dict[int, tuple[int, ...]]:
    """Every record's ancestors, walked from child to parent."""
    with app.app_context():
        parents = {row[0]: row[1] for row in db.session.execute(select(record.id, record.parent_id))}
    found: dict[int, tuple[int, ...]] = {}
    for id_ in parents:
        above: list[int] = []
        while (parent := parents.get(above[0] if above else id_)) is not None:
            above.insert(0, parent)
        found[id_] = tuple(above)
    return found


@ON_SQLITE
@pytest.mark.parametrize("path", TREES)
def test_the_first_two_levels_stand_open(app: Flask, admin: FlaskClient, path: str) -> None:
    expected = {id_ for id_, above in paths(app, TREES[path]).items() if len(above) < 2}
    shown = nodes(admin.get(f"/{path}/tree/").text)
    assert set(shown) == expected
    assert {node["aria-level"] for node in shown.values()} == {"1", "2"}


@ON_SQLITE
@pytest.mark.parametrize("path", ["units", "committees"])
def test_a_branch_opens_and_closes_by_its_link(app: Flask, admin: FlaskClient, path: str) -> None:
    above = paths(app, TREES[path])
    start = nodes(admin.get(f"/{path}/tree/").text)
    id_, toggle = next(
        (id_, link)
        for id_, node in start.items()
        if node["aria-level"] == "2" and (link := next(iter(node.all("a", class_="toggle")), None))
    )
    assert toggle["aria-expanded"] == "false"
    opened = nodes(admin.get(toggle["href"]).text)
    assert set(opened) - set(start) == {child for child, way in above.items() if way and way[-1] == id_}
    order = list(opened)
    assert all(id_ in above[child] for child in order[order.index(id_) + 1 :][: len(opened) - len(start)])
    closing = opened[id_].one("a", class_="toggle")
    assert closing["aria-expanded"] == "true"
    assert list(nodes(admin.get(closing["href"]).text)) == list(start)


@ON_SQLITE
def test_everything_can_be_closed(app: Flask, admin: FlaskClient) -> None:
    (root,) = (id_ for id_, above in paths(app, Unit).items() if not above)
    closing = nodes(admin.get("/units/tree/").text)[root].one("a", class_="toggle")["href"]
    assert list(nodes(admin.get(closing).text)) == [root]


def test_a_search_opens_the_way_to_what_it_finds(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        area = db.session.scalars(
            select(Unit).where(Unit.search_text.contains("xa tham don")).order_by(Unit.path.desc())
        ).first()
        assert area is not None
        wanted, above = area.id, area.ancestor_ids
        count = db.session.scalar(
            select(func.count()).where(Unit.search_text.contains("tham"), Unit.search_text.contains("don"))
        )
    page = admin.get("/units/tree/?search=THAM+đôn").text
    shown = nodes(page)
    assert {wanted, *above} <= set(shown)
    assert {"hit"} <= shown[wanted].classes
    assert shown[wanted].one("mark").text
    hits = [id_ for id_, node in shown.items() if "hit" in node.classes]
    assert len(hits) == count
    assert read(page).one("p", role="status").text == f"Thấy {count} mục khớp với “THAM đôn”."
    assert all(shown[id_].one("a", class_="toggle")["aria-expanded"] == "true" for id_ in above)


@ON_SQLITE
def test_a_search_that_finds_too_much_says_how_much(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Unit).where(Unit.search_text.contains("ap")))
    page = admin.get("/units/tree/?search=ấp").text
    assert read(page).one("p", role="status").text == f"Thấy {count} mục khớp với “ấp”. Dưới đây là {HITS} mục đầu."
    assert len([node for node in nodes(page).values() if "hit" in node.classes]) == HITS


@ON_SQLITE
def test_a_search_without_an_answer_says_so(admin: FlaskClient) -> None:
    page = admin.get("/units/tree/?search=zzzz").text
    assert read(page).one("p", role="status").text == "Thấy 0 mục khớp với “zzzz”."
    assert not [node for node in nodes(page).values() if "hit" in node.classes]


@pytest.mark.parametrize("path", TREES)
def test_the_counts_are_of_all_that_stands_below(app: Flask, admin: FlaskClient, path: str) -> None:
    above = paths(app, TREES[path])
    for id_, node in nodes(admin.get(f"/{path}/tree/").text).items():
        below = sum(id_ in way for way in above.values())
        said = [element.text for element in node.all(class_="below")]
        assert said == ([f"{below} cấp dưới"] if below else [])
        assert len(node.all("a", class_="toggle")) == bool(below)


def test_a_branch_that_was_moved_counts_at_its_new_place(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        commune, target = db.session.scalars(
            select(Unit).where(Unit.code.in_(["947", "942"])).order_by(Unit.code.desc())
        )
        moved = db.session.scalars(select(Unit).where(Unit.parent_id == commune.id)).first()
        assert moved is not None
        size = 1 + (db.session.scalar(select(func.count()).where(Unit.path.startswith(moved.branch_path))) or 0)
        ids, moved_id = (commune.id, target.id), moved.id
    before = [below(clerk, id_) for id_ in ids]
    assert save(clerk, f"/units/edit/?id={moved_id}", {"parent": str(ids[1])}).status_code == 302
    assert [below(clerk, id_) for id_ in ids] == [before[0] - size, before[1] + size]


def below(client: FlaskClient, id_: int) -> int:
    """How many the tree says stand below the unit."""
    return int(nodes(client.get("/units/tree/").text)[id_].one(class_="below").text.split()[0])


@ON_SQLITE
def test_a_tree_costs_few_statements_however_open(app: Flask, admin: FlaskClient) -> None:
    everything = ",".join(map(str, paths(app, Committee)))
    with statements(app) as seen:
        shown = nodes(admin.get(f"/committees/tree/?open={everything}").text)
    assert len(shown) == len(paths(app, Committee))
    assert len(seen) <= 6


@ON_SQLITE
def test_a_parent_of_another_kind_hides_no_record(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        council = db.session.scalars(select(Council)).first()
        assert council is not None
        made = MemberOrganisation(code="TV-1", name="Hội thử", parent=council, level=council.level)
        db.session.add(made)
        db.session.commit()
        id_ = made.id
    assert nodes(clerk.get("/member-organisations/tree/").text)[id_]["aria-level"] == "1"


@ON_SQLITE
def test_links_keep_what_is_open(admin: FlaskClient) -> None:
    for node in nodes(admin.get("/units/tree/").text).values():
        for link in node.all("a", class_="toggle"):
            parts = urlsplit(link["href"])
            assert parts.fragment == node["id"]
            assert parse_qs(parts.query)["open"]
