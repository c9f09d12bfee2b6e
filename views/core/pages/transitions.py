"""Transitions: the buttons that take records from stage to stage, the page that takes many, the steps made so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext

from imports.cells import read_cell
from models.records.base import Record
from models.records.choices import Choice
from models.records.clock import today
from models.records.errors import Refused
from models.records.fields import Field, Kind
from models.workflow.declaration import Offer, Transition, Workflow, workflow_of
from models.workflow.steps import steps_of
from views.core.commit import commit_as
from views.core.fields.formatting import day_text, sentence
from views.core.pages.page import ScreenPage
from views.core.session import db

SHOWN = 100
"""How many entries of a record's history are looked through for its steps, the newest."""
NOTE_LENGTH = 500


class WorkflowPage(ScreenPage):
    """A page that only those screens have whose record goes from stage to stage."""

    @property
    def workflow(self) -> Workflow:
        """The record's workflow; without one there is no such page."""
        workflow = workflow_of(self.screen.record)
        if workflow is None:
            abort(404)
        return workflow

    def offered(self) -> bool:
        """Only where there is a workflow."""
        return workflow_of(self.screen.record) is not None and super().offered()

    def guard(self) -> None:
        """Elsewhere there is no such page, whoever asks."""
        if self.workflow:
            super().guard()


class TransitionsPage(WorkflowPage):
    """The page that takes records to another stage, and the card of a record's page that leads there."""

    needs = "edit"

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """The record's workflow must be sound, one filters by stage, and no form sets what transitions alone set."""
        screen, workflow = self.screen, workflow_of(self.screen.record)
        if workflow is None:
            return
        record = screen.record
        yield from (("record", f"{record.__name__}.workflow: {said}") for said in workflow.mistakes(record))
        if workflow.field not in screen.column_filters:
            yield "column_filters", f"lacks {workflow.field!r}, by which people look for what waits"
        names = stage_names(record)
        yield from (("form_columns", f"{n!r} is set by moves only") for n in screen.form_columns if n in names)

    @expose("/move/", methods=("GET", "POST"))
    def move_view(self) -> ResponseReturnValue:
        """Choose where the chosen records go, with a note and a day; then take all of them there, or none."""
        screen, workflow, back = self.screen, self.workflow, self.way_back()
        records = screen.chosen(request.values.getlist("id"))
        if not records:
            flash(gettext("Hãy chọn ít nhất một dòng."), "error")
            return redirect(back)
        if request.method == "POST" and self._move(records):
            return redirect(back)
        here = {workflow.of(record) for record in records}
        ends = dict.fromkeys(each.end for each in workflow.transitions if each.start in here)
        what = str(records[0]) if len(records) == 1 else gettext(screen.record.label)
        return screen.render(
            "admin/model/move.html",
            ends=list(ends),
            chosen=request.values.get("to", ""),
            note=request.form.get("note", ""),
            day=request.form.get("day", "") or day_text(today()),
            records=[(str(record), workflow.of(record)) for record in records],
            ids=[record.id for record in records],
            return_url=back,
            title=gettext("Chuyển giai đoạn %(count)s bản ghi: %(what)s", count=len(records), what=what),
        )

    def _move(self, records: Sequence[Record]) -> bool:
        end = self.workflow.stages.read(request.form.get("to", ""))
        note = request.form.get("note", "").strip()
        day = _read_day(request.form.get("day", ""))
        if end is None or day is None or len(note) > NOTE_LENGTH:
            flash(
                gettext("Hãy chọn giai đoạn, ghi ngày dạng dd/mm/yyyy và lý do không quá %(n)s ký tự.", n=NOTE_LENGTH),
                "error",
            )
            return False
        return self.take(records, end, note or None, day)

    def take(self, records: Sequence[Record], end: Choice, note: str | None, day: date) -> bool:
        """Take the records to this stage, as one action, or none of them and say why."""
        workflow = self.workflow

        def change() -> None:
            for record in records:
                transition = workflow.between(workflow.of(record), end)
                workflow.transition_to(record, end, _with_day(record, transition, note, day), day)

        where = {"old": gettext(workflow.of(records[0]).label), "new": gettext(end.label), "count": len(records)}
        name = gettext("Chuyển từ “%(old)s” sang “%(new)s”", **where)
        if len(records) > 1:
            name = gettext("Chuyển %(count)s bản ghi sang “%(new)s”", **where)
        if not commit_as(name, change):
            return False
        flash(gettext("Đã chuyển %(count)s bản ghi sang “%(new)s”.", **where), "success")
        return True

    def card(self, model: Record) -> dict[str, Any] | None:
        """What a record's page shows of its workflow: where it stands, where it can go, what stands in the way."""
        workflow = workflow_of(type(model))
        if workflow is None:
            return None
        offers = workflow.offers(model) if self.screen.can_edit else []
        return {
            "label": gettext(model.fields()[workflow.field].label),
            "here": workflow.of(model),
            "move_url": self.screen.get_url(".move_view", url=self.screen.get_url(".details_view", id=model.id)),
            "open": [offer.transition for offer in offers if not offer.problems],
            "closed": [(offer.transition, _reasons(offer)) for offer in offers if offer.problems],
            "sets": _dated([offer.transition for offer in offers if not offer.problems], model),
            "today": day_text(today()),
            "note": getattr(model, workflow.note),
            "steps": [(step, day_text(step.at)) for step in steps_of(db.session(), model, SHOWN)],
        }


def stage_names(record: type[Record]) -> set[str]:
    """The fields that transitions alone set: on forms they are read, not written."""
    workflow = workflow_of(record)
    if workflow is None:
        return set()
    return {workflow.field, workflow.note, *(each.sets for each in workflow.transitions if each.sets)}


def _reasons(offer: Offer) -> list[str]:
    return [sentence(problem) for problem in offer.problems]


def _with_day(record: Record, transition: Transition | None, note: str | None, day: date) -> str | None:
    """The note, with the day that was typed where the transition sets none: it is not dropped, nor is it a reason."""
    kept = transition is None or (transition.sets and record.fields()[transition.sets].kind is Kind.DATE)
    if kept or day == today() or (transition and transition.back and not note):
        return note
    return f"{note or ''} ({gettext('ngày %(day)s', day=day_text(day))})".strip()


def _dated(transitions: Sequence[Transition], model: Record) -> list[str]:
    """The labels of the days that these transitions set."""
    names = dict.fromkeys(each.sets for each in transitions if each.sets)
    return [gettext(model.fields()[name].label) for name in names]


def _read_day(text: str) -> date | None:
    """The day that was typed, today if nothing was; None if it can't be read."""
    try:
        found = read_cell(Field("", Kind.DATE), text.strip() or day_text(today()))
    except Refused:
        return None
    return found if isinstance(found, date) else None
