"""Names in the database: those that any database would refuse, cut or mix up are caught at the declaration."""

from typing import Any

import pytest
from sqlalchemy.orm import mapped_column

from models import Record
from models.records.fields import integer, text
from models.records.names import LONGEST, quoted


@pytest.mark.parametrize(
    ("name", "written"),
    [("name", "name"), ("grant", '"grant"'), ("limit", '"limit"'), ("index", '"index"'), ("Đơn", '"Đơn"')],
)
def test_a_name_is_quoted_where_any_database_asks_for_it(name: str, written: str) -> None:
    assert quoted(name) == written


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *((name, text("Tên")) for name in ("version", "label", "check", "find", "metadata", "confirmed")),
        ("ten_qua_dai" * 6, integer("Số")),
        ("ấ" * (LONGEST // 2), integer("Số")),
        ("was", mapped_column()),
    ],
)
def test_a_name_that_is_taken_or_too_long_is_refused(name: str, field: Any) -> None:
    with pytest.raises(TypeError, match=rf"^Wrong\.{name}: "):
        type("Wrong", (Record,), {"label": "Sai", "__annotations__": {}, name: field})
