"""Serve: bring the book up to date, begin it if there is none, and answer."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

import click
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import inspect, select

from backoffice.address import OWN_MACHINE
from backoffice.commands.common import failure, say
from backoffice.commands.data import load
from models import Refused, User
from models.accounts.passwords import one_time_password, set_password
from models.accounts.users import Role
from seed import loader
from views.core.session import db

THREADS = 8


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", envvar="PORT", type=click.IntRange(0, 65_535), default=8000, help="Port to listen on.")
@with_appcontext
def serve(host: str, port: int) -> None:
    """Bring the database up to date, fill it if it is empty, and serve."""
    # What was loaded so far stays until the end: the garbage collector need not go through it again and again.
    gc.freeze()
    prepare()
    # The command's own transaction would lock every writer out.
    db.session.remove()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if app.config["ADDRESS"]:
        say(f"People come in at {app.config['ADDRESS']}")
    else:
        # Browsers send cookies to every port of a host: another book there has others.
        app.config["SESSION_COOKIE_NAME"] += f".{port}"
    say(f"http://{host}:{port}")
    app.config["HOST"] = host
    app.extensions["worker"].call()
    if host not in OWN_MACHINE and not app.config["SESSION_COOKIE_SECURE"]:
        say("Plain http: whoever is on this network can read passwords. For more than a trial, see BACKOFFICE_ADDRESS.")
    waitress.serve(app, host=host, port=port, _quiet=True, **waitress_settings(app))


def waitress_settings(app: Flask) -> dict[str, Any]:
    """How the server is to serve the application."""
    return {
        "threads": THREADS,
        "connection_limit": 1000,
        "channel_timeout": 30,
        "ident": None,
        # The application's entrance knows which proxies to believe.
        "clear_untrusted_proxy_headers": False,
        # Above the application's own limit, which says no in Vietnamese.
        "max_request_body_size": 2 * app.config["MAX_CONTENT_LENGTH"],
    }


def prepare() -> None:
    """Upgrade the tables; on an empty database load the seed and make the first administrator."""
    if not inspect(db.engine).get_table_names():
        url = db.engine.url
        say(f"A new book begins: {url.database if url.get_backend_name() == 'sqlite' else url}")
    upgrade()
    if loader.is_empty(db.session()):
        demo = os.environ.get("BACKOFFICE_DEMO", "1") != "0"
        load(district=None, demo=demo)
    if db.session.scalars(select(User).limit(1)).first() is None:
        _first_administrator()


def _first_administrator() -> None:
    given = os.environ.get("BACKOFFICE_ADMIN_PASSWORD")
    password, told = given, False
    if not password and sys.stdin.isatty():
        password = click.prompt(
            "Password for the user admin (12 characters or more)", hide_input=True, confirmation_prompt=True
        )
    elif not password:
        password, told = one_time_password(), True
    user = User(username="admin", name="Quản trị", role=Role.ADMINISTRATOR)
    try:
        set_password(db.session(), user, str(password), must_change=told)
    except Refused as error:
        raise failure(error) from error
    db.session.add(user)
    db.session.commit()
    if told:
        say(f"Tên đăng nhập: admin  Mật khẩu dùng một lần: {password}")
