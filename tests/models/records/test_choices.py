"""Closed lists: a value for the database, a label for people."""

import pytest

from models.events import EventStatus
from models.units import Level


@pytest.mark.parametrize("text", ["held", " HELD ", "Đã tổ chức", "đã tổ chức"])
def test_a_member_is_read_by_value_name_or_label(text: str) -> None:
    assert EventStatus.read(text) is EventStatus.HELD


def test_what_is_on_no_list_is_no_member() -> None:
    assert EventStatus.read("") is None
    assert EventStatus.read("hoãn") is None


def test_a_member_reads_as_its_label_and_knows_its_place() -> None:
    assert f"{EventStatus.HELD}" == "Đã tổ chức"
    assert EventStatus.HELD.tone == "ok"
    assert [level.rank for level in Level] == [0, 1, 2, 3, 4]
