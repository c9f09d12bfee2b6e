"""A restored book says so on every page, until an administrator confirms it."""

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from models import Role
from models.history.audit import AuditEntry
from tests.conftest import signed_in, token_of
from tests.databases import ON_SQLITE
from views.core.session import db

pytestmark = ON_SQLITE
SAID = {
    "file": "so-cua-hom-qua.zip",
    "made_at": "2026-11-26T17:30:00+00:00",
    "restored_at": "2026-11-27T01:00:00+00:00",
}
SENTENCE = "phục hồi từ bản sao lưu so-cua-hom-qua.zip, như lúc 27/11/2026 00:30"


def test_it_says_so_until_an_administrator_confirms(own_app: Flask) -> None:
    note = Path(own_app.instance_path) / "restored.json"
    note.write_text(json.dumps(SAID), encoding="utf-8")
    viewer, administrator = signed_in(own_app, Role.VIEWER), signed_in(own_app, Role.ADMINISTRATOR)
    page = viewer.get("/units/").text
    assert SENTENCE in page
    assert "Đã kiểm tra, dùng sổ này" not in page
    assert viewer.post("/restored/confirm", data={"csrf_token": token_of(page)}).status_code == 403
    assert note.exists()
    page = administrator.get("/units/").text
    assert "Đã kiểm tra, dùng sổ này" in page
    assert administrator.post("/restored/confirm", data={"csrf_token": token_of(page)}).status_code == 302
    assert not note.exists()
    assert SENTENCE not in viewer.get("/units/").text
    with own_app.app_context():
        told = db.session.scalars(select(AuditEntry.title).order_by(AuditEntry.id.desc()).limit(5)).all()
    assert "Xác nhận sổ phục hồi từ so-cua-hom-qua.zip" in told
