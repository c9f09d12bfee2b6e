"""The board: its lanes tell what the database says, its cards go where their reader may take them."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from models import Initiative, Nomination
from models.accounts.users import Role
from models.history.audit import AuditEntry
from models.initiatives import Stage
from tests.conftest import add_person, browser_of, token_of
from tests.databases import ON_SQLITE
from tests.pages import Element, messages, read
from tests.statements import statements
from views import SCREENS
from views.core.checks import DeclarationError
from views.core.fields.formatting import number_text
from views.core.pages.board import CARDS
from views.core.screen import RecordView
from views.core.session import db
from views.initiatives import InitiativeView
from views.movements import ClubView

pytestmark = pytest.mark.database

STAGED = [cls for cls in SCREENS if cls.record.workflow]
DISTRICT = "MTTQ-947"


def lanes(client: FlaskClient, url: str) -> dict[str, Element]:
    """The lanes of a board by their stages."""
    return {lane["data-lane"]: lane for lane in read(client.get(url).text).all("section") if "lane" in lane.classes}


def cards(lane: Element) -> dict[int, set[str]]:
    """The cards of a lane: each one's id, and where its buttons lead."""
    return {
        int(card["id"].removeprefix("card-")): {button["value"] for button in card.all("button", name="to")}
        for card in lane.all("article")
    }


@pytest.fixture
def editor(desk: Flask) -> FlaskClient:
    """An editor's browser in a district."""
    return browser_of(desk, add_person(desk, Role.EDITOR, DISTRICT).username)


def put(client: FlaskClient, id_: int, to: str, asked: str = "") -> Any:
    """Drop a card on a lane."""
    token = token_of(client.get("/account/password").text)
    return client.post(f"/initiatives/board/{asked}", data={"id": id_, "to": to, "csrf_token": token})


def stage_of(app: Flask, id_: int) -> Stage:
    with app.app_context():
        return db.session.get_one(Initiative, id_).stage


def one_at(app: Flask, stage: Stage) -> int:
    with app.app_context():
        query = select(func.min(Initiative.id)).where(Initiative.stage == stage, Initiative.code.startswith("SK-947-"))
        return db.session.scalar(query) or 0


@pytest.mark.parametrize("asked", ["", "?search=may", "?flt_kind_is=model"])
def test_counts_and_money_are_the_databases(desk: Flask, clerk: FlaskClient, asked: str) -> None:
    screen = desk.extensions["screens"][Initiative]
    with desk.test_request_context():
        query = screen.query.narrowed("may", ()) if "search" in asked else screen.query.all()
        query = query.where(Initiative.kind == "model") if "kind" in asked else query
        value = func.sum(Initiative.economic_value)
        rows = query.with_only_columns(Initiative.stage, func.count(), value).group_by(Initiative.stage)
        told = {stage: (count, money) for stage, count, money in db.session.execute(rows)}
    found = lanes(clerk, f"/initiatives/board/{asked}")
    assert list(found) == [stage.value for stage in Stage]
    for stage in Stage:
        count, money = told.get(stage, (0, None))
        lane = found[stage.value]
        assert lane.one("h2").one("a").text == str(count)
        assert [sub.text for sub in lane.one("h2").all("span", class_="sub")] == (
            [f"{number_text(int(money))} đ"] if money else []
        )
        assert len(cards(lane)) == min(count, CARDS)
        assert bool(lane.all("p", class_="more")) == (count > CARDS)


@ON_SQLITE
def test_a_lanes_count_leads_to_its_list(clerk: FlaskClient) -> None:
    for lane in lanes(clerk, "/initiatives/board/?search=may").values():
        link = lane.one("h2").one("a")
        foot = read(clerk.get(link["href"]).text).all("div", class_="foot")
        assert (f"trong {link.text}" in foot[0].text) if foot else link.text == "0"


@ON_SQLITE
@pytest.mark.parametrize("cls", STAGED)
def test_a_list_with_stages_leads_to_its_board_and_back(desk: Flask, clerk: FlaskClient, cls: type[RecordView]) -> None:
    screen = desk.extensions["screens"][cls.record]
    workflow = cls.record.workflow
    assert workflow
    asked = f"flt_{workflow.field}_is={next(iter(type(workflow.transitions[0].start))).value}"
    link = next(
        a for a in read(clerk.get(f"{screen.url}/?search=a&{asked}").text).all("a") if a.text == "Xem dạng bảng"
    )
    assert link["href"] == f"{screen.url}/board/?search=a"
    back = next(a for a in read(clerk.get(link["href"]).text).all("a") if a.text == "Xem dạng danh sách")
    assert back["href"] == f"{screen.url}/?search=a"


@ON_SQLITE
def test_where_nothing_moves_there_is_no_board(clerk: FlaskClient) -> None:
    assert clerk.get("/clubs/board/").status_code == 404
    assert "Xem dạng bảng" not in clerk.get("/clubs/").text


@ON_SQLITE
@pytest.mark.parametrize("url", ["/initiatives/board/", "/nominations/board/", "/reports/board/", "/tasks/board/"])
@pytest.mark.parametrize("home", [DISTRICT, "MTTQ-94"])
def test_a_board_costs_few_statements(desk: Flask, url: str, home: str) -> None:
    client = browser_of(desk, add_person(desk, Role.APPROVER, home).username)
    with statements(desk) as seen:
        assert client.get(url).status_code == 200
    assert len(seen) <= 6


@ON_SQLITE
def test_cards_go_only_where_their_reader_may_take_them(desk: Flask, clerk: FlaskClient, editor: FlaskClient) -> None:
    viewer = browser_of(desk, add_person(desk, Role.VIEWER, DISTRICT).username)
    assert put(viewer, one_at(desk, Stage.REGISTERED), "dossier").status_code == 403
    expected: list[tuple[FlaskClient, Stage, set[str]]] = [
        (viewer, Stage.REGISTERED, set()),
        (editor, Stage.REGISTERED, {"dossier"}),
        (editor, Stage.DOSSIER, {"registered"}),
        (editor, Stage.APPRAISED, set()),
        (clerk, Stage.APPRAISED, {"council", "rejected", "dossier"}),
    ]
    for client, stage, ends in expected:
        for buttons in cards(lanes(client, "/initiatives/board/")[stage.value]).values():
            assert buttons == ends
    with desk.app_context():
        rows = db.session.execute(select(Nomination.stage, func.count()).group_by(Nomination.stage)).all()
    assert len(rows) > 2
    for lane in lanes(editor, "/nominations/board/").values():
        assert not any(cards(lane).values())


@ON_SQLITE
def test_a_card_is_moved_as_the_page_moves_a_record(desk: Flask, clerk: FlaskClient) -> None:
    id_ = one_at(desk, Stage.COUNCIL)
    with desk.app_context():
        missing = db.session.get_one(Initiative, id_).decision is None
    answer = put(clerk, id_, "decided", "?search=a&flt_kind_is=model&_scheme=x&id=3")
    assert answer.location == f"/initiatives/board/?search=a&flt_kind_is=model#card-{id_}"
    assert missing
    assert any("Chưa ghi văn bản quyết định" in said for said in messages(clerk.get("/initiatives/board/").text))
    assert stage_of(desk, id_) is Stage.COUNCIL


@ON_SQLITE
def test_a_move_that_nothing_hinders_is_made(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        query = select(Nomination.id).where(Nomination.stage == "council").order_by(Nomination.id).limit(1)
        id_ = db.session.scalar(query)
    token = token_of(clerk.get("/account/password").text)
    answer = clerk.post("/nominations/board/", data={"id": id_, "to": "standing", "csrf_token": token})
    assert answer.location == f"/nominations/board/#card-{id_}"
    assert any("Đã chuyển 1 bản ghi" in said for said in messages(clerk.get("/nominations/board/").text))
    with desk.app_context():
        assert db.session.get_one(Nomination, id_).stage == "standing"
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert entry.act_name == "Chuyển từ “Hội đồng thông qua” sang “Trình Ban Thường trực”"


@ON_SQLITE
@pytest.mark.parametrize(
    ("stage", "to", "said"),
    [
        (Stage.DOSSIER, "appraised", "Chỉ người có vai trò “Người duyệt” trở lên mới đưa được sang"),
        (Stage.APPRAISED, "council", "Chỉ Mặt trận tỉnh mới đưa được sang “Hội đồng tỉnh đã chọn”."),
        (Stage.REGISTERED, "published", "Từ “Mới đăng ký” không chuyển sang “Công bố Sách vàng” được."),
        (Stage.REGISTERED, "nowhere", "Không còn bản ghi này."),
    ],
)
def test_a_forbidden_move_is_refused_in_a_sentence(
    desk: Flask, editor: FlaskClient, stage: Stage, to: str, said: str
) -> None:
    id_ = one_at(desk, stage)
    assert put(editor, id_, to).status_code == 302
    assert any(said in text for text in messages(editor.get("/initiatives/board/").text))
    assert stage_of(desk, id_) is stage


@ON_SQLITE
def test_a_move_that_needs_a_reason_asks_for_it(desk: Flask, editor: FlaskClient) -> None:
    id_ = one_at(desk, Stage.DOSSIER)
    answer = put(editor, id_, "registered")
    assert answer.location.startswith(f"/initiatives/move/?id={id_}&to=registered&url=/initiatives/board/")
    form = read(editor.get(answer.location).text)
    assert "/initiatives/board/" in [a["href"] for a in form.one("main").all("a")]
    assert [o["value"] for o in form.one("select", id="to").all("option") if "selected" in o.attrs] == ["registered"]
    assert stage_of(desk, id_) is Stage.DOSSIER


@pytest.mark.parametrize(
    ("screen", "attribute", "value", "mistake"),
    [
        (InitiativeView, "board_columns", ("x",), "board_columns: Initiative has no field 'x'"),
        (InitiativeView, "board_money", "name", "board_money: 'name' is no money"),
        (ClubView, "board_columns", ("name",), "board_columns: Club has no stages"),
    ],
)
def test_a_board_declared_wrongly_does_not_start(
    monkeypatch: pytest.MonkeyPatch, screen: type[RecordView], attribute: str, value: Any, mistake: str
) -> None:
    monkeypatch.setattr(screen, attribute, value)
    with pytest.raises(DeclarationError, match=mistake):
        screen()
