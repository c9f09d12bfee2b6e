"""On the way in: what an attribute is set to gets one spelling and the right type, whatever writes it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm.attributes import AttributeEventToken, QueryableAttribute
from sqlalchemy.orm.base import NO_VALUE

from models.records import errors
from models.records.base import Record
from models.records.errors import Problem, Refused
from models.records.fields import TEXTS, Field, Kind
from models.records.text import clean, clean_code


def accept_values(cls: type[Record], name: str, attribute: QueryableAttribute[Any]) -> None:
    """Let the attribute of a record class accept only what its field keeps (event `attribute_instrument`)."""
    columns = getattr(attribute.property, "columns", None)
    spec: Field | None = columns[0].info.get("field") if columns else None
    if spec is None:
        return

    def receive(target: Record, value: Any, old: Any, initiator: AttributeEventToken) -> Any:
        return accept(spec, value, name)

    # Rules compare with what was there before, so the old value is loaded even if nobody has read it.
    event.listen(attribute, "set", receive, retval=True, active_history=True)


def accept(spec: Field, value: Any, name: str) -> Any:  # noqa: C901  one case per kind of field
    """The value as the field keeps it. Raises Refused if it is of another sort than the field holds."""
    if value is None or value is NO_VALUE:
        return None
    match spec.kind:
        case Kind.CODE if isinstance(value, str):
            return clean_code(value) or None
        case kind if kind in TEXTS and isinstance(value, str):
            return clean(value, lines=kind is Kind.LONG_TEXT) or None
        case Kind.CHOICE if isinstance(value, str) and spec.choices:
            member = value if isinstance(value, spec.choices) else spec.choices.read(value)
            if member is not None:
                return member
            raise Refused([Problem(errors.UNKNOWN_CHOICE, name, {"value": str(value)})])
        case Kind.INTEGER | Kind.MONEY | Kind.YEAR if isinstance(value, int) and not isinstance(value, bool):
            return value
        case Kind.DECIMAL if _is_number(value):
            if len(f"{value:f}".partition(".")[2].rstrip("0")) > spec.places:
                raise Refused([Problem(errors.TOO_FINE, name, {"value": str(value), "places": spec.places})])
            return Decimal(value)
        case Kind.DATE if isinstance(value, date) and not isinstance(value, datetime):
            return value
        case Kind.MOMENT if isinstance(value, datetime):
            return value
        case Kind.YES_NO if isinstance(value, bool):
            return value
    raise Refused([Problem(errors.WRONG_KIND, name, {"value": str(value)})])


def _is_number(value: Any) -> bool:
    """Whether this is a number that is exact: no fraction of powers of two, no infinity."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool) and Decimal(value).is_finite()
