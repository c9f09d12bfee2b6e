"""A record type whose names are words of SQL: whatever is made from names (tables, history, pages) works with them."""

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, migrate, upgrade
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.cli import cli
from models import Committee, User
from models.accounts.passwords import set_password
from models.accounts.users import Role
from models.history.as_of import as_it_was
from models.records.base import now
from models.units import Level
from tests.conftest import PASSWORD, browser_of, running_on, token_of
from tests.databases import Databases
from tests.models.builders import build, district
from tests.pages import read, record_form, sent
from tests.program import ROOT, copied, environment
from views.core.session import db

pytestmark = pytest.mark.database

LONG = f"long_{'x' * 58}"
MODEL = f'''
"""Orders."""
from datetime import date
from decimal import Decimal
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped
from models.records.base import Record
from models.records.choices import Choice
from models.records.fields import (
    choice, code_field, date_field, decimal, integer, key, money, reference, text, year_field, yes_no,
)
from models.units import Unit

class Group(Choice):
    ALL = "all", "All"
    SOME = "some", "Some"

class Order(Record):
    label = "Order"
    natural_key = ("index", "table")
    title_field = "select"
    scoped_by = ("table",)
    __table_args__ = (UniqueConstraint("index", "table_id"),)
    index: Mapped[str] = code_field("Index")
    select: Mapped[str] = text("Select", search=True)
    grant: Mapped[int | None] = integer("Grant")
    order: Mapped[int | None] = integer("Order")
    limit: Mapped[Decimal | None] = decimal("Limit")
    values: Mapped[int | None] = money("Values")
    window: Mapped[int | None] = year_field("Window")
    {LONG}: Mapped[int | None] = integer("Long")
    group: Mapped[Group | None] = choice("Group", Group)
    user: Mapped[Group | None] = choice("User", Group)
    when: Mapped[date | None] = date_field("When")
    offset: Mapped[bool] = yes_no("Offset")
    table_id: Mapped[int | None] = key("unit.id")
    table: Mapped[Unit | None] = reference("Table", "Order.table_id")
'''
NUMBERS = ("grant", "order", "limit", "values", "window", LONG)
VIEW = f'''
"""Screen of orders."""
from models.orders import Order
from views.core.screen import RecordView
from views.core.sections import Section

class OrderView(RecordView):
    record = Order
    section = Section.MOVEMENTS
    column_list = ("select", "index", "group", "user", "when", "offset", "table", *{NUMBERS})
    column_filters = column_list[1:]
'''
TYPED = {
    "index": "A1",
    "select": "Lệnh một",
    "grant": "5",
    "order": "6",
    "limit": "1,5",
    "values": "7",
    "window": "2023",
    LONG: "8",
    "group": "all",
    "user": "some",
    "when": "01/02/2023",
    "offset": "y",
}
ASKED = (
    "flt_index_is=A1&flt_grant_from=5&flt_order_to=6&flt_limit_from=1,5&flt_values_to=7&flt_window_is=2023"
    f"&flt_{LONG}_from=8&flt_group_is=all&flt_user_is=some&flt_when_to=01/02/2023&flt_offset_is=1"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with this record and its screen."""
    folder = copied(tmp_path_factory.mktemp("project"))
    for package, text, more in (
        ("models", MODEL, "from models.orders import Order\n"),
        ("views", VIEW, "from views.orders import OrderView\n\nSCREENS = (*SCREENS, OrderView)\n"),
    ):
        (folder / package / "orders.py").write_text(text, encoding="utf-8")
        with (folder / package / "__init__.py").open("a", encoding="utf-8") as file:
            file.write(more)
    return folder


def test_names_may_be_words_of_sql(databases: Databases, project: Path, tmp_path: Path) -> None:
    for old in (project / "models" / "migrations" / "versions").glob("*_orders.py"):
        old.unlink()
    with databases(None) as url:
        done = subprocess.run(
            [sys.executable, "-c", f"from tests.test_sql_words import live; live({url!r}, {str(tmp_path)!r})"],
            env=environment(tmp_path) | {"PYTHONPATH": f"{project}:{ROOT}"},
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    (step,) = (project / "models" / "migrations" / "versions").glob("*_orders.py")
    text = step.read_text(encoding="utf-8")
    # Written on one database, it is to be carried out on the other, too.
    for name in NUMBERS[:-1]:
        assert f"""CheckConstraint('"{name}" >= """ in text
    assert "info=" not in text


def live(url: str, folder: str) -> None:
    """In the copy, do with the new record what is done with records."""
    with running_on(url, Path(folder)) as app:
        with app.app_context():
            upgrade()
            migrate(message="Orders.")
            upgrade()
            downgrade()
            upgrade()
            told = app.test_cli_runner().invoke(cli, ["check"]).output
            assert told.endswith("are sound\n"), told
            place = district()
            home, province = build(Committee, unit=place), build(Committee, unit=place.parent)
            home.level, province.level = Level.DISTRICT, Level.PROVINCE
            for name, role, organisation in (("lan", Role.EDITOR, home), ("admin", Role.ADMINISTRATOR, province)):
                person = User(username=name, name=name, role=role, organisation=organisation)
                set_password(db.session(), person, PASSWORD, must_change=False)
                db.session.add_all([place, person])
            db.session.commit()
            of_place = str(place.id)
        for name in ("lan", "admin"):
            _use(app, name, of_place)


def _use(app: Flask, username: str, place: str) -> None:
    from models.orders import Order  # noqa: PLC0415  it is in the copy alone

    browser = browser_of(app, username)

    def shown(path: str) -> str:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "Lệnh một" in answer.text, path
        return answer.text

    form = sent(record_form(browser.get("/orders/new/").text))
    assert browser.post("/orders/new/", data={**form, **TYPED, "table": place}).status_code == 302
    with app.app_context():
        order = db.session.scalars(select(Order)).one()
        id_ = order.id
        assert (order.grant, order.order, str(order.user.value), order.table_id) == (5, 6, "some", int(place))
        db.session.remove()
        with as_it_was(db.engine, now()) as copy, Session(copy) as session:
            assert session.scalars(select(Order.values)).one() == 7
    for name in Order.fields():
        shown(f"/orders/?{ASKED}&flt_table_is={place}&search=lenh+mot&sort={name}&desc=1")
    for path in (f"/orders/details/?id={id_}", f"/orders/bulk/?id={id_}", "/search?q=lenh+mot"):
        shown(path)
    assert browser.get("/orders/export/xlsx/?group=group&order=order&c=select").status_code == 200
    edited = sent(record_form(shown(f"/orders/edit/?id={id_}")))
    assert browser.post(f"/orders/edit/?id={id_}", data={**edited, "grant": "9"}).status_code == 302
    undo = next(
        a["href"] for a in read(shown(f"/orders/history/?id={id_}")).all("a") if "undo" in (a.get("href") or "")
    )
    assert browser.post(undo, data={"csrf_token": token_of(browser.get(undo).text)}).status_code == 302
    with app.app_context():
        assert db.session.get_one(Order, id_).grant == 5
    asked = browser.get(f"/orders/delete/?id={id_}").text
    assert browser.post("/orders/delete/", data={"csrf_token": token_of(asked), "id": id_}).status_code == 302
    with app.app_context():
        assert db.session.get(Order, id_) is None
