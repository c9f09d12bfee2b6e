"""Here: the address of the page that is asked for, as a link to it is."""

from __future__ import annotations

from flask import request


def here() -> str:
    """Path and question of this request, with the prefix that the book lies under."""
    return request.script_root + request.full_path.rstrip("?")
