"""The words: nothing lacks English, and what a page says of itself is in its reader's language."""

import re
from collections.abc import Callable, Iterator

import pytest
from babel.messages.mofile import read_mo
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice.words import TRANSLATIONS, catalogue, forms, gathered, missing
from models import User
from models.accounts.users import Language, Role
from tests.pages import Element, read
from views import WRITTEN
from views.core.screen import RecordView
from views.core.session import db

PLACE = re.compile(r"%\(\w+\)s|%%")
VIETNAMESE = re.compile(r"[À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
LABELS = {"h1", "h2", "legend", "label", "button", "option", "th"}
MARKED = {"btn", "tag", "crumbs", "empty", "note", "kpi", "below"}
Reads = Callable[[Language], FlaskClient]


@pytest.fixture
def reads(app: Flask, admin: FlaskClient) -> Iterator[Reads]:
    """The administrator's browser, once the administrator has chosen a language."""

    def choose(language: Language) -> FlaskClient:
        with app.app_context():
            db.session.scalars(select(User).where(User.username == Role.ADMINISTRATOR.value)).one().language = language
            db.session.commit()
        return admin

    yield choose
    choose(Language.VIETNAMESE)


def own_words(page: Element) -> Iterator[str]:
    """What the page says of itself, without the records it shows."""
    for element in page.walk():
        menu = element.tag in ("a", "summary") and element.inside("nav") is not None and "brand" not in element.classes
        label = element.tag in LABELS and element.inside("tbody") is None
        if (menu or label or element.classes & MARKED) and element.get("lang") != "vi":
            yield element.text
        yield element.get("placeholder")


def test_every_text_has_its_english() -> None:
    assert list(missing()) == []


def test_english_has_the_places_of_the_vietnamese() -> None:
    for message in catalogue("en"):
        for text in forms(message.string) if message.id else ():
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(forms(message.id)[0])), text


def test_no_text_is_kept_that_nothing_says() -> None:
    said = {forms(message.id)[0] for message in gathered()}
    assert [message.id for message in catalogue("en") if forms(message.id)[0] not in said] == []


def test_the_compiled_words_are_those_of_the_catalogues() -> None:
    for po in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        with po.with_suffix(".mo").open("rb") as file:
            compiled = [(forms(message.id), forms(message.string)) for message in read_mo(file)]
        kept = [(forms(message.id), forms(message.string)) for message in catalogue(po.parent.parent.name, po.stem)]
        assert sorted(compiled[1:]) == sorted(kept[1:]), po


@pytest.mark.parametrize(
    ("language", "empty", "expired", "gone"),
    [
        (Language.VIETNAMESE, "Chưa nhập.", "Trang này để quá lâu nên chưa lưu.", "Không còn bản ghi này."),
        (Language.ENGLISH, "Please fill this in.", "This page was left open too long", "Record does not exist."),
    ],
    ids=["vi", "en"],
)
def test_forms_answer_in_their_readers_language(
    reads: Reads, language: Language, empty: str, expired: str, gone: str
) -> None:
    """WTForms has no Vietnamese and Flask-WTF only English: no sentence of theirs may stand before ours."""
    browser = reads(language)
    token = read(browser.get("/terms/new/").text).all("input", name="csrf_token")[0]["value"]
    assert f"{empty}</li>" in browser.post("/terms/new/", data={"csrf_token": token}).text
    assert expired in browser.post("/terms/new/", data={"csrf_token": "old"}).text
    assert gone in browser.get("/terms/details/?id=999999", follow_redirects=True).text


@pytest.mark.parametrize("path", ["", "new/"])
@pytest.mark.parametrize("cls", WRITTEN)
def test_screens_are_in_english_for_who_reads_english(
    app: Flask, reads: Reads, cls: type[RecordView], path: str
) -> None:
    page = reads(Language.ENGLISH).get(f"{app.extensions['screens'][cls.record].url}/{path}").text
    assert [text for text in own_words(read(page)) if VIETNAMESE.search(text)] == []


@pytest.mark.parametrize("path", ["/", "/search", "/account", "/units/tree/", "/committees/tree/", "/nowhere"])
def test_other_pages_are_in_english_for_who_reads_english(reads: Reads, path: str) -> None:
    page = reads(Language.ENGLISH).get(path).text
    assert [text for text in own_words(read(page)) if VIETNAMESE.search(text)] == []
