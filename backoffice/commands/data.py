"""What comes into the book and goes out as a whole: first data, backups, files that belong to nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.progress import Progress

from backoffice.backup import archive, kept
from backoffice.backup import restore as restoring
from backoffice.backup.archive import BackupError
from backoffice.commands.common import failure, say
from backoffice.commands.progress import console
from backoffice.data_folder import data_folder
from backoffice.factory import create_app
from models.records.clock import VIETNAM
from seed import loader, samples
from views.core.session import db


def load(*, district: str | None, demo: bool) -> loader.Summary:
    with Progress(console=console, transient=True) as progress:
        bars: dict[str, Any] = {}

        def report(file: str, done: int, total: int) -> None:
            if file not in bars:
                bars[file] = progress.add_task(file, total=total)
            progress.update(bars[file], completed=done, visible=done < total)

        return loader.load(db.session(), district=district, demo=demo, report=report)


@click.command()
@click.option("--district", help="Only the province and this district (my-xuyen, …).")
@click.option("--demo/--no-demo", default=False, help="Also a made-up year, marked as samples.")
@click.option("--clear-samples", is_flag=True, help="Delete every sample row instead.")
@with_appcontext
def seed(district: str | None, demo: bool, clear_samples: bool) -> None:
    """Load the first data; loading again changes nothing."""
    try:
        if clear_samples:
            say(f"{samples.clear_samples(db.session())} sample rows deleted")
            return
        summary = load(district=district, demo=demo)
    except (LookupError, ValueError) as error:
        db.session.rollback()
        raise failure(error) from error
    say(f"created {summary.created}, changed {summary.changed}, same {summary.same}")


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path | None) -> None:
    """Write the whole book, attached files included, to FILE; else to the folder of backups."""
    file = file or kept.new_file(Path(current_app.instance_path))
    contents = archive.write(file, db.engine, Path(current_app.instance_path))
    archive.check(file)
    say(f"{file}: {contents.rows} rows, {file.stat().st_size // 1024} KB")


@click.command()
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
        raise failure(error) from error
    say(f"{contents.rows} rows of {contents.moment.astimezone(VIETNAM):%d/%m/%Y %H:%M} in {into or folder}")


@click.group()
def files() -> None:
    """The files that belong to records."""


@files.command("sweep")
@with_appcontext
def sweep_files() -> None:
    """Remove the bytes of files whose records are gone for good: deleted 90 days ago, or never saved."""
    say(f"{current_app.extensions['files'].sweep(db.session())} files removed")
