"""What the history and the scope cost: `python -m bench.costs`.

Each figure is the median time with it over the median without it, both taken in turn in one run on one throw-away
SQLite database with the real seed.
"""

from __future__ import annotations

import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session

from backoffice.factory import create_app
from imports.apply import put_rows
from imports.reader import SourceRow
from models import Base, Committee, Organisation, Task, Unit, User
from models.access.scope import ALL, Limit, limited_to, scope_of
from models.accounts.passwords import set_password
from models.accounts.users import Role
from models.history import audit
from models.records.database import configure, engine_options
from seed import loader
from views.core.session import db

RUNS = 9
ROWS = 100
IMPORTED = 1000

PASSWORD = "mot mat khau de do"  # noqa: S105  of a database that lives for a minute

number = count(1)


def main() -> None:
    """Build, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'costs.db'}"
        engine = create_engine(url, **engine_options(url))
        configure(engine)
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            loader.load(session, demo=False)
            district = scope_of(session.scalars(select(Organisation).where(Organisation.code == "MTTQ-947")).one())
        for name, work in {"insert": insert, "edit": edit, "import of 1,000 rows": import_rows}.items():
            runs = 3 if work is import_rows else RUNS
            say(f"history, {name}", *alternately(lambda: work(engine), without_history, runs))  # noqa: B023  run at once
        for name, work in {"insert": insert, "edit": edit}.items():
            say(f"scope, {name}", *alternately(lambda: work(engine), lambda do: under(district, do), RUNS, turned=True))  # noqa: B023
        say("scope, list page", *list_page(Path(folder)))
        engine.dispose()


def say(name: str, with_it: float, without_it: float) -> None:
    """One line of the table."""
    print(f"{name:32} {with_it:8.1f} ms {without_it:8.1f} ms  × {with_it / without_it:.2f}")  # noqa: T201


def alternately(
    work: Callable[[], None], otherwise: Callable[[Callable[[], None]], None], runs: int, *, turned: bool = False
) -> tuple[float, float]:
    """The medians of doing the work and of doing it otherwise; `turned` if otherwise is with what is measured."""
    plain, other = [], []
    for _ in range(runs):
        plain.append(timed(work))
        other.append(timed(lambda: otherwise(work)))
    medians = statistics.median(plain), statistics.median(other)
    return (medians[1], medians[0]) if turned else medians


def timed(work: Callable[[], None]) -> float:
    """Milliseconds of one run."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def without_history(work: Callable[[], None]) -> None:
    """Do the work and keep no history of it."""
    event.remove(Session, "after_flush", audit._record)  # noqa: SLF001  what is measured
    try:
        work()
    finally:
        event.listen(Session, "after_flush", audit._record)  # noqa: SLF001


def under(limit: Limit, work: Callable[[], None]) -> None:
    """Do the work within a scope."""
    with limited_to(limit):
        work()


def owner(session: Session) -> Committee:
    """The committee to which what is written belongs."""
    return session.scalars(select(Committee).where(Committee.code == "MTTQ-947")).one()


def insert(engine: Engine) -> None:
    """Tasks, in one transaction."""
    with Session(engine) as session:
        home = owner(session)
        session.add_all(Task(code=f"NV-{next(number)}", name="Việc", owner=home) for _ in range(ROWS))
        session.commit()


def edit(engine: Engine) -> None:
    """The latest tasks of a committee, in one transaction."""
    with Session(engine) as session:
        home = owner(session)
        for task in session.scalars(select(Task).where(Task.owner == home).order_by(Task.id.desc()).limit(ROWS)):
            task.name = f"Việc {next(number)}"
        session.commit()


def list_page(folder: Path) -> tuple[float, float]:
    """The same list page to a district's editor, and to the province's, who is not limited."""
    logging.disable()
    app = create_app({"WTF_CSRF_ENABLED": False, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder / 'costs.db'}"}, folder)
    readers = []
    with app.app_context():
        place = db.session.scalars(select(Unit.id).where(Unit.code == "947")).one()
        for code in ("MTTQ-947", "MTTQ-94"):
            home = db.session.scalars(select(Organisation).where(Organisation.code == code)).one()
            user = User(username=code.lower(), name="Lan", role=Role.EDITOR, organisation=home)
            set_password(db.session(), user, PASSWORD, must_change=False)
            db.session.add(user)
            db.session.commit()
        db.session.remove()
    for name in ("mttq-947", "mttq-94"):
        readers.append(app.test_client())
        readers[-1].post("/login", data={"username": name, "password": PASSWORD})
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(4 * RUNS):
        for reader, found in zip(readers, times, strict=True):
            found.append(timed(lambda: reader.get(f"/committees/?flt_unit_below={place}")))  # noqa: B023  run at once
    with app.app_context():
        db.engine.dispose()
    return statistics.median(times[0]), statistics.median(times[1])


def import_rows(engine: Engine) -> None:
    """Rows of a spreadsheet of tasks."""
    rows = [
        SourceRow(line, {"code": f"NV-{next(number)}", "name": "Việc", "owner": "MTTQ-947"})
        for line in range(1, IMPORTED + 1)
    ]
    with Session(engine) as session, limited_to(ALL):
        put_rows(session, Task, rows)
        session.commit()


if __name__ == "__main__":
    main()
