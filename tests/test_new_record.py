"""A record type of five fields, as the README adds it to a copy of the project: all that it promises works."""

import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import openpyxl
import pytest

from tests.pages import read, record_form, sent
from tests.program import ROOT, copied, run, served

PASSWORD = "mot mat khau that dai"
BLOCK = re.compile(r"`((?:models|views)/speakers\.py)`[^\n]*\n\n```python\n(.*?)```", re.DOTALL)
NAMES = (
    ("models/__init__.py", "from models.successions import Succession\n", "from models.speakers import Speaker\n"),
    ("views/__init__.py", "from views.successions import SuccessionView\n", "from views.speakers import SpeakerView\n"),
    ("views/__init__.py", "    ClubView,\n    EventView,\n", "    SpeakerView,\n"),
)
"""The lines to write into files that are there: the file, the line before which it goes, the line."""


class Site(NamedTuple):
    """The served project and the administrator's browser."""

    address: str
    opener: OpenerDirector

    def get(self, path: str) -> str:
        """A page."""
        with self.opener.open(f"{self.address}{path}") as answer:
            return str(answer.read().decode())

    def post(self, path: str, values: dict[str, list[str]]) -> str:
        """The page to which a form leads."""
        with self.opener.open(f"{self.address}{path}", urlencode(values, doseq=True).encode()) as answer:
            return str(answer.read().decode())


def section() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Add a record type\n")[1].split("\n## ")[0]


def written(folder: Path) -> int:
    """Do to the copy what the README says. Returns how many lines that took."""
    lines = 0
    for path, text in BLOCK.findall(section()):
        (folder / path).write_text(text, encoding="utf-8")
        lines += sum(bool(line.strip()) for line in text.splitlines())
    for path, before, line in NAMES:
        text = (folder / path).read_text(encoding="utf-8")
        assert text.count(before) == 1
        (folder / path).write_text(text.replace(before, f"{line}{before}"), encoding="utf-8")
        lines += 1
    return lines


def told(project: Path) -> dict[str, str]:
    """The setting that names the copy's database."""
    return {"BACKOFFICE_DATABASE_URL": f"sqlite:///{project / 'book.db'}"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the new record."""
    folder = copied(tmp_path_factory.mktemp("project"))
    written(folder)
    return folder


@pytest.fixture(scope="module")
def migrated(project: Path) -> Path:
    """The copy with the history of the new table."""
    for words in (("upgrade",), ("migrate", "-m", "Speakers."), ("upgrade",)):
        done = run(project, "db", *words, code=project, **told(project))
        assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="module")
def site(migrated: Path) -> Iterator[Site]:
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    settings = {"BACKOFFICE_DEMO": "0", "BACKOFFICE_ADMIN_PASSWORD": PASSWORD, **told(migrated)}
    with served(migrated, code=migrated, **settings) as address:
        site = Site(address, opener)
        door = sent(read(site.get("/login")).all("form", class_="plain")[0])
        asked = site.post("/login", {**door, "username": ["admin"], "password": [PASSWORD]})
        later = next(form for form in read(asked).all("form") if form["action"].endswith("/later"))
        assert "Bàn làm việc" in site.post(later["action"], sent(later))
        yield site


def test_the_readme_counts_its_lines(tmp_path: Path) -> None:
    for folder in ("models", "views"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    counted = re.search(r"(\d+) lines in all", section())
    assert counted
    assert written(tmp_path) == int(counted[1])


def test_only_the_new_table_is_in_its_history(migrated: Path) -> None:
    (step,) = (migrated / "models" / "migrations" / "versions").glob("*_speakers.py")
    text = step.read_text(encoding="utf-8")
    up = text.split("def upgrade() -> None:")[1].split("def downgrade() -> None:")[0]
    assert set(re.findall(r"op\.(\w+)\(", up)) <= {"create_table", "batch_alter_table", "f", "create_index"}
    assert re.findall(r"create_table\(\s*['\"](\w+)", up) == ["speaker"]
    assert "import models" not in text


def test_the_new_code_is_sound(migrated: Path) -> None:
    files = ("models/speakers.py", "views/speakers.py", "models/__init__.py", "views/__init__.py")
    history = "models/migrations"
    for words in (
        ("ruff", "format", "--check", *files),
        ("ruff", "format", history),  # as `make format` does
        ("ruff", "check", *files, history),
        ("mypy",),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=migrated, check=False, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout
    assert run(migrated, "check", code=migrated, **told(migrated)).returncode == 0


def test_the_screen_does_all_that_a_screen_does(site: Site) -> None:
    assert "Báo cáo viên" in read(site.get("/")).one("nav", class_="side").text
    assert "Danh sách chưa có mục nào." in site.get("/speakers/?page=0")

    form = sent(record_form(site.get("/speakers/new/")))
    assert form.keys() == {"csrf_token", "code", "form_number", "name", "talks", "unit", "unit__text"}
    del form["form_number"]  # the same form is sent again and again
    place = read(site.get("/speakers/ajax/lookup/?name=unit&query=tham+don")).text
    id_ = re.match(r'\[\[(\d+), ?"', place)
    assert id_
    page = site.post(
        "/speakers/new/", {**form, "code": ["BCV-01"], "name": ["Lâm Thị Hường"], "talks": ["1.200"], "unit": [id_[1]]}
    )
    assert "Lâm Thị Hường" in page

    for values, sentence in (
        ({"code": "BCV-02", "name": "", "talks": "2"}, "Chưa nhập."),
        ({"code": "BCV-02", "name": "Người khác", "talks": "mười"}, "“mười” không phải là số"),
        ({"code": "BCV-02", "name": "Người khác", "talks": "-1"}, "Không được nhỏ hơn 0."),
        ({"code": "BCV-01", "name": "Người khác", "talks": "2"}, "Đã có ở “Lâm Thị Hường”."),
    ):
        refused = site.post("/speakers/new/", form | {name: [value] for name, value in values.items()})
        assert sentence in " ".join(errors.text for errors in read(refused).all("ul", class_="errors"))

    details = site.get("/speakers/details/?id=1")
    for shown in ("Lâm Thị Hường", "BCV-01", "1.200", "Xã Tham Đôn"):
        assert shown in details

    form = sent(record_form(site.get("/speakers/edit/?id=1")))
    assert form["talks"] == ["1.200"]
    site.post("/speakers/edit/?id=1", {**form, "talks": ["7"]})
    for query, found in (
        ("?search=lam+thi+huong", True),
        ("?search=bcv-01", True),
        ("?search=khong+co", False),
        ("?flt_talks_from=7&flt_talks_to=7", True),
        ("?flt_talks_from=8", False),
        (f"?flt_unit_is={id_[1]}", True),
        ("?flt_unit_below=1", True),
        ("?flt_unit_is=1", False),
    ):
        names = [head.text for head in read(site.get(f"/speakers/{query}")).all("th", class_="first")]
        assert bool(names) is found, query

    with site.opener.open(f"{site.address}/speakers/export/xlsx/") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.read())).active
    assert sheet is not None
    assert [row[:5] for row in sheet.iter_rows(min_row=3, values_only=True)] == [
        ("STT", "Họ và tên", "Mã", "Địa bàn", "Số buổi"),
        (1, "Lâm Thị Hường", "BCV-01", "Xã Tham Đôn, Huyện Mỹ Xuyên", 7),
    ]
    assert "Lâm Thị Hường" in site.get("/search?q=lam+huong")
    assert "Lâm Thị Hường" in site.get(f"/units/details/?id={id_[1]}")

    site.post("/speakers/delete/", {"csrf_token": form["csrf_token"], "id": ["1"]})
    assert "Danh sách chưa có mục nào." in site.get("/speakers/?page=0")
