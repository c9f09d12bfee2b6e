"""Screen of press and broadcast pieces."""

from __future__ import annotations

from models.media import MediaItem
from views.core.screen import RecordView
from views.core.sections import Section


class MediaItemView(RecordView):
    """Press and broadcast pieces."""

    record = MediaItem
    section = Section.DOCUMENTS
    column_list = ("name", "kind", "outlet", "published_on", "movement", "organisation")
    column_filters = ("kind", "movement", "organisation", "initiative", "published_on")
    column_default_sort = ("published_on", True)
