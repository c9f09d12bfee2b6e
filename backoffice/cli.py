"""The commands: serve, seed, users, files, export, pack, check; beside them Flask's own (shell, routes, db)."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import click
import waitress
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask, current_app
from flask.cli import ScriptInfo, routes_command, shell_command, with_appcontext
from flask_migrate import upgrade
from flask_migrate.cli import db as db_commands
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import inspect, select
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from backoffice.backup import archive, kept
from backoffice.backup import restore as restoring
from backoffice.backup.archive import BackupError
from backoffice.config import OWN_MACHINE
from backoffice.data_folder import data_folder, has_book, is_elsewhere
from backoffice.factory import create_app
from models import Organisation, Refused, User
from models.accounts.passwords import one_time_password, set_password
from models.accounts.second_factor import turn_off
from models.accounts.sessions import end_sessions
from models.accounts.sign_in import unlock
from models.accounts.users import Role
from models.history.audit import Actor, AuditKind, actor
from models.history.recording import note
from models.records.clock import VIETNAM
from seed import loader, samples
from views.core.pages.export import ExportPage
from views.core.session import db
from views.packs import PACKS, write_pack, write_packs

console = Console(stderr=True)
THREADS = 8
FIRST = " First run: backoffice db upgrade"


def _application() -> Flask:
    """The application over the book in the data folder, which `serve` alone may begin."""
    folder = data_folder()
    command = click.get_current_context().find_root().invoked_subcommand
    if command != "serve" and not has_book(folder) and not is_elsewhere():
        raise _fail(
            f"There is no book in {folder}: `backoffice serve` begins one, BACKOFFICE_DATA names another folder."
        )
    return create_app(instance=folder)


@click.group(context_settings={"obj": ScriptInfo(create_app=_application)})
@click.pass_context
def cli(context: click.Context) -> None:
    """Sổ Mặt trận: the book of record."""
    token = actor.set(Actor(f"lệnh {context.invoked_subcommand}"))
    context.call_on_close(lambda: actor.reset(token))


for _command in (db_commands, routes_command, shell_command):
    cli.add_command(_command)


def main() -> None:
    """The console script: whatever people can mend is one sentence and exit code 2."""
    try:
        cli(prog_name="backoffice")
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).partition("\n")[0]
        bare = "no such table" in reason or ("relation" in reason and "does not exist" in reason)
        _leave(f"The database says: {reason}.{FIRST if bare else ''}")
    except (ArgumentError, OSError) as error:
        _leave(str(error))


def _leave(text: str) -> NoReturn:
    _fail(text).show()
    sys.exit(_Wrong.exit_code)


class _Wrong(click.ClickException):
    """One sentence, without the command's usage before it."""

    exit_code = 2


def _say(text: str) -> None:
    click.echo(text)


def _fail(text: object) -> click.ClickException:
    return _Wrong(str(text))


@cli.command()
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
    _say(f"http://{host}:{port}")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    app.config["HOST"] = host
    app.extensions["worker"].call()
    if host not in OWN_MACHINE and not app.config["SESSION_COOKIE_SECURE"]:
        _say("Plain http: whoever is on this network can read passwords. For more than a trial, see BACKOFFICE_HTTPS.")
    waitress.serve(
        app,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=1000,
        channel_timeout=30,
        ident=None,
        # Above the application's own limit, which says no in Vietnamese.
        max_request_body_size=2 * app.config["MAX_CONTENT_LENGTH"],
        _quiet=True,
    )


def prepare() -> None:
    """Upgrade the tables; on an empty database load the seed and make the first administrator."""
    if not inspect(db.engine).get_table_names():
        url = db.engine.url
        _say(f"A new book begins: {url.database if url.get_backend_name() == 'sqlite' else url}")
    upgrade()
    if loader.is_empty(db.session()):
        demo = os.environ.get("BACKOFFICE_DEMO", "1") != "0"
        _load(district=None, demo=demo)
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
        raise _fail(error) from error
    db.session.add(user)
    db.session.commit()
    if told:
        _say(f"Tên đăng nhập: admin  Mật khẩu dùng một lần: {password}")


def _load(*, district: str | None, demo: bool) -> loader.Summary:
    with Progress(console=console, transient=True) as progress:
        bars: dict[str, Any] = {}

        def report(file: str, done: int, total: int) -> None:
            if file not in bars:
                bars[file] = progress.add_task(file, total=total)
            progress.update(bars[file], completed=done, visible=done < total)

        return loader.load(db.session(), district=district, demo=demo, report=report)


@cli.command()
@click.option("--district", help="Only the province and this district (my-xuyen, …).")
@click.option("--demo/--no-demo", default=False, help="Also a made-up year, marked as samples.")
@click.option("--clear-samples", is_flag=True, help="Delete every sample row instead.")
@with_appcontext
def seed(district: str | None, demo: bool, clear_samples: bool) -> None:
    """Load the first data; loading again changes nothing."""
    try:
        if clear_samples:
            _say(f"{samples.clear_samples(db.session())} sample rows deleted")
            return
        summary = _load(district=district, demo=demo)
    except (LookupError, ValueError) as error:
        db.session.rollback()
        raise _fail(error) from error
    _say(f"created {summary.created}, changed {summary.changed}, same {summary.same}")


@cli.group()
@click.pass_context
def user(context: click.Context) -> None:
    """Who may sign in."""
    token = actor.set(Actor(f"lệnh user {context.invoked_subcommand}"))
    context.call_on_close(lambda: actor.reset(token))


@user.command("add")
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--organisation", help="The code of the user's organisation (MTTQ-947).")
@click.option("--name", help="Full name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def add_user(username: str, role: str, organisation: str | None, name: str | None, password_stdin: bool) -> None:
    """Add a user. Without a password given, a one-time password is printed."""
    person = User(username=username, name=name or username, role=Role.read(role))
    if organisation:
        person.organisation = db.session.scalars(select(Organisation).where(Organisation.code == organisation)).first()
        if person.organisation is None:
            raise _fail(f"No organisation has the code {organisation}.")
    _give_password(person, password_stdin)


@user.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_appcontext
def reset_password(username: str, password_stdin: bool) -> None:
    """Give a user a new password."""
    person = _user(username)
    unlock(db.session(), person.id)
    _give_password(person, password_stdin)


@user.command("unlock")
@click.argument("username")
@with_appcontext
def unlock_user(username: str) -> None:
    """Let a user who typed too many wrong passwords try again at once."""
    person = _user(username)
    unlock(db.session(), person.id)
    _noted(person)


@user.command("end-sessions")
@click.argument("username")
@with_appcontext
def end_user_sessions(username: str) -> None:
    """Sign a user out everywhere."""
    person = _user(username)
    end_sessions(db.session(), person.id)
    _noted(person)


@user.command("second-factor-off")
@click.argument("username")
@with_appcontext
def second_factor_off(username: str) -> None:
    """Ask a user who lost phone and recovery codes for no more codes."""
    person = _user(username)
    turn_off(db.session(), person)
    end_sessions(db.session(), person.id)
    _noted(person)


def _user(username: str) -> User:
    person = db.session.scalars(select(User).where(User.username == username)).first()
    if person is None:
        raise _fail(f"There is no user {username}.")
    return person


def _noted(person: User) -> None:
    note(db.session(), AuditKind.ACCOUNT, person)
    db.session.commit()
    _say(person.username)


def _give_password(person: User, from_stdin: bool) -> None:
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else one_time_password()
    try:
        db.session.add(person)
        db.session.flush()
        set_password(db.session(), person, password, must_change=not from_stdin)
        db.session.commit()
    except Refused as error:
        db.session.rollback()
        raise _fail(error) from error
    _say(person.username if from_stdin else f"{person.username}  {password}")


@user.command("list")
@with_appcontext
def list_users() -> None:
    """Everyone who may sign in."""
    for person in db.session.scalars(select(User).order_by(User.username)):
        state = "" if person.active else "disabled"
        _say(f"{person.username}\t{person.role.value}\t{person.organisation or ''}\t{state}")


@cli.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path | None) -> None:
    """Write the whole book, attached files included, to FILE; else to the folder of backups."""
    file = file or kept.new_file(Path(current_app.instance_path))
    contents = archive.write(file, db.engine, Path(current_app.instance_path))
    archive.check(file)
    _say(f"{file}: {contents.rows} rows, {file.stat().st_size // 1024} KB")


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--into", help="Another data folder, or the address of a database; else where the book is.")
@click.option("--replace", is_flag=True, help="Where a book is already: put the backup in its place, after a copy.")
def restore(file: Path, into: str | None, *, replace: bool) -> None:
    """Put the book of a backup FILE in its place, whole or not at all."""
    folder, url = data_folder(), os.environ.get("BACKOFFICE_DATABASE_URL")
    if into and "://" in into:
        url = into
    elif into:
        folder, url = Path(into).resolve(), None
    try:
        contents = restoring.restore(file, folder, url, create_app, replace=replace)
    except BackupError as error:
        raise _fail(error) from error
    _say(f"{contents.rows} rows of {contents.moment.astimezone(VIETNAM):%d/%m/%Y %H:%M} in {into or folder}")


@cli.group()
def files() -> None:
    """The files that belong to records."""


@files.command("sweep")
@with_appcontext
def sweep_files() -> None:
    """Remove the bytes of files whose records are gone for good: deleted 90 days ago, or never saved."""
    _say(f"{current_app.extensions['files'].sweep(db.session())} files removed")


@cli.command()
@click.argument("screen")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(screen: str, file: Path) -> None:
    """Write the whole list of a SCREEN (units, events, …) to a workbook."""
    screens = {view.endpoint: view for view in current_app.extensions["screens"].values()}
    if screen not in screens:
        raise _fail(f"There is no screen {screen}. There are: {', '.join(sorted(screens))}.")
    part = file.with_name(f"{file.name}.part")
    try:
        # A screen asks who looks at it, and in which language.
        with part.open("wb") as target, current_app.test_request_context():
            count = screens[screen].page(ExportPage).write_all(target)
        part.replace(file)
    except ValueError as error:
        raise _fail(error) from error
    finally:
        part.unlink(missing_ok=True)
    _say(f"{count} rows")


@cli.command()
@click.argument("name", type=click.Choice(list(PACKS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", help="The latest one that something was held in, if not given.")
@click.option("--unit", help="A district (my-xuyen, 947) or the code of any unit; else all.")
@click.option("--round", "round_", help="The code of a round of commendation; else the latest.")
@click.option("--period", help="A reporting period (half_year|2023|1); else the latest that is due.")
@click.option("--council", help="The code of a council; else the one that appraised most.")
@click.option("--since", help="The day of the last briefing (2023-11-01); else a month ago.")
@click.option("--signer", help="The post of whoever signs (CHỦ TỊCH); else the first of the office.")
@click.option("--day", help="The day that the papers bear (2023-11-20); else today.")
@click.option("--personal", is_flag=True, help="With telephone numbers and the like.")
@click.option("--each-district", is_flag=True, help="A zip of one workbook for each district.")
@with_appcontext
def pack(
    name: str, file: Path, *, personal: bool, each_district: bool, round_: str | None, **chosen: str | None
) -> None:
    """Write the workbook that a meeting needs: pack NAME, into FILE."""
    asked = {key: value for key, value in {**chosen, "round": round_}.items() if value}
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as target:
            if each_district:
                count = _with_progress(write_packs(target, name, asked, personal=personal))
            else:
                count = write_pack(target, name, asked, personal=personal)
        part.replace(file)
    except ValueError as error:
        raise _fail(error) from error
    finally:
        part.unlink(missing_ok=True)
    _say(f"{count} {'workbooks' if each_district else 'rows'}")


def _with_progress(steps: Iterable[Any]) -> int:
    """Take all steps, a bar showing how far they are. Returns how many there were."""
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("", total=None)
        total = 0
        for step in steps:
            total = step.total
            progress.update(bar, description=step.name, completed=step.done, total=step.total)
    return total


@cli.command()
@with_appcontext
def check() -> None:
    """Check declarations, migrations and the database's integrity."""
    with db.engine.connect() as connection:
        if not inspect(connection).get_table_names():
            raise _fail(f"The database is empty.{FIRST}")
        differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
        if differences:
            found = ", ".join(_in_words(difference) for difference in differences[:5])
            raise click.ClickException(f"the tables differ from the records: {found}")
        if db.engine.dialect.name == "sqlite":
            for pragma in ("integrity_check", "foreign_key_check"):
                rows = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
                if rows not in ([], [("ok",)]):
                    raise click.ClickException(f"{pragma}: {rows[:3]}")
    _say(f"{len(current_app.extensions['screens'])} screens, tables and data are sound")


def _in_words(difference: Any) -> str:
    """What Alembic found, by its names: "add_column unit.note"."""
    while isinstance(difference, list):
        difference = difference[0]
    what, *about = difference
    names = [name for thing in about if isinstance(name := getattr(thing, "name", thing), str)]
    return f"{what} {'.'.join(names)}"
