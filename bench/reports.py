"""How long the grid of reports takes, 12 months by 150 organisations: `python -m bench.reports [ORGANISATIONS]`.

Builds a throw-away SQLite database from the real seed, lets so many committees owe reports by the month, writes 9 of
10 reports by plain inserts, each with every indicator in it, signs in, and asks for each page seven times.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from backoffice.factory import create_app
from bench.lists import PASSWORD, RUNS, _measure
from models import Figure, Indicator, Organisation, Period, Report, User
from models.accounts.passwords import set_password
from models.accounts.users import Role
from models.periods import PeriodKind, open_year
from models.records.clock import now
from models.reports import ReportStatus
from models.units import Level
from seed import loader
from views.core.session import db

PAGES = {
    "grid, 12 months": "/reports/grid/?kind=month&year=2023",
    "grid, 4 quarters": "/reports/grid/?kind=quarter&year=2023",
    "reminder": "/reports/reminder/?kind=month&year=2023",
    "sums of the province, a month": "/reports/sums/?kind=month&year=2023",
    "sums of the province, the year": "/reports/sums/?kind=year&year=2023",
}


def main(organisations: int) -> None:
    """Build, measure, print."""
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"WTF_CSRF_ENABLED": False}, Path(folder))
        with app.app_context():
            db.create_all()
            reports, figures = _fill(organisations)
            db.session.remove()
        client = app.test_client()
        client.post("/login", data={"username": "admin", "password": PASSWORD})
        client.post("/account/second-factor/later")
        print(f"{organisations} organisations, {reports} reports, {figures} figures, median of {RUNS}")  # noqa: T201
        for name, url in PAGES.items():
            milliseconds, statements = _measure(app, client, url)
            print(f"{name:32} {milliseconds:8.0f} ms {statements:4} statements")  # noqa: T201
        with app.app_context():
            db.engine.dispose()


def _fill(organisations: int) -> tuple[int, int]:
    session = db.session()
    loader.load(session, demo=False)
    user = User(username="admin", name="Quản trị", role=Role.ADMINISTRATOR)
    set_password(session, user, PASSWORD, must_change=False)
    session.add(user)
    open_year(session, 2023, 20)
    places = session.scalars(
        select(Organisation).where(Organisation.level != Level.AREA).order_by(Organisation.id).limit(organisations)
    ).all()
    if len(places) < organisations:
        raise SystemExit(f"there are only {len(places)} organisations")
    for place in places:
        place.reports_every = PeriodKind.MONTH
    session.commit()
    kept: dict[str, Any] = {
        "version": 1,
        "created_at": now(),
        "updated_at": now(),
        "sample": True,
        "search_text": "",
        "title_key": "",
    }
    reports = [
        {
            "period_id": period.id,
            "organisation_id": place.id,
            "revision": 1,
            "status": ReportStatus.ACCEPTED,
            "sent_on": period.due_on + timedelta(days=number % 9 - 6),
            **kept,
        }
        for number, (period, place) in enumerate((p, o) for p in session.scalars(select(Period)) for o in places)
        if number % 10
    ]
    # By plain inserts, which the history would refuse: nobody asks who made these.
    connection = session.connection()
    freely = {"recorded": True}
    connection.execute(insert(Report.__table__), reports, execution_options=freely)
    ids, asked = session.scalars(select(Report.id)).all(), session.scalars(select(Indicator.id)).all()
    figures = [
        {"report_id": report, "indicator_id": indicator, "value": (report * indicator) % 1000, **kept}
        for report in ids
        for indicator in asked
    ]
    connection.execute(insert(Figure.__table__), figures, execution_options=freely)
    session.commit()
    return len(reports), len(figures)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
