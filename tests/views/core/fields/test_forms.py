"""Forms: what they show comes back unchanged, what is typed is understood or kept with a sentence beside it."""

import io
import itertools
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, select

from models import (
    Author,
    AwardForm,
    AwardRound,
    Committee,
    Event,
    Figure,
    Indicator,
    Initiative,
    Nomination,
    Organisation,
    Period,
    Person,
    Position,
    Post,
    Record,
    Registration,
    Report,
    Role,
    Task,
    Theme,
    Unit,
)
from models.awards import RecipientKind
from models.dossiers import DossierKind, Presence
from models.events import EventKind
from models.files.attachments import holds_files
from models.records import errors, rules
from models.records.fields import MASK, Kind
from models.tasks import TaskStatus
from models.units import Level
from tests.conftest import WRITTEN, signed_in, token_of
from tests.databases import ON_SQLITE
from tests.pages import Element, error_at, messages, read, record_form, save, sent
from tests.statements import statements, writes
from views.core.defaults import child_names
from views.core.fields.forms import form_class
from views.core.screen import RecordView
from views.core.session import db

Typed = Mapping[str, str | list[str] | None]
REVISIONS = itertools.count(100)
JUNK = ("²", "9" * 40, "-1", "\x00%s<b>" + "x" * 40_000)


def screen_of(app: Flask, cls: type[RecordView]) -> RecordView:
    found: RecordView = app.extensions["screens"][cls.record]
    return found


def first(app: Flask, query: Select[Any]) -> Any:
    """The first value that answers."""
    with app.app_context():
        return db.session.execute(query.limit(1)).scalar_one()


def samples(app: Flask, record: type[Record]) -> list[int]:
    """A few ids of this kind of record: the first, one of the middle, the last."""
    with app.app_context():
        ids = list(db.session.scalars(select(record.id).order_by(record.id)))
    return sorted({ids[0], ids[len(ids) // 2], ids[-1]}) if ids else []


def kept(app: Flask, record: type[Record], id_: int, *names: str) -> Any:
    """What the record holds now under these names."""
    with app.app_context():
        found = db.session.get_one(record, id_)
        values = tuple(getattr(found, name) for name in names)
    return values if len(names) > 1 else values[0]


# -- there and back


@pytest.mark.parametrize("cls", WRITTEN)
def test_a_form_sent_as_it_was_shown_changes_nothing(desk: Flask, clerk: FlaskClient, cls: type[RecordView]) -> None:
    screen = screen_of(desk, cls)
    for id_ in samples(desk, screen.record):
        with statements(desk) as seen:
            answer = save(clerk, f"{screen.url}/edit/?id={id_}")
        assert (answer.status_code, answer.location) == (302, f"{screen.url}/"), id_
        # That personal data were read, is noted.
        noted = [each for each in writes(seen) if each.startswith("INSERT INTO audit_entry")]
        assert len(noted) == any(spec.personal for spec in screen.specs.values())
        assert writes(seen) == noted


def test_texts_of_any_shape_come_back_unchanged(desk: Flask, clerk: FlaskClient) -> None:
    text = "Dòng một\n\n  – “ngoặc”, <b>, &amp;, 100 %\nTổng: 1.234,50 đ"
    task = first(desk, select(Task.id))
    assert save(clerk, f"/tasks/edit/?id={task}", {"note": text, "name": ' "Tên" & <i>'}).status_code == 302
    expected = ("\n".join(line.strip() for line in text.split("\n")), '"Tên" & <i>')
    assert kept(desk, Task, task, "note", "name") == expected
    with statements(desk) as seen:
        assert save(clerk, f"/tasks/edit/?id={task}").status_code == 302
    assert writes(seen) == []


# -- new records


@ON_SQLITE
def test_a_new_form_shows_what_a_record_starts_with(clerk: FlaskClient) -> None:
    assert sent(record_form(clerk.get("/themes/new/").text)).items() >= {"place": ["100"], "active": ["y"]}.items()
    assert sent(record_form(clerk.get("/events/new/").text))["status"] == ["planned"]
    blank = read(clerk.get("/committees/new/").text).one("fieldset", data_children="positions").one("template")
    assert blank.one("input", name="positions-__index__-place")["value"] == "100"


@pytest.mark.parametrize(
    ("url", "record", "typed", "expected"),
    [
        ("/departments/new/", Organisation, {"code": "B-1", "name": "Ban"}, {"level": Level.PROVINCE}),
        ("/periods/new/", Period, {"kind": "year", "year": "2031"}, {"due_on": date(2031, 11, 15), "open": True}),
        (
            "/events/new/",
            Event,
            {"code": "E-1", "name": "Họp", "kind": "conference", "starts_on": "1/2/23"},
            {"year": 2023},
        ),
        ("/themes/new/", Theme, {"name": "Chủ đề", "place": "", "active": None}, {"place": 100, "active": False}),
    ],
)
def test_what_is_left_empty_follows_from_the_rest(
    desk: Flask, clerk: FlaskClient, url: str, record: Any, typed: Typed, expected: dict[str, Any]
) -> None:
    place = str(first(desk, select(Unit.id).where(Unit.code == "94")))
    answer = save(clerk, url, {**typed, **({"unit": place} if record in (Organisation, Event) else {})})
    assert answer.status_code == 302, messages(answer.text)
    id_ = first(desk, select(record.id).order_by(record.id.desc()))
    assert {name: kept(desk, record, id_, name) for name in expected} == expected


@ON_SQLITE
@pytest.mark.parametrize("cls", WRITTEN)
def test_an_empty_form_asks_for_what_is_missing(desk: Flask, clerk: FlaskClient, cls: type[RecordView]) -> None:
    screen = screen_of(desk, cls)
    empty = {name: "" for name in sent(record_form(clerk.get(f"{screen.url}/new/").text)) if name != "csrf_token"}
    answer = save(clerk, f"{screen.url}/new/", empty)
    assert answer.status_code == 200
    asked = [name for name in screen.form_names if screen.specs[name].kind is not Kind.CHILDREN]
    missing = {name for name in asked if error_at(answer.text, name) == errors.MISSING}
    assert missing
    assert missing <= {name for name in asked if screen.specs[name].required}


# -- what people type


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("05/09/2023", date(2023, 9, 5)),
        ("5/9/2023", date(2023, 9, 5)),
        ("05/09/23", date(2023, 9, 5)),
        ("5-9-2023", date(2023, 9, 5)),
        ("2023-09-05", date(2023, 9, 5)),
        ("", None),
    ],
)
def test_dates_are_read_as_people_write_them(desk: Flask, clerk: FlaskClient, typed: str, meant: date | None) -> None:
    id_ = first(desk, select(Task.id).where(Task.status == TaskStatus.TO_DO))
    answer = save(clerk, f"/tasks/edit/?id={id_}", {"starts_on": "", "due_on": typed})
    assert answer.status_code == 302
    assert kept(desk, Task, id_, "due_on") == meant
    shown = sent(record_form(clerk.get(f"/tasks/edit/?id={id_}").text))["due_on"]
    assert shown == [meant.strftime("%d/%m/%Y") if meant else ""]


@pytest.mark.parametrize(
    ("typed", "meant", "shown"),
    [
        ("1.234,5", Decimal("1234.5"), "1.234,5"),
        ("1.234", Decimal(1234), "1.234"),
        ("1234,50", Decimal("1234.5"), "1.234,5"),
        ("12.5", Decimal("12.5"), "12,5"),
        ("0", Decimal(0), "0"),
    ],
)
def test_numbers_are_read_as_people_write_them(
    desk: Flask, clerk: FlaskClient, typed: str, meant: Decimal, shown: str
) -> None:
    with desk.app_context():
        period, home, indicator = (db.session.scalars(select(cls)).first() for cls in (Period, Committee, Indicator))
        figures = [Figure(indicator=indicator, value=Decimal(1))]
        made = Report(period=period, organisation=home, revision=next(REVISIONS), figures=figures)
        db.session.add(made)
        db.session.commit()
        report = made.id
    url = f"/reports/edit/?id={report}"
    assert save(clerk, url, {"figures-0-value": typed}).status_code == 302
    assert kept(desk, Report, report, "figures")[0].value == meant
    assert sent(record_form(clerk.get(url).text))["figures-0-value"] == [shown]


def test_money_is_whole_dong(desk: Flask, clerk: FlaskClient) -> None:
    id_ = first(desk, select(Registration.id))
    url = f"/registrations/edit/?id={id_}"
    assert save(clerk, url, {"value": "1.500.000"}).status_code == 302
    assert kept(desk, Registration, id_, "value") == 1_500_000
    assert "1,5" in error_at(save(clerk, url, {"value": "1,5"}).text, "value")


@ON_SQLITE
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("starts_on", "31/02/2023", "31/02/2023"),
        ("attendees", "12a", "12a"),
        ("attendees", "-1", "Không được nhỏ hơn 0."),
        ("attendees", "9" * 40, "Không được lớn hơn"),
        ("state_budget", "1,5", "1,5"),
        ("year", "23", "Không được nhỏ hơn 1900."),
        ("place", "x" * 301, "Dài quá 300 ký tự."),
        ("name", " ", errors.MISSING),
    ],
)
def test_what_is_not_understood_stays_with_a_sentence_beside_it(
    desk: Flask, clerk: FlaskClient, field: str, typed: str, said: str
) -> None:
    event = first(desk, select(Event.id).where(Event.kind != EventKind.FESTIVAL))
    with statements(desk) as seen:
        answer = save(clerk, f"/events/edit/?id={event}", {field: typed, "result": "Giữ lại"})
    assert writes(seen) == []
    assert answer.status_code == 200
    assert said in error_at(answer.text, field)
    values = sent(record_form(answer.text))
    assert (values[field], values["result"]) == ([typed], ["Giữ lại"])
    summary = next(box for box in read(answer.text).all(role="alert") if box.all("a"))
    assert [link["href"] for link in summary.all("a")] == [f"#{field}"]


@ON_SQLITE
def test_a_choice_that_is_none_is_refused(desk: Flask, clerk: FlaskClient) -> None:
    event = first(desk, select(Event.id))
    answer = save(clerk, f"/events/edit/?id={event}", {"kind": "party"})
    assert error_at(answer.text, "kind") == "“party” không có trong danh sách chọn."


def test_a_name_typed_without_choosing_is_looked_up(desk: Flask, clerk: FlaskClient) -> None:
    event = first(desk, select(Event.id))
    url = f"/events/edit/?id={event}"
    assert save(clerk, url, {"organisation": "", "organisation__text": "MTTQ-947"}).status_code == 302
    organisation = kept(desk, Event, event, "organisation_id")
    assert kept(desk, Organisation, organisation, "code") == "MTTQ-947"
    answer = save(clerk, url, {"organisation": "", "organisation__text": "Ủy ban nào đó"})
    assert error_at(answer.text, "organisation").startswith("Không tìm thấy “Ủy ban nào đó”.")
    assert sent(record_form(answer.text))["organisation__text"] == ["Ủy ban nào đó"]
    assert save(clerk, url, {"organisation": "", "organisation__text": ""}).status_code == 302
    assert kept(desk, Event, event, "organisation_id") is None


@pytest.mark.parametrize("cls", WRITTEN)
def test_no_input_is_an_error_of_ours(desk: Flask, clerk: FlaskClient, cls: type[RecordView]) -> None:
    url = f"{screen_of(desk, cls).url}/new/"
    page = clerk.get(url).text
    token = token_of(page)
    names = {e.get("name").replace("__index__", "7") for e in read(page).all("input", "select", "textarea")}
    for junk in JUNK:
        typed = {name: junk for name in names if name}
        with statements(desk) as seen:
            answer = clerk.post(url, data=typed | {f"{name}-²-x": "1" for name in names} | {"csrf_token": token})
        assert answer.status_code == 200, junk[:20]
        assert read(answer.text).all(role="alert"), junk[:20]
        assert writes(seen) == []


# -- the rows of a record


def authors_of(app: Flask, initiative: int) -> list[tuple[str, Decimal]]:
    with app.app_context():
        query = select(Author.full_name, Author.share).where(Author.initiative_id == initiative).order_by(Author.id)
        return [(name, share) for name, share in db.session.execute(query)]


@pytest.fixture
def initiative(desk: Flask) -> int:
    """An initiative of one author."""
    with desk.app_context():
        like = db.session.scalars(select(Initiative)).first()
        assert like is not None
        made = Initiative(code=f"SK-{uuid4().hex[:8]}", name="Máy sấy")
        made.confirmed.add("alike")
        made.year, made.unit, made.organisation, made.registered_on = (
            2023,
            like.unit,
            like.organisation,
            date(2023, 3, 1),
        )
        made.authors = [Author(full_name="Lê Một", share=Decimal(100), place=1)]
        db.session.add(made)
        db.session.commit()
        return made.id


def test_rows_are_added_changed_and_removed(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    url = f"/initiatives/edit/?id={initiative}"
    added = {"authors-5-full_name": "Trần Hai", "authors-5-share": "40,5", "authors-5-place": "2"}
    assert save(clerk, url, {"authors-0-share": "59,5", **added}).status_code == 302
    assert authors_of(desk, initiative) == [("Lê Một", Decimal("59.5")), ("Trần Hai", Decimal("40.5"))]
    assert save(clerk, url, {"authors-1-share": "100", "del-authors-0": "1"}).status_code == 302
    assert authors_of(desk, initiative) == [("Trần Hai", Decimal(100))]


@ON_SQLITE
def test_a_row_left_blank_is_no_row(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    url = f"/initiatives/edit/?id={initiative}"
    template = read(clerk.get(url).text).one("fieldset", data_children="authors").one("template")
    blank = {name.replace("__index__", "8"): value for name, value in sent_inside(template).items()}
    assert blank["authors-8-place"] == "1"
    assert save(clerk, url, blank).status_code == 302
    assert authors_of(desk, initiative) == [("Lê Một", Decimal(100))]


def sent_inside(template: Element) -> dict[str, str]:
    return {
        e["name"]: e.get("value") for e in template.all("input", "select", "textarea") if e.get("type") != "checkbox"
    }


TABLES = [
    (cls, name, column)
    for cls in WRITTEN
    for name, spec in cls.record.fields().items()
    if spec.kind is Kind.CHILDREN and not holds_files(spec)
    for column in cls.inline_columns.get(name) or child_names(cls.record, spec.target)
    if spec.target.fields()[column].kind in (Kind.CHOICE, Kind.YES_NO)
    if spec.target.__table__.c[column].default is None or spec.target.__table__.c[column].default.arg is not True
]


@ON_SQLITE
@pytest.mark.parametrize(("cls", "name", "column"), TABLES)
def test_a_row_in_which_only_a_choice_or_a_tick_is_set_is_a_row(
    desk: Flask, clerk: FlaskClient, cls: type[RecordView], name: str, column: str
) -> None:
    screen = screen_of(desk, cls)
    url = f"{screen.url}/edit/?id={samples(desk, screen.record)[-1]}"
    page = clerk.get(url).text
    template = read(page).one("fieldset", data_children=name).one("template")
    row = {key.replace("__index__", "77"): value for key, value in sent(wrapped(template)).items()}
    cell = f"{name}-77-{column}"
    choices = screen.specs[name].target.fields()[column].choices
    at_first = row.get(cell, [""])[0]
    row[cell] = [next(each.value for each in choices if each.value != at_first) if choices else "y"]
    answer = clerk.post(url, data={**sent(record_form(page)), **row})
    if answer.status_code == 302:  # all that such a row needs
        shown = sent(record_form(clerk.get(url).text))
        own = [key for key in shown if key.startswith(f"{name}-") and key.endswith(f"-{column}")]
        before = [key for key in sent(record_form(page)) if key.startswith(f"{name}-") and key.endswith(f"-{column}")]
        assert len(own) == len(before) + 1
        save(clerk, url, {f"del-{own[-1].removesuffix(f'-{column}')}": "1"})
    else:
        assert sent(record_form(answer.text))[cell] == row[cell]
        assert read(answer.text).one("fieldset", data_children=name).all("ul", class_="errors")


def wrapped(template: Element) -> Element:
    """What a template holds, outside of it."""
    outside = Element("form", {}, None)
    outside.children = template.children
    for child in outside.children:
        if isinstance(child, Element):
            child.parent = outside
    return outside


def test_the_papers_that_a_new_initiative_has_stay(desk: Flask, clerk: FlaskClient) -> None:
    unit, organisation = kept(desk, Initiative, first(desk, select(Initiative.id)), "unit_id", "organisation_id")
    papers = [kind.value for kind in list(DossierKind)[:3]]
    rows = {f"dossier-{n}-kind": kind for n, kind in enumerate(papers)}
    rows |= {f"dossier-{n}-presence": "paper" for n in range(3)}
    typed = {"code": "SK-3", "name": "Ba giấy tờ", "year": "2023", "registered_on": "1/3/2023"}
    answer = save(clerk, "/initiatives/new/", {**typed, "unit": str(unit), "organisation": str(organisation), **rows})
    assert answer.status_code == 302, messages(answer.text)
    made = first(desk, select(Initiative.id).where(Initiative.code == "SK-3"))
    there = [item.kind.value for item in kept(desk, Initiative, made, "dossier") if item.presence is Presence.PAPER]
    assert there == papers


@ON_SQLITE
def test_rows_that_the_form_does_not_name_stay(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    names = [
        name for name in sent(record_form(clerk.get(f"/initiatives/edit/?id={initiative}").text)) if "authors" in name
    ]
    assert save(clerk, f"/initiatives/edit/?id={initiative}", dict.fromkeys(names)).status_code == 302
    assert authors_of(desk, initiative) == [("Lê Một", Decimal(100))]


def test_another_records_row_is_not_taken_over(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    other = first(desk, select(Author.id).where(Author.initiative_id != initiative, Author.share == 100))
    before = kept(desk, Author, other, "initiative_id", "full_name")
    save(clerk, f"/initiatives/edit/?id={initiative}", {"authors-0-id": str(other), "authors-0-full_name": "Lê Mới"})
    assert kept(desk, Author, other, "initiative_id", "full_name") == before


def test_a_rule_over_the_rows_is_said_at_the_table(desk: Flask, clerk: FlaskClient, initiative: int) -> None:
    added = {"authors-1-full_name": "Trần Hai", "authors-1-share": "10", "authors-1-place": "2"}
    answer = save(clerk, f"/initiatives/edit/?id={initiative}", added)
    assert answer.status_code == 200
    assert re.fullmatch("Tổng tỷ lệ của các tác giả là 110(,00)? %, phải bằng 100 %.", error_at(answer.text, "authors"))
    assert sent(record_form(answer.text))["authors-1-full_name"] == ["Trần Hai"]
    assert authors_of(desk, initiative) == [("Lê Một", Decimal(100))]


@ON_SQLITE
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"authors-0-share": "nhiều"}, "authors-0-share", "nhiều"),
        ({"authors-0-share": "101"}, "authors-0-share", "Không được lớn hơn 100."),
        ({"authors-0-full_name": ""}, "authors-0-full_name", errors.MISSING),
        ({"dossier-3-kind": "letter", "dossier-3-received_on": "32/1"}, "dossier-3-received_on", "32/1"),
        ({"appraisals-0-met_on": "1/1/2023"}, "appraisals-0-council", errors.MISSING),
    ],
)
def test_a_fault_in_a_row_is_said_in_its_cell(
    desk: Flask, clerk: FlaskClient, initiative: int, typed: Typed, field: str, said: str
) -> None:
    answer = save(clerk, f"/initiatives/edit/?id={initiative}", typed)
    assert answer.status_code == 200
    assert said in error_at(answer.text, field)
    assert error_at(answer.text, field.partition("-")[0]) == "Có dòng chưa đúng."
    values = sent(record_form(answer.text))
    assert {name: values[name] for name in typed} == {name: [value] for name, value in typed.items()}


def test_a_new_record_is_saved_with_its_rows_and_their_references(desk: Flask, clerk: FlaskClient) -> None:
    person, post = first(desk, select(Person.id)), first(desk, select(Post.id))
    above = first(desk, select(Committee.id).where(Committee.code == "MTTQ-94"))
    typed = {"code": "M-1", "name": "Ủy ban thử", "level": "district", "parent": str(above)}
    row = {"positions-0-person": str(person), "positions-0-post": "CT", "positions-0-place": "3"}
    answer = save(clerk, "/committees/new/", typed | row)
    assert "CT" in error_at(answer.text, "positions-0-post")
    assert read(answer.text).one(id="positions-0-person")["value"] == str(kept(desk, Person, person, "full_name"))
    answer = save(clerk, "/committees/new/", typed | row | {"positions-0-post": str(post)})
    assert answer.status_code == 302
    made = first(desk, select(Committee.id).where(Committee.code == "M-1"))
    with desk.app_context():
        position = db.session.scalars(select(Position).where(Position.organisation_id == made)).one()
        assert (position.person_id, position.post_id, position.place) == (person, post, 3)


# -- refused, and tried again


@ON_SQLITE
def test_a_refused_record_comes_back_with_all_that_was_chosen(desk: Flask, clerk: FlaskClient) -> None:
    event = first(desk, select(Event.id).where(Event.themes.any(), Event.organisation_id.is_not(None)))
    theme = first(
        desk, select(Theme.id).where(~Theme.id.in_(select(Theme.id).join(Event.themes).where(Event.id == event)))
    )
    typed: dict[str, Any] = {"ends_on": "1/1/2000", "themes": [str(theme)], "festival_results-0-gifts": "77"}
    for _attempt in range(2):
        answer = save(clerk, f"/events/edit/?id={event}", typed)
        assert answer.status_code == 200
        assert error_at(answer.text, "ends_on") == "Không được trước “Ngày tổ chức”."
        values = sent(record_form(answer.text))
        assert values["themes"] == [str(theme), ""]
        assert values["festival_results-0-gifts"] == ["77"]
        assert values["organisation__text"] != [""]
    values["ends_on"] = [""]
    assert clerk.post(f"/events/edit/?id={event}", data=values).status_code == 302
    assert [t.id for t in kept(desk, Event, event, "themes")] == [theme]


@pytest.mark.parametrize("blind", [False, True])
def test_a_duplicate_comes_back_with_its_rows(
    desk: Flask, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch, blind: bool
) -> None:
    if blind:
        monkeypatch.setattr(rules, "taken", lambda *_args: ())
    report = first(desk, select(Report.id))
    period, organisation, revision = kept(desk, Report, report, "period_id", "organisation_id", "revision")
    typed = {
        "period": str(period),
        "organisation": str(organisation),
        "revision": str(revision),
        "figures-0-indicator": str(first(desk, select(Indicator.id))),
        "figures-0-value": "5",
    }
    answer = save(clerk, "/reports/new/", typed)
    assert answer.status_code == 200
    page = read(answer.text)
    assert "figures-0-value" in sent(record_form(answer.text))
    assert page.one(id="figures-0-indicator")["value"]
    if blind:
        assert messages(answer.text) == [errors.CONSTRAINT]
    else:
        assert error_at(answer.text, "revision").startswith("Đã có ở “")


def test_a_warning_can_be_confirmed(desk: Flask, clerk: FlaskClient) -> None:
    with desk.app_context():
        nomination = db.session.scalars(
            select(Nomination)
            .join(Nomination.round)
            .where(AwardRound.movement_id.is_not(None), Nomination.recipient_kind == RecipientKind.INDIVIDUAL)
        ).first()
        assert nomination is not None
        other = db.session.scalars(
            select(AwardForm.id).where(AwardForm.for_individuals, AwardForm.id != nomination.form_id)
        ).first()
        typed = {
            "code": "KT-2",
            "round": str(nomination.round_id),
            "recipient_kind": "individual",
            "recipient": nomination.recipient.upper(),
            "birth_year": str(nomination.birth_year or ""),
            "person": str(nomination.person_id or ""),
            "unit": str(nomination.unit_id),
            "organisation": str(nomination.organisation_id),
            "form": str(other),
        }
    answer = save(clerk, "/nominations/new/", typed)
    assert answer.status_code == 200
    warning = read(answer.text).one("fieldset", class_="flash warn confirm")
    box = warning.one("input", type="checkbox")
    assert "cùng phong trào, cùng năm" in warning.one("p").text
    assert error_at(answer.text, "recipient")
    assert save(clerk, "/nominations/new/", {**typed, "confirm": "something-else"}).status_code == 200
    assert save(clerk, "/nominations/new/", {**typed, box["name"]: box["value"]}).status_code == 302


# -- who sees what


@pytest.fixture
def person(desk: Flask) -> int:
    """Someone of whom personal things are known."""
    with desk.app_context():
        made = Person(full_name="Lý Thị Kín", phone="0900", identity_number="123456789", address="Ấp Kín")
        made.birth_date = date(1980, 2, 3)
        db.session.add(made)
        db.session.commit()
        return made.id


SECRETS = ("0900", "123456789", "Ấp Kín", "03/02/1980")


@ON_SQLITE
@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_personal_things_are_masked(desk: Flask, person: int, role: Role) -> None:
    client = signed_in(desk, role)
    for url in ("?search=kin", f"details/?id={person}", f"edit/?id={person}", f"delete/?id={person}"):
        page = client.get(f"/people/{url}").text
        assert not [secret for secret in SECRETS if secret in page], url
    assert client.get(f"/people/details/?id={person}").text.count(MASK) == 5
    with client.get("/people/export/xlsx/?search=ly+thi+kin") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert {row[-1] for row in sheet.iter_rows(min_row=4, values_only=True)} == {MASK}


@ON_SQLITE
def test_who_approves_sees_personal_things(desk: Flask, person: int) -> None:
    client = signed_in(desk, Role.APPROVER)
    page = client.get(f"/people/details/?id={person}").text
    assert [secret for secret in SECRETS if secret in page] == list(SECRETS)
    assert sent(record_form(client.get(f"/people/edit/?id={person}").text))["phone"] == ["0900"]


def test_what_is_masked_can_not_be_overwritten(desk: Flask, person: int) -> None:
    client = signed_in(desk, Role.EDITOR)
    url = f"/people/edit/?id={person}"
    values = sent(record_form(client.get(url).text))
    assert "phone" not in values
    assert client.post(url, data={**values, "occupation": "Nông dân", "phone": "113"}).status_code == 302
    assert kept(desk, Person, person, "occupation", "phone", "identity_number") == ("Nông dân", "0900", "123456789")


@ON_SQLITE
def test_what_the_form_does_not_have_can_not_be_set(desk: Flask, clerk: FlaskClient) -> None:
    theme = first(desk, select(Theme.id))
    before = kept(desk, Theme, theme, "id", "version", "sample", "search_text", "created_at")
    typed = {"id": "999", "sample": "y", "search_text": "x", "created_at": "2020-01-01"}
    assert save(clerk, f"/themes/edit/?id={theme}", typed).status_code == 302
    assert kept(desk, Theme, theme, "id", "version", "sample", "search_text", "created_at") == before


@ON_SQLITE
@pytest.mark.parametrize("page", ["", "new/", "edit/?id=1", "details/?id=1"])
def test_no_password_is_ever_shown(admin: FlaskClient, page: str) -> None:
    answer = admin.get(f"/users/{page}")
    assert answer.status_code == 200
    assert "password_hash" not in answer.text
    assert "argon2" not in answer.text


@ON_SQLITE
@pytest.mark.parametrize("page", ["new/", "edit/?id=1", "delete/?id=1"])
def test_who_only_reads_can_not_write(app: Flask, page: str) -> None:
    client = signed_in(app, Role.VIEWER)
    token = token_of(client.get("/password").text)
    with statements(app) as seen:
        answer = client.post(f"/themes/{page}", data={"csrf_token": token, "name": "Mới", "id": "1"})
    assert answer.status_code in (302, 403)
    assert writes(seen) == []
    assert not re.search(r"/themes/(new|edit|delete)/", client.get("/themes/").text)


@pytest.mark.parametrize("name", ["data", "errors", "validate", "populate_obj", "meta"])
def test_a_field_named_like_a_part_of_every_form_stops_the_start(name: str) -> None:
    with pytest.raises(TypeError, match=f"^Theme.{name}: "):
        form_class(Theme, ["name", name], str, {})
