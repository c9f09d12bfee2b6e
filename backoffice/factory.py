"""The factory: one application from settings, extensions, screens and commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask
from flask_admin import Admin, translations
from flask_admin.babel import domain
from flask_migrate import Migrate

import models.migrations
from backoffice import auth, entrance, errors, jobs, log, web
from backoffice.backup import pages
from backoffice.config import settings
from backoffice.data_folder import data_folder, make_writable
from models.files.store import Store
from models.records.database import configure, engine_options
from views import PAGES, SCREENS
from views.core.as_of import look_away, look_back
from views.core.once import answer_again, form_number
from views.core.session import db
from views.dashboard import DashboardView


def create_app(overrides: dict[str, Any] | None = None, instance: Path | None = None) -> Flask:
    """An application ready to serve. `overrides` are settings that win, as tests need them.

    `instance` is the data folder, unless the usual one. Raises FolderError if nothing can be written there.
    """
    models.install()
    # What the program writes, the book, attached files, copies, logs, is for its own user alone.
    os.umask(0o077)
    instance = (instance or data_folder()).resolve()
    make_writable(instance)
    app = Flask(__name__, instance_path=str(instance))
    app.config.from_mapping({**settings(instance), **(overrides or {})})
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    app.extensions["files"] = Store(instance / "files")
    db.init_app(app)
    with app.app_context():
        configure(db.engine)
    Migrate(app, db, directory=str(Path(models.migrations.__file__).parent), render_as_batch=True)
    log.init_app(app)
    entrance.init_app(app)
    web.init_app(app)
    auth.init_app(app)
    errors.init_app(app)
    jobs.init_app(app)
    pages.init_app(app)
    app.before_request(look_back)
    app.before_request(answer_again)
    app.jinja_env.globals["form_number"] = form_number
    app.teardown_request(look_away)
    # Of two catalogues the later wins: ours mends Flask-Admin's, which its own setting would put first.
    domain._translation_directories = [  # noqa: SLF001
        *translations.__path__,
        app.config["BABEL_TRANSLATION_DIRECTORIES"],
    ]
    admin = Admin(
        app,
        name="",
        index_view=DashboardView(name="", url="/", endpoint="dashboard"),
        csp_nonce_generator=web.csp_nonce,
    )
    screens = {screen.record: screen for screen in (cls() for cls in SCREENS)}
    for screen in screens.values():
        screen.screens = screens
        admin.add_view(screen)
    app.extensions["screens"] = screens
    app.extensions["pages"] = [page() for page in PAGES]
    for page in app.extensions["pages"]:
        page.screens = screens
        admin.add_view(page)
    entrance.check_prefix(app)
    return app
