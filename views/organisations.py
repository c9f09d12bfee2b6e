"""Screens of committees, member organisations, departments and councils."""

from __future__ import annotations

from models.organisations import Committee, Council, Department, MemberOrganisation, OrganisationType
from views.core.access import OFFICE
from views.core.screen import RecordView
from views.core.sections import Section

CHILDREN = {
    "positions": ("person", "post", "term", "origin", "full_time", "starts_on", "ends_on", "place"),
    "member_counts": ("year", "members"),
}


class CommitteeView(RecordView):
    """Committees of the Front and the boards of residential areas."""

    record = Committee
    section = Section.ORGANISATIONS
    packs = ("directory",)
    column_list = ("name", "code", "level", "unit", "parent", "phone")
    column_filters = ("unit", "level", "type", "parent", "reports_every")
    column_default_sort = "code"
    tree_columns = ("level", "unit")
    inline_columns = CHILDREN


class MemberOrganisationView(RecordView):
    """Member organisations and their branches."""

    record = MemberOrganisation
    section = Section.ORGANISATIONS
    column_list = ("name", "code", "type", "level", "unit", "parent")
    column_filters = ("unit", "level", "type", "parent", "reports_every")
    column_default_sort = "code"
    tree_columns = ("level", "unit")
    inline_columns = CHILDREN


class DepartmentView(RecordView):
    """Departments and agencies."""

    record = Department
    section = Section.ORGANISATIONS
    column_list = ("name", "code", "unit", "parent", "phone")
    column_filters = ("unit", "parent")
    column_default_sort = "name"
    inline_columns = CHILDREN


class CouncilView(RecordView):
    """Councils."""

    record = Council
    section = Section.ORGANISATIONS
    column_list = ("name", "code", "type", "unit", "parent")
    column_filters = ("unit", "type")
    column_default_sort = "name"
    inline_columns = CHILDREN


class OrganisationTypeView(RecordView):
    """Kinds of organisations."""

    record = OrganisationType
    section = Section.SYSTEM
    access = OFFICE
    column_list = ("name", "code", "family")
    column_filters = ("family",)
