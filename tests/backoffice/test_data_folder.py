"""The data folder: the same book from wherever the program is started."""

import os
import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from backoffice import data_folder as module
from backoffice.data_folder import BOOK, FolderError, data_folder, make_writable
from tests.program import ROOT


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one stands in, with nothing in it and nothing told."""
    for name in ("BACKOFFICE_DATA", "BACKOFFICE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(folder: Path, name: str, text: str = "x") -> Path:
    """A file in the folder, which is made. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def installed(place: Path) -> Path:
    """What the program takes that lies in `place`, beside no checkout."""
    place.mkdir(parents=True)
    spec = spec_from_file_location("installed", shutil.copy(str(module.__file__), place))
    assert spec
    assert spec.loader
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    return Path(program.data_folder())


def test_what_is_told_goes_first(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here / "instance", BOOK)
    for told, folder in (("data", here / "data"), (str(here / "x"), here / "x"), ("~/book", Path.home() / "book")):
        monkeypatch.setenv("BACKOFFICE_DATA", told)
        assert data_folder() == folder


def test_the_book_where_one_stands_is_found(here: Path) -> None:
    assert data_folder() == ROOT / "instance"
    put(here / "instance", BOOK, "")
    assert data_folder() == ROOT / "instance", "a file with nothing in it is no book"
    put(here / "instance", BOOK)
    assert data_folder() == here / "instance"


@pytest.mark.parametrize("name", ["secret-key", "files"])
def test_files_beside_another_database_are_found(here: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    put(here / "instance", name)
    assert data_folder() == ROOT / "instance"
    monkeypatch.setenv("BACKOFFICE_DATABASE_URL", "postgresql://so@db/so")
    assert data_folder() == here / "instance"


def test_an_installed_program_takes_the_checkout_around_it_or_the_platforms_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "checkout" / ".venv"))
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "user"))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    found = installed(tmp_path / "elsewhere" / "backoffice")
    assert (tmp_path / "user") in found.parents
    assert not found.exists()
    put(tmp_path / "checkout", "pyproject.toml")
    shutil.copytree(tmp_path / "elsewhere" / "backoffice", tmp_path / "checkout" / "backoffice")
    assert installed(tmp_path / "site-packages" / "backoffice") == tmp_path / "checkout" / "instance"


def test_a_folder_that_takes_nothing_is_refused_in_words(here: Path) -> None:
    file = put(here, "file") / "file"
    for folder in (file, file / "below", Path(os.devnull) / "data"):
        with pytest.raises(FolderError, match="BACKOFFICE_DATA names another one") as caught:
            make_writable(folder)
        assert str(folder) in str(caught.value)
    make_writable(here / "new" / "data")
    assert list((here / "new" / "data").iterdir()) == []
