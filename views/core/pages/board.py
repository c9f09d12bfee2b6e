"""Board: the records of a screen as cards, a lane for each stage, moved on with mouse or keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import joinedload

from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import Choice
from models.records.clock import today
from models.records.fields import Kind
from models.records.words import _
from models.workflow.declaration import Transition, Workflow
from views.core.fields.formatting import number_text, plain
from views.core.pages.list import ListPage, with_arguments
from views.core.pages.transitions import TransitionsPage, WorkflowPage
from views.core.session import db

CARDS = 12
"""How many cards a lane shows, those last changed first; the list shows the rest."""


@dataclass(frozen=True)
class Card:
    """One record: what it is called, what else is told of it, where whoever looks may take it."""

    id: int
    title: str
    url: str
    told: list[str]
    moves: list[Transition]


@dataclass(frozen=True)
class Lane:
    """One stage: how many records stand there, worth how much, and the first of them."""

    stage: Choice
    count: int
    money: str
    cards: list[Card]
    list_url: str


class BoardPage(WorkflowPage):
    """The page that shows how far everything is, where the record has a workflow."""

    button = _("Xem dạng bảng")

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """The board's columns and its money must be there, and something to be on a board by."""
        screen = self.screen
        if screen.record.workflow is None and (screen.board_columns or screen.board_money):
            yield "board_columns", f"{screen.record.__name__} has no stages to be on a board by"
        money = screen.specs.get(screen.board_money)
        if screen.board_money and (money is None or money.kind is not Kind.MONEY):
            yield "board_money", f"{screen.board_money!r} is no money"

    def url(self) -> str:
        """The board of the list that is shown."""
        asked = {name: value for name, value in _asked().items() if name != f"flt_{self.workflow.field}_is"}
        return with_arguments(self.screen.get_url(".board_view"), asked.items())

    @expose("/board/", methods=("GET", "POST"))
    def board_view(self) -> ResponseReturnValue:
        """The lanes; or take one card to another lane."""
        if request.method == "POST":
            return self._take_card()
        screen, listed = self.screen, self.screen.page(ListPage)
        asked, kept = listed.asked(), _asked()
        lanes = self._lanes(listed.narrowed(asked))
        return screen.render(
            "admin/model/board.html",
            lanes=lanes,
            total=sum(lane.count for lane in lanes),
            search=asked.search,
            hidden_args=[(name, value) for name, value in kept.items() if name != "search"],
            board_url=with_arguments(screen.get_url(".board_view"), kept.items()),
            list_url=listed.address(kept.items()),
        )

    def _take_card(self) -> ResponseReturnValue:
        screen, workflow = self.screen, self.workflow
        if not screen.can_edit:
            abort(403)
        back = with_arguments(screen.get_url(".board_view"), _asked().items())
        record = screen.get_one(request.form.get("id"))
        end = workflow.stages.read(request.form.get("to", ""))
        if record is None or end is None:
            flash(gettext("Không còn bản ghi này."), "error")
            return redirect(back)
        transition = workflow.between(workflow.of(record), end)
        if transition is not None and transition.back:
            return redirect(screen.get_url(".move_view", id=record.id, to=end.value, url=back))
        screen.page(TransitionsPage).take([record], end, None, today())
        return redirect(f"{back}#card-{record.id}")

    def _lanes(self, query: Select[Any]) -> list[Lane]:
        workflow, record = self.workflow, self.screen.record
        stage = getattr(record, workflow.field)
        money: Any = getattr(record, self.screen.board_money) if self.screen.board_money else None
        sums = query.with_only_columns(stage, func.count(), func.sum(money) if money is not None else literal(0))
        told = {row[0]: row[1:] for row in db.session.execute(sums.group_by(stage).order_by(None))}
        cards = self._cards(query, stage)
        field = f"flt_{workflow.field}_is"
        return [
            Lane(
                each,
                told.get(each, (0, 0))[0],
                number_text(told[each][1]) if each in told and told[each][1] else "",
                cards.get(each, []),
                self.screen.page(ListPage).address({**_asked(), field: each.value}.items()),
            )
            for each in workflow.stages
        ]

    def _cards(self, query: Select[Any], stage: Any) -> dict[Choice, list[Card]]:
        """The first cards of every lane, by one statement."""
        screen, record = self.screen, self.screen.record
        order = (record.updated_at.desc(), record.id)
        place = func.row_number().over(partition_by=stage, order_by=order)
        ranked = query.order_by(None).with_only_columns(record.id, place.label("place")).subquery()
        first = select(ranked.c.id).where(ranked.c.place <= CARDS)
        wide = screen.query.all().where(record.id.in_(first)).order_by(*order)
        options = [*screen.query.loading(screen.board_columns), *_decider_loads(record, self.workflow)]
        found: dict[Choice, list[Card]] = {}
        for each in db.session.scalars(wide.options(*options)).unique():
            found.setdefault(self.workflow.of(each), []).append(self._card(each))
        return found

    def _card(self, record: Record) -> Card:
        screen, workflow = self.screen, self.workflow
        specs = [screen.specs[name] for name in screen.board_columns]
        told = [text for spec in specs if (text := plain(spec, screen.shown_value(record, spec.name)))]
        here = [each for each in workflow.transitions if screen.can_edit and each.start is workflow.of(record)]
        open_ = [each for each in here if not any(workflow.who_decides(each, record))]
        return Card(record.id, str(record), screen.get_url(".details_view", id=record.id), told, open_)


def _decider_loads(record: type[Record], workflow: Workflow) -> Iterator[Any]:
    """Load along the organisation that decides, and where it lies: whether a move may be made hangs on that."""
    load: Any = None
    for name in workflow.decider_path:
        attribute = getattr(record, name)
        load = joinedload(attribute) if load is None else load.joinedload(attribute)
        record = record.fields()[name].target
    if load is not None:
        yield load.joinedload(Organisation.unit)


def _asked() -> dict[str, str]:
    """What the address narrows the records by."""
    return {n: v for n, v in request.args.items() if v and (n == "search" or n.startswith("flt"))}
