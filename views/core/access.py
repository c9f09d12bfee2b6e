"""Access: which role a person needs for each thing that a screen can do."""

from __future__ import annotations

from dataclasses import dataclass

from flask_login import current_user

from models.accounts.users import Role

ACTIONS = ("view", "export", "create", "edit", "delete", "approve")


@dataclass(frozen=True)
class Access:
    """The least role for each action on a screen; None: nobody may."""

    view: Role | None = Role.VIEWER
    export: Role | None = Role.VIEWER
    create: Role | None = Role.EDITOR
    edit: Role | None = Role.EDITOR
    delete: Role | None = Role.EDITOR
    approve: Role | None = Role.APPROVER

    def may(self, action: str) -> bool:
        """Whether whoever is signed in may do `action` (one of ACTIONS)."""
        return bool(current_user.is_authenticated) and self.allows(current_user.role, action)

    def allows(self, role: Role, action: str) -> bool:
        """Whether someone of this role may do `action`."""
        needed: Role | None = getattr(self, action)
        return needed is not None and role.rank >= needed.rank


OFFICE = Access(create=Role.APPROVER, edit=Role.APPROVER, delete=Role.APPROVER)
"""Lists that everybody reads and the office keeps."""
ADMINISTRATION = Access(
    view=Role.ADMINISTRATOR,
    export=Role.ADMINISTRATOR,
    create=Role.ADMINISTRATOR,
    edit=Role.ADMINISTRATOR,
    delete=Role.ADMINISTRATOR,
    approve=Role.ADMINISTRATOR,
)
