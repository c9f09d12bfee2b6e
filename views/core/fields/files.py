"""The field of a form that holds a record's files."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from wtforms.fields import Field as FormField

from models.files.attachments import StoredFile, plain_name
from models.files.kinds import FileKind
from models.files.store import Store, problem_of
from models.records.fields import Field
from views.core.session import db


def store() -> Store:
    """The folder of the application's files."""
    found: Store = current_app.extensions["files"]
    return found


def size_text(size: int) -> str:
    """1234567 as "1,2 MB"."""
    if size < 1024 * 1024:
        return f"{-(-size // 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB".replace(".", ",")


class FilesField(FormField):
    """The files of a record: those there are, each with a tick to remove it, and new ones."""

    def __init__(self, *args: Any, spec: Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.present: list[StoredFile] = []
        self.removed: list[StoredFile] = []
        self.uploads: list[FileStorage] = []
        self.accept = ",".join(ending for kind in FileKind for ending in kind.endings)

    @property
    def removal_name(self) -> str:
        """What the ticks are called in the form."""
        return f"del-{self.name}"

    @property
    def upload_names(self) -> str:
        """The names of the new files."""
        return ", ".join(plain_name(upload.filename or "") for upload in self.uploads)

    @staticmethod
    def size_of(file: StoredFile) -> str:
        """How large a file is."""
        return size_text(file.size)

    def process(self, formdata: Any, data: Any = None, **kwargs: Any) -> None:
        self.process_errors: list[str] = []
        self.object_data = self.data = self.present = list(data or [])
        gone = set(formdata.getlist(self.removal_name)) if formdata else set()
        self.removed = [file for file in self.present if str(file.id) in gone]
        # What is no file, an empty choice or a text under this name, comes as something else.
        sent = formdata.getlist(self.name) if formdata else []
        self.uploads = [upload for upload in sent if isinstance(upload, FileStorage) and upload.filename]

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        problems = [problem_of(upload.stream, upload.filename or "") for upload in self.uploads]
        self.errors = [gettext(problem.message) % problem.values for problem in problems if problem is not None]
        return not self.errors

    def populate_obj(self, obj: Any, name: str) -> None:
        files = getattr(obj, name)
        for file in self.removed:
            if file in files:
                files.remove(file)
                db.session.delete(file)
        for upload in self.uploads:
            files.append(store().keep(db.session(), upload.stream, upload.filename or "", self.spec.target))
