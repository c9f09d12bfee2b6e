"""Who has which right: the table says what the screens do."""

import io
import re

import openpyxl
from flask import Flask
from flask.testing import FlaskClient

from models import User
from models.accounts.users import Role
from tests.conftest import add_person, browser_of
from views import SCREENS
from views.core.access import ACTIONS
from views.rights import LABELS, rights


def test_every_action_has_a_column() -> None:
    assert tuple(LABELS) == ACTIONS


def test_the_table_says_what_the_screens_do(app: Flask) -> None:
    screens = list(app.extensions["screens"].values())
    for role in Role:
        user = add_person(app, role)
        client = browser_of(app, user.username)
        for right in rights([user], screens):
            said = dict(zip(ACTIONS, right.actions, strict=True))
            url = right.screen.url
            assert (client.get(f"{url}/").status_code == 200) is said["view"], (role, url)
            assert (client.get(f"{url}/new/").status_code == 200) is said["create"], (role, url)


def test_the_workbook_holds_every_user_on_every_screen(app: Flask, admin: FlaskClient) -> None:
    with admin.get("/users/rights/export/") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) % len(SCREENS) == 0
    usernames = {row[2] for row in rows}
    assert {role.value for role in Role} <= usernames
    assert len(rows) == len(usernames) * len(SCREENS)
    assert len(rows[0]) == 7 + len(ACTIONS)


def test_the_page_shows_one_user_or_all_and_nobody_disabled(app: Flask, admin: FlaskClient, person: User) -> None:
    one = admin.get(f"/users/rights/?user={person.username}").text
    assert len(re.findall(r'<th class="first"', one)) == len(SCREENS)
    token = one.split('name="csrf_token" value="')[1].split('"')[0]
    admin.post("/users/disable/", data={"id": str(person.id), "csrf_token": token})
    assert person.username not in admin.get("/users/rights/").text
