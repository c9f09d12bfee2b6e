"""A valid record of any noun in one line: `save(session, Initiative, year=2022)`; what it refers to comes along."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from models import (
    Adoption,
    AwardDecision,
    Committee,
    Document,
    Event,
    Initiative,
    MemberOrganisation,
    Organisation,
    Person,
    PilotArea,
    Recommendation,
    Record,
    Refused,
    Unit,
    User,
    Visit,
)
from models.events import EventKind
from models.files.attachments import StoredFile
from models.history.audit import record_classes
from models.records.fields import Field, Kind
from models.units import Level, UnitType

R = TypeVar("R", bound=Record)

DAY = date(2023, 1, 1)
RECORDS: list[type[Record]] = sorted(
    set(record_classes().values()) - {Organisation},
    key=lambda cls: cls.__name__,
)
"""Every noun that a record can be of."""

_number = itertools.count(1)

# Where the first thing that fits the field would not fit the rules, or a key may be left out.
_GIVEN: dict[type[Record], Callable[[], dict[str, Any]]] = {
    StoredFile: lambda: {"stored": uuid4().hex, "sha256": "0" * 64},
    Adoption: lambda: {"initiative": build(Initiative, worth_spreading=True)},
    AwardDecision: lambda: {"number": sign(), "issued_on": DAY},
    Document: lambda: {"sign": sign(), "issued_on": DAY},
    Organisation: lambda: {"level": Level.PROVINCE},
    Person: lambda: {"code": f"NS-{next(_number)}"},
    PilotArea: lambda: {"district": district()},
    Recommendation: lambda: {"event": build(Event, kind=EventKind.SUPERVISION)},
    Unit: lambda: {"type": UnitType.PROVINCE},
    User: lambda: {"username": f"user{next(_number)}", "organisation": build(Committee)},
    Visit: lambda: {"name": f"Lý Văn {next(_number)}"},
}


def build(cls: type[R], **values: Any) -> R:
    """A record with these values, and some that fit for whatever else it must have."""
    made: Any = Committee if cls is Organisation else cls
    given = next((_GIVEN[base]() for base in made.__mro__ if base in _GIVEN), {}) | values
    for spec in needed(made):
        if spec.name not in given and spec.column not in given:
            given[spec.name] = _some(spec)
    return made(**given)  # type: ignore[no-any-return]


def save(session: Session, cls: type[R], **values: Any) -> R:
    """The same, in the database."""
    record = build(cls, **values)
    session.add(record)
    session.flush()
    return record


def refused(session: Session) -> dict[str | None, str]:
    """What the gate says to the flush, by field; it must say something."""
    with pytest.raises(Refused) as caught:
        session.flush()
    said: dict[str | None, list[str]] = {}
    for problem in caught.value.problems:
        said.setdefault(problem.field, []).append(str(problem))
    return {field: " ".join(sentences) for field, sentences in said.items()}


def needed(cls: type[Record]) -> list[Field]:
    """The fields that someone must fill."""
    columns = inspect(cls).columns
    return [
        spec
        for spec in cls.fields().values()
        if spec.required and not spec.derived and (spec.name not in columns or columns[spec.name].default is None)
    ]


def sign() -> str:
    """The sign of a document that there was not yet."""
    return f"{next(_number)}/QĐ-MTTQ-BTT"


def district(**values: Any) -> Unit:
    """A district in a province of its own."""
    return build(Unit, **{"type": UnitType.DISTRICT, "parent": build(Unit), **values})


def area(**values: Any) -> Unit:
    """A residential area in a commune of a district of its own."""
    commune = build(Unit, type=UnitType.COMMUNE, parent=district())
    return build(Unit, **{"type": UnitType.HAMLET, "parent": commune, **values})


def branch(parent: MemberOrganisation | None = None, **values: Any) -> MemberOrganisation:
    """An organisation that may stand under any other of its kind."""
    return build(MemberOrganisation, parent=parent, **values)


def _some(spec: Field) -> Any:
    match spec.kind:
        case Kind.REFERENCE:
            return build(spec.target)
        case Kind.CHOICE:
            return next(iter(spec.choices or ()))
        case Kind.TEXT | Kind.LONG_TEXT | Kind.CODE:
            return f"{spec.name} {next(_number)}"
        case Kind.DATE:
            return DAY
        case Kind.YEAR:
            return DAY.year
        case Kind.DECIMAL:
            return Decimal(100)
    return 1
