"""Check: declarations, migrations and the database's integrity."""

from __future__ import annotations

from typing import Any

import click
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect

from backoffice.commands.common import FIRST, failure, say
from backoffice.figures import compare
from views.core.session import db


@click.command()
@click.option("--figures", is_flag=True, help="Read every figure that stands in two places, too, and compare.")
@with_appcontext
def check(*, figures: bool) -> None:
    """Check declarations, migrations and the database's integrity."""
    with db.engine.connect() as connection:
        if not inspect(connection).get_table_names():
            raise failure(f"The database is empty.{FIRST}")
        differences = compare_metadata(MigrationContext.configure(connection), db.metadata)
        if differences:
            found = ", ".join(_in_words(difference) for difference in differences[:5])
            raise click.ClickException(f"the tables differ from the records: {found}")
        if db.engine.dialect.name == "sqlite":
            for pragma in ("integrity_check", "foreign_key_check"):
                rows = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
                if rows not in ([], [("ok",)]):
                    raise click.ClickException(f"{pragma}: {rows[:3]}")
    say(f"{len(current_app.extensions['screens'])} screens, tables and data are sound")
    if figures:
        read = compare(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001
        if read.differ:
            raise click.ClickException("figures differ:\n" + "\n".join(read.differ))
        say(f"{read.count} figures stand in two places or more, the same in each")


def _in_words(difference: Any) -> str:
    """What Alembic found, by its names: "add_column unit.note"."""
    while isinstance(difference, list):
        difference = difference[0]
    what, *about = difference
    names = [name for thing in about if isinstance(name := getattr(thing, "name", thing), str)]
    return f"{what} {'.'.join(names)}"
