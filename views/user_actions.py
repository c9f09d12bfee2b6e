"""What an administrator does for one user who can't or mustn't sign in."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext

from models.accounts.passwords import one_time_password, set_password
from models.accounts.second_factor import turn_off
from models.accounts.sessions import end_sessions, living_sessions
from models.accounts.sign_in import state_of, unlock
from models.accounts.users import User
from models.history.audit import AuditKind
from models.history.recording import named_act, note
from models.records.words import _
from views.core.pages.action import Action
from views.core.session import db


class AccountAction(Action):
    """Something done to a user's account: it leaves an entry of its own in the history."""

    def change(self, record: User) -> None:
        """Do it."""
        raise NotImplementedError

    def do(self, record: User) -> None:
        """Do it, and write down that it was done: what signing in needs lies beside the record."""
        self.change(record)
        note(db.session(), AuditKind.ACCOUNT, record)


class ResetPassword(Action):
    """Give a one-time password, shown on the page that follows and nowhere else."""

    label = _("Đặt lại mật khẩu")

    def press(self) -> ResponseReturnValue:
        """Make it, and show it once."""
        user, password = self.chosen(), one_time_password()
        with named_act(db.session(), self.label):
            set_password(db.session(), user, password, must_change=True)
            unlock(db.session(), user.id)
            note(db.session(), AuditKind.ACCOUNT, user)
            db.session.commit()
        return self.screen.render(
            "admin/users/password.html",
            user=user,
            password=password,
            back_url=self.screen.get_url(".details_view", id=user.id),
            title=gettext("Mật khẩu dùng một lần"),
        )


class Unlock(AccountAction):
    """Let a user try again at once."""

    label = _("Mở khóa đăng nhập")

    def is_open_to(self, record: User) -> bool:
        """To whom typed a wrong password."""
        return bool(state_of(db.session(), record.id).failures)

    def change(self, record: User) -> None:
        """Forget the wrong tries."""
        unlock(db.session(), record.id)


class EndSessions(AccountAction):
    """Sign a user out everywhere."""

    label = _("Đăng xuất mọi nơi")

    def is_open_to(self, record: User) -> bool:
        """To whom is signed in."""
        return bool(living_sessions(db.session(), record.id))

    def change(self, record: User) -> None:
        """End all that are open."""
        end_sessions(db.session(), record.id)


class SecondFactorOff(AccountAction):
    """Ask a user who lost the phone and the recovery codes for no more codes."""

    label = _("Tắt xác thực hai bước")

    def is_open_to(self, record: User) -> bool:
        """To whom is asked for codes."""
        return bool(record.totp_secret)

    def change(self, record: User) -> None:
        """Turn it off; whoever is in is out."""
        turn_off(db.session(), record)
        end_sessions(db.session(), record.id)


class Disable(AccountAction):
    """Keep a user out. Whoever is in is out at once."""

    label = _("Ngừng cho đăng nhập")
    tone = "danger"

    def is_open_to(self, record: User) -> bool:
        """To whom may sign in."""
        return record.active

    def change(self, record: User) -> None:
        """Put them out."""
        record.active = False


class Enable(AccountAction):
    """Let a user in again."""

    label = _("Cho đăng nhập lại")

    def is_open_to(self, record: User) -> bool:
        """To whom may not sign in."""
        return not record.active

    def change(self, record: User) -> None:
        """Let them in."""
        record.active = True


ACTIONS = (ResetPassword, Unlock, EndSessions, SecondFactorOff, Disable, Enable)
