"""Users: names that are easy to type, the least role unless another is given."""

import pytest
from sqlalchemy.orm import Session

from models import User
from models.users import Language, Role
from tests.models.builders import build, refused, save


@pytest.mark.parametrize("username", ["an", "thach.sang", "p1_2-3", "0an", "a" * 40])
def test_a_user_name_is_short_and_plain(session: Session, username: str) -> None:
    assert save(session, User, username=username).username == username


@pytest.mark.parametrize("username", ["a", "An", "sáng", ".an", "thach sang", "an@x", "а́n"])
def test_another_user_name_is_refused(session: Session, username: str) -> None:
    session.add(build(User, username=username))
    assert set(refused(session)) == {"username"}


def test_a_new_user_may_look_and_nothing_more(session: Session) -> None:
    user = save(session, User)
    assert (user.role, user.language, user.active) == (Role.VIEWER, Language.VIETNAMESE, True)
    assert user.password_hash is None
    assert user.get_id() == str(user.id)


def test_roles_stand_in_the_order_of_what_they_may(session: Session) -> None:
    assert [role.rank for role in (Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR)] == [0, 1, 2, 3]


def test_who_may_not_sign_in_is_not_active(session: Session) -> None:
    assert save(session, User).is_active
    assert not save(session, User, active=False).is_active


def test_the_password_is_no_field() -> None:
    assert not {"password_hash", "signed_in_at"} & set(User.fields())
