"""A list of 100,000 rows and 15 columns, from the database to a finished workbook: ours beside others.

    python -m pip install --group bench
    python -m bench.excel [ROWS] [--large]

Makes a throw-away SQLite file; then each way in turn, in a process of its own, five times: ours, that of Flask-Admin as
it comes, that of django-import-export, and a bare renderer that is handed ready tuples and only writes cells. Prints
medians and how much memory each took beyond what it held before. `--large` adds ours on 1,000,000 rows.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

RUNS = 5
NAMES = (
    *("code", "name", "born_on", "sex", "district", "commune", "address", "identity"),
    *("amount", "area", "share", "sent_at", "state", "note", "people"),
)
FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Lý", "Kim", "Thạch"]
GIVEN = ["Ánh", "Bình", "Dũng", "Hạnh", "Lan", "Phượng", "Sơn", "Vượng"]
DISTRICTS = ["Huyện Mỹ Xuyên", "Huyện Kế Sách", "Thị xã Ngã Năm", "Thành phố Sóc Trăng", "Huyện Cù Lao Dung"]
STATES = ["Mới nhận", "Đang xem xét", "Chờ bổ sung", "Đã trả kết quả", "Quá hạn"]
NOTES = [
    "Hồ sơ hợp lệ, đã đối chiếu bản gốc",
    "Đề nghị bổ sung <mẫu 03> & giấy ủy quyền",
    "Đã liên hệ qua điện thoại, hẹn trả lời trong tuần",
    "Chuyển phòng chuyên môn thẩm định theo quy định hiện hành của tỉnh",
]


def made(rows: int) -> Iterator[tuple[Any, ...]]:
    """The values of each row, in the order of NAMES; the same on every run."""
    dice = random.Random(2023)  # noqa: S311  no secret
    for number in range(1, rows + 1):
        yield (
            f"HS-{number:07}",
            f"{dice.choice(FAMILIES)} {dice.choice(['Văn', 'Thị', 'Hữu'])} {dice.choice(GIVEN)}",
            date(1950, 1, 1) + timedelta(days=dice.randrange(20_000)),
            dice.choice(["Nam", "Nữ"]),
            dice.choice(DISTRICTS),
            f"Xã {dice.choice(GIVEN)} {dice.choice(GIVEN)}",
            f"Số {dice.randrange(999)}, đường {dice.choice(FAMILIES)} {dice.choice(GIVEN)}, ấp {dice.randrange(12)}",
            f"0{dice.randrange(10**10, 10**11)}",
            dice.randrange(10**5, 10**10),
            round(dice.uniform(20, 5000), 2),
            round(dice.random() * 100, 2),
            datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(500_000)),
            dice.choice(STATES),
            dice.choice(NOTES) if dice.random() > 0.3 else None,
            dice.randrange(1, 12),
        )


def fill(file: Path, rows: int) -> None:
    """Make the database: one table with what every record has, and the 15 columns."""
    from bench.entries import Entry

    _app(file)
    values = (
        {
            **{name: str(v) if isinstance(v, date) else v for name, v in zip(NAMES, row, strict=True)},
            "sent_at": f"{row[11]:%Y-%m-%d %H:%M:%S}.000000",
            "version": 1,
            "created_at": "2023-01-01 00:00:00",
            "updated_at": "2023-01-01 00:00:00",
            "sample": 0,
            "search_text": row[0].lower(),
            "title_key": row[0],
        }
        for row in made(rows)
    )
    names = [column.name for column in Entry.__table__.columns if column.name != "id"]
    into = f"INSERT INTO entry ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(into, values)


# -- the ways


def _app(file: Path) -> Any:
    """Our application on this database, its tables made."""
    from backoffice.factory import create_app
    from views.core.session import db

    app = create_app({"SQLALCHEMY_DATABASE_URI": f"sqlite:///{file}"}, file.parent / "instance")
    with app.app_context():
        db.create_all()
    return app


def ours(database: Path, file: Path) -> Callable[[], object]:
    """As `backoffice export` does it."""
    from bench.entries import EntryView
    from views.core.pages.export import ExportPage

    app, screen = _app(database), EntryView()

    def run() -> None:
        with app.test_request_context(), file.open("wb") as target:
            screen.page(ExportPage).write_all(target)

    return run


def flask_admin(database: Path, file: Path) -> Callable[[], object]:
    """Flask-Admin's own model view and its export to xlsx, with nothing set but that it is allowed."""
    from flask import Flask
    from flask_admin import Admin
    from flask_admin.contrib.sqla import ModelView
    from sqlalchemy import create_engine
    from sqlalchemy.ext.automap import automap_base
    from sqlalchemy.orm import Session

    engine = create_engine(f"sqlite:///{database}")
    base = automap_base()
    base.prepare(autoload_with=engine)

    class View(ModelView):
        can_export = True
        export_types = ("xlsx",)
        column_list = NAMES

    app = Flask("stock")
    app.secret_key = "stock"  # noqa: S105  of an application that lives for a minute
    Admin(app).add_view(View(base.classes.entry, Session(engine), endpoint="entry"))
    client = app.test_client()
    return lambda: file.write_bytes(client.get("/admin/entry/export/xlsx/").data)


def django_import_export(database: Path, file: Path) -> Callable[[], object]:
    """A model resource of django-import-export, exported to xlsx."""
    import django
    from django.conf import settings

    there = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)}
    settings.configure(DATABASES={"default": there}, INSTALLED_APPS=["import_export"], USE_TZ=True)
    django.setup()
    from django.db import models
    from import_export import resources
    from import_export.formats.base_formats import XLSX

    kinds = {
        "amount": models.BigIntegerField,
        "people": models.IntegerField,
        "born_on": models.DateField,
        "sent_at": models.DateTimeField,
        "area": models.FloatField,
        "share": models.FloatField,
    }
    meta = type("Meta", (), {"managed": False, "db_table": "entry", "app_label": "bench"})
    columns = {name: kinds.get(name, models.TextField)(null=True) for name in NAMES}
    model = type("Entry", (models.Model,), {"__module__": "bench", "Meta": meta, **columns})
    resource_ = resources.modelresource_factory(model)()
    return lambda: file.write_bytes(XLSX().export_data(resource_.export(model.objects.all())))


def bare(database: Path, file: Path, rows: int) -> Callable[[], object]:
    """Ready tuples, one expression a cell, no look at widths, heights or what Excel can't hold: the floor."""
    import xlsxwriter
    from xlsxwriter.utility import xl_col_to_name
    from xlsxwriter.worksheet import Worksheet

    ready = list(made(rows))
    origin = date(1899, 12, 30).toordinal()

    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;") if "&" in text or "<" in text else text

    def number(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.toordinal() - origin + (value.hour * 60 + value.minute) / 1440
        return value.toordinal() - origin if isinstance(value, date) else value

    class Bare(Worksheet):  # type: ignore[misc]
        def _write_sheet_data(self) -> None:
            self._xml_start_tag("sheetData")
            letters = [xl_col_to_name(place) for place in range(len(NAMES))]
            for row, values in enumerate(ready, start=1):
                cells = [
                    f'<c r="{letter}{row}" t="inlineStr"><is><t>{escape(v)}</t></is></c>'
                    if v.__class__ is str
                    else f'<c r="{letter}{row}"><v>{number(v)}</v></c>'
                    for letter, v in zip(letters, values, strict=True)
                    if v is not None
                ]
                self.fh.write(f'<row r="{row}">{"".join(cells)}</row>')
            self._xml_end_tag("sheetData")

    def run() -> None:
        book = xlsxwriter.Workbook(file)
        book.add_worksheet("Hồ sơ", Bare)
        book.close()

    return run


# -- the measuring


def _memory(word: str) -> int:
    """What this process holds ("VmRSS") or held at most ("VmHWM"), in MB."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(word)) // 1024
    except OSError:  # no Linux: at most is all that can be known
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run_one(way: str, database: Path, rows: int) -> dict[str, float]:
    """Do it once, in this process."""
    file = database.parent / f"{way}.xlsx"
    ways = {"ours": ours, "flask_admin": flask_admin, "django_import_export": django_import_export}
    run = bare(database, file, rows) if way == "bare" else ways[way](database, file)
    with suppress(OSError):  # the peak from here on
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _memory("VmRSS")
    start = time.perf_counter()
    run()
    took = time.perf_counter() - start
    if file.stat().st_size < rows:
        raise SystemExit(f"{way} wrote no workbook")
    return {"seconds": took, "memory": _memory("VmHWM") - before, "size": file.stat().st_size / 1e6}


def _apart(way: str, database: Path, rows: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.excel", str(rows), "--way", way, "--database", str(database)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  ourselves
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def main(rows: int, *, large: bool) -> None:
    """Make the data, measure, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.db"
        fill(database, rows)
        ways = ("ours", "flask_admin", "django_import_export", "bare")
        found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
        for turn in range(RUNS):
            for way in (*ways[turn % 4 :], *ways[: turn % 4]):
                found[way].append(_apart(way, database, rows))
    print(f"{rows} rows x {len(NAMES)} columns, medians of {RUNS}")  # noqa: T201
    print(f"{'':22}{'seconds':>9}{'to ours':>9}{'+MB':>7}{'file MB':>9}")  # noqa: T201
    middle = {way: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for way, runs in found.items()}
    for way, one in middle.items():
        ratio = statistics.median(b["seconds"] / a["seconds"] for a, b in zip(found["ours"], found[way], strict=True))
        print(f"{way:22}{one['seconds']:9.2f}{ratio:9.2f}{one['memory']:7.0f}{one['size']:9.1f}")  # noqa: T201
    if large:
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "bench.db"
            fill(database, 1_000_000)
            one = _apart("ours", database, 1_000_000)
        print(f"ours, 1000000 rows: {one['seconds']:.1f} s, +{one['memory']:.0f} MB, {one['size']:.0f} MB")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--way")
    parser.add_argument("--database", type=Path)
    asked = parser.parse_args()
    if asked.way:
        print(json.dumps(run_one(asked.way, asked.database, asked.rows)))  # noqa: T201
    else:
        main(asked.rows, large=asked.large)
