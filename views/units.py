"""Screen of administrative units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from models.events import Event, EventKind, FestivalResult
from models.records.base import Record
from models.units import Unit
from views.core.access import OFFICE
from views.core.fields.formatting import many
from views.core.pages.detail import RELATED, DetailPage
from views.core.screen import RecordView
from views.core.sections import Section
from views.core.session import db


class UnitDetail(DetailPage):
    """A unit's page: what its Festivals brought as well."""

    def related(self, model: Record) -> Iterator[dict[str, Any]]:
        """The lists that hang on it, and the results of its Festivals, the latest first."""
        yield from super().related(model)
        screens = self.screen.screens
        if (screen := screens.get(FestivalResult)) is None or not screen.is_accessible():
            return
        of_unit = select(FestivalResult).join(FestivalResult.event).where(Event.unit_id == model.id)
        rows = db.session.scalars(of_unit.order_by(Event.year.desc(), FestivalResult.id).limit(RELATED)).all()
        if rows:
            yield {
                "label": many(FestivalResult.label),
                "count": len(rows),
                "url": screens[Event].where_url(unit_is=model, kind_is=EventKind.FESTIVAL),
                "rows": [
                    (screen.get_url(".details_view", id=row.id), str(row), list(screen.beside(row))) for row in rows
                ],
            }


class UnitView(RecordView):
    """Units: province, districts, communes, residential areas."""

    record = Unit
    section = Section.ORGANISATIONS
    access = OFFICE
    column_list = ("full_name", "code", "type", "level", "parent", "valid_from", "valid_to")
    column_filters = ("level", "type", "parent", "valid_from", "valid_to")
    column_default_sort = "code"
    tree_columns = ("type", "parent")
    own_pages = (UnitDetail,)
