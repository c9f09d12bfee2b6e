"""Listeners: everything that SQLAlchemy calls of ours, registered once, in one order, each with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from models.access import guards as scope_guards
from models.access import masks, row_security
from models.accounts import users
from models.files import store
from models.history import as_of, recording
from models.history import guards as history_guards
from models.history.audit import AuditEntry
from models.records import exchange, personal, rules, tree, values
from models.records.base import Base, Record
from models.records.tree import TreeRecord
from models.workflow import seal_guard


@dataclass(frozen=True)
class Listener:
    """A function that SQLAlchemy calls at an event of the target, and why it stands where it stands."""

    target: Any
    event: str
    function: Callable[..., Any]
    reason: str
    inherited: bool = False
    """Whether it is called for the classes below the target, too, also for those declared later."""

    def __str__(self) -> str:
        target = getattr(self.target, "__name__", self.target)
        return f"{target} {self.event}: {self.function.__module__}.{self.function.__name__}"


LISTENERS = (
    Listener(Record, "attribute_instrument", values.accept_values, "one spelling, before any rule reads it", True),
    Listener(Session, "do_orm_execute", personal.load_quietly, "a value that is set late must not send half a record"),
    Listener(Session, "do_orm_execute", scope_guards.limit_reading, "the conditions are part of what runs"),
    Listener(Session, "do_orm_execute", row_security.tell_before_reading, "the database knows whose rows it shows"),
    Listener(Session, "before_flush", as_of.refuse_writing, "the past is read only: before anything is worked out"),
    Listener(Session, "before_flush", scope_guards.give_a_home, "rules and the scope ask whose a record is"),
    Listener(Session, "before_flush", seal_guard.hold, "what was sent is not to be changed, right or wrong"),
    Listener(Session, "before_flush", rules.enforce, "what follows from other values, and other records, is there"),
    Listener(Session, "before_flush", scope_guards.guard_writing, "all that will be written is known by now"),
    Listener(Session, "before_flush", row_security.tell_before_writing, "rules saw everything; writing is limited"),
    Listener(Session, "before_flush", exchange.make_room, "right and allowed: what changes hands is let go first"),
    Listener(Session, "before_flush", recording.begin_flush, "last: it lets the statements through"),
    Listener(TreeRecord, "before_insert", tree.place, "a new record has its path before it is recorded", True),
    Listener(Session, "after_flush", exchange.settle, "all statements are sent: what had to wait is looked at"),
    Listener(Session, "after_flush", tree.move_branches, "paths follow before the changes are read"),
    Listener(Session, "after_flush", recording.record_changes, "ids and old values are both known here only"),
    Listener(Session, "after_soft_rollback", row_security.forget_told, "what was told in a savepoint goes with it"),
    Listener(Engine, "before_cursor_execute", scope_guards.refuse_unscoped, "what passed by the session"),
    Listener(Engine, "before_cursor_execute", masks.refuse_personal, "all that was compiled is marked by then"),
    Listener(Engine, "before_cursor_execute", history_guards.refuse_unrecorded, "what passed by the flush"),
    Listener(AuditEntry.__table__, "after_create", history_guards.keep_entries, "from the first entry on"),
    Listener(users.User, "after_insert", users.begin_sign_in_state, "counts wrong tries from the first on"),
    Listener(users.User, "after_update", users.end_sessions_of_changed, "in the transaction of the change"),
    Listener(Session, "after_commit", store.keep_saved, "the rows that name these files are there"),
    Listener(Session, "after_transaction_end", store.remove_unsaved, "no row will ever name them"),
)
"""In the order in which they are called."""


def install() -> None:
    """Register every listener, once for the process; later calls do nothing."""
    if event.contains(Session, "before_flush", rules.enforce):
        return
    for listener in LISTENERS:
        options = {"propagate": True} if listener.inherited else {}
        event.listen(listener.target, listener.event, listener.function, **options)
    masks.watch_columns()
    for mapper in Base.registry.mappers:
        _cover(mapper)


def _cover(mapper: Any) -> None:
    """Let a class that was complete before its listeners came accept only what its fields keep."""
    if issubclass(mapper.class_, Record) and mapper.configured:
        for attribute in inspect(mapper.class_).column_attrs:
            values.accept_values(mapper.class_, attribute.key, getattr(mapper.class_, attribute.key))
