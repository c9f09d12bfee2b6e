"""Users: names that are easy to type, where they belong, who must remain, and what goes with them."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Organisation, Refused, Unit, User
from models.accounts.sessions import begin_session, find_session
from models.accounts.users import HOMELESS, LAST_ADMINISTRATOR, Language, RecoveryCode, Role, SignInState, UserSession
from models.history.audit import SECRET, AuditEntry
from models.organisations import Committee
from tests.models.builders import build, refused, save

pytestmark = pytest.mark.database


@pytest.fixture
def office(session: Session) -> Organisation:
    province = Unit(code="94", name="Tỉnh Sóc Trăng", type="province", valid_from=date(2023, 1, 1))
    committee = Committee(code="MTTQ-94", name="Ủy ban MTTQ tỉnh", unit=province)
    session.add_all([province, committee])
    session.flush()
    return committee


def add(session: Session, role: Role | None = Role.ADMINISTRATOR, home: Organisation | None = None) -> User:
    number = session.scalar(select(func.count()).select_from(User))
    user = User(username=f"u{number}", name="Lê Văn Út", organisation=home, **({"role": role} if role else {}))
    session.add(user)
    session.flush()
    return user


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.EDITOR, Role.APPROVER])
def test_whoever_is_no_administrator_belongs_somewhere(
    session: Session, office: Organisation, role: Role | None
) -> None:
    assert add(session, role, office).organisation is office
    with pytest.raises(Refused) as refused:
        add(session, role)
    assert [(p.message, p.field) for p in refused.value.problems] == [(HOMELESS, "organisation")]


def test_an_administrator_may_belong_nowhere_and_then_stays_one(session: Session) -> None:
    add(session)
    user = add(session)
    user.role = Role.EDITOR
    with pytest.raises(Refused, match="phải thuộc"):
        session.flush()


@pytest.mark.parametrize("change", [{"active": False}, {"role": Role.VIEWER}])
def test_the_last_administrator_remains(session: Session, office: Organisation, change: dict[str, object]) -> None:
    first, second = add(session, home=office), add(session, home=office)
    for user, ok in ((first, True), (second, False)):
        for name, value in change.items():
            setattr(user, name, value)
        if ok:
            session.flush()
        else:
            with pytest.raises(Refused) as refused:
                session.flush()
            assert refused.value.problems[0].message == LAST_ADMINISTRATOR


def test_the_last_administrator_is_not_deleted(session: Session, office: Organisation) -> None:
    user = add(session)
    add(session, Role.VIEWER, office)
    session.delete(user)
    with pytest.raises(Refused):
        session.flush()


def test_what_sign_in_remembers_comes_and_goes_with_the_user(session: Session) -> None:
    add(session)
    user = add(session)
    begin_session(session, user, "127.0.0.1", "")
    session.add(RecoveryCode(user_id=user.id, code_hash="x"))
    session.commit()
    assert session.get_one(SignInState, user.id).failures == 0
    session.delete(user)
    session.commit()
    for table in (SignInState, UserSession, RecoveryCode):
        assert not session.scalars(select(table).where(table.user_id == user.id)).all()


@pytest.mark.parametrize(
    ("change", "ends"),
    [({"role": Role.EDITOR}, True), ({"active": False}, True), ({"name": "Lê Út"}, False), ({"active": True}, False)],
)
def test_another_role_ends_the_sessions(
    session: Session, office: Organisation, change: dict[str, object], ends: bool
) -> None:
    user = add(session, Role.VIEWER, office)
    _row, token = begin_session(session, user, "127.0.0.1", "")
    for name, value in change.items():
        setattr(user, name, value)
    session.commit()
    assert (find_session(session, token) is None) is ends


def test_the_history_has_marks_for_secrets(session: Session) -> None:
    user = add(session)
    user.password_hash = "$argon2id$…"
    user.totp_secret = "JBSWY3DPEHPK3PXP"
    session.flush()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.noun == "User").order_by(AuditEntry.id.desc())).first()
    assert entry
    assert entry.changes == {"password_hash": [SECRET, SECRET], "totp_secret": [SECRET, SECRET]}


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
