"""TreeView: a screen whose records stand under one another, also shown as a tree opened level by level."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import String, and_, cast, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from models.units import Unit
from views.record import RecordView
from views.session import db

HITS = 50


class TreeView(RecordView):
    """A screen with a tree page at `…/tree/`: works by links alone, each opening or closing one branch."""

    has_tree = True

    @expose("/tree/")
    def tree_view(self) -> Any:
        """The roots and whatever is opened below them; a search opens the way to what it finds."""
        opened = {int(part) for part in request.args.get("open", "").split(",") if part.isdigit() and len(part) < 10}
        search = request.args.get("search", "").replace("\x00", "").strip()[:200]
        hits = self._hits(search)
        opened |= {id_ for node in hits for id_ in node.ancestor_ids}
        if not search and not request.args.get("open"):
            opened |= set(
                db.session.scalars(self.get_query().with_only_columns(self.record.id).where(self._parent_id.is_(None)))
            )
        nodes = self._shown_nodes(opened)
        below = self._counts_below([node.id for node in nodes])
        return self.render(
            "admin/model/tree.html",
            nodes=[self._node(node, opened, below.get(node.id, 0), {hit.id for hit in hits}, search) for node in nodes],
            hits=len(hits),
            search=search,
            search_url=self.get_url(".tree_view"),
            list_url=self.get_url(".index_view"),
        )

    @property
    def _parent_id(self) -> Any:
        return self.record.parent_id  # type: ignore[attr-defined]

    def _hits(self, search: str) -> list[Any]:
        if not search:
            return []
        return list(db.session.scalars(self.matching(search).order_by(self.record.title_key).limit(HITS)))

    def _shown_nodes(self, opened: set[int]) -> list[Any]:
        """Roots and children of opened nodes, each under its parent."""
        query = self.get_query().where(or_(self._parent_id.is_(None), self._parent_id.in_(opened)))
        if issubclass(self.record, Unit):
            query = query.order_by(Unit.code)
        else:
            query = query.options(joinedload(self.record.unit)).order_by(self.record.code)  # type: ignore[attr-defined]
        children: dict[int | None, list[Any]] = {}
        for node in db.session.scalars(query).unique():
            children.setdefault(node.parent_id, []).append(node)
        found: list[Any] = []

        def descend(parent: int | None) -> None:
            for node in children.get(parent, ()):
                found.append(node)
                if node.id in opened:
                    descend(node.id)

        descend(None)
        return found

    def _counts_below(self, ids: list[int]) -> dict[int, int]:
        """How many stand below each of these, by one statement over the index of paths."""
        node: Any = aliased(self.record)
        lower: Any = aliased(self.record)
        start = node.path.concat(cast(node.id, String)).concat("/")
        end = node.path.concat(cast(node.id, String)).concat("0")
        query = (
            select(node.id, func.count(lower.id))
            .join(lower, and_(lower.path >= start, lower.path < end))
            .where(node.id.in_(ids))
            .group_by(node.id)
        )
        return {row[0]: row[1] for row in db.session.execute(query)}

    def _node(self, node: Any, opened: set[int], below: int, hits: set[int], search: str) -> dict[str, Any]:
        is_open = node.id in opened
        shown = (opened - {node.id}) if is_open else (opened | {node.id})
        kind = node.type.label if isinstance(node, Unit) else (node.level.label if node.level else "")
        unit = node.parent if isinstance(node, Unit) else node.unit
        asked = urlencode({"open": ",".join(map(str, sorted(shown))) or "-"})
        return {
            "id": node.id,
            "depth": len(node.ancestor_ids),
            "text": node.name,
            "kind": gettext(kind),
            "place": str(unit) if unit is not None else "",
            "below": below,
            "open": is_open,
            "toggle_url": f"{self.get_url('.tree_view')}?{asked}#n{node.id}" if below else None,
            "url": self.get_url(".details_view", id=node.id),
            "hit": node.id in hits,
        }
