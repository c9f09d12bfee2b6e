"""The second factor: codes of an authenticator app, each time step used once, and recovery codes, each used once."""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from typing import Any

import pyotp
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from models.access.scope import ALL, limited_to
from models.accounts.users import RecoveryCode, SignInState, User
from models.records.clock import now
from models.records.database import rows_changed

ISSUER = "Sổ Mặt trận"
STEP = 30
CODES = 10
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A secret to share with an authenticator app."""
    return pyotp.random_base32()


def address_of(user: User, secret: str) -> str:
    """What the authenticator app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def turn_on(session: Session, user: User, secret: str, code: str) -> list[str] | None:
    """Ask for codes of this secret from now on, if `code` is one; returns the recovery codes, None if it is not."""
    step = _step_of(secret, code)
    if step is None or not _use_step(session, user.id, step):
        return None
    user.totp_secret = secret
    return new_recovery_codes(session, user)


def turn_off(session: Session, user: User) -> None:
    """Ask for no more codes."""
    user.totp_secret = None
    with limited_to(ALL):
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def accept(session: Session, user: User, text: str) -> bool:
    """Whether this is a code of the app or a recovery code that was not used before; it is used now."""
    if re.fullmatch(r"\d{6}", code := re.sub(r"\s", "", text)):
        step = _step_of(user.totp_secret or "", code)
        return step is not None and _use_step(session, user.id, step)
    return _use_recovery_code(session, user.id, text)


def _step_of(secret: str, code: str) -> int | None:
    """The time step, about now, that this code belongs to. Clocks may differ by one step."""
    code = re.sub(r"\s", "", code)
    if not secret or not re.fullmatch(r"[0-9]{6}", code):
        return None
    present = int(now().timestamp()) // STEP
    makes = pyotp.TOTP(secret)
    steps = [s for s in (present, present - 1, present + 1) if hmac.compare_digest(makes.at(s * STEP), code)]
    return steps[0] if steps else None


def _use_step(session: Session, user_id: int, step: int) -> bool:
    """Use up this step and all before it; False if it was. The database decides who of two comes first."""
    fresh = or_(SignInState.last_step.is_(None), SignInState.last_step < step)
    return _changed(session, update(SignInState).where(SignInState.user_id == user_id, fresh).values(last_step=step))


# -- recovery codes


def new_recovery_codes(session: Session, user: User) -> list[str]:
    """Ten new codes, the old ones no longer valid. Only their hashes are kept."""
    codes = ["-".join("".join(secrets.choice(LETTERS) for _i in range(4)) for _j in range(4)) for _k in range(CODES)]
    with limited_to(ALL):
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        session.execute(insert(RecoveryCode), [{"user_id": user.id, "code_hash": _hash(code)} for code in codes])
    return codes


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes the user has not used yet."""
    query = select(func.count()).select_from(RecoveryCode)
    return session.scalar(query.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))) or 0


def _hash(code: str) -> str:
    # Eighty random bits need no slow hash.
    return sha256("".join(c for c in code.lower() if c in LETTERS).encode()).hexdigest()


def _use_recovery_code(session: Session, user_id: int, code: str) -> bool:
    unused = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(code), RecoveryCode.used_at.is_(None))
    return _changed(session, update(RecoveryCode).where(*unused).values(used_at=now()))


def _changed(session: Session, statement: Any) -> bool:
    with limited_to(ALL):
        return bool(rows_changed(session.execute(statement.execution_options(synchronize_session=False))))
