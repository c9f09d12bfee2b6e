"""Figures added up: over places, over periods, exactly, and only those that count."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models import Committee, Figure, Indicator, Period, Report
from models.periods import open_year
from models.report_totals import IndicatorTotals, Sums
from models.reports import Aggregation
from tests.models.builders import DAY, save

pytestmark = pytest.mark.database


class Book:
    """A province with two districts in a year of periods; `say` makes a report of one figure or more."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.periods = open_year(session, 2023, 20)
        self.province = save(session, Committee, code="T", level="province")
        self.districts = [
            save(session, Committee, code=code, level="district", parent=self.province, reports_every="month")
            for code in ("H1", "H2")
        ]
        self.houses = save(session, Indicator, code="1", aggregation=Aggregation.SUM)
        self.models = save(session, Indicator, code="2", aggregation=Aggregation.LATEST)

    def period(self, name: str) -> Period:
        return next(period for period in self.periods if period.name == name)

    def say(
        self,
        place: Committee,
        period: str,
        value: str,
        of: Indicator | None = None,
        more: dict[Indicator, str] | None = None,
        **about: object,
    ) -> Report:
        values = {of or self.houses: value, **(more or {})}
        return save(
            self.session,
            Report,
            organisation=place,
            period=self.period(period),
            figures=[Figure(indicator=indicator, value=Decimal(said)) for indicator, said in values.items()],
            **{"status": "accepted", "sent_on": DAY, "return_reason": "Thiếu", **about},
        )

    def sums(self, place: Committee, period: str) -> Sums:
        return Sums(self.session, place, self.period(period), self.periods)

    def line(self, place: Committee, period: str, of: Indicator | None = None) -> IndicatorTotals:
        return next(line for line in self.sums(place, period).lines() if line.indicator is (of or self.houses))


@pytest.fixture
def book(session: Session) -> Book:
    return Book(session)


def test_the_sum_below_is_exact_and_tells_where_it_differs(book: Book) -> None:
    book.say(book.districts[0], "Tháng 1/2023", "0.10")
    book.say(book.districts[1], "Tháng 1/2023", "0.20")
    book.say(book.province, "Tháng 1/2023", "0.30")
    line = book.line(book.province, "Tháng 1/2023")
    assert (line.reported, line.below, line.difference) == (Decimal("0.30"), Decimal("0.30"), Decimal(0))
    book.say(book.province, "Tháng 1/2023", "9999999999999.99", revision=2)
    assert book.line(book.province, "Tháng 1/2023").difference == Decimal("9999999999999.69")


def test_without_a_report_or_without_anyone_below_nothing_differs(book: Book) -> None:
    book.say(book.districts[0], "Tháng 1/2023", "5")
    assert book.line(book.province, "Tháng 1/2023").difference is None
    assert book.line(book.districts[0], "Tháng 1/2023").difference is None


@pytest.mark.parametrize(("later", "value"), [("sent", "7"), ("accepted", "7"), ("returned", "5"), ("draft", "5")])
def test_only_the_version_that_counts_is_added(book: Book, later: str, value: str) -> None:
    book.say(book.districts[0], "Tháng 1/2023", "5")
    book.say(book.districts[0], "Tháng 1/2023", "7", revision=2, status=later)
    assert book.line(book.province, "Tháng 1/2023").below == Decimal(value)


def test_counts_add_up_over_periods_and_of_what_stands_the_last_is_taken(book: Book) -> None:
    place = book.districts[0]
    for month, (houses, models) in enumerate((("1", "10"), ("2", "12"), ("4", "11")), 1):
        book.say(place, f"Tháng {month}/2023", houses, more={book.models: models})
    book.say(place, "Quý 2/2023", "8")
    for period, houses, models in (("Quý 1/2023", 7, 11), ("6 tháng đầu năm 2023", 15, 11), ("Năm 2023", 15, 11)):
        assert book.line(place, period).over_time == houses, period
        assert book.line(place, period, book.models).over_time == models, period
        assert book.line(book.province, period).below == houses, period


def test_a_places_own_report_goes_before_what_its_shorter_periods_make(book: Book) -> None:
    place = book.districts[0]
    book.say(place, "Tháng 1/2023", "1")
    book.say(place, "Quý 1/2023", "9")
    line = book.line(place, "Quý 1/2023")
    assert (line.reported, line.over_time) == (9, 1)
    assert book.line(book.province, "Quý 1/2023").below == 9
    assert book.line(place, "Năm 2023").over_time == 9


def test_who_owes_and_says_nothing_is_named(book: Book) -> None:
    book.say(book.districts[0], "Tháng 1/2023", "1")
    sums = book.sums(book.province, "Tháng 1/2023")
    assert sums.below == book.districts
    assert sums.silent() == [book.districts[1]]
