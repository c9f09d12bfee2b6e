"""Saved exports: how a list was put together for a meeting, kept under a name to be made again with one press."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped

from models.accounts.users import Role, User
from models.organisations import Organisation
from models.records.base import Record
from models.records.fields import choice, code_field, key, long_text, reference, text
from models.records.words import _


class SavedExport(Record):
    """A list as someone wants it: which screen, and in `asked` its filters, columns, order, groups, title and paper.

    `asked` is the query of the address that makes the workbook.
    """

    label = _("Mẫu xuất")
    scoped_by = ("organisation",)
    open_above = True
    natural_key = ("owner", "name")
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    name: Mapped[str] = text(_("Tên mẫu"), 150, search=True)
    screen: Mapped[str] = code_field(_("Danh sách"), 60)
    """The endpoint of the screen."""
    asked: Mapped[str | None] = long_text(_("Cách lập"), search=False)
    shared_with: Mapped[Role | None] = choice(
        _("Dùng chung cho"), Role, help=_("Vai trò này trở lên cũng thấy. Để trống: chỉ mình bạn.")
    )
    owner_id: Mapped[int] = key("user.id")
    owner: Mapped[User] = reference(_("Người lập"), "SavedExport.owner_id")
    organisation_id: Mapped[int | None] = key("organisation.id")
    organisation: Mapped[Organisation | None] = reference(_("Tổ chức"), "SavedExport.organisation_id")


def usable_by(user: User) -> Select[Any]:
    """The saved exports that a user may press: their own, and those shared with their role."""
    shared = SavedExport.shared_with.in_([role for role in Role if role.rank <= user.role.rank])
    return select(SavedExport).where(or_(SavedExport.owner_id == user.id, shared)).order_by(SavedExport.title_key)
