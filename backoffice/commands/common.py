"""What all commands say alike, and the book they work on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from backoffice.data_folder import data_folder, has_book, is_elsewhere

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

P = ParamSpec("P")
FIRST = " First run: backoffice db upgrade"


class Failure(click.ClickException):
    """One sentence, without the command's usage before it."""

    exit_code = 2


def say(text: str) -> None:
    """Tell whoever typed the command."""
    click.echo(text)


def failure(text: object) -> click.ClickException:
    """What people can mend, as an exception that ends the command."""
    return Failure(str(text))


def application() -> Flask:
    """The application over the book in the data folder, which `serve` alone may begin."""
    from backoffice.factory import create_app  # noqa: PLC0415  a second of work that most commands need not do

    return create_app(instance=_folder())


@contextmanager
def book() -> Iterator[Session]:
    """A session on the book, for commands that need no web and so begin three times as fast.

    Where an application is given, as tests do, it is that one's book.
    """
    given: Any = click.get_current_context().obj
    if given is not None:
        with given.load_app().app_context():
            yield sys.modules["views.core.session"].db.session()
        return
    from sqlalchemy import create_engine  # noqa: PLC0415  what follows is loaded for the commands that use it
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from backoffice.config import settings  # noqa: PLC0415
    from models import install  # noqa: PLC0415
    from models.records.database import configure, engine_options  # noqa: PLC0415

    install()
    url = settings(_folder())["SQLALCHEMY_DATABASE_URI"]
    engine = create_engine(url, **engine_options(url))
    configure(engine)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()


def with_book(work: Callable[Concatenate[Session, P], None]) -> Callable[P, None]:
    """Give the command a session on the book, before what was typed."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with book() as session:
            work(session, *args, **kwargs)

    return run


def _folder() -> Path:
    folder = data_folder()
    command = click.get_current_context().find_root().invoked_subcommand
    if command != "serve" and not has_book(folder) and not is_elsewhere():
        raise failure(
            f"There is no book in {folder}: `backoffice serve` begins one, BACKOFFICE_DATA names another folder."
        )
    return folder
