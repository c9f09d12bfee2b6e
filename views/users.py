"""Screen of users: who they are, and what an administrator does when someone can't or mustn't sign in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload

from models.accounts.passwords import one_time_password, set_password
from models.accounts.second_factor import turn_off
from models.accounts.sessions import end_sessions, living_sessions
from models.accounts.sign_in import is_locked, state_of, unlock
from models.accounts.users import User
from models.history.audit import AuditKind
from models.history.recording import named_act, note
from models.records.clock import now
from models.records.words import _
from views.core.access import ADMINISTRATION
from views.core.fields.formatting import day_text
from views.core.pages.export import download
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db
from views.core.writing import kept
from views.rights import LABELS, Right, listing, rights

RESET = _("Đặt lại mật khẩu")
UNLOCK = _("Mở khóa đăng nhập")
END_SESSIONS = _("Đăng xuất mọi nơi")
NO_SECOND_FACTOR = _("Tắt xác thực hai bước")
DISABLE, ENABLE = _("Ngừng cho đăng nhập"), _("Cho đăng nhập lại")


class UserView(RecordView):
    """Who signs in, with which role."""

    record = User
    section = Section.SYSTEM
    access = ADMINISTRATION
    column_list = ("name", "username", "role", "organisation", "active")
    column_filters = ("role", "active", "organisation")
    form_columns = ("username", "name", "role", "organisation", "language", "active")
    list_template = "admin/users/list.html"
    details_template = "admin/users/details.html"

    def _list_context(self, given: dict[str, Any]) -> dict[str, Any]:
        return super()._list_context(given) | {"rights_url": self.get_url(".rights_view")}

    def _details_context(self, model: Any) -> dict[str, Any]:
        state = state_of(db.session(), model.id)
        return super()._details_context(model) | {
            "sign_in": {
                "last": day_text(state.signed_in_at) if state.signed_in_at else None,
                "locked": day_text(state.locked_until) if state.locked_until and is_locked(state) else None,
                "failures": state.failures,
                "sessions": len(living_sessions(db.session(), model.id)),
            },
            "disable_label": gettext(DISABLE),
            "enable_label": gettext(ENABLE),
        }

    # -- what an administrator does for one user

    @expose("/reset-password/", methods=("POST",))
    def reset_password(self) -> Any:
        """Give a one-time password, shown on this page and nowhere else."""
        user, password = self._chosen(), one_time_password()
        with named_act(db.session(), RESET):
            set_password(db.session(), user, password, must_change=True)
            unlock(db.session(), user.id)
            note(db.session(), AuditKind.ACCOUNT, user)
            db.session.commit()
        return self.render(
            "admin/users/password.html",
            user=user,
            password=password,
            back_url=self.get_url(".details_view", id=user.id),
            title=gettext("Mật khẩu dùng một lần"),
        )

    @expose("/unlock/", methods=("POST",))
    def unlock(self) -> Any:
        """Let a user try again at once."""
        user = self._chosen()
        with named_act(db.session(), UNLOCK):
            unlock(db.session(), user.id)
            return self._done(user)

    @expose("/end-sessions/", methods=("POST",))
    def end_sessions(self) -> Any:
        """Sign a user out everywhere."""
        user = self._chosen()
        with named_act(db.session(), END_SESSIONS):
            end_sessions(db.session(), user.id)
            return self._done(user)

    @expose("/second-factor-off/", methods=("POST",))
    def second_factor_off(self) -> Any:
        """Ask a user who lost the phone and the recovery codes for no more codes."""
        user = self._chosen()
        with named_act(db.session(), NO_SECOND_FACTOR):
            turn_off(db.session(), user)
            end_sessions(db.session(), user.id)
            return self._done(user)

    @expose("/disable/", methods=("POST",))
    def disable(self) -> Any:
        """Keep a user out. Whoever is in is out at once."""
        return self._let_in(DISABLE, active=False)

    @expose("/enable/", methods=("POST",))
    def enable(self) -> Any:
        """Let a user in again."""
        return self._let_in(ENABLE, active=True)

    def _let_in(self, what: str, *, active: bool) -> Any:
        user = self._chosen()
        with named_act(db.session(), what):
            user.active = active
            return self._done(user)

    def _chosen(self) -> User:
        user = self.get_one(request.form.get("id", "")) if self.can_edit else None
        return user if isinstance(user, User) else abort(404)

    def _done(self, user: User) -> Any:
        """Write down what was done, keep it, and show the user's page again."""
        url = self.get_url(".details_view", id=user.id)
        if kept(lambda: note(db.session(), AuditKind.ACCOUNT, user)):
            done = db.session.info["act_name"]
            flash(gettext("Đã làm: %(what)s.", what=gettext(done)), "success")
        return redirect(url)

    # -- who has which right

    @expose("/rights/")
    def rights_view(self) -> Any:
        """Users, screens and actions as one table."""
        users = self._active_users()
        chosen = request.args.get("user", "")
        shown = [user for user in users if not chosen or user.username == chosen]
        return self.render(
            "admin/users/rights.html",
            users=users,
            chosen=chosen,
            actions=[gettext(label) for label in LABELS.values()],
            rights=self._rights(shown),
            list_url=self.get_url(".index_view"),
            rights_url=self.get_url(".rights_view"),
            export_url=self.get_url(".rights_export"),
            title=gettext("Ai có quyền gì"),
        )

    @expose("/rights/export/")
    def rights_export(self) -> Any:
        """The same table as a workbook."""
        whom = gettext("Người đang được đăng nhập")
        about = f"{whom} · {current_user.name} · {day_text(now())}"
        return download(listing(self._rights(self._active_users()), about), gettext("Ai có quyền gì"))

    def _active_users(self) -> list[User]:
        query = self.get_query().where(User.active).options(joinedload(User.organisation))
        return list(db.session.scalars(query.order_by(User.title_key)))

    def _rights(self, users: Iterable[User]) -> list[Right]:
        return list(rights(users, self.screens.values()))
