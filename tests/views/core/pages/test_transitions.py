"""Moves over the web: the buttons that a record's page has, and the sentence for each that it has not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import AwardDecision, Initiative, Nomination, Record, Task
from models.accounts.users import Role
from models.history.audit import AuditEntry
from models.initiatives import Stage
from models.tasks import TaskStatus
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import messages, move, read, record_form, save, sent
from views import SCREENS
from views.core.checks import DeclarationError
from views.core.pages.transitions import stage_names
from views.core.screen import RecordView
from views.core.session import db
from views.initiatives import InitiativeView

pytestmark = ON_SQLITE
STAGED = [cls for cls in SCREENS if cls.record.workflow]
MINE = Initiative.code.startswith("SK-947-")


def ids_by_stage(app: Flask) -> dict[Stage, int]:
    """An initiative of one district at each stage that it has reached."""
    with app.app_context():
        rows = db.session.execute(select(Initiative.stage, Initiative.id).where(MINE).order_by(Initiative.id))
        return {stage: id_ for stage, id_ in rows}  # noqa: C416  a result looks like a dict


def stage_of(app: Flask, id_: int) -> Stage:
    with app.app_context():
        return db.session.get_one(Initiative, id_).stage


@pytest.fixture(
    params=[("MTTQ-947", Role.VIEWER), ("MTTQ-947", Role.EDITOR), ("MTTQ-947", Role.APPROVER), ("MTTQ-94", Role.EDITOR)]
)
def person_at_a_desk(desk: Flask, request: pytest.FixtureRequest) -> tuple[str, Role, FlaskClient]:
    home, role = request.param
    return home, role, browser_of(desk, add_person(desk, role, home).username)


def test_every_forbidden_move_is_refused_in_a_sentence(
    desk: Flask, person_at_a_desk: tuple[str, Role, FlaskClient]
) -> None:
    home, role, client = person_at_a_desk
    tried = 0
    for start, id_ in ids_by_stage(desk).items():
        for end in Stage:
            way = Initiative.workflow.between(start, end)
            by_role = way is not None and role.rank < way.role.rank
            by_place = way is not None and way.by_decider and home != "MTTQ-94"
            if start is end or not (way is None or by_role or by_place):
                continue
            page, tried = move(client, "initiatives", [id_], end.value), tried + 1
            said = (
                "không" if role is Role.VIEWER else "Chỉ " if way else f"Từ “{start}” không chuyển sang “{end}” được."
            )
            texts = [read(page).one("main").text] if role is Role.VIEWER else messages(page)
            assert any(said in text for text in texts), (start, end, texts)
            assert stage_of(desk, id_) is start
    assert tried > 25


@pytest.mark.parametrize("cls", STAGED)
def test_a_records_page_offers_each_move_or_says_why_not(
    desk: Flask, clerk: FlaskClient, cls: type[RecordView]
) -> None:
    record, workflow = cls.record, cls.record.workflow
    assert workflow
    path = desk.extensions["screens"][record].endpoint
    field = getattr(record, workflow.field)
    with desk.app_context():
        rows = {row[0]: row[1] for row in db.session.execute(select(field, record.id).order_by(record.id))}
    assert len(rows) > 2
    for stage, id_ in rows.items():
        page = read(clerk.get(f"/{path}/details/?id={id_}").text)
        card = next(e for e in page.all("section") if "stage" in e.classes)
        buttons = {button["value"] for button in card.all("button", name="to")}
        refusals = [item.text for item in card.all("ul", class_="closed") for item in item.all("li")]
        ends = [move.end for move in workflow.transitions if move.start is stage]
        assert len(buttons) + len(refusals) == len(ends)
        assert all(refusal.endswith(".") for refusal in refusals)
        assert stage.label in card.one("h2").text
        assert card.one("ol", class_="steps").all("li")


@pytest.mark.parametrize("cls", STAGED)
def test_no_form_writes_what_moves_alone_set(desk: Flask, clerk: FlaskClient, cls: type[RecordView]) -> None:
    screen = desk.extensions["screens"][cls.record]
    by_transitions = stage_names(cls.record)
    assert by_transitions
    for url in (f"/{screen.endpoint}/new/", f"/{screen.endpoint}/bulk/?id=1"):
        assert not set(sent(record_form(clerk.get(url).text))) & by_transitions
    if cls is InitiativeView:
        id_ = ids_by_stage(desk)[Stage.REGISTERED]
        save(clerk, f"/initiatives/edit/?id={id_}", {"stage": "published", "note": "Đã xem"})
        assert stage_of(desk, id_) is Stage.REGISTERED


def test_many_are_moved_as_one_action_or_none(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        waiting = select(Initiative.id).where(Initiative.stage == Stage.DOSSIER).order_by(Initiative.id)
        one, two = db.session.scalars(waiting.limit(2))
        other = db.session.scalars(select(Initiative.id).where(Initiative.stage == Stage.PUBLISHED)).first() or 0
    chosen = clerk.get(f"/initiatives/move/?id={one}&id={two}").text
    assert {o["value"] for o in read(chosen).one("select", id="to").all("option")} == {
        "appraised",
        "registered",
        "rejected",
    }
    assert "không chuyển sang" in move(clerk, "initiatives", [one, two, other], "registered")
    assert "phải ghi lý do" in move(clerk, "initiatives", [one, two], "registered", note=" ")
    assert (stage_of(desk, one), stage_of(desk, two)) == (Stage.DOSSIER, Stage.DOSSIER)
    page = move(clerk, "initiatives", [one, two], "registered", note="Bổ sung ảnh")
    assert messages(page)[0] == "Đã chuyển 2 bản ghi sang “Mới đăng ký”."
    with desk.app_context():
        query = select(AuditEntry).where(AuditEntry.noun == "Initiative").order_by(AuditEntry.id.desc()).limit(2)
        first, second = db.session.scalars(query)
        assert first.act == second.act
        assert first.act_name == "Chuyển 2 bản ghi sang “Mới đăng ký”"
        assert first.changes["stage"] == ["dossier", "registered"]
        assert first.changes["stage_reason"][1] == "Bổ sung ảnh (ngày 09/11/2023)"
    step = read(clerk.get(f"/initiatives/details/?id={one}").text).one("ol", class_="steps").all("li")[0].text
    assert step.startswith("Đủ hồ sơ → Mới đăng ký: Bổ sung ảnh")
    assert step.endswith("Quản trị")


@pytest.mark.parametrize(("to", "day"), [("no-such", ""), ("", ""), ("dossier", "32/1/2023"), ("dossier", "hôm nay")])
def test_what_can_not_be_read_is_said(desk: Flask, clerk: FlaskClient, to: str, day: str) -> None:
    id_ = ids_by_stage(desk)[Stage.REGISTERED]
    assert "Hãy chọn giai đoạn" in messages(move(clerk, "initiatives", [id_], to, note="giữ lại", day=day))[0]
    assert stage_of(desk, id_) is Stage.REGISTERED


def test_an_award_stands_on_the_pages_of_its_unit(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        award = db.session.scalars(
            select(Nomination).join(AwardDecision).order_by(Nomination.proposed_on.desc())
        ).first()
        assert award
        unit, said = award.unit_id, [award.recipient, str(award.form), str(award.round)]
    page = clerk.get(f"/units/details/?id={unit}").text
    for text in said:
        assert text in read(page).text


@pytest.mark.parametrize(
    ("attribute", "value", "mistake"),
    [
        ("form_columns", ("name", "stage"), "form_columns: 'stage' is set by moves only"),
        ("column_filters", ("year",), "column_filters: lacks 'stage'"),
    ],
)
def test_a_screen_that_shows_stages_wrongly_does_not_start(
    app: Flask, monkeypatch: pytest.MonkeyPatch, attribute: str, value: tuple[str, ...], mistake: str
) -> None:
    monkeypatch.setattr(InitiativeView, attribute, value)
    with pytest.raises(DeclarationError, match=mistake):
        InitiativeView()


def test_where_nothing_moves_there_is_no_such_page(clerk: FlaskClient) -> None:
    without: list[type[Record]] = [cls.record for cls in SCREENS if not cls.record.workflow]
    assert without
    assert clerk.get("/clubs/move/?id=1").status_code == 404


def test_a_day_that_was_typed_is_kept_whatever_the_step_sets(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        like = db.session.scalars(select(Task)).first()
        assert like is not None
        tasks = [Task(code=f"NV-DAY-{n}", name=f"Việc {n}", owner=like.owner) for n in "AB"]
        db.session.add_all(tasks)
        db.session.commit()
        under_way, done = (task.id for task in tasks)
    move(clerk, "tasks", [under_way], TaskStatus.UNDER_WAY.value, note="Bắt đầu")
    move(clerk, "tasks", [done], TaskStatus.DONE.value, note="Xong")
    with desk.app_context():
        assert db.session.get_one(Task, under_way).status_note == "Bắt đầu (ngày 09/11/2023)"
        task = db.session.get_one(Task, done)
        assert (str(task.done_on), task.status_note) == ("2023-11-09", "Xong")
