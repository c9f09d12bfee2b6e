"""Who may sign in, as an administrator at the machine itself arranges it."""

from __future__ import annotations

import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.commands.common import failure, say, with_book
from models import Organisation, Refused, User
from models.accounts.passwords import one_time_password, set_password
from models.accounts.second_factor import turn_off
from models.accounts.sessions import end_sessions
from models.accounts.sign_in import unlock
from models.accounts.users import Role
from models.history.audit import Actor, AuditKind, actor
from models.history.recording import note


@click.group()
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
@with_book
def add_user(
    session: Session, username: str, role: str, organisation: str | None, name: str | None, password_stdin: bool
) -> None:
    """Add a user. Without a password given, a one-time password is printed."""
    person = User(username=username, name=name or username, role=Role.read(role))
    if organisation:
        person.organisation = session.scalars(select(Organisation).where(Organisation.code == organisation)).first()
        if person.organisation is None:
            raise failure(f"No organisation has the code {organisation}.")
    _give_password(session, person, password_stdin)


@user.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_book
def reset_password(session: Session, username: str, password_stdin: bool) -> None:
    """Give a user a new password."""
    person = _user(session, username)
    unlock(session, person.id)
    _give_password(session, person, password_stdin)


@user.command("unlock")
@click.argument("username")
@with_book
def unlock_user(session: Session, username: str) -> None:
    """Let a user who typed too many wrong passwords try again at once."""
    person = _user(session, username)
    unlock(session, person.id)
    _noted(session, person)


@user.command("end-sessions")
@click.argument("username")
@with_book
def end_user_sessions(session: Session, username: str) -> None:
    """Sign a user out everywhere."""
    person = _user(session, username)
    end_sessions(session, person.id)
    _noted(session, person)


@user.command("second-factor-off")
@click.argument("username")
@with_book
def second_factor_off(session: Session, username: str) -> None:
    """Ask a user who lost phone and recovery codes for no more codes."""
    person = _user(session, username)
    turn_off(session, person)
    end_sessions(session, person.id)
    _noted(session, person)


def _user(session: Session, username: str) -> User:
    person = session.scalars(select(User).where(User.username == username)).first()
    if person is None:
        raise failure(f"There is no user {username}.")
    return person


def _noted(session: Session, person: User) -> None:
    note(session, AuditKind.ACCOUNT, person)
    session.commit()
    say(person.username)


def _give_password(session: Session, person: User, from_stdin: bool) -> None:
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else one_time_password()
    try:
        session.add(person)
        session.flush()
        set_password(session, person, password, must_change=not from_stdin)
        session.commit()
    except Refused as error:
        session.rollback()
        raise failure(error) from error
    say(person.username if from_stdin else f"{person.username}  {password}")


@user.command("list")
@with_book
def list_users(session: Session) -> None:
    """Everyone who may sign in."""
    for person in session.scalars(select(User).order_by(User.username)):
        state = "" if person.active else "disabled"
        say(f"{person.username}\t{person.role.value}\t{person.organisation or ''}\t{state}")
