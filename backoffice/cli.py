"""The command line: which commands there are, and where each is. It loads only the one that is asked for."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import NoReturn

import click
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from backoffice.commands.common import FIRST, Failure, application, failure
from models.history.audit import Actor, actor

COMMANDS = {
    "serve": "backoffice.commands.serving:serve",
    "seed": "backoffice.commands.data:seed",
    "backup": "backoffice.commands.data:backup",
    "restore": "backoffice.commands.data:restore",
    "files": "backoffice.commands.data:files",
    "user": "backoffice.commands.users:user",
    "export": "backoffice.commands.exporting:export",
    "pack": "backoffice.commands.exporting:pack",
    "check": "backoffice.commands.checking:check",
    "db": "flask_migrate.cli:db",
    "routes": "flask.cli:routes_command",
    "shell": "flask.cli:shell_command",
}
LIGHT = {"user"}
"""Commands that need the book, but no application."""


class Commands(click.Group):
    """The commands by name, each loaded when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Their names, in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name; None if there is none."""
        if name not in COMMANDS:
            return None
        if name not in LIGHT:
            gc.enable()
        if name not in LIGHT and context.obj is None:
            from flask.cli import ScriptInfo  # noqa: PLC0415  with the commands that need it

            context.obj = ScriptInfo(create_app=application)
        module, _colon, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=Commands)
@click.pass_context
def cli(context: click.Context) -> None:
    """Sổ Mặt trận: the book of record."""
    token = actor.set(Actor(f"lệnh {context.invoked_subcommand}"))
    context.call_on_close(lambda: actor.reset(token))


def main() -> None:
    """The console script: whatever people can mend is one sentence and exit code 2."""
    # Whatever is loaded stays: a collector that goes through it again and again is a fifth of a short command's time.
    gc.disable()
    try:
        cli(prog_name="backoffice")
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).partition("\n")[0]
        bare = "no such table" in reason or ("relation" in reason and "does not exist" in reason)
        _leave(f"The database says: {reason}.{FIRST if bare else ''}")
    except (ArgumentError, OSError) as error:
        _leave(str(error))


def _leave(text: str) -> NoReturn:
    failure(text).show()
    sys.exit(Failure.exit_code)
