"""Pages and actions of a screen's own: said in a few lines, shown to whom they are for, refused where wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from backoffice import factory
from backoffice.factory import create_app
from models import AuditEntry, Role, Task
from models.records.errors import Problem, Refused
from tests.conftest import signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import messages, read
from views.core.checks import DeclarationError
from views.core.pages.action import Action
from views.core.pages.detail import DetailPage
from views.core.pages.page import ScreenPage
from views.core.session import db
from views.tasks import TaskView


class Remind(Action):
    """Write into a task that its owner was reminded."""

    label = "Nhắc việc"
    tone = "danger"

    def is_open_to(self, record: Task) -> bool:
        return record.partners != "đã nhắc"

    def do(self, record: Task) -> None:
        if record.partners == "xong":
            raise Refused([Problem("Việc này xong rồi.")], record)
        record.partners = "đã nhắc"


class SummaryPage(ScreenPage):
    """How many tasks there are."""

    button = "Tóm tắt"
    needs = "approve"

    @expose("/summary/")
    def summary_view(self) -> ResponseReturnValue:
        return f"{self.screen.query.count(db.session(), self.screen.query.all())} việc"


class TaskDetail(DetailPage):
    """A task's page under another title."""

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        return super().context(given) | {"subtitle": "Việc của ta"}


class OwnTaskView(TaskView):
    path = "tasks"
    own_pages = (Remind, SummaryPage, TaskDetail)


@pytest.fixture
def small(own_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Flask]:
    """An application of this one screen."""
    monkeypatch.setattr(factory, "SCREENS", (OwnTaskView,))
    app = create_app(
        {"TESTING": True, "SQLALCHEMY_DATABASE_URI": own_app.config["SQLALCHEMY_DATABASE_URI"]}, tmp_path / "small"
    )
    yield app
    with app.app_context():
        db.engine.dispose()


def task_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(Task.id).order_by(Task.id)).first() or 0


def press(client: FlaskClient, id_: int) -> str:
    token = token_of(client.get("/account").text)
    answer = client.post("/tasks/remind/", data={"id": str(id_), "csrf_token": token}, follow_redirects=True)
    return answer.text if answer.status_code == 200 else str(answer.status_code)


def buttons(page: str) -> list[str]:
    return [form["action"] for form in read(page).all("form", method="post") if form["action"].startswith("/tasks/")]


@ON_SQLITE
def test_a_page_stands_on_the_list_for_whom_it_is(small: Flask) -> None:
    for role, status in ((Role.EDITOR, 403), (Role.APPROVER, 200)):
        client = signed_in(small, role)
        links = read(client.get("/tasks/").text).all("a", href="/tasks/summary/")
        assert [link.text for link in links] == ["Tóm tắt"] * (status == 200)
        assert client.get("/tasks/summary/").status_code == status
    assert small.test_client().get("/tasks/summary/").status_code == 302
    assert client.get("/tasks/summary/").text.endswith(" việc")


@ON_SQLITE
def test_an_action_is_done_once_and_written_down_under_its_words(small: Flask) -> None:
    id_ = task_of(small)
    viewer, editor = signed_in(small, Role.VIEWER), signed_in(small, Role.EDITOR)
    assert "/tasks/remind/" not in buttons(viewer.get(f"/tasks/details/?id={id_}").text)
    assert press(viewer, id_) == "403"
    assert "/tasks/remind/" in buttons(editor.get(f"/tasks/details/?id={id_}").text)
    page = press(editor, id_)
    assert messages(page)[0] == "Đã làm: Nhắc việc."
    assert "/tasks/remind/" not in buttons(page)
    with small.app_context():
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.record_id, entry.act_name, entry.changes["partners"][1]) == (id_, "Nhắc việc", "đã nhắc")
    assert editor.get("/tasks/remind/").status_code == 405
    assert press(editor, 10**8) == "404"


@ON_SQLITE
def test_what_an_action_may_not_do_is_said_and_undone(small: Flask) -> None:
    id_ = task_of(small)
    with small.app_context():
        db.session.get_one(Task, id_).partners = "xong"
        db.session.commit()
    assert messages(press(signed_in(small, Role.EDITOR), id_))[0].endswith("Việc này xong rồi.")


@ON_SQLITE
def test_a_page_that_derives_from_a_standard_one_takes_its_place(small: Flask) -> None:
    screen = small.extensions["screens"][Task]
    assert type(screen.page(DetailPage)) is TaskDetail
    assert sum(isinstance(page, DetailPage) for page in screen.pages) == 1
    page = read(signed_in(small, Role.VIEWER).get(f"/tasks/details/?id={task_of(small)}").text)
    assert page.one("p", class_="subtitle").text == "Việc của ta"


@pytest.mark.parametrize(
    ("page", "mistake"),
    [
        (type("Silent", (Action,), {}), "Silent has no label"),
        (type("Wishful", (ScreenPage,), {"needs": "approval"}), "Wishful needs 'approval', which is no action"),
        (
            type("SecondPage", (ScreenPage,), {"summary_view": SummaryPage.summary_view}),
            "both answer at 'summary_view'",
        ),
    ],
)
def test_a_page_that_is_declared_wrongly_stops_the_start(page: type[ScreenPage], mistake: str) -> None:
    wrong = type("WrongView", (OwnTaskView,), {"own_pages": (SummaryPage, page)})
    with pytest.raises(DeclarationError, match=mistake) as caught:
        wrong()
    assert str(caught.value).startswith("WrongView.own_pages: ")
