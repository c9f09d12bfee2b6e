"""Board: the records of a screen as cards, a lane for each stage, moved on with mouse or keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from flask import abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import func, select

from models.base import Record, now
from models.choices import Choice
from models.fields import Field
from models.stages import Move, Stages
from views.cells import VIETNAM, cell, number_text
from views.session import db

CARDS = 12
"""How many cards a lane shows, those last changed first; the list shows the rest."""


@dataclass(frozen=True)
class Card:
    """One record: what it is called, what else is told of it, where it may go."""

    id: int
    title: str
    url: str
    told: list[Any]
    moves: list[Move]


@dataclass(frozen=True)
class Lane:
    """One stage: how many records stand there, worth how much, and the first of them."""

    stage: Choice
    count: int
    money: str
    cards: list[Card]
    list_url: str


class Board:
    """What a screen adds where its record has stages."""

    board_columns: ClassVar[tuple[str, ...]] = ()
    """What a card tells beside the title."""
    board_money: ClassVar[str] = ""
    """The sum of money that a lane tells."""

    if TYPE_CHECKING:
        record: ClassVar[type[Record]]

        def __getattr__(self, name: str) -> Any:
            """What the screen has that this is a part of."""

    @expose("/board/", methods=("GET", "POST"))
    def board_view(self) -> Any:
        """The lanes; or take one card to another lane."""
        stages = self.record.stages
        if stages is None:
            abort(404)
        if request.method == "POST":
            return self._take_on(stages)
        args = self._get_list_extra_args()
        lanes = self._lanes(stages, self._narrowed(args.search, args.filters))
        return self.render(
            "admin/model/board.html",
            lanes=lanes,
            total=sum(lane.count for lane in lanes),
            search=args.search,
            hidden_args=[(name, value) for name, value in request.args.items(multi=True) if name.startswith("flt")],
            board_url=self.get_url(".board_view"),
            list_url=self.get_url(".index_view", **request.args.to_dict()),
            come_back=request.query_string.decode(),
        )

    def _take_on(self, stages: Stages) -> Any:
        if not self.can_edit:
            abort(403)
        record = self.get_one(request.form.get("id"))
        end = type(stages.moves[0].end).read(request.form.get("to", ""))
        if record is None or end is None:
            flash(gettext("Không còn bản ghi này."), "error")
            return redirect(self.get_url(".board_view"))
        move = stages.way(stages.of(record), end)
        if move is not None and move.back:
            return redirect(self.get_url(".move_view", id=record.id, to=end.value))
        today = now().astimezone(VIETNAM).date()
        self.move_on([record], end, None, today)
        return redirect(f"{self.get_url('.board_view')}?{request.form.get('come_back', '')}#card-{record.id}")

    def _lanes(self, stages: Stages, query: Any) -> list[Lane]:
        stage = getattr(self.record, stages.field)
        money: Any = getattr(self.record, self.board_money) if self.board_money else None
        sums = query.with_only_columns(stage, func.count(), func.sum(money) if money is not None else 0)
        told = {row[0]: row[1:] for row in db.session.execute(sums.group_by(stage).order_by(None))}
        cards = self._cards(stages, query, stage)
        return [
            Lane(
                each,
                told.get(each, (0, 0))[0],
                number_text(told[each][1]) if each in told and told[each][1] else "",
                cards.get(each, []),
                self.get_url(".index_view", **self._asked_of(stages, each)),
            )
            for each in type(stages.moves[0].start)
        ]

    def _asked_of(self, stages: Stages, stage: Choice) -> dict[str, Any]:
        return {**request.args.to_dict(), f"flt_{stages.field}_is": stage.value}

    def _cards(self, stages: Stages, query: Any, stage: Any) -> dict[Choice, list[Card]]:
        order = (self.record.updated_at.desc(), self.record.id)
        place = func.row_number().over(partition_by=stage, order_by=order)
        ranked = query.order_by(None).with_only_columns(self.record.id, place.label("place")).subquery()
        first = select(ranked.c.id).where(ranked.c.place <= CARDS)
        wide = self.get_query().where(self.record.id.in_(first)).order_by(*order)
        found: dict[Choice, list[Card]] = {}
        for record in db.session.scalars(wide.options(*self._loading(self.board_columns))).unique():
            found.setdefault(stages.of(record), []).append(self._card(stages, record))
        return found

    def _card(self, stages: Stages, record: Record) -> Card:
        specs: list[Field] = [self.specs[name] for name in self.board_columns]
        told = [cell(spec, value) for spec in specs if (value := self.shown_value(record, spec.name)) not in (None, "")]
        moves = [m for m in stages.moves if m.start is stages.of(record) and current_user.role.rank >= m.role.rank]
        url = self.get_url(".details_view", id=record.id)
        return Card(record.id, str(record), url, told, moves if self.can_edit else [])

    @property
    def board_url(self) -> str | None:
        """The board of the list that is shown, if there is one."""
        if self.record.stages is None:
            return None
        asked = {n: v for n, v in request.args.items() if n == "search" or n.startswith("flt")}
        return f"{self.get_url('.board_view')}{'?' if asked else ''}{urlencode(asked)}"
