"""What runs now: a flush that was checked, or a rule that looks at everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from weakref import ref

from sqlalchemy.orm import UOWTransaction

latest_flush: ContextVar[ref[UOWTransaction] | None] = ContextVar("latest_flush", default=None)
"""The flush that began last here, whatever became of it."""
whole_view: ContextVar[bool] = ContextVar("whole_view", default=False)
"""Whether rules look: they judge by all rows, whoever writes."""


def flushing() -> bool:
    """Whether a flush is sending its statements: they were checked and are recorded.

    Its own transaction says so: it begins when the last listener let the flush pass, and ends with it in any case.
    """
    flush = latest_flush.get()
    transaction = getattr(flush and flush(), "transaction", None)
    return transaction is not None and bool(transaction.is_active)


@contextmanager
def viewing(*, all_rows: bool) -> Iterator[None]:
    """Let the block look at all rows, as rules do, or only at those of the scope."""
    token = whole_view.set(all_rows)
    try:
        yield
    finally:
        whole_view.reset(token)
