"""People: birth years, identity numbers, order by given name; terms and positions."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import Person, Position, Post, Term
from tests.models.builders import build, refused, save


def test_a_birth_date_gives_the_year_and_a_year_is_enough(session: Session) -> None:
    assert save(session, Person, birth_date=date(1965, 4, 30)).birth_year == 1965
    assert save(session, Person, birth_year=1965).birth_date is None


@pytest.mark.parametrize("number", ["094123456789", "365123456", None])
def test_an_identity_number_has_12_digits_or_9(session: Session, number: str | None) -> None:
    assert save(session, Person, identity_number=number).identity_number == number


@pytest.mark.parametrize("number", ["09412345678", "0941234567", "09412345678a", "٠٩٤١٢٣٤٥٦", "094 123 456"])
def test_another_identity_number_is_refused(session: Session, number: str) -> None:
    session.add(build(Person, identity_number=number))
    assert refused(session) == {"identity_number": "Số căn cước có 12 chữ số (số cũ: 9)."}


def test_people_sort_by_given_name_then_middle_then_family(session: Session) -> None:
    names = ["Kim An", "Lê Thị An", "Lê Văn An", "Trần Văn An", "Kim Án", "Lê Ân", "Thạch Dũng", "Sơn Đạt"]
    people = [save(session, Person, full_name=name) for name in reversed(names)]
    assert [person.full_name for person in sorted(people, key=lambda person: person.title_key)] == names


def test_a_given_name_of_two_words_is_sorted_by_when_it_is_said(session: Session) -> None:
    kha = save(session, Person, full_name="Lâm Sà Kha", name_key="Sà Kha")
    hoa, thu = save(session, Person, full_name="Lý Hoa"), save(session, Person, full_name="Lý Thu")
    assert hoa.title_key < kha.title_key < thu.title_key


def test_a_name_of_one_word_is_a_name(session: Session) -> None:
    assert save(session, Person, full_name="Sang").title_key


def test_what_is_private_is_marked_and_the_identity_number_is_searched_by_nobody(session: Session) -> None:
    personal = {name for name, spec in Person.fields().items() if spec.personal}
    assert personal == {"birth_date", "phone", "email", "address", "identity_number"}
    person = save(session, Person, identity_number="365123456", phone="0987654321")
    assert "365123456" not in person.search_text
    assert "0987654321" not in person.search_text


def test_a_person_needs_no_code_but_a_code_names_one(session: Session) -> None:
    save(session, Person, code=None)
    save(session, Person, code=None)
    person = save(session, Person, code="NS-1")
    session.add(build(Person, code=person.code))
    assert "code" in refused(session)


def test_a_term_does_not_end_before_it_begins(session: Session) -> None:
    save(session, Term, starts_in=2019, ends_in=2019)
    session.add(build(Term, starts_in=2019, ends_in=2018))
    assert refused(session) == {"ends_in": "Không được trước “Từ năm”."}


def test_a_post_is_not_left_before_it_is_taken_up(session: Session) -> None:
    session.add(build(Position, starts_on=date(2023, 1, 2), ends_on=date(2023, 1, 1)))
    assert refused(session) == {"ends_on": "Không được trước “Từ ngày”."}


def test_a_person_holds_a_post_once_in_a_term(session: Session) -> None:
    position = save(session, Position, term=build(Term))
    same = {name: getattr(position, name) for name in ("organisation", "person", "post")}
    save(session, Position, **same, term=build(Term))
    session.add(build(Position, **same, term=position.term))
    assert set(refused(session)) == {"term"}


def test_a_position_reads_as_person_and_post(session: Session) -> None:
    position = save(session, Position, person=build(Person, full_name="Thạch Sang"), post=build(Post, name="Chủ tịch"))
    assert str(position) == "Thạch Sang – Chủ tịch"
