"""The form: what was typed goes into a record, or comes back with a sentence at each field; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from models.access.masks import open_personal
from models.history.audit import AuditKind
from models.history.recording import note
from models.records import errors
from models.records.base import Record
from models.records.errors import Refused
from models.workflow.openings import REASON_LENGTH
from views.core.fields.children import ChildrenField, fill
from views.core.fields.formatting import sentence
from views.core.fields.forms import show_problems
from views.core.once import asked_again, take
from views.core.pages import seals
from views.core.pages.detail import DetailPage
from views.core.pages.merge import last_seen, merge
from views.core.pages.page import ScreenPage
from views.core.query import is_id
from views.core.recording import note_apart
from views.core.session import db

NOT_WRITTEN = ("SealedField", "HiddenField", "CSRFTokenField")
"""The fields of a form in which nobody writes."""


class FormPage(ScreenPage):
    """The form of a record, new or there; Flask-Admin answers at "/new/" and "/edit/"."""

    templates = ("admin/model/create.html", "admin/model/edit.html")

    def begin(self, form: Any) -> None:
        """Write into the form of a new record what can be known before anybody typed."""

    def opened(self, record: Record) -> Any:
        """The record as a form is filled from it: with its personal data, or, if they are masked, as one without."""
        personal = self.personal()
        return record if not personal or open_personal(db.session(), record) else _Masked(record, personal)

    def personal(self) -> list[str]:
        """The fields of the form that show personal data, tables of parts that do among them."""
        return [name for name in self.screen.form_names if self._shows_personal(name)]

    def _shows_personal(self, name: str) -> bool:
        spec = self.screen.specs[name]
        return spec.personal or any(spec.target.fields()[n].personal for n in self.screen.child_columns.get(name, ()))

    def mask(self, form: Any, record: Record) -> None:
        """Take out what this reader is shown only as a mask: it stays as it is. What they do read is written down."""
        personal = self.personal()
        if not personal:
            return
        if not open_personal(db.session(), record):
            for name in personal:
                del form[name]
        elif request.method == "GET":
            note_apart(AuditKind.READ, record)

    def hold(self, form: Any, record: Record) -> None:
        """Show as text what is sealed, or another's to write."""
        seals.hold(form, record, self.screen.page(DetailPage).child_table)

    def context(self, given: dict[str, Any]) -> dict[str, Any]:
        """The head of the form, and by which version what is typed will be judged."""
        form, model = given["form"], given.get("model")
        label = gettext(self.screen.record.label)
        kept = request.method == "POST" and not getattr(form, "merged", False)
        stamp: Any = (request.form.get("version"), request.form.get("seen")) if kept else None
        if model is not None and stamp is None:
            stamp = (model.version, last_seen())
        return {
            "confirmations": getattr(form, "confirmations", []),
            "stamp": stamp if model is not None else None,
            "action": given.get("action"),
            "model": model,
            "title": f"{label}: {model}" if model is not None else gettext("Thêm: %(what)s", what=label),
            "warn_sample": bool(model is not None and model.sample),
            "stage": model.workflow.of(model) if model is not None and model.workflow else None,
            "sealed_because": getattr(form, "sealed_because", ""),
            "opening": seals.is_opening(model),
            "reason": {"name": seals.REASON, "value": request.form.get(seals.REASON, ""), "length": REASON_LENGTH},
            "writes": any(field.type not in NOT_WRITTEN for field in form),
            "instead": list(self.screen.instead_of_editing(model)) if model is not None else [],
        }

    def deleted_meanwhile(self) -> ResponseReturnValue | None:
        """What was typed for a record that someone deleted meanwhile: it can still be saved as a new one."""
        screen = self.screen
        if request.method != "POST" or not screen.can_create or screen.get_one(request.args.get("id")) is not None:
            return None
        flash(gettext("Bản ghi này vừa bị xóa. Những gì bạn nhập còn đây: lưu sẽ thêm thành bản ghi mới."), "warn")
        form, url = screen.create_form(), screen.get_url(".create_view")
        return screen.render(screen.create_template, form=form, action=url, return_url=self.way_back())

    # -- writing

    def create(self, form: Any) -> Record | None:
        """The new record, if it could be saved."""
        record = self.screen.record()
        return record if self._write(form, record, adding=True) else None

    def update(self, form: Any, record: Record) -> bool:
        """Whether the record could be saved: not if someone else did so since the form was opened."""
        posted = request.form.get("version", "")
        if is_id(posted) and int(posted) != record.version:
            return self._tell_of_others(form, record)
        return self._write(form, record, adding=False)

    def _tell_of_others(self, form: Any, record: Record) -> bool:
        if self.personal() and open_personal(db.session(), record):
            # What was sent holds the lock that writing needs, so not apart.
            note(db.session(), AuditKind.READ, record)
            db.session.commit()
            open_personal(db.session(), record)
        seen = request.form.get("seen", "")
        flash(merge(form, record, int(seen) if is_id(seen) else 0), "warn")
        form.merged = True
        return False

    def _write(self, form: Any, record: Record, *, adding: bool) -> bool:
        record.confirmed.update(request.form.getlist("confirm"))
        # A record's version, which the form of one has, asks better.
        if adding and asked_again():
            return False
        try:
            with nullcontext() if adding else seals.writing(record), db.session.no_autoflush:
                fill(record, form)
            if adding:
                db.session.add(record)
            db.session.flush()
            if not take(record):
                return False
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            _show(form, refused, record)
            return False
        except StaleDataError:
            # Someone saved between our reading and our writing.
            db.session.rollback()
            if adding:
                flash(gettext(errors.CONSTRAINT), "error")
                return False
            return self._tell_of_others(form, record)
        except IntegrityError:
            db.session.rollback()
            flash(gettext(errors.CONSTRAINT), "error")
            return False
        return True


class _Masked:
    """A record without these attributes."""

    def __init__(self, record: Record, hidden: Collection[str]) -> None:
        self._record, self._hidden = record, hidden

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden:
            raise AttributeError(name)
        return getattr(self._record, name)


def _show(form: Any, refused: Refused, record: Record) -> None:
    """Hang the problems on the fields they concern, on the rows of what belongs to the record as well."""
    own = refused.record is None or refused.record is record
    form.confirmations = [(p.confirm, sentence(p)) for p in refused.problems if p.confirm]
    for text in show_problems(form, refused.problems) if own else _show_on_children(form, refused):
        flash(text, "error")


def _show_on_children(form: Any, refused: Refused) -> list[str]:
    for field in form:
        if isinstance(field, ChildrenField):
            for entry in field.entries:
                if entry.child is refused.record:
                    field.errors = [gettext("Có dòng chưa đúng.")]
                    return show_problems(entry.form, refused.problems)
    return [f"{refused.record}: {sentence(p)}" for p in refused.problems]
