"""The settings: those that the README names are those that are read, and each does what it says."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.config import settings
from backoffice.data_folder import has_book
from backoffice.factory import create_app
from views.core.session import db

ROOT = Path(__file__).parent.parent.parent
READ = re.compile(r'environ(?:\.get\(|\[)\s*"(\w+)"|envvar="(\w+)"')


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in documented():
        monkeypatch.delenv(name, raising=False)


def documented() -> set[str]:
    """The variables in the first column of the README's table."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Settings\n", 1)[1].split("\n## ", 1)[0]
    first = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in first for name in re.findall(r"`(\w+)`", cell)}


def used() -> Iterator[str]:
    """The variables that the code reads."""
    for package in ("backoffice", "views", "seed", "exports", "imports", "models"):
        for path in (ROOT / package).rglob("*.py"):
            yield from (name or option for name, option in READ.findall(path.read_text(encoding="utf-8")))


def test_the_readme_names_every_setting_and_no_other() -> None:
    assert documented() == set(used())


@pytest.mark.parametrize("name", ["data", "Sổ Mặt trận", "50% xong", "ai?", "%20#1"])
def test_without_settings_the_book_lies_in_the_data_folder(tmp_path: Path, name: str) -> None:
    app = create_app(instance=tmp_path / name)
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE page (id)")
        connection.commit()
        db.engine.dispose()
    assert has_book(tmp_path / name)


@pytest.mark.database
@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:////srv/so.db", "sqlite:////srv/so.db"),
        ("postgres://so@db/so", "postgresql+psycopg://so@db/so"),
        ("postgresql://so@db/so", "postgresql+psycopg://so@db/so"),
        ("postgresql+psycopg://so@db/so", "postgresql+psycopg://so@db/so"),
    ],
)
def test_another_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    monkeypatch.setenv("BACKOFFICE_DATABASE_URL", given)
    assert settings(tmp_path)["SQLALCHEMY_DATABASE_URI"] == used


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    secret = settings(instance)["SECRET_KEY"]
    assert len(secret) == 64
    assert settings(instance)["SECRET_KEY"] == secret
    assert settings(tmp_path / "another")["SECRET_KEY"] != secret
    if sys.platform != "win32":
        assert (instance / "secret-key").stat().st_mode & 0o777 == 0o600


def test_an_empty_secret_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()
    assert len(settings(tmp_path)["SECRET_KEY"]) == 64


def test_a_given_secret_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKOFFICE_SECRET_KEY", "một bí mật")
    assert settings(tmp_path)["SECRET_KEY"] == "một bí mật"
    assert list(tmp_path.iterdir()) == []


def test_the_folder_may_be_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = create_app(instance=Path("here"))
    monkeypatch.chdir("/")
    with app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        db.engine.dispose()
    assert (tmp_path / "here" / "backoffice.db").exists()


@pytest.mark.parametrize(("given", "secure"), [(None, False), ("0", False), ("1", True)])
def test_cookies_over_https_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | None, secure: bool
) -> None:
    if given:
        monkeypatch.setenv("BACKOFFICE_HTTPS", given)
    client = create_app(instance=tmp_path).test_client()
    (cookie,) = client.get("/login").headers.getlist("Set-Cookie")
    assert ("; Secure" in cookie) is secure
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
