"""Board: the records of a screen as cards, a lane for each stage, moved on with mouse or keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models.organisations import Organisation
from models.records.base import Record
from models.records.choices import Choice
from models.records.clock import today
from models.records.fields import Field, Kind
from models.workflow.declaration import Transition, Workflow
from views.core.fields.formatting import number_text, plain
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


class Board:
    """What a screen adds where its record has workflow."""

    board_columns: ClassVar[tuple[str, ...]] = ()
    """What a card tells beside the title."""
    board_money: ClassVar[str] = ""
    """The sum of money that a lane tells."""

    if TYPE_CHECKING:
        record: ClassVar[type[Record]]
        specs: dict[str, Field]

        def __getattr__(self, name: str) -> Any:
            """What the screen has that this is a part of."""

    def board_mistakes(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the declaration of the board."""
        if self.record.workflow is None and (self.board_columns or self.board_money):
            yield "board_columns", f"{self.record.__name__} has no stages to be on a board by"
        if self.board_money and (
            self.board_money not in self.specs or self.specs[self.board_money].kind is not Kind.MONEY
        ):
            yield "board_money", f"{self.board_money!r} is no money"

    @expose("/board/", methods=("GET", "POST"))
    def board_view(self) -> Any:
        """The lanes; or take one card to another lane."""
        workflow = self.record.workflow
        if workflow is None:
            abort(404)
        if request.method == "POST":
            return self._take_card(workflow)
        args = self._get_list_extra_args()
        lanes = self._lanes(workflow, self._narrowed(args.search, args.filters))
        asked = _asked()
        return self.render(
            "admin/model/board.html",
            lanes=lanes,
            total=sum(lane.count for lane in lanes),
            search=args.search,
            hidden_args=[(name, value) for name, value in asked.items() if name != "search"],
            board_url=_with(self.get_url(".board_view"), asked),
            list_url=_with(self.get_url(".index_view"), asked),
        )

    def _take_card(self, workflow: Workflow) -> Any:
        if not self.can_edit:
            abort(403)
        back = _with(self.get_url(".board_view"), _asked())
        record = self.get_one(request.form.get("id"))
        end = type(workflow.transitions[0].end).read(request.form.get("to", ""))
        if record is None or end is None:
            flash(gettext("Không còn bản ghi này."), "error")
            return redirect(back)
        move = workflow.between(workflow.of(record), end)
        if move is not None and move.back:
            return redirect(self.get_url(".move_view", id=record.id, to=end.value))
        self.take([record], end, None, today())
        return redirect(f"{back}#card-{record.id}")

    def _lanes(self, workflow: Workflow, query: Any) -> list[Lane]:
        stage = getattr(self.record, workflow.field)
        money: Any = getattr(self.record, self.board_money) if self.board_money else None
        sums = query.with_only_columns(stage, func.count(), func.sum(money) if money is not None else 0)
        told = {row[0]: row[1:] for row in db.session.execute(sums.group_by(stage).order_by(None))}
        cards = self._cards(workflow, query, stage)
        field = f"flt_{workflow.field}_is"
        return [
            Lane(
                each,
                told.get(each, (0, 0))[0],
                number_text(told[each][1]) if each in told and told[each][1] else "",
                cards.get(each, []),
                _with(self.get_url(".index_view"), {**_asked(), field: each.value}),
            )
            for each in type(workflow.transitions[0].start)
        ]

    def _cards(self, workflow: Workflow, query: Any, stage: Any) -> dict[Choice, list[Card]]:
        """The first cards of every lane, by one statement."""
        order = (self.record.updated_at.desc(), self.record.id)
        place = func.row_number().over(partition_by=stage, order_by=order)
        ranked = query.order_by(None).with_only_columns(self.record.id, place.label("place")).subquery()
        first = select(ranked.c.id).where(ranked.c.place <= CARDS)
        wide = self.get_query().where(self.record.id.in_(first)).order_by(*order)
        options = [*self.loading(self.board_columns), *_seat_loads(self.record, workflow)]
        found: dict[Choice, list[Card]] = {}
        for record in db.session.scalars(wide.options(*options)).unique():
            found.setdefault(workflow.of(record), []).append(self._card(workflow, record))
        return found

    def _card(self, workflow: Workflow, record: Record) -> Card:
        specs = [self.specs[name] for name in self.board_columns]
        told = [text for spec in specs if (text := plain(spec, self.shown_value(record, spec.name)))]
        here = [move for move in workflow.transitions if self.can_edit and move.start is workflow.of(record)]
        moves = [move for move in here if not any(workflow.who_decides(move, record))]
        return Card(record.id, str(record), self.get_url(".details_view", id=record.id), told, moves)

    @property
    def board_url(self) -> str | None:
        """The board of the list that is shown, if there is one."""
        workflow = self.record.workflow
        if workflow is None:
            return None
        asked = {name: value for name, value in _asked().items() if name != f"flt_{workflow.field}_is"}
        return _with(self.get_url(".board_view"), asked)


def _seat_loads(record: type[Record], workflow: Workflow) -> Iterator[Any]:
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


def _with(url: str, asked: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked)}" if asked else url
