"""Listeners: one order, each with a reason; nothing is registered by importing; later classes are covered, too."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from models.listeners import LISTENERS
from tests.program import ROOT

ORDER = Path(__file__).with_name("listeners.txt")
COUNT = """
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
import models, views, seed.loader

EVENTS = [(Engine, "before_cursor_execute")] + [(Session, name) for name in (
    "before_flush", "after_flush", "after_flush_postexec", "after_soft_rollback", "after_commit",
    "after_transaction_end", "do_orm_execute")]

def count():
    return sum(len(getattr(cls.dispatch, name)._clslevel.get(cls, ())) for cls, name in EVENTS)

counts = [count()]
for _time in (1, 2):
    models.install()
    counts.append(count())
print(counts)
"""


def test_the_order_is_the_one_written_down() -> None:
    assert [str(listener) for listener in LISTENERS] == ORDER.read_text(encoding="utf-8").splitlines()
    assert all(listener.reason for listener in LISTENERS)


def test_importing_registers_nothing_and_installing_once_is_enough() -> None:
    told = subprocess.run([sys.executable, "-c", COUNT], cwd=ROOT, capture_output=True, text=True, check=True)
    session = sum(listener.target in (Session, Engine) for listener in LISTENERS)
    assert told.stdout.strip() == f"[0, {session}, {session}]"


def test_an_engine_without_listeners_is_refused() -> None:
    told = "import models\nfrom models.records.database import configure, engine_options\n"
    told += "from sqlalchemy import create_engine\nconfigure(create_engine('sqlite://', **engine_options('sqlite://')))"
    answer = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "models.install() comes before the first engine" in answer.stderr


LATE = """
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Mapped, Session
from models import AuditEntry, Base, Refused, install
from models.access.branch import scoped_classes
from models.access.scope import NOTHING, limited_to
from models.history.guards import UnrecordedError
from models.records.base import Record
from models.records.database import configure, engine_options
from models.records.fields import integer, text

install()
engine = create_engine("sqlite://", **engine_options("sqlite://"))
configure(engine)
Base.metadata.create_all(engine)
with Session(engine) as session:
    with pytest.raises(UnrecordedError):
        session.connection().exec_driver_sql("DELETE FROM task")
    session.rollback()
    scoped_classes()

    class Latecomer(Record):
        label = "Đến sau"
        name: Mapped[str] = text("Tên")
        count: Mapped[int | None] = integer("Số", maximum=9)

    Latecomer.__table__.create(session.connection())
    session.commit()
    with pytest.raises(Refused):
        Latecomer(name="Một", count="chín")
    session.add(Latecomer(name="Một", count=10))
    with pytest.raises(Refused):
        session.flush()
    session.rollback()
    session.add(Latecomer(name="  Một "))
    session.commit()
    assert session.query(Latecomer).one().name == "Một"
    assert session.query(AuditEntry).one().noun == "Latecomer"
    session.rollback()
    with pytest.raises(UnrecordedError):
        session.connection().exec_driver_sql("DELETE FROM latecomer")
    session.rollback()
    with limited_to(NOTHING):
        session.add(Latecomer(name="Hai"))
        with pytest.raises(Refused):
            session.flush()
print("covered")
"""


def test_a_class_declared_after_the_start_is_covered() -> None:
    told = subprocess.run([sys.executable, "-c", LATE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == "covered", told.stderr
