"""What the text of a cell means."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from imports.cells import read_cell
from models.records.errors import Refused
from models.records.fields import Field, Kind
from models.units import UnitType


def field(kind: Kind, **about: object) -> Field:
    return Field("Ô", kind, name="cell", **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("1.234", 1234),
        ("1.250.000", 1_250_000),
        ("1 250 000", 1_250_000),
        ("1\u00a0250\u00a0000", 1_250_000),
        ("-5", -5),
        ("3,0", 3),
    ],
)
def test_whole_numbers(text: str, number: int) -> None:
    assert read_cell(field(Kind.INTEGER), text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.234,5", "1234.5"), ("0,3", "0.3"), ("0.3", "0.3"), ("33,34", "33.34"), ("12.5", "12.5")],
)
def test_decimals(text: str, number: str) -> None:
    assert read_cell(field(Kind.DECIMAL, places=2), text) == Decimal(number)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.INTEGER, "mười"),
        (Kind.INTEGER, "1,5"),
        (Kind.INTEGER, "1,234,567"),
        (Kind.INTEGER, "1.23.456"),
        (Kind.INTEGER, "100 đồng"),
        (Kind.DECIMAL, "33,333"),
        (Kind.DATE, "31/2/2023"),
        (Kind.DATE, "tháng 5"),
        (Kind.MOMENT, "2023-05-15T08:00"),
        (Kind.YES_NO, "có lẽ"),
    ],
)
def test_what_cannot_be_read_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_cell(field(kind, places=2), text)
    assert caught.value.problems[0].field == "cell"
    assert text in str(caught.value)


@pytest.mark.parametrize("text", ["2023-05-15", "15/05/2023", "15/5/23", "15-5-2023", "15.5.2023"])
def test_days(text: str) -> None:
    assert read_cell(field(Kind.DATE), text) == date(2023, 5, 15)


def test_two_digits_of_an_old_year_are_a_birthday() -> None:
    assert read_cell(field(Kind.DATE), "2/9/65") == date(1965, 9, 2)


def test_a_moment_names_its_zone() -> None:
    read = read_cell(field(Kind.MOMENT), "2023-05-15T08:00+07:00")
    assert read == datetime(2023, 5, 15, 1, tzinfo=UTC)


@pytest.mark.parametrize(("text", "yes"), [("Có", True), ("x", True), ("1", True), ("Không", False)])
def test_yes_and_no(text: str, yes: bool) -> None:
    assert read_cell(field(Kind.YES_NO), text) is yes


@pytest.mark.parametrize("text", ["ward", "WARD", "phường"])
def test_choices_go_by_value_name_or_label(text: str) -> None:
    assert read_cell(field(Kind.CHOICE, choices=UnitType), text) is UnitType.WARD


def test_text_comes_in_one_spelling() -> None:
    assert read_cell(field(Kind.TEXT), " Ho\u0300a \u00a0Tu\u0301 ") == "Hòa Tú"
