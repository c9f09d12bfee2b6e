"""Personal data on every road there is: each personal field of each record, on each route and by each command.

The fields come from the records, the roads from the application's addresses and the list of its commands: a new one of
either is tried without a word here.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backoffice.cli import COMMANDS, cli
from models import Organisation, Person, Record, Refused, Role
from models.access.masks import personal_columns
from models.access.scope import limited_to, scope_of, writable
from models.history.audit import record_classes
from models.records.fields import Field, Kind
from models.records.lookups import owner_field, table_of
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.models.builders import build
from views.core.session import db
from views.packs import PACKS

pytestmark = ON_SQLITE

HOME = "MTTQ-947"
OPENED = {"details_view", "edit_view"}
"""Where who enters reads what belongs to the own branch."""
WRITERS = {
    "export": [("export", screen) for screen in ("people", "initiatives", "positions")],
    "pack": [("pack", name) for name in PACKS],
}
"""What the commands write that make files to hand on."""
AT_THE_MACHINE = {"serve", "seed", "backup", "restore", "files", "user", "check", "db", "routes", "shell"}
"""Those that make no such file."""
_echoed = re.compile(r'nonce="[^"]*"|<input[^>]*(?:csrf_token|form_number)[^>]*>|\d\d:\d\d(:\d\d)?')


@dataclass(frozen=True)
class Secret:
    """The value of one personal field of one record, and one that nobody has."""

    cls: type[Record]
    spec: Field
    id: int
    value: Any
    other: Any

    def spelled(self) -> Iterator[str]:
        """How it may stand on a page or in a cell."""
        yield str(self.value)
        if isinstance(self.value, date):
            yield f"{self.value:%d/%m/%Y}"

    def typed(self, *, true: bool) -> str:
        """As it is asked for, or the other one."""
        value = self.value if true else self.other
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


@pytest.fixture(scope="module")
def secrets(desk: Flask) -> list[Secret]:
    """Each personal field of a record of this home, with a value that is no other's, changed once."""
    numbers = count(970_000_000_001, 7)
    found: list[Secret] = []
    with desk.app_context():
        home = db.session.scalars(select(Organisation).where(Organisation.code == HOME)).one()
        for cls in sorted(holders(), key=lambda cls: cls.__name__):
            with limited_to(scope_of(home)):
                there = list(db.session.scalars(select(cls).where(writable(cls)).order_by(cls.id)))
            # One that is not sealed; where nobody is kept yet, somebody new.
            for record in (*there, *([] if there else [build(cls, **{cls.scoped_by[0]: home})])):
                with suppress(Refused):
                    found += put_in(record, numbers)
                    break
                db.session.rollback()
    assert {secret.cls for secret in found} == holders()
    return found


def put_in(record: Record, numbers: Iterator[int]) -> list[Secret]:
    """New values in the record's personal fields, twice, so that the history has some too."""
    specs = [spec for spec in record.fields().values() if spec.personal]
    db.session.add(record)
    for _time in ("then", "now"):
        values = [value_of(spec, next(numbers)) for spec in specs]
        for spec, value in zip(specs, values, strict=True):
            setattr(record, spec.name, value)
        db.session.commit()
    return [
        Secret(type(record), s, record.id, v, value_of(s, next(numbers))) for s, v in zip(specs, values, strict=True)
    ]


def holders() -> set[type[Record]]:
    """The records that hold personal data."""
    tables = {column.table for column in personal_columns()}
    return {cls for cls in record_classes().values() if table_of(cls) in tables}


def value_of(spec: Field, number: int) -> Any:
    """A value that a field of this kind holds, no other's."""
    match spec.kind:
        case Kind.DATE:
            return date(1911, 1, 1) + timedelta(days=number % 3000)
        case Kind.TEXT | Kind.LONG_TEXT | Kind.CODE:
            return str(number)
    raise AssertionError(f"say what a personal {spec.kind} may hold")


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Endpoint and address of every route that is read."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and "static" not in rule.endpoint:
            names = PACKS if "pack_name" in rule.arguments else [""]
            for name in names:
                url = rule.rule.replace("<export_type>", "xlsx").replace("<pack_name>", name)
                yield rule.endpoint, re.sub(r"<[^>]*>", "x", url)


def text_of(answer: TestResponse) -> str:
    """All that an answer tells: a page as it stands, the cells of workbooks, also of those in a zip."""
    with answer:
        assert answer.status_code < 500, answer.request.path
        data = answer.data
    if answer.mimetype.endswith("sheet"):
        return cells(data)
    return told_by(data) if data[:2] == b"PK" else data.decode()


def told_by(data: bytes) -> str:
    """The cells of a workbook, or of those in a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        books = [archive.read(name) for name in archive.namelist() if name.endswith(".xlsx")]
    return "\n".join(map(cells, books)) if books else cells(data)


def cells(book: bytes) -> str:
    sheets = openpyxl.load_workbook(io.BytesIO(book)).worksheets
    return "\n".join(str(row) for sheet in sheets for row in sheet.iter_rows(values_only=True))


def browser(app: Flask, role: Role) -> FlaskClient:
    return browser_of(app, add_person(app, role, HOME).username)


def shown_on(app: Flask, secret: Secret) -> Iterator[tuple[Any, int]]:
    """The screens of the secret's record, or of what it belongs to, each with the id to ask for."""
    owner = owner_field(secret.cls)
    with app.app_context():
        record = db.session.get_one(secret.cls, secret.id)
        ids = {secret.cls: secret.id} | ({owner.target: getattr(record, owner.column or "")} if owner else {})
    yield from ((screen, ids[cls]) for cls, screen in app.extensions["screens"].items() if cls in ids)


# -- what is shown


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_no_route_shows_what_is_masked(desk: Flask, secrets: list[Secret], role: Role) -> None:
    client = browser(desk, role)
    ids = {screen.endpoint: id_ for secret in secrets for screen, id_ in shown_on(desk, secret)}
    seen = set()
    for endpoint, url in routes(desk):
        screen, _dot, view = endpoint.partition(".")
        # Who enters is shown no more than who looks, but where there is something to open.
        if role is Role.EDITOR and screen not in ids:
            continue
        text = text_of(client.get(url, query_string={"id": ids.get(screen, 1)}))
        told = {(s.cls.__name__, s.spec.name) for s in secrets if any(each in text for each in s.spelled())}
        if role is Role.EDITOR and view in OPENED:
            seen |= told
        else:
            assert told == set(), (endpoint, url)
    there = {(s.cls.__name__, s.spec.name) for s in secrets if s.cls in desk.extensions["screens"]}
    assert seen == (there if role is Role.EDITOR else set())


# -- what is asked by: whether a guess is right makes no difference


def asked_by(secret: Secret, *, true: bool) -> Iterator[Mapping[str, str]]:
    """Every way to ask by this field, or by its value."""
    name, value = secret.spec.name, secret.typed(true=true)
    yield {"search": value, "q": value, "query": value, "name": secret.spec.name}
    yield {f"flt_{name}_{question}": value for question in ("is", "from", "to", "has", "below")}


def told_for(client: FlaskClient, url: str, asked: Mapping[str, str]) -> str:
    """What an answer says, without what only echoes the question and what is different each time."""
    text = text_of(client.get(url, query_string=asked, follow_redirects=True))
    for value in asked.values():
        text = text.replace(value, "?").replace(value.replace("/", "%2F"), "?")
    return _echoed.sub("", text)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_no_route_tells_whether_a_guess_is_right(desk: Flask, secrets: list[Secret], role: Role) -> None:
    client = browser(desk, role)
    for secret in secrets:
        places = {screen.endpoint for screen, _id in shown_on(desk, secret)}
        for endpoint, url in routes(desk):
            screen, _dot, view = endpoint.partition(".")
            if (screen in places and view not in OPENED) or endpoint == "search":
                for right, wrong in zip(asked_by(secret, true=True), asked_by(secret, true=False), strict=True):
                    assert told_for(client, url, right) == told_for(client, url, wrong), (secret.spec.name, url)


LOW, MIDDLE, HIGH = "100000000000", "500000000000", "900000000000"
DAYS = {LOW: date(1911, 1, 1), MIDDLE: date(1950, 1, 1), HIGH: date(1990, 1, 1)}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_no_order_and_no_group_tells_which_is_the_greater(desk: Flask, role: Role) -> None:
    """An editor of a district halved the way to a whole identity number in 41 probes like these."""
    client = browser(desk, role)
    specs = [spec for spec in Person.fields().values() if spec.personal]
    with desk.app_context():
        home = db.session.scalars(select(Organisation).where(Organisation.code == HOME)).one()
        victim = Person(full_name="Lý Thị Giữa", organisation=home, **{s.name: placed(s, MIDDLE) for s in specs})
        probe = Person(full_name="Lý Văn Dò", organisation=home)
        db.session.add_all([victim, probe])
        db.session.commit()
        id_ = probe.id
    told: dict[str, set[Any]] = {}
    for guess in (LOW, HIGH):
        with desk.app_context():
            probe = db.session.get_one(Person, id_)
            for spec in specs:
                setattr(probe, spec.name, placed(spec, guess))
            db.session.commit()
        for name in (spec.name for spec in specs):
            for order in (f"order={name}", f"order={name}&down=1", f"group={name}"):
                text = text_of(client.get(f"/people/export/xlsx/?c=full_name&{order}"))
                told.setdefault(order, set()).add(text.index("Lý Văn Dò") < text.index("Lý Thị Giữa"))
            text = text_of(client.get(f"/people/?sort={name}&desc=1&page_size=200"))
            told.setdefault(name, set()).add(text.index("Lý Văn Dò") < text.index("Lý Thị Giữa"))
    assert [order for order, answers in told.items() if len(answers) > 1] == []


def placed(spec: Field, text: str) -> Any:
    return DAYS[text] if spec.kind is Kind.DATE else text


# -- commands


def written(app: Flask, file: Path, *words: str) -> str:
    """What a command writes to the file."""
    result = CliRunner().invoke(
        cli, [words[0], words[1], str(file), *words[2:]], obj=ScriptInfo(create_app=lambda: app)
    )
    assert result.exit_code == 0, result.output
    return told_by(file.read_bytes())


def test_no_file_of_a_command_holds_them_unless_it_is_told_to(
    desk: Flask, secrets: list[Secret], tmp_path: Path
) -> None:
    assert {*WRITERS, *AT_THE_MACHINE} == set(COMMANDS)
    for words in (words for lists in WRITERS.values() for words in lists):
        text = written(desk, tmp_path / "file", *words)
        assert [s.spec.name for s in secrets if any(each in text for each in s.spelled())] == [], words
    phone = next(s.value for s in secrets if s.spec.name == "phone")
    assert phone in written(desk, tmp_path / "file", "export", "people", "--personal")
