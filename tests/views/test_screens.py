"""The contract of every screen: it opens, searches, filters, exports, and shows no stranger anything."""

import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import WRITTEN
from tests.statements import statements
from views import SCREENS
from views.core.screen import RecordView
from views.core.session import db


def screen_of(app: Flask, cls: type[RecordView]) -> RecordView:
    found: RecordView = app.extensions["screens"][cls.record]
    return found


def last_id(app: Flask, screen: RecordView) -> int | None:
    with app.app_context():
        return db.session.scalar(select(func.max(screen.record.id)))


@pytest.mark.database
@pytest.mark.parametrize("cls", WRITTEN)
def test_every_page_of_a_screen_opens(app: Flask, admin: FlaskClient, cls: type[RecordView]) -> None:
    screen = screen_of(app, cls)
    id_ = last_id(app, screen)
    pages = ["", "new/", "?search=my+xuyen", "?page=999", "?page=-1", "?page_size=7", "?sort=zzz", "?flt_sample_is=1"]
    if id_ is not None:
        pages += [f"{page}/?id={id_}" for page in ("details", "edit", "delete")]
    for page in pages:
        answer = admin.get(f"{screen.url}/{page}")
        assert answer.status_code == 200, page
        assert answer.text.count("<h1") == 1, page


@pytest.mark.parametrize("cls", WRITTEN)
def test_an_id_that_is_none_is_no_error(app: Flask, admin: FlaskClient, cls: type[RecordView]) -> None:
    for id_ in ("x", "1,2", "", "9" * 40, "-1", "1;drop"):
        for page in ("details", "edit", "delete"):
            assert admin.get(f"{screen_of(app, cls).url}/{page}/", query_string={"id": id_}).status_code in (200, 302)


@pytest.mark.parametrize("cls", SCREENS)
def test_strangers_see_nothing(app: Flask, client: FlaskClient, cls: type[RecordView]) -> None:
    url = screen_of(app, cls).url
    assert client.get(f"{url}/").status_code == 302
    assert client.get(f"{url}/export/xlsx/").status_code == 302
    assert client.get(f"{url}/ajax/lookup/?name=unit").status_code == 302


@pytest.mark.parametrize("cls", WRITTEN)
def test_the_workbook_has_the_rows_of_the_list(app: Flask, admin: FlaskClient, cls: type[RecordView]) -> None:
    screen = screen_of(app, cls)
    with admin.get(f"{screen.url}/export/xlsx/") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(screen.record))
    assert sheet is not None
    numbers = [row[0] for row in sheet.iter_rows(min_row=4, max_col=1, values_only=True)]
    assert [number for number in numbers if number is not None] == list(range(1, (count or 0) + 1))
    assert len(list(sheet.iter_cols(min_row=3, max_row=3))) == 1 + len(screen.column_list)


@pytest.mark.database
@pytest.mark.parametrize("cls", SCREENS)
def test_a_list_costs_few_statements_whatever_its_length(app: Flask, admin: FlaskClient, cls: type[RecordView]) -> None:
    with statements(app) as seen:
        admin.get(f"{screen_of(app, cls).url}/?page_size=200")
    assert len(seen) <= 8
