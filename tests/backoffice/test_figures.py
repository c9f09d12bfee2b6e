"""The nightly comparison: when it is due, what it leaves, and the line on the desk."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice import figures
from models import Role
from models.records.clock import VIETNAM
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import read
from views.figures import Comparison


@pytest.mark.parametrize(("hour", "day"), [(1, 26), (2, 27), (23, 27)])
def test_the_night_begins_at_two(hour: int, day: int) -> None:
    moment = datetime(2026, 11, 27, hour, tzinfo=VIETNAM).astimezone(UTC)
    assert figures.last(moment) == datetime(2026, 11, day, 2, tzinfo=VIETNAM)


@ON_SQLITE
def test_figures_are_compared_once_a_night_and_the_desk_says_so(desk: Flask, clerk: FlaskClient) -> None:
    folder = Path(desk.instance_path)
    assert "Mọi số khớp" not in clerk.get("/").text
    assert figures.compare_by_night(desk, folder)
    assert not figures.compare_by_night(desk, folder)
    found = Comparison.read(folder)
    assert found is not None
    assert (found.differ, found.count > 30) == ([], True)
    assert f"Mọi số khớp, {found.at.astimezone(VIETNAM):%H:%M}" in clerk.get("/").text


@ON_SQLITE
def test_what_differs_is_told_in_red_to_who_sees_all(desk: Flask, clerk: FlaskClient) -> None:
    folder, told = Path(desk.instance_path), "Khu dân cư đã tổ chức Ngày hội, 2023: / 714; /festival/ 716"
    Comparison(datetime.now(UTC) - timedelta(days=3), 40, [told]).write(folder)
    (line,) = [flash for flash in read(clerk.get("/").text).all("div") if "error" in flash.classes]
    assert "1 số không khớp" in line.text
    assert told in line.text
    district = browser_of(desk, add_person(desk, Role.VIEWER, "MTTQ-947").username).get("/").text
    assert "1 số không khớp" in district
    assert told not in district
    (folder / "figures.json").write_text("{", encoding="utf-8")
    assert "khớp" not in clerk.get("/").text
