"""A server to kill, run as a program: for each line it reads, `backoffice serve` in a fork that has all imports ready.

With the word `hasty` it answers what it has not committed yet: the mistake that the test of crashes must find.
"""

import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from threading import Event, Thread, local
from typing import Any

from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.orm import Session

from backoffice.cli import cli
from backoffice.commands.serving import prepare
from backoffice.factory import create_app
from views.core.session import db

Application = Callable[[dict[str, Any], Any], Any]


def main() -> None:
    """Fill the database once; then serve, and say the number of the process that does, until nobody asks any more."""
    app = create_app()
    if "hasty" in sys.argv:
        app.wsgi_app = hasty(app.wsgi_app)  # type: ignore[method-assign]
    # Standard output is for the numbers.
    with app.app_context(), redirect_stdout(sys.stderr):
        prepare()
        db.session.remove()
        # A connection must not be in two processes.
        db.engine.dispose()
    for _line in sys.stdin:
        child = os.fork()
        if not child:
            _serve(app)
        print(child, flush=True)  # noqa: T201  read by who asked
        os.waitpid(child, 0)


def _serve(app: Flask) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    cli.main(["serve"], obj=ScriptInfo(create_app=lambda: app))


def hasty(application: Application) -> Application:
    """The same, but what is posted is answered as saved when its transaction is about to commit."""
    about_to, commit = local(), Session.commit

    def tell_and_commit(session: Session) -> None:
        getattr(about_to, "told", Event()).set()
        commit(session)

    def answer(environ: dict[str, Any], start: Any) -> Any:
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"].startswith(("/login", "/account")):
            return application(environ, start)
        told = Event()

        def work() -> None:
            about_to.told = told
            list(application(environ, lambda *_said: None))
            told.set()

        Thread(target=work).start()
        told.wait()
        start("302 FOUND", [("Content-Length", "0")])
        return [b""]

    Session.commit = tell_and_commit  # type: ignore[method-assign]
    return answer


if __name__ == "__main__":
    main()
