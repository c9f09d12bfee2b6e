"""How long a list of 100,000 initiatives takes, page by page: `python -m bench.lists [ROWS]`.

Builds a throw-away SQLite database from the real seed, adds the rows by plain inserts, signs in, and asks for each
page seven times. Prints the median in milliseconds and the number of SQL statements.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from backoffice.factory import create_app
from models import Initiative, Organisation, Unit, User
from models.accounts.passwords import set_password
from models.accounts.users import Role
from models.initiatives import InitiativeKind, Stage
from models.records.clock import now
from models.records.order import sort_key
from models.records.text import fold
from seed import loader
from views.core.session import db

PASSWORD = "mot mat khau de do"  # noqa: S105  of a database that lives for a minute
RUNS = 7
PAGES = {
    "first page": "/initiatives/",
    "last page": "/initiatives/?page=100000",
    "200 rows": "/initiatives/?page_size=200",
    "sorted by name": "/initiatives/?sort=name",
    "sorted by value, descending": "/initiatives/?sort=economic_value&desc=1",
    "sorted by unit": "/initiatives/?sort=unit",
    "searched": "/initiatives/?search=may+gom+4711",
    "filtered by stage": "/initiatives/?flt_stage_is=council",
    "filtered by district and below": "/initiatives/?flt_unit_below={district}",
    "edit form": "/initiatives/edit/?id={last}",
    "board": "/initiatives/board/",
    "board, searched": "/initiatives/board/?search=may+gom+47",
    "desk": "/",
}


def main(rows: int) -> None:
    """Build, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        app = create_app({"WTF_CSRF_ENABLED": False}, instance)
        with app.app_context():
            db.create_all()
            places = _fill(rows)
            db.session.remove()
        client = app.test_client()
        client.post("/login", data={"username": "admin", "password": PASSWORD})
        client.post("/account/second-factor/later")
        print(f"{rows} initiatives, median of {RUNS}")  # noqa: T201
        for name, url in PAGES.items():
            milliseconds, statements = _measure(app, client, url.format(**places))
            print(f"{name:32} {milliseconds:8.0f} ms {statements:4} statements")  # noqa: T201
        with app.app_context():
            db.engine.dispose()


def _fill(rows: int) -> dict[str, int]:
    loader.load(db.session(), demo=False)
    user = User(username="admin", name="Quản trị", role=Role.ADMINISTRATOR)
    set_password(db.session(), user, PASSWORD, must_change=False)
    db.session.add(user)
    units = list(db.session.scalars(select(Unit.id).order_by(Unit.id)))
    organisations = list(db.session.scalars(select(Organisation.id).order_by(Organisation.id)))
    stages, kinds = list(Stage), list(InitiativeKind)
    for start in range(0, rows, 5000):
        values = []
        for number in range(start, min(start + 5000, rows)):
            name = f"Máy gom rơm cải tiến số {number}"
            values.append(
                {
                    "code": f"SK-{number:06}",
                    "name": name,
                    "kind": kinds[number % len(kinds)],
                    "year": 2023,
                    "unit_id": units[number % len(units)],
                    "organisation_id": organisations[number % len(organisations)],
                    "registered_on": date(2023, 1, 1) + timedelta(days=number % 300),
                    "economic_value": number * 1000,
                    "stage": stages[number % len(stages)],
                    "golden_book": False,
                    "worth_spreading": False,
                    "version": 1,
                    "created_at": now(),
                    "updated_at": now(),
                    "sample": True,
                    "search_text": fold(f"SK-{number:06} {name}"),
                    "title_key": sort_key(name),
                }
            )
        made = insert(Initiative.__table__)
        # By plain inserts, which the history would refuse: nobody asks who made these.
        db.session.connection().execute(made, values, execution_options={"recorded": True})
    db.session.commit()
    last = db.session.scalar(select(Initiative.id).order_by(Initiative.id.desc()).limit(1)) or 0
    district = db.session.scalar(select(Unit.id).where(Unit.code == "947")) or 0
    return {"last": last, "district": district}


def _measure(app: Flask, client: FlaskClient, url: str) -> tuple[float, int]:
    seen: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    times = []
    for _ in range(RUNS):
        seen.clear()
        start = time.perf_counter()
        if client.get(url).status_code != 200:
            raise SystemExit(f"{url} did not answer")
        times.append((time.perf_counter() - start) * 1000)
    event.remove(engine, "before_cursor_execute", count)
    return statistics.median(times), len(seen)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
