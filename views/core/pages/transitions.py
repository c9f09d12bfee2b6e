"""Moves: the buttons that take records from stage to stage, the page that takes many, and the steps made so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext

from imports.cells import read_cell
from models.records.base import Record
from models.records.choices import Choice
from models.records.clock import today
from models.records.errors import Refused
from models.records.fields import Field, Kind
from models.workflow.declaration import Offer, Transition, Workflow
from models.workflow.steps import steps_of
from views.core.fields.formatting import day_text
from views.core.fields.forms import sentence
from views.core.session import db
from views.core.writing import kept_as

SHOWN = 100
"""How many entries of a record's history are looked through for its steps, the newest."""
NOTE_LENGTH = 500


class Moves:
    """What a screen adds for the stages of its records."""

    if TYPE_CHECKING:
        record: ClassVar[type[Record]]

        def __getattr__(self, name: str) -> Any:
            """What the screen has that this is a part of."""

    @property
    def stage_names(self) -> set[str]:
        """The fields that moves alone set: on forms they are read, not written."""
        workflow = self.record.workflow
        return {workflow.field, workflow.note, *(m.sets for m in workflow.transitions if m.sets)} if workflow else set()

    def stage_mistakes(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the stages of the record, or with how the screen shows them."""
        workflow = self.record.workflow
        if workflow is None:
            return
        yield from (("record", f"{self.record.__name__}.workflow: {said}") for said in workflow.mistakes(self.record))
        if workflow.field not in self.column_filters:
            yield "column_filters", f"lacks {workflow.field!r}, by which people look for what waits"
        yield from (("form_columns", f"{n!r} is set by moves only") for n in self.form_columns if n in self.stage_names)

    @expose("/move/", methods=("GET", "POST"))
    def move_view(self) -> Any:
        """Choose where the chosen records go, with a note and a day; then take all of them there, or none."""
        workflow = self.record.workflow
        if workflow is None:
            abort(404)
        if not self.can_edit:
            abort(403)
        records = self.get_many(request.values.getlist("id"))
        if not records:
            flash(gettext("Hãy chọn ít nhất một dòng."), "error")
            return redirect(self.get_url(".index_view"))
        if request.method == "POST" and self._move(workflow, records):
            one = records[0].id if len(records) == 1 else None
            return redirect(self.get_url(".details_view", id=one) if one else self.get_url(".index_view"))
        here = {workflow.of(record) for record in records}
        ends = dict.fromkeys(move.end for move in workflow.transitions if move.start in here)
        what = str(records[0]) if len(records) == 1 else gettext(self.record.label)
        return self.render(
            "admin/model/move.html",
            ends=list(ends),
            chosen=request.values.get("to", ""),
            note=request.form.get("note", ""),
            day=request.form.get("day", "") or day_text(today()),
            records=[(str(record), workflow.of(record)) for record in records],
            ids=[record.id for record in records],
            return_url=self.get_url(".index_view"),
            title=gettext("Chuyển giai đoạn %(count)s bản ghi: %(what)s", count=len(records), what=what),
        )

    def _move(self, workflow: Workflow, records: list[Record]) -> bool:
        end = type(workflow.transitions[0].end).read(request.form.get("to", ""))
        note = request.form.get("note", "").strip()
        day = _read_day(request.form.get("day", ""))
        if end is None or day is None or len(note) > NOTE_LENGTH:
            flash(
                gettext("Hãy chọn giai đoạn, ghi ngày dạng dd/mm/yyyy và lý do không quá %(n)s ký tự.", n=NOTE_LENGTH),
                "error",
            )
            return False
        return self.take(records, end, note or None, day)

    def take(self, records: list[Record], end: Choice, note: str | None, day: date) -> bool:
        """Take the records to this stage, as one action, or none of them and say why."""
        workflow = self.record.workflow
        if workflow is None:
            return False

        def change() -> None:
            for record in records:
                workflow.transition_to(record, end, note, day)

        where = {"old": gettext(workflow.of(records[0]).label), "new": gettext(end.label), "count": len(records)}
        name = gettext("Chuyển từ “%(old)s” sang “%(new)s”", **where)
        if len(records) > 1:
            name = gettext("Chuyển %(count)s bản ghi sang “%(new)s”", **where)
        if not kept_as(name, change):
            return False
        flash(gettext("Đã chuyển %(count)s bản ghi sang “%(new)s”.", **where), "success")
        return True

    def stage_card(self, model: Record) -> dict[str, Any] | None:
        """What a record's page shows of its stages: where it stands, where it can go, what stands in the way."""
        workflow = model.workflow
        if workflow is None:
            return None
        here = workflow.of(model)
        offers = workflow.offers(model) if self.can_edit else []
        return {
            "label": gettext(model.fields()[workflow.field].label),
            "here": here,
            "move_url": self.get_url(".move_view"),
            "open": [offer.transition for offer in offers if not offer.problems],
            "closed": [(offer.transition, _reasons(offer)) for offer in offers if offer.problems],
            "sets": _dated([offer.transition for offer in offers if not offer.problems], model),
            "today": day_text(today()),
            "note": getattr(model, workflow.note),
            "steps": [(step, day_text(step.at)) for step in steps_of(db.session(), model, SHOWN)],
        }


def _reasons(offer: Offer) -> list[str]:
    return [sentence(problem) for problem in offer.problems]


def _dated(moves: list[Transition], model: Record) -> list[str]:
    """The labels of the days that these moves set."""
    names = dict.fromkeys(move.sets for move in moves if move.sets)
    return [gettext(model.fields()[name].label) for name in names]


def _read_day(text: str) -> date | None:
    """The day that was typed, today if nothing was; None if it can't be read."""
    try:
        found = read_cell(Field("", Kind.DATE), text.strip() or day_text(today()))
    except Refused:
        return None
    return found if isinstance(found, date) else None
