"""Screens of people, their posts and terms."""

from __future__ import annotations

from models.people import Person, Position, Post, Term
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section


class PersonView(RecordView):
    """People."""

    record = Person
    path = "people"
    section = Section.ORGANISATIONS
    column_list = (
        "full_name",
        "gender",
        "birth_year",
        "ethnic_group",
        "party_member",
        "occupation",
        "workplace",
        "phone",
    )
    column_filters = ("gender", "party_member", "birth_year")


class PositionView(RecordView):
    """Who holds what post where."""

    record = Position
    section = Section.ORGANISATIONS
    column_list = ("person", "post", "organisation", "term", "origin", "full_time", "starts_on", "ends_on")
    column_filters = ("organisation", "person", "post", "term", "origin", "full_time")
    column_default_sort = "organisation"


class PostView(RecordView):
    """Posts."""

    record = Post
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("name", "code", "place")
    column_default_sort = "place"


class TermView(RecordView):
    """Terms of office."""

    record = Term
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("name", "code", "level", "starts_in", "ends_in")
    column_filters = ("level",)
    column_default_sort = ("starts_in", True)
