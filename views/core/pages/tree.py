"""TreeView: a screen whose records stand under one another, also shown as a tree opened level by level."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from models.units import Unit
from views.core.fields.forms import is_id
from views.core.screen import RecordView
from views.core.session import db

HITS = 50


class TreeView(RecordView):
    """A screen with a tree page at `…/tree/`: works by links alone, each opening or closing one branch."""

    has_tree = True

    @expose("/tree/")
    def tree_view(self) -> Any:
        """The roots and whatever is opened below them; a search opens the way to what it finds."""
        opened = {int(part) for part in request.args.get("open", "").split(",") if is_id(part)}
        search = request.args.get("search", "").replace("\x00", "").strip()[:200]
        hits = self._hits(search)
        opened |= {id_ for node in hits for id_ in node.ancestor_ids}
        roots = self._roots()
        if not search and not request.args.get("open"):
            opened |= roots
        nodes = self._shown_nodes(roots, opened)
        below = self._counts_below([node.id for node, _depth in nodes])
        found = {hit.id for hit in hits}
        return self.render(
            "admin/model/tree.html",
            nodes=[
                {
                    **self._node(node, opened, below.get(node.id, 0)),
                    "depth": depth,
                    "hit": node.id in found,
                }
                for node, depth in nodes
            ],
            hits=len(hits) if len(hits) < HITS else self._count_hits(search),
            first_hits=HITS,
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

    def _count_hits(self, search: str) -> int:
        ids = self.matching(search).with_only_columns(self.record.id)
        return db.session.scalar(select(func.count()).select_from(ids.subquery())) or 0

    def _roots(self) -> set[int]:
        """The records that stand under none of this screen."""
        ids = self.get_query().with_only_columns(self.record.id)
        return set(db.session.scalars(ids.where(or_(self._parent_id.is_(None), self._parent_id.not_in(ids)))))

    def _shown_nodes(self, roots: set[int], opened: set[int]) -> list[tuple[Any, int]]:
        """Roots and children of opened nodes, each under its parent, with their depth."""
        query = self.get_query().where(or_(self.record.id.in_(roots), self._parent_id.in_(opened)))
        if issubclass(self.record, Unit):
            query = query.order_by(Unit.code)
        else:
            query = query.options(joinedload(self.record.unit)).order_by(self.record.code)  # type: ignore[attr-defined]
        children: dict[int | None, list[Any]] = {}
        for node in db.session.scalars(query).unique():
            children.setdefault(None if node.id in roots else node.parent_id, []).append(node)
        found: list[tuple[Any, int]] = []

        def descend(parent: int | None, depth: int) -> None:
            for node in children.get(parent, ()):
                found.append((node, depth))
                if node.id in opened:
                    descend(node.id, depth + 1)

        descend(None, 0)
        return found

    def _counts_below(self, ids: list[int]) -> dict[int, int]:
        """How many stand below each of these, by one statement over the index of paths."""
        node: Any = aliased(self.record)
        lower: Any = aliased(self.record)
        start = node.path.concat(cast(node.id, String)).concat("/")
        end = node.path.concat(cast(node.id, String)).concat("0")
        below = select(func.count(lower.id)).where(lower.path >= start, lower.path < end)
        query = select(node.id, below.correlate(node).scalar_subquery()).where(node.id.in_(ids))
        return {row[0]: row[1] for row in db.session.execute(query)}

    def _node(self, node: Any, opened: set[int], below: int) -> dict[str, Any]:
        is_open = node.id in opened
        shown = (opened - {node.id}) if is_open else (opened | {node.id})
        kind = node.type.label if isinstance(node, Unit) else (node.level.label if node.level else "")
        unit = node.parent if isinstance(node, Unit) else node.unit
        asked = urlencode({"open": ",".join(map(str, sorted(shown))) or "-"})
        return {
            "id": node.id,
            "text": node.name,
            "kind": gettext(kind),
            "place": str(unit) if unit is not None else "",
            "below": below,
            "open": is_open,
            "toggle_url": f"{self.get_url('.tree_view')}?{asked}#n{node.id}" if below else None,
            "url": self.get_url(".details_view", id=node.id),
        }
