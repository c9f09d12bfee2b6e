"""Restore: a book from its backup, on this or another database, whole or not at all.

The backup is checked first, every part of it. Then the tables are made as they were in the version that wrote it,
filled, and brought up to the present version by the usual migrations. On SQLite that happens in a file of its own,
which takes the book's name at the end; on PostgreSQL in one transaction. Killed in between, nothing half is there.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Connection, Engine, delete, inspect, update

from backoffice.backup import archive
from backoffice.backup.archive import BackupError, Contents
from models.access import row_security
from models.accounts.calendar_links import CalendarLink
from models.accounts.users import UserSession
from models.files.store import Store
from models.records import dump
from models.records.clock import now

NOTE = "restored.json"
"""Says in the data folder that its book came from a backup, until an administrator confirms it."""
HERE = "Another book is there already: --replace puts the backup in its place, after a copy of it is made."

MakeApp = Callable[[dict[str, Any], Path], Flask]


def restore(path: Path, folder: Path, url: str | None, make_app: MakeApp, *, replace: bool = False) -> Contents:
    """Put the book of this backup into `folder`, or into the database at `url`. Returns what the backup holds.

    Raises BackupError for a file that is no whole backup or of a newer version, and where a book is there already:
    with `replace` that one is backed up beside it first.
    """
    contents = archive.check(path)
    folder.mkdir(parents=True, exist_ok=True)
    target = url or f"sqlite:///{folder / 'backoffice.db'}"
    app = make_app({"SQLALCHEMY_DATABASE_URI": target}, folder)
    with app.app_context():
        _refuse_newer(contents)
        engine: Engine = current_app.extensions["migrate"].db.engine
        if _has_tables(engine):
            if not replace:
                raise BackupError(HERE)
            kept = folder / f"before-restore-{now():%Y-%m-%dT%H%M%SZ}.zip"
            archive.write(kept, engine, folder)
        with ZipFile(path) as source:
            _put_files(source, contents, folder)
            if engine.dialect.name == "sqlite":
                engine.dispose()
                _into_file(source, contents, folder, Path(str(engine.url.database)), make_app)
            else:
                _into_server(source, contents, engine)
        _note(folder, path, contents)
        engine.dispose()
    return contents


def _refuse_newer(contents: Contents) -> None:
    script = ScriptDirectory.from_config(_config())
    if contents.migration not in {step.revision for step in script.walk_revisions()}:
        raise BackupError("The backup was made by a newer version of this program: install that one first.")


def _config() -> Any:
    return current_app.extensions["migrate"].migrate.get_config()


def _has_tables(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        return False
    return bool(inspect(engine).get_table_names())


# -- the database


def _into_file(source: ZipFile, contents: Contents, folder: Path, book: Path, make_app: MakeApp) -> None:
    part = book.with_name(f".restoring-{secrets.token_hex(4)}.db")
    try:
        app = make_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{part}"}, folder)
        with app.app_context():
            engine: Engine = current_app.extensions["migrate"].db.engine
            config = _config()
            command.upgrade(config, contents.migration)
            with engine.connect().execution_options(**dump.FREELY) as connection, connection.begin():
                _fill(connection, source, contents)
            command.upgrade(config, "head")
            with engine.connect().execution_options(**dump.FREELY) as connection, connection.begin():
                _end_what_was_open(connection)
            engine.dispose()  # the last connection takes what the journal holds into the file
        for journal in ("-wal", "-shm"):
            book.with_name(f"{book.name}{journal}").unlink(missing_ok=True)
        part.replace(book)
    finally:
        for left in (part, *part.parent.glob(f"{part.name}-*")):
            left.unlink(missing_ok=True)


def _into_server(source: ZipFile, contents: Contents, engine: Engine) -> None:
    with engine.connect().execution_options(**dump.FREELY) as connection, connection.begin():
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, contents.migration)
        row_security.uninstall_policies(connection)
        _fill(connection, source, contents)
        command.upgrade(config, "head")
        # Where the backup is of the present version, nothing was left to do: the policies come back here.
        row_security.install_policies(connection)
        _end_what_was_open(connection)


def _fill(connection: Connection, source: ZipFile, contents: Contents) -> None:
    tables = dump.tables(connection)
    dump.empty(connection, tables)
    for table in tables:
        name = f"tables/{table.name}.jsonl"
        about = contents.parts.get(name)
        if about is None:
            raise BackupError(f"The backup lacks {name}.")
        try:
            count = dump.read_rows(connection, table, about.columns, lambda name=name: source.open(name))  # type: ignore[misc]  # a member is read line by line
        except (ValueError, KeyError) as error:
            raise BackupError(f"The backup is damaged at {name}.") from error
        if count != about.rows:
            raise BackupError(f"The backup is damaged at {name}.")
    dump.set_next_ids(connection, contents.next_ids)


def _end_what_was_open(connection: Connection) -> None:
    """Whoever was signed in signs in anew, and no link of then opens anything."""
    connection.execute(update(UserSession).where(UserSession.ended_at.is_(None)).values(ended_at=now()))
    connection.execute(delete(CalendarLink))


# -- beside the database


def _put_files(source: ZipFile, contents: Contents, folder: Path) -> None:
    """Bring the attached files and the secret; a file that is there already under its random name is the same."""
    for name in contents.parts:
        if name == archive.SECRET:
            _put(source, name, folder / name)
        elif name.startswith("files/"):
            try:
                path = Store(folder / "files").path(name.removeprefix("files/"))
            except ValueError as error:
                raise BackupError(f"The backup holds a file of a wrong name: {name}.") from error
            if not path.exists():
                _put(source, name, path)


def _put(source: ZipFile, name: str, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.touch(mode=archive.OURS, exist_ok=False)
        with source.open(name) as member, part.open("wb") as target:
            shutil.copyfileobj(member, target)
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _note(folder: Path, path: Path, contents: Contents) -> None:
    said = {"file": path.name, "made_at": contents.made_at, "restored_at": now().isoformat()}
    (folder / NOTE).write_text(json.dumps(said), encoding="utf-8")


def note_of(folder: Path) -> dict[str, str] | None:
    """Of which backup the book in this folder came, as long as nobody confirmed it."""
    with suppress(FileNotFoundError, ValueError):
        said: dict[str, str] = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return said
    return None


def confirm(folder: Path) -> None:
    """An administrator looked at the restored book, and works with it from now on."""
    (folder / NOTE).unlink(missing_ok=True)
