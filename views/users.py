"""Screen of users."""

from __future__ import annotations

from models.users import User
from views.access import ADMINISTRATION
from views.record import RecordView
from views.sections import Section


class UserView(RecordView):
    """Who signs in, with which role."""

    record = User
    section = Section.SYSTEM
    access = ADMINISTRATION
    column_list = ("name", "username", "role", "organisation", "active")
    column_filters = ("role", "active", "organisation")
    form_columns = ("username", "name", "role", "organisation", "language", "active")
