"""Deleting: what refers to the chosen records is shown first; then they go together, as one action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from sqlalchemy import select

from models.records.base import Record
from models.records.fields import Kind
from models.records.lookups import referrers
from models.workflow.asked import together, undeletable
from views.core.commit import commit_as
from views.core.fields.formatting import many, sentence
from views.core.pages.page import ScreenPage
from views.core.query import count_each, title_options
from views.core.session import db

EXAMPLES = 5
"""How many of those that refer to a record are named."""


class DeletePage(ScreenPage):
    """The page that deletes one record or many."""

    needs = "delete"

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """Show what hangs on the chosen records; then, if nothing must be kept, delete them together."""
        screen, back = self.screen, self.way_back()
        records = screen.chosen((request.form if request.method == "POST" else request.args).getlist("id"))
        if not records:
            flash(gettext("Không còn bản ghi này."), "error")
            return redirect(back)
        dependants = list(self._dependants([record.id for record in records]))
        with db.session.no_autoflush, together(db.session(), records):
            sealed = [problem for record in records if (problem := undeletable(record))]
            checked = [problem for record in records for problem in record.check_delete(db.session())]
        refused = list(dict.fromkeys(sentence(problem) for problem in (*sealed, *checked)))
        blocked = bool(refused) or any(not d["cascade"] for d in dependants)
        if request.method == "POST" and not blocked and self._delete(records):
            flash(gettext("Đã xóa %(count)s bản ghi.", count=len(records)), "success")
            return redirect(back)
        return screen.render(
            "admin/model/delete.html",
            records=[str(record) for record in records],
            ids=[record.id for record in records],
            dependants=dependants,
            refused=refused,
            blocked=blocked,
            return_url=back,
            title=gettext("Xóa: %(what)s", what=many(screen.record.label)),
        )

    def _delete(self, records: Sequence[Record]) -> bool:
        what = gettext(self.screen.record.label)
        name = gettext("Xóa %(count)s bản ghi: %(what)s", count=len(records), what=what)

        def work() -> None:
            for record in records:
                db.session.delete(record)

        return commit_as(name, work)

    def _dependants(self, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        """What refers to any of these records, a group for each way to refer."""
        holders = sorted(self._holders(ids), key=lambda holder: holder[0].label)
        counts = count_each(db.session(), [select(cls.id).where(condition) for cls, condition, _along in holders])
        for count, (cls, condition, along) in zip(counts, holders, strict=True):
            if count:
                query = select(cls).where(condition).order_by(cls.id).options(*title_options(cls)).limit(EXAMPLES)
                yield {
                    "label": many(cls.label),
                    "count": count,
                    "examples": [str(each) for each in db.session.scalars(query).unique()],
                    "cascade": along,
                }

    def _holders(self, ids: Sequence[int]) -> Iterator[tuple[type[Record], Any, bool]]:
        """Who may refer to records with these ids: the class, the condition that it does, whether it goes along."""
        record = self.screen.record
        for cls, column, along in referrers(record):
            yield cls, column.in_(ids), along
        for screen in self.screen.screens.values():
            for name, spec in screen.specs.items():
                if spec.kind is Kind.REFERENCES and spec.target.__table__ is record.__table__:
                    yield screen.record, getattr(screen.record, name).any(spec.target.id.in_(ids)), False
