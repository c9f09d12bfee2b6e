"""The log: one JSON line a request on standard error, and a number for each error that people can read out."""

from __future__ import annotations

import json
import logging
import secrets
import sys
from time import perf_counter
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import inspect

from models.records.clock import now

requests = logging.getLogger("backoffice.requests")


def init_app(app: Flask) -> None:
    """Write a line for every answer but those of static files."""
    if not requests.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        requests.addHandler(handler)
        requests.propagate = False
    requests.setLevel(logging.WARNING if app.testing else logging.INFO)
    app.before_request(_begin)
    app.after_request(_end)


def error_number() -> str:
    """The number of this request's error: shown to people, found in the log beside what happened."""
    if "error_number" not in g:
        g.error_number = secrets.token_hex(4)
    return str(g.error_number)


def _begin() -> None:
    g.began = perf_counter()


def _end(response: Response) -> Response:
    if request.endpoint != "static":
        requests.info(json.dumps(line(response), ensure_ascii=False))
    return response


def line(response: Response) -> dict[str, Any]:
    """What is written of a request: when, who by number, which route, how it went. Never what was asked or sent."""
    user = g.get("user")
    said = {
        "time": now().isoformat(timespec="milliseconds"),
        # Not read from the database: after a commit that would begin anew, and wait for its lock.
        "user": (inspect(user).identity or (None,))[0] if user is not None else None,
        "address": request.remote_addr,
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": round((perf_counter() - g.get("began", perf_counter())) * 1000, 1),
    }
    return said | ({"error": g.error_number} if "error_number" in g else {})
