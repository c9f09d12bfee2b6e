"""The files of a record on its page, and the only way to their bytes."""

from __future__ import annotations

from typing import Any

from flask import abort, request, send_file
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from models.files.attachments import StoredFile, holds_files
from models.history.audit import AuditKind
from models.records.base import Record
from models.records.fields import Field
from views.core.fields.files import size_text, store
from views.core.fields.formatting import day_text
from views.core.pages.page import ScreenPage
from views.core.query import is_id
from views.core.recording import note_apart
from views.core.session import db

POLICY = "sandbox; default-src 'none'"
"""What a file may do in a browser that shows it against our word: nothing."""


class FilesPage(ScreenPage):
    """The table of a record's files, and the address from which they are saved."""

    @expose("/file/")
    def file_view(self) -> ResponseReturnValue:
        """The bytes of one file, to save, never to show: for whoever may see its record on this screen."""
        file = self._file(request.args.get("id", ""))
        if file is None:
            abort(404)
        path = store().path(file.stored)
        if not path.is_file():
            abort(404)
        note_apart(AuditKind.READ, file, file=file.download_name)
        answer = send_file(
            path,
            mimetype=file.kind.media_type,
            as_attachment=True,
            download_name=file.download_name,
            conditional=False,
            etag=False,
        )
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    def _file(self, id_: str) -> StoredFile | None:
        spec = next((spec for spec in self.screen.specs.values() if holds_files(spec)), None)
        if spec is None or not is_id(id_):
            return None
        cls: type[StoredFile] = spec.target
        owners = self.screen.query.all().with_only_columns(self.screen.record.id)
        query = select(cls).where(cls.id == int(id_), cls.owner_id.in_(owners))
        return db.session.scalars(query).one_or_none()

    def table(self, model: Record, spec: Field) -> dict[str, Any]:
        """The files of a record as a table of its page."""
        link = Markup('<a href="{}">{}</a>')
        fields = spec.target.fields()
        name, kind = fields["name"].label, fields["kind"].label
        return {
            "label": gettext(spec.label),
            "columns": [
                gettext(name),
                gettext(kind),
                gettext("Dung lượng"),
                gettext("Gửi lên lúc"),
            ],
            "rows": [
                [
                    link.format(self.screen.get_url(".file_view", id=file.id), file.name),
                    gettext(file.kind.label),
                    size_text(file.size),
                    day_text(file.created_at),
                ]
                for file in getattr(model, spec.name)
            ],
        }
