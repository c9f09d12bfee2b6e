"""The served application dies while it answers: whatever it said was saved is there, whole, and in the history."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pytest

from models.records.database import sqlite
from tests.conftest import token_of
from tests.program import environment, free_port

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of a server that is ready")

FULL = bool(os.environ.get("CRASH_FULL"))
PATIENCE = 30
"""Seconds that a round waits for its answers."""
ROUNDS = 1_000 if FULL else 50
WRITERS, TASKS = 3, 3
PASSWORD = "mot mat khau that dai"


@dataclass
class Server:
    """A served application that is killed, and what talks to it."""

    folder: Path
    port: int
    parent: subprocess.Popen[str]
    cookies: dict[str, str] = field(default_factory=dict)

    def start(self) -> int:
        """Serve; the number of the process to kill."""
        assert self.parent.stdin
        assert self.parent.stdout
        self.parent.stdin.write("\n")
        self.parent.stdin.flush()
        process = int(self.parent.stdout.readline())
        for _ in range(3_000):
            with suppress(OSError):
                return process if self.ask("GET", "/healthz")[0] == 200 else 0
            time.sleep(0.01)
        raise AssertionError("nothing answers")

    def ask(self, method: str, path: str, **form: Any) -> tuple[int, str]:
        """Status and text of an answer. Raises OSError or HTTPException if the server dies over it."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(form, doseq=True) if form else None, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            for said in answer.headers.get_all("Set-Cookie") or ():
                name, _is, value = said.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, text

    def sign_in(self) -> str:
        """Sign in for good, sessions outlive the process; the token of all forms."""
        token = token_of(self.ask("GET", "/login")[1])
        assert self.ask("POST", "/login", username="admin", password=PASSWORD, csrf_token=token)[0] == 302
        token = token_of(self.ask("GET", "/account/second-factor")[1])
        assert self.ask("POST", "/account/second-factor/later", csrf_token=token)[0] == 302
        return token_of(self.ask("GET", "/tasks/new/")[1])

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the file says to whoever opens it."""
        with closing(sqlite.connect(self.folder / "instance" / "backoffice.db", timeout=10)) as connection:
            return list(connection.execute(query, values))


@contextmanager
def killable(folder: Path, *words: str) -> Iterator[Server]:
    port = free_port()
    settings = {"PORT": str(port), "BACKOFFICE_DEMO": "0", "BACKOFFICE_ADMIN_PASSWORD": PASSWORD}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.killable", *words],
        cwd=folder,
        env=environment(folder, **settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        yield Server(folder, port, parent)


@dataclass
class Writer:
    """Somebody who adds tasks, and counts on in some of their own, all in one action, until nobody answers."""

    server: Server
    token: str
    owner: int
    name: str
    tried: int = 0
    made: set[str] = field(default_factory=set)
    """The codes that were answered as saved."""
    ids: list[int] = field(default_factory=list)
    count: int = 0
    """The number that was answered as saved."""
    answers: int = 0

    def make(self) -> None:
        self.tried += 1
        code = f"{self.name}-{self.tried}"
        self._save("/tasks/new/", code=code, name="Việc", owner=self.owner, status="to_do")
        self.made.add(code)

    def count_on(self) -> None:
        self._save("/tasks/bulk/", id=self.ids, set="partners", partners=self.count + 1)
        self.count += 1

    def _save(self, path: str, **form: Any) -> None:
        status, _text = self.server.ask("POST", path, csrf_token=self.token, **form)
        assert status == 302, status
        self.answers += 1

    def work(self) -> None:
        """Write until the server dies."""
        with suppress(OSError, HTTPException):
            while True:
                self.make()
                for _ in range(3):
                    self.count_on()

    def faults(self) -> Iterator[str]:
        """What of the answered is not there. At most the one write that was not answered may be there too."""
        codes = {code for (code,) in self.server.rows("SELECT code FROM task WHERE code LIKE ?", f"{self.name}-%")}
        if lost := self.made - codes:
            yield f"lost: {sorted(lost)}"
        marks = ",".join("?" * TASKS)
        held = self.server.rows(f"SELECT DISTINCT partners FROM task WHERE id IN ({marks})", *self.ids)  # noqa: S608
        numbers = [int(number or 0) for (number,) in held]
        if len(numbers) != 1:
            yield f"torn: one action left {numbers}"
        elif not self.count <= numbers[0] <= self.count + 1:
            yield f"lost: {self.count} was answered, {numbers[0]} is there"
        if len(codes - self.made) + max(numbers) - self.count > 1:
            yield f"more than was asked for: {sorted(codes - self.made)}, {numbers}"
        self.made, self.count = codes, max(numbers)


TORN = """
SELECT code, version, told, partners, last FROM (
  SELECT code, version, partners,
    (SELECT count(*) FROM audit_entry WHERE noun = 'Task' AND record_id = task.id) AS told,
    (SELECT json_extract(changes, '$.partners[1]') FROM audit_entry
     WHERE noun = 'Task' AND record_id = task.id ORDER BY id DESC LIMIT 1) AS last
  FROM task WHERE code LIKE 'NV-%')
WHERE version <> told OR partners IS NOT last
UNION ALL
SELECT title, NULL, NULL, NULL, NULL FROM audit_entry
WHERE noun = 'Task' AND record_id NOT IN (SELECT id FROM task)
"""
"""Tasks that are not as their history says, and history of tasks that are not there."""


def faults(server: Server, writers: list[Writer]) -> list[str]:
    """What is wrong with the file of a server that was killed."""
    found = [f"damaged: {row}" for row in server.rows("PRAGMA integrity_check") if row != ("ok",)]
    found += [f"torn: {row}" for row in server.rows(TORN)]
    return [*found, *(fault for writer in writers for fault in writer.faults())]


@contextmanager
def writing(folder: Path, *words: str) -> Iterator[tuple[Server, list[Writer]]]:
    """A server and its writers, each with tasks of their own."""
    with killable(folder, *words) as server:
        process = server.start()
        token, ((owner,), *_others) = server.sign_in(), server.rows("SELECT id FROM organisation ORDER BY id")
        writers = [Writer(server, token, owner, f"NV-{number}") for number in range(WRITERS)]
        for writer in writers:
            for _ in range(TASKS):
                writer.make()
            while len(writer.ids) < TASKS:
                own = server.rows("SELECT id FROM task WHERE code LIKE ?", f"{writer.name}-%")
                writer.ids = [id_ for (id_,) in own]
        kill(server, process)
        yield server, writers


def kill(server: Server, process: int) -> None:
    os.kill(process, signal.SIGKILL)


def round_of(server: Server, writers: list[Writer], answers: int, seconds: float) -> list[str]:
    """Serve, write, kill so long after so many answers, however slow the machine is; what is wrong then."""
    before, patience = sum(writer.answers for writer in writers), time.monotonic() + PATIENCE
    process = server.start()
    threads = [Thread(target=writer.work) for writer in writers]
    for thread in threads:
        thread.start()
    while sum(writer.answers for writer in writers) < before + answers and time.monotonic() < patience:
        time.sleep(0.005)
    time.sleep(seconds)
    kill(server, process)
    for thread in threads:
        thread.join()
    return faults(server, writers)


def test_no_kill_loses_or_tears_what_was_answered_as_saved(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311  when to kill, no secret
    with writing(tmp_path) as (server, writers):
        for number in range(ROUNDS):
            assert round_of(server, writers, chance.randint(1, 6), chance.uniform(0, 0.05)) == [], number
    answers = sum(writer.answers for writer in writers)
    print(f"{ROUNDS} kills, {answers} answered as saved, none lost or torn")  # noqa: T201  a figure to read
    assert answers > 2 * ROUNDS


def test_answers_before_the_commit_would_be_found(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311
    with writing(tmp_path, "hasty") as (server, writers):
        assert any(round_of(server, writers, chance.randint(1, 6), chance.uniform(0, 0.05)) for _ in range(50))
