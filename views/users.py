"""Screen of users: who they are, and what an administrator does when someone can't or mustn't sign in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy.orm import joinedload

from models.accounts.sessions import living_sessions
from models.accounts.sign_in import is_locked, state_of
from models.accounts.users import User
from models.records.clock import now
from models.records.words import _
from views.core.access import ADMINISTRATION
from views.core.downloads import download
from views.core.fields.formatting import day_text
from views.core.pages.detail import DetailPage
from views.core.pages.page import ScreenPage
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db
from views.rights import LABELS, Right, listing, rights
from views.user_actions import ACTIONS


class UserDetail(DetailPage):
    """A user's page: how they sign in as well."""

    templates = ("admin/users/details.html",)

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        """When they signed in last, where they are in, how often they typed a wrong password."""
        model = given["model"]
        state = state_of(db.session(), model.id)
        return super().context(given) | {
            "sign_in": {
                "last": day_text(state.signed_in_at) if state.signed_in_at else None,
                "locked": day_text(state.locked_until) if state.locked_until and is_locked(state) else None,
                "failures": state.failures,
                "sessions": len(living_sessions(db.session(), model.id)),
            },
        }


class RightsPage(ScreenPage):
    """Who has which right."""

    button = _("Ai có quyền gì")

    @expose("/rights/")
    def rights_view(self) -> ResponseReturnValue:
        """Users, screens and actions as one table."""
        users = self._active_users()
        chosen = request.args.get("user", "")
        shown = [user for user in users if not chosen or user.username == chosen]
        return self.screen.render(
            "admin/users/rights.html",
            users=users,
            chosen=chosen,
            actions=[gettext(label) for label in LABELS.values()],
            rights=self._rights(shown),
            list_url=self.screen.get_url(".index_view"),
            rights_url=self.url(),
            export_url=self.screen.get_url(".rights_export"),
            title=gettext("Ai có quyền gì"),
        )

    @expose("/rights/export/")
    def rights_export(self) -> ResponseReturnValue:
        """The same table as a workbook."""
        whom = gettext("Người đang được đăng nhập")
        about = f"{whom} · {current_user.name} · {day_text(now())}"
        return download(listing(self._rights(self._active_users()), about), gettext("Ai có quyền gì"))

    def _active_users(self) -> list[User]:
        query = self.screen.query.all().where(User.active).options(joinedload(User.organisation))
        return list(db.session.scalars(query.order_by(User.title_key)))

    def _rights(self, users: Iterable[User]) -> list[Right]:
        return list(rights(users, self.screen.screens.values()))


class UserView(RecordView):
    """Who signs in, with which role."""

    record = User
    section = Section.SYSTEM
    access = ADMINISTRATION
    column_list = ("name", "username", "role", "organisation", "active")
    column_filters = ("role", "active", "organisation")
    form_columns = ("username", "name", "role", "organisation", "language", "active")
    own_pages = (UserDetail, *ACTIONS, RightsPage)
