"""The tree: records that stand under one another, opened level by level."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import aliased

from models.records.tree import TreeRecord
from models.records.words import _
from views.core.pages.page import ScreenPage
from views.core.query import is_id
from views.core.session import db

HITS = 50
TEXT_LENGTH = 200


class TreePage(ScreenPage):
    """The page at "/tree/": works by links alone, each opening or closing one branch."""

    button = _("Xem dạng cây")

    @expose("/tree/")
    def tree_view(self) -> ResponseReturnValue:
        """The roots and whatever is opened below them; a search opens the way to what it finds."""
        opened = {int(part) for part in request.args.get("open", "").split(",") if is_id(part)}
        search = request.args.get("search", "").replace("\x00", "").strip()[:TEXT_LENGTH]
        query = self.screen.query.matching(search)
        hits = self._first(query) if search else []
        opened |= {id_ for node in hits for id_ in node.ancestor_ids}
        roots = self._roots()
        if not search and not request.args.get("open"):
            opened |= roots
        nodes = self._shown_nodes(roots, opened)
        below = self._counts_below([node.id for node, _depth in nodes])
        found = {hit.id for hit in hits}
        return self.screen.render(
            "admin/model/tree.html",
            nodes=[
                {**self._node(node, opened, below.get(node.id, 0)), "depth": depth, "hit": node.id in found}
                for node, depth in nodes
            ],
            hits=len(hits) if len(hits) < HITS else self.screen.query.count(db.session(), query),
            first_hits=HITS,
            search=search,
            search_url=self.screen.get_url(".tree_view"),
            list_url=self.screen.get_url(".index_view"),
        )

    @property
    def _record(self) -> Any:
        """The record, of which the checks have seen that it has a parent."""
        return self.screen.record

    def _first(self, query: Any) -> list[TreeRecord]:
        return list(db.session.scalars(query.order_by(self._record.title_key).limit(HITS)))

    def _roots(self) -> set[int]:
        """The records that stand under none of this screen."""
        ids, parent_id = self.screen.query.all().with_only_columns(self._record.id), self._record.parent_id
        return set(db.session.scalars(ids.where(or_(parent_id.is_(None), parent_id.not_in(ids)))))

    def _shown_nodes(self, roots: set[int], opened: set[int]) -> list[tuple[TreeRecord, int]]:
        """Roots and children of opened nodes, each under its parent, with their depth."""
        query = self.screen.query.all().where(or_(self._record.id.in_(roots), self._record.parent_id.in_(opened)))
        query = self.screen.query.titled(query, self.screen.tree_columns[1:])
        children: dict[int | None, list[Any]] = {}
        for node in db.session.scalars(query).unique():
            children.setdefault(None if node.id in roots else node.parent_id, []).append(node)
        found: list[tuple[TreeRecord, int]] = []

        def descend(parent: int | None, depth: int) -> None:
            for node in children.get(parent, ()):
                found.append((node, depth))
                if node.id in opened:
                    descend(node.id, depth + 1)

        descend(None, 0)
        return found

    def _counts_below(self, ids: list[int]) -> dict[int, int]:
        """How many stand below each of these, by one statement over the index of paths."""
        node: Any = aliased(self._record)
        lower: Any = aliased(self._record)
        start = node.path.concat(cast(node.id, String)).concat("/")
        end = node.path.concat(cast(node.id, String)).concat("0")
        below = select(func.count(lower.id)).where(lower.path >= start, lower.path < end)
        query = select(node.id, below.correlate(node).scalar_subquery()).where(node.id.in_(ids))
        return {row[0]: row[1] for row in db.session.execute(query)}

    def _node(self, node: Any, opened: set[int], below: int) -> dict[str, Any]:
        is_open = node.id in opened
        shown = (opened - {node.id}) if is_open else (opened | {node.id})
        kind, place = (getattr(node, name) for name in self.screen.tree_columns)
        asked = urlencode({"open": ",".join(map(str, sorted(shown))) or "-"})
        return {
            "id": node.id,
            "text": node.name,
            "kind": gettext(kind.label) if kind is not None else "",
            "place": str(place) if place is not None else "",
            "below": below,
            "open": is_open,
            "toggle_url": f"{self.screen.get_url('.tree_view')}?{asked}#n{node.id}" if below else None,
            "url": self.screen.get_url(".details_view", id=node.id),
        }
