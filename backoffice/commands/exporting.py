"""Lists and packs as workbooks, without a browser."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from backoffice.commands.common import failure, say
from backoffice.commands.progress import with_progress
from models.access.masks import Reads, reads_personal
from views.core.pages.export import ExportPage
from views.packs import PACKS, write_pack, write_packs


@click.command()
@click.argument("screen")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--personal", is_flag=True, help="With telephone numbers and the like.")
@with_appcontext
def export(screen: str, file: Path, *, personal: bool) -> None:
    """Write the whole list of a SCREEN (units, events, …) to a workbook."""
    screens = {view.endpoint: view for view in current_app.extensions["screens"].values()}
    if screen not in screens:
        raise failure(f"There is no screen {screen}. There are: {', '.join(sorted(screens))}.")
    part = file.with_name(f"{file.name}.part")
    reads = reads_personal.set(Reads.ALL if personal else Reads.NONE)
    try:
        # A screen asks who looks at it, and in which language.
        with part.open("wb") as target, current_app.test_request_context():
            count = screens[screen].page(ExportPage).write_all(target)
        part.replace(file)
    except ValueError as error:
        raise failure(error) from error
    finally:
        reads_personal.reset(reads)
        part.unlink(missing_ok=True)
    say(f"{count} rows")


@click.command()
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
                count = with_progress(write_packs(target, name, asked, personal=personal))
            else:
                count = write_pack(target, name, asked, personal=personal)
        part.replace(file)
    except ValueError as error:
        raise failure(error) from error
    finally:
        part.unlink(missing_ok=True)
    say(f"{count} {'workbooks' if each_district else 'rows'}")
