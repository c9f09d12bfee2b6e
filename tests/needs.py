"""Programs of the machine that a few tests need.

Where one is missing, such a test is skipped on a desk and fails in CI.
"""

import os
import shutil

import pytest


def chromium() -> str:
    """Path of a Chromium to drive."""
    return _program("chromium", "chromium-browser", "google-chrome")


def libreoffice() -> str:
    """Path of a LibreOffice that opens and prints workbooks."""
    return _program("soffice", "libreoffice")


def _program(*names: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    reason = f"needs {names[0]}, which this machine lacks"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
