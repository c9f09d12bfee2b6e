"""What seals allow, as text, from the declarations alone: `python -m tests.models.workflow.table > docs/seals.txt`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.history.audit import record_classes
from models.records.base import Record
from models.records.choices import Choice
from models.records.fields import Field, Kind
from models.workflow.declaration import Workflow
from models.workflow.seal_guard import Unheld

ANY, DECIDER, OWN, OPENED, NOBODY, STEP = "any", "decider", "own", "opened", "-", "step"
LEADS = "any, own"
HEAD = """\
What may be written of a record at each stage, and by whom. Made from the declarations (`seals`, `reserved`):
    python -m tests.models.workflow.table > docs/seals.txt

any      whoever may write the record at all: its sender's side, the side that decides, the machine itself
decider  the side that decides alone
own      the side for which it is reserved alone, named in the first column
any, own any, while nothing is written that is reserved for whom it leads to; then that side alone
opened   nobody, but an approver of the side that decides who opens the record with a reason
-        nobody
step     the workflow's steps alone

Of what belongs to a record, "+" is a row added or changed, "-" one that is taken away. Roads: the form, bulk edit,
a file that is imported, undo, an older version brought back, the shell. One rule at the flush holds them all.
"""


def nouns() -> list[type[Record]]:
    """The nouns with seals."""
    found = [cls for cls in record_classes().values() if cls.workflow and (cls.workflow.seals or cls.workflow.reserved)]
    return sorted(found, key=lambda cls: cls.__name__)


def written(cls: type[Record]) -> Iterator[tuple[str, Field]]:
    """The fields, links and lists of a noun that people write."""
    yield from ((name, spec) for name, spec in cls.fields().items() if not spec.derived)


def leads(cls: type[Record]) -> set[str]:
    """The references that lead to those for whom fields of the record itself are reserved."""
    fields = cls.fields()
    return {path.split(".")[0] for n, path in cls.workflow.reserved.items() if fields[n].kind is not Kind.CHILDREN}


def allowed(cls: type[Record], stage: Choice, name: str, *, takes_away: bool = False) -> str:
    """Who may write this at this stage."""
    workflow: Workflow = cls.workflow
    seal = workflow.seal_at(stage)
    if name == workflow.field:
        return STEP
    if seal is None or name in seal.anyone or (name in workflow.reserved and not takes_away):
        if name in workflow.reserved:
            return OWN
        return LEADS if name in leads(cls) else ANY
    if name in seal.decider:
        return DECIDER
    return OPENED if seal.opened_by else NOBODY


def text() -> str:
    """The whole table, and what it doesn't hold."""
    parts = [HEAD, *("\n".join(_noun(cls)) + "\n" for cls in nouns()), "\n".join(_unheld()) + "\n"]
    return "\n".join(parts)


def _noun(cls: Any) -> Iterator[str]:
    workflow: Workflow = cls.workflow
    stages = list(workflow.stages)
    yield f"{cls.__name__} (decides: {workflow.decided_by or 'the province'})"
    yield _line("", [stage.name.lower() for stage in stages])
    for name, spec in written(cls):
        own = f" ({workflow.reserved[name]})" if name in workflow.reserved else ""
        sign = " +" if spec.kind is Kind.CHILDREN else ""
        yield _line(f"{name}{sign}{own}", [allowed(cls, stage, name) for stage in stages])
        if spec.kind is Kind.CHILDREN:
            yield _line(f"{name} -", [allowed(cls, stage, name, takes_away=True) for stage in stages])
    yield _line("its deletion", [NOBODY if workflow.seal_at(stage) else ANY for stage in stages])


def _line(head: str, cells: list[str]) -> str:
    return f"  {head:<42}{' '.join(f'{cell:<11}' for cell in cells)}".rstrip()


def _unheld() -> Iterator[str]:
    yield "Not held by seals"
    yield from (f"  {why.name.lower():<12}{why.value}" for why in Unheld)


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201  that is what it is for
