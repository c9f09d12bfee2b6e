"""Screen of documents."""

from __future__ import annotations

from models.documents import Document
from views.core.screen import RecordView
from views.core.sections import Section


class DocumentView(RecordView):
    """Legal bases and results."""

    record = Document
    section = Section.DOCUMENTS
    column_list = ("sign", "issued_on", "kind", "issuer", "excerpt")
    column_filters = ("kind", "issued_on")
    column_default_sort = ("issued_on", True)
