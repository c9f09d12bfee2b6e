"""Signing in: passwords and codes are tried, and whoever guesses waits, longer each time.

Tries are counted in the database. One is counted before it is judged, and taken back when it was right: whoever tries
many at the same moment gains nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from models.access.scope import ALL, limited_to
from models.accounts.passwords import BusyError, hash_of, is_outdated, matches
from models.accounts.second_factor import accept
from models.accounts.users import SignInState, User
from models.records.clock import now
from models.records.database import rows_changed

FREE_TRIES = 5
FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(minutes=15)


def try_password(session: Session, user: User | None, text: str) -> bool:
    """Whether this is the password of a user who may sign in and need not wait; takes as long for nobody.

    Raises BusyError when too many ask at once.
    """
    with limited_to(ALL):
        id_ = user.id if user is not None and user.active and count_try(session, user.id) else None
        kept = user.password_hash if user is not None and id_ is not None else None
        # Nobody should wait for the database while a password is being hashed.
        session.rollback()
        try:
            right = matches(kept, text)
        except BusyError:
            if id_ is not None:
                take_back_try(session, id_)
                session.commit()
            raise
        if right and user is not None and kept:
            take_back_try(session, user.id)
            if is_outdated(kept):
                user.password_hash = hash_of(text)
            session.commit()
        return right


def try_code(session: Session, user: User, text: str) -> bool:
    """Whether this is an unused code of a user who need not wait; it is used now."""
    with limited_to(ALL):
        right = count_try(session, user.id) and accept(session, user, text)
        session.commit()
        return right


def note_success(session: Session, user_id: int) -> None:
    """The user is in: forget wrong tries, write down when."""
    unlock(session, user_id)
    _change(session, user_id, signed_in_at=now())


def count_try(session: Session, user_id: int) -> bool:
    """Count one try, and commit that; False if the user is locked and nothing may be tried."""
    open_now = or_(SignInState.locked_until.is_(None), SignInState.locked_until <= now())
    with limited_to(ALL):
        counted = _change(session, user_id, open_now, failures=SignInState.failures + 1)
        state = state_of(session, user_id)
        if counted and state.failures >= FREE_TRIES:
            _change(session, user_id, locked_until=now() + _lock_after(state.failures))
        session.commit()
    return counted


def _lock_after(failures: int) -> timedelta:
    doublings: int = min(failures - FREE_TRIES, 10)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def take_back_try(session: Session, user_id: int) -> None:
    """The last try was right, though not yet all that is asked."""
    _change(session, user_id, SignInState.failures > 0, failures=SignInState.failures - 1, locked_until=None)


def unlock(session: Session, user_id: int) -> None:
    """Forget all wrong tries."""
    _change(session, user_id, failures=0, locked_until=None)


def state_of(session: Session, user_id: int) -> SignInState:
    """What sign-in remembers of the user, as it stands in the database."""
    return session.get_one(SignInState, user_id, populate_existing=True)


def is_locked(state: SignInState) -> bool:
    """Whether the user has to wait."""
    return state.locked_until is not None and state.locked_until > now()


def _change(session: Session, user_id: int, *conditions: Any, **values: Any) -> bool:
    statement = update(SignInState).where(SignInState.user_id == user_id, *conditions).values(**values)
    with limited_to(ALL):
        done = session.execute(statement.execution_options(synchronize_session=False))
    return bool(rows_changed(done))
