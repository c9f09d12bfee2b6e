"""The words: nothing lacks English, and what a page says of itself is in its reader's language."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import User
from models.accounts.users import Language, Role
from models.history.audit import AuditEntry, record_classes
from models.records.choices import Choice
from tests.conftest import WRITTEN
from tests.pages import Element, read
from tests.program import ROOT, environment
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db

TRANSLATIONS = ROOT / "backoffice" / "translations"
ENGLISH = Path("en") / "LC_MESSAGES" / "messages.po"
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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The translations as `make words` leaves them."""
    folder = tmp_path_factory.mktemp("words")
    made = Path(shutil.copytree(TRANSLATIONS, folder / "translations"))
    variables = (f"BIN={Path(sys.executable).parent}", f"TRANSLATIONS={made}", f"TEMPLATE={folder / 'messages.pot'}")
    subprocess.run(
        ["make", "--assume-old=.venv/ready", "words", *variables], cwd=ROOT, env=environment(folder), check=True
    )
    return made


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, ignore_obsolete=True)


def texts(catalog: Catalog) -> Iterator[Message]:
    """The messages of a catalogue without its head."""
    return (message for message in catalog if message.id)


def forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    """The text, or the text for one and the text for many."""
    return [text] if isinstance(text, str) else list(text)


def test_every_text_has_its_english(made: Path) -> None:
    lacking = [
        message.id for message in texts(catalogue(made / ENGLISH)) if message.fuzzy or not all(forms(message.string))
    ]
    assert lacking == []


def test_english_has_the_places_of_the_vietnamese() -> None:
    for message in texts(catalogue(TRANSLATIONS / ENGLISH)):
        for text in forms(message.string):
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(forms(message.id)[0])), text


def test_no_text_is_kept_that_nothing_says(made: Path) -> None:
    said = {(forms(message.id)[0], message.context) for message in texts(catalogue(made.parent / "messages.pot"))}
    kept = {(forms(message.id)[0], message.context) for message in texts(catalogue(TRANSLATIONS / ENGLISH))}
    assert kept - said == set()


def test_labels_of_records_and_sections_are_one_word_for_one_and_one_for_many() -> None:
    english = catalogue(TRANSLATIONS / ENGLISH)
    for of in (*record_classes().values(), AuditEntry, *Section):
        assert english[of.label].id == (of.label, of.label)


def test_the_same_words_make_the_same_files(made: Path) -> None:
    """What is kept is what `make words` makes, the compiled catalogues included: byte for byte."""
    kept = sorted(path.relative_to(TRANSLATIONS) for path in TRANSLATIONS.rglob("*.?o"))
    assert kept == sorted(path.relative_to(made) for path in made.rglob("*.?o"))
    assert [path for path in kept if (TRANSLATIONS / path).read_bytes() != (made / path).read_bytes()] == []


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


SAME = {
    *("Khu dân cư", "Khu dân cư điểm", "Kế hoạch", "Năm", "Tháng", "Báo cáo", "Dự kiến", "Hội đồng", "Phong trào"),
    *("Sáng kiến", "Trễ hạn", "Đã tổ chức"),
    # What was done is called by what was pressed.
    *("Sửa", "Thêm", "Xóa", "Xuất Excel", "Đăng nhập", "Đăng xuất"),
}
"""Words that are a member of a closed list and stand on pages as well, and mean the same in both."""
ON_PAGES = re.compile(r"""\b_\('([^']+)'""")
IN_VIEWS = re.compile(r"""(?:\b_|gettext)\("([^"]+)\"""")


def test_no_words_mean_two_things() -> None:
    """A role and a button once had one word, and every button read "Viewer" in English."""
    pages = {w for page in (ROOT / "backoffice").rglob("*.html") for w in ON_PAGES.findall(page.read_text("utf-8"))}
    files = [*(ROOT / "views").rglob("*.py"), *(ROOT / "backoffice").rglob("*.py")]
    pages |= {word for file in files for word in IN_VIEWS.findall(file.read_text("utf-8"))}
    ours = [choice for choice in _choices(Choice) if choice.__module__.startswith("models.")]
    assert {member.label for choice in ours for member in choice} & pages == SAME


def _choices(cls: type[Choice]) -> Iterator[type[Choice]]:
    for below in cls.__subclasses__():
        yield below
        yield from _choices(below)
