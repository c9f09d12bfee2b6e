"""Who has which right: every active user on every screen, as one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext

from exports.listing import Listing
from exports.workbook import ListColumn
from models.accounts.users import Role, User
from models.records.fields import Kind
from models.records.words import _
from views.core.access import ACTIONS
from views.core.screen import RecordView

LABELS = {
    "view": _("Xem"),
    "export": _("Xuất Excel"),
    "create": _("Thêm"),
    "edit": _("Sửa"),
    "delete": _("Xóa"),
    "approve": _("Duyệt"),
}
EVERYWHERE = _("Toàn tỉnh")


@dataclass(frozen=True)
class Right:
    """What one user may do on one screen."""

    user: User
    screen: RecordView
    actions: tuple[bool, ...]

    @property
    def whose(self) -> str:
        """Whose rows that concerns."""
        return gettext(EVERYWHERE) if self.user.role is Role.ADMINISTRATOR else str(self.user.organisation or "–")


def rights(users: Iterable[User], screens: Iterable[RecordView]) -> Iterator[Right]:
    """Every user on every screen, as the screens' own declarations say."""
    screens = list(screens)
    for user in users:
        for screen in screens:
            allowed = tuple(screen.access.allows(user.role, action) for action in ACTIONS)
            yield Right(user, screen, allowed)


def listing(found: Iterable[Right], about: str) -> Listing:
    """The table as a workbook's list."""
    heads = (_("Họ và tên"), _("Tên đăng nhập"), _("Vai trò"), _("Phạm vi"), _("Nhóm màn hình"), _("Màn hình"))
    texts = [ListColumn(gettext(head), Kind.TEXT) for head in heads]
    return Listing(
        title=gettext("Ai có quyền gì"),
        about=about,
        columns=[*texts, *(ListColumn(gettext(label), Kind.YES_NO) for label in LABELS.values())],
        rows=(
            [
                right.user.name,
                right.user.username,
                gettext(right.user.role.label),
                right.whose,
                gettext(right.screen.section.label),
                gettext(right.screen.record.label),
                *right.actions,
            ]
            for right in found
        ),
    )
