"""What people see of backups: on every page, whose copy of when a restored book is, until an administrator confirms."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, redirect, url_for
from flask_login import current_user

from backoffice.backup.restore import confirm, note_of
from models.accounts.users import Role
from models.history.audit import AuditKind
from models.history.recording import note
from views.core.fields.formatting import day_text
from views.core.session import db


def init_app(app: Flask) -> None:
    """Add the note and the button below it."""
    app.context_processor(_context)
    app.add_url_rule("/restored/confirm", "confirm_restored", confirm_restored, methods=["POST"])


def _context() -> dict[str, Any]:
    said = note_of(Path(current_app.instance_path)) if current_user.is_authenticated else None
    if said is None:
        return {"restored": None}
    return {
        "restored": {
            "file": said["file"],
            "made_at": day_text(datetime.fromisoformat(said["made_at"])),
            "may_confirm": current_user.role is Role.ADMINISTRATOR,
        }
    }


def confirm_restored() -> Any:
    """Work with the restored book from now on; the history says who decided that."""
    if current_user.role is not Role.ADMINISTRATOR:
        abort(403)
    folder = Path(current_app.instance_path)
    if (said := note_of(folder)) is not None:
        title = f"Xác nhận sổ phục hồi từ {said['file']}"
        note(db.session(), AuditKind.ACCOUNT, title=title, made_at=said["made_at"])
        db.session.commit()
        confirm(folder)
    return redirect(url_for("dashboard.index"))
