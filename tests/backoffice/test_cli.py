"""The commands: what each does, what it says of wrong use, and that serving again changes nothing."""

import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import openpyxl
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from backoffice import figures
from backoffice.cli import cli
from backoffice.commands.serving import prepare
from backoffice.data_folder import has_book
from models import Base, Committee, Unit, User
from models.accounts.passwords import matches
from models.accounts.users import Role
from tests.conftest import running_on
from tests.databases import ON_SQLITE, Databases
from tests.program import run, served
from views.core.session import db

PASSWORD = "mot mat khau that dai"


def invoke(app: Flask, *words: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(cli, words, input=typed)


def said(app: Flask, *words: str, typed: str | None = None) -> str:
    """What a command says that does its work."""
    result = invoke(app, *words, typed=typed)
    assert (result.exit_code, result.stderr.strip()) == (0, ""), result.output
    return result.stdout


def refusal(app: Flask, *words: str, typed: str | None = None) -> str:
    """The sentence with which a command refuses."""
    result = invoke(app, *words, typed=typed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert isinstance(result.exception, SystemExit)
    return result.stderr.rpartition("Error: ")[2].strip()


def user_named(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in Base.metadata.sorted_tables
    }


@pytest.fixture
def bare_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database with nothing in it."""
    with databases(None) as url, running_on(url, tmp_path / "instance") as app:
        yield app


# -- serve


@pytest.mark.database
def test_preparing_fills_an_empty_database_and_the_second_time_changes_nothing(
    bare_app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BACKOFFICE_DEMO", "0")
    monkeypatch.setenv("BACKOFFICE_ADMIN_PASSWORD", PASSWORD)
    with bare_app.app_context():
        prepare()
        where = db.engine.url.database if db.engine.dialect.name == "sqlite" else db.engine.url
        assert capsys.readouterr().out.splitlines()[0] == f"A new book begins: {where}"
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 121
        assert not db.session.scalars(select(Unit).where(Unit.sample)).all()
        admin = user_named("admin")
        assert matches(admin.password_hash, PASSWORD)
        assert (admin.role, admin.must_change_password) == (Role.ADMINISTRATOR, False)
        before = everything()
        db.session.rollback()
        prepare()
        db.session.rollback()
        assert everything() == before
        db.session.remove()
    assert capsys.readouterr().out == ""


def test_the_first_administrators_password_is_printed_once_where_nobody_can_be_asked(
    bare_app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loads: list[bool] = []
    monkeypatch.setattr("seed.loader.load", lambda session, *, demo, **_more: loads.append(demo))
    monkeypatch.delenv("BACKOFFICE_ADMIN_PASSWORD", raising=False)
    monkeypatch.delenv("BACKOFFICE_DEMO", raising=False)
    with bare_app.app_context():
        prepare()
        printed = re.search(r"Tên đăng nhập: admin  Mật khẩu dùng một lần: (\S+)", capsys.readouterr().out)
        assert printed
        assert matches(user_named("admin").password_hash, printed[1])
        assert user_named("admin").must_change_password
        db.session.rollback()
        prepare()
        assert "Mật khẩu" not in capsys.readouterr().out
        db.session.remove()
    assert loads == [True, True]


def test_a_first_password_too_short_is_refused_in_a_sentence(bare_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seed.loader.load", lambda *_all, **_more: None)
    monkeypatch.setattr("waitress.serve", lambda *_all, **_more: pytest.fail("it serves"))
    monkeypatch.setenv("BACKOFFICE_ADMIN_PASSWORD", "ngan")
    assert invoke(bare_app, "serve").exit_code == 2
    assert "cần từ 12 ký tự trở lên" in invoke(bare_app, "serve").stderr


def answer_of(url: str) -> str:
    with urlopen(url) as answer:  # noqa: S310  our own server
        return str(answer.read().decode())


def test_one_command_serves(tmp_path: Path) -> None:
    settings = {"BACKOFFICE_DEMO": "0", "BACKOFFICE_ADMIN_PASSWORD": PASSWORD}
    with served(tmp_path, **settings) as address:
        assert answer_of(f"{address}/healthz") == "ok"
        assert "Đăng nhập" in answer_of(f"{address}/")
        with urlopen(f"{address}/login") as door:  # noqa: S310  our own server
            # Browsers send cookies to every port of a host, so also to the book at another.
            assert door.headers["Set-Cookie"].startswith(f"session.{address.rpartition(':')[2]}=")
        second = run(tmp_path, "serve", PORT=address.rpartition(":")[2])
    assert has_book(tmp_path / "instance")
    assert (second.returncode, second.stdout) == (2, f"{address}\n")
    assert "Traceback" not in second.stderr
    assert "in use" in second.stderr.splitlines()[-1]
    # Found again from where it lies, without being told.
    assert run(tmp_path, "user", "list", BACKOFFICE_DATA="").stdout.startswith("admin\t")


# -- seed


@ON_SQLITE
def test_seeding_again_changes_nothing(own_app: Flask) -> None:
    assert re.fullmatch(r"created 0, changed 0, same \d+\n", said(own_app, "seed", "--district", "my-xuyen", "--demo"))


def test_seeding_one_district(bare_app: Flask) -> None:
    with bare_app.app_context():
        db.create_all()
    assert re.fullmatch(r"created \d+, changed 0, same 0\n", said(bare_app, "seed", "--district", "my-xuyen"))
    with bare_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 13


@ON_SQLITE
def test_the_samples_go_by_one_command(own_app: Flask) -> None:
    assert re.fullmatch(r"[1-9]\d+ sample rows deleted\n", said(own_app, "seed", "--clear-samples"))
    assert said(own_app, "seed", "--clear-samples") == "0 sample rows deleted\n"
    with own_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 121


def test_an_unknown_district_is_refused(own_app: Flask) -> None:
    assert refusal(own_app, "seed", "--district", "ca-mau").startswith("Không có đơn vị cấp huyện “ca-mau”. Có: ")


# -- users


def test_a_user_is_added_listed_and_given_a_password(own_app: Flask) -> None:
    words = ("user", "add", "lan.nt", "--role", "editor", "--organisation", "MTTQ-947", "--name", "Nguyễn Thị Lan")
    username, password = said(own_app, *words).split()
    with own_app.app_context():
        lan = user_named("lan.nt")
        assert (username, lan.name, lan.role) == ("lan.nt", "Nguyễn Thị Lan", Role.EDITOR)
        assert lan.must_change_password
        assert matches(lan.password_hash, password)
        committee = db.session.scalars(select(Committee).where(Committee.code == "MTTQ-947")).one()
        assert lan.organisation_id == committee.id
        row = f"lan.nt\teditor\t{committee}\t"
    assert row in said(own_app, "user", "list").splitlines()
    assert said(own_app, "user", "password", "lan.nt", "--password-stdin", typed=f"{PASSWORD}\n") == "lan.nt\n"
    with own_app.app_context():
        assert matches(user_named("lan.nt").password_hash, PASSWORD)
        assert not user_named("lan.nt").must_change_password


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "Bà Lan", "--role", "viewer"), "Chỉ dùng chữ thường không dấu"),
        (("add", "viewer", "--role", "viewer"), "Đã có ở “Chỉ xem”."),
        (("add", "lan", "--role", "viewer", "--organisation", "X"), "No organisation has the code X."),
        (("add", "lan", "--role", "boss"), "Invalid value for '--role'"),
        (("add", "lan"), "Missing option '--role'"),
        (("password", "ai-do"), "There is no user ai-do."),
        (("nghi", "lan"), "No such command 'nghi'."),
    ],
)
def test_wrong_words_about_a_user_are_refused(own_app: Flask, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refusal(own_app, "user", *words)


@pytest.mark.parametrize("typed", ["ngan\n", "", "dài" * 200])
def test_a_password_too_short_or_too_long_is_refused(own_app: Flask, typed: str) -> None:
    for words in (("add", "lan", "--role", "viewer", "--organisation", "MTTQ-94"), ("password", "viewer")):
        told = refusal(own_app, "user", *words, "--password-stdin", typed=typed)
        assert "ký tự" in told
    with own_app.app_context():
        assert not db.session.scalars(select(User).where(User.username == "lan")).all()


# -- export, check


def test_a_whole_list_is_exported(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "Đơn vị.xlsx"
    assert said(app, "export", "units", str(file)) == "896 rows\n"
    sheet = openpyxl.load_workbook(file).active
    assert sheet is not None
    assert sheet.max_row == 3 + 896
    assert list(tmp_path.glob("*.part")) == []


def test_an_export_that_fails_leaves_the_file_of_before(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "units.xlsx"
    file.write_bytes(b"before")
    monkeypatch.setattr("views.core.pages.export.ROOM", 10)
    assert "nhiều hơn một trang tính chứa được (10)" in refusal(app, "export", "units", str(file))
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


def test_a_pack_of_one_district_is_written(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "Ngày hội.xlsx"
    told = said(app, "pack", "festival", str(file), "--year", "2023", "--unit", "my-xuyen", "--day", "2023-02-08")
    assert told.endswith(" rows\n")
    sheet = openpyxl.load_workbook(file).worksheets[0]
    texts = [value for row in sheet.iter_rows(values_only=True) for value in row]
    assert "trên địa bàn huyện Mỹ Xuyên" in texts
    assert "Sóc Trăng, ngày 08 tháng 02 năm 2023" in texts


def test_a_pack_for_each_district_is_a_zip(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    assert said(app, "pack", "directory", str(file), "--each-district") == "11 workbooks\n"
    with zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == 11


def test_a_pack_of_what_is_not_there_is_refused_and_leaves_no_file(app: Flask, tmp_path: Path) -> None:
    told = refusal(app, "pack", "festival", str(tmp_path / "a.xlsx"), "--unit", "nowhere")
    assert "Đơn vị hành chính: không có “nowhere”." in told
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_screen_is_refused_with_those_there_are(app: Flask, tmp_path: Path) -> None:
    told = refusal(app, "export", "unit", str(tmp_path / "a.xlsx"))
    assert told.startswith("There is no screen unit. There are: adoptions, ")


def test_check_finds_the_data_sound(app: Flask) -> None:
    assert said(app, "check") == f"{len(app.extensions['screens'])} screens, tables and data are sound\n"


def test_check_compares_the_figures_that_stand_in_two_places(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.search(
        r"\n(\d{2,}) figures stand in two places or more, the same in each\n", said(app, "check", "--figures")
    )
    places = {("held", 2023, ""): {"/": 714, "/festival/": 716}}
    monkeypatch.setattr(figures, "gather", lambda _places: places)
    told = invoke(app, "check", "--figures")
    assert told.exit_code == 1
    assert "Khu dân cư đã tổ chức Ngày hội, 2023: / 714; /festival/ 716" in told.stderr


def test_check_names_a_table_that_differs(own_app: Flask) -> None:
    with own_app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE task DROP COLUMN note")
        connection.exec_driver_sql("DROP TABLE signer")
    told = invoke(own_app, "check")
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: the tables differ from the records: ")
    assert "add_table signer" in told.stderr
    assert "add_column task.note" in told.stderr


def test_check_says_what_an_empty_database_needs(bare_app: Flask) -> None:
    assert refusal(bare_app, "check") == "The database is empty. First run: backoffice db upgrade"


# -- the program itself


@pytest.mark.parametrize(
    ("words", "settings", "sentence"),
    [
        (("user", "list"), {"BACKOFFICE_DATABASE_URL": "sqlite:///told.db"}, "First run: backoffice db upgrade"),
        (("serve",), {"BACKOFFICE_DATA": f"{os.devnull}/data"}, "BACKOFFICE_DATA names another one."),
        (("check",), {"BACKOFFICE_DATABASE_URL": "nonsense"}, "Could not parse SQLAlchemy URL"),
        (("check",), {"BACKOFFICE_DATABASE_URL": "postgresql://127.0.0.1:1/none"}, "The database says: "),
        (("serve",), {"PORT": "cổng"}, "Invalid value for '--port'"),
        (("nghi",), {}, "No such command 'nghi'."),
    ],
)
def test_what_people_can_mend_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], settings: dict[str, str], sentence: str
) -> None:
    result = run(tmp_path, *words, **settings)
    assert (result.returncode, result.stdout) == (2, "")
    assert sentence in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert not has_book(tmp_path / "instance")


@pytest.fixture
def no_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder, in which no book was begun."""
    monkeypatch.delenv("BACKOFFICE_DATABASE_URL", raising=False)
    monkeypatch.setenv("BACKOFFICE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize("words", [("user", "list"), ("seed",), ("check",), ("db", "upgrade"), ("routes",)])
def test_serve_alone_begins_a_book(no_book: Path, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"Error: There is no book in {no_book}: `backoffice serve` begins one")
    assert not no_book.exists()


def test_help_needs_no_book(no_book: Path) -> None:
    for words in ((), ("user",), ("db",), ("serve",)):
        result = CliRunner().invoke(cli, [*words, "--help"])
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.startswith("Usage: ")
    assert not no_book.exists()
