"""The worker: one thread that answers, one after the other, what people asked to have done aside."""

from __future__ import annotations

import logging
import re
import secrets
from contextvars import copy_context
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from urllib.parse import unquote

from flask import Flask, current_app, g, get_flashed_messages
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from backoffice.errors import SENTENCES
from backoffice.figures import compare_by_night
from backoffice.log import error_number
from backoffice.sessions import act_as
from models import form_numbers, jobs
from models.jobs import CancelledError, Job
from models.records.clock import now
from models.records.database import only_reading
from views.core.as_of import look_back
from views.core.session import db

PAUSE = 10.0
"""Seconds after which the queue is looked at even if nobody called."""
SETTLED = 600.0
"""Seconds after the start before which the figures, if they missed their night, are not compared."""
SWEEP_EVERY = timedelta(hours=1)
"""How often files that waited long enough are looked for: a server may run for months."""
NAME = re.compile(r"filename\*=UTF-8''([^;]+)")
log = logging.getLogger("backoffice")


class Worker:
    """Does the jobs of one application. `call` makes sure that it is at work."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._called, self._lock = Event(), Lock()
        self._thread: Thread | None = None
        self._swept: datetime | None = None
        self._began = monotonic()
        self.folder = Path(app.instance_path) / "jobs"

    def call(self) -> None:
        """There may be something to do."""
        self._called.set()
        with self._lock:
            if not self._app.testing and (self._thread is None or not self._thread.is_alive()):
                self._thread = Thread(target=self._run, name="worker", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._called.clear()
            try:
                self.turn()
                if monotonic() - self._began > SETTLED:
                    compare_by_night(self._app, Path(self._app.instance_path))
            except Exception:
                log.exception("the worker goes on")
            self._called.wait(PAUSE)

    def turn(self) -> None:
        """Do every job that waits, and see to it from time to time that old files go."""
        while self.work():
            pass
        if self._swept is None or now() - self._swept >= SWEEP_EVERY:
            self._swept = now()
            with self._app.app_context():
                jobs.sweep(db.session(), self.folder)
                form_numbers.forget_old(db.session())
                db.session.remove()

    def work(self) -> bool:
        """Do the next job. Whether there was one."""
        with self._app.app_context():
            job = jobs.take(db.session())
            if job is not None:
                # What a job is, and may, ends with it.
                copy_context().run(self._do, job)
            db.session.remove()
        return job is not None

    def _do(self, job: Job) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # one that an earlier version made, too
        plain = copy_context()
        only_reading.set(True)
        id_ = job.id

        def hear(rows: int) -> None:
            with Session(db.engine) as session:
                jobs.hear(session, id_, rows)

        jobs.step.set(lambda rows: plain.run(hear, rows))
        part = self.folder / f"{secrets.token_hex(16)}.part"
        try:
            name, problem = self._answer(job, part)
        except CancelledError:
            name, problem = "", ""
        except HTTPException as refused:
            name, problem = "", SENTENCES.get(refused.code or 400, SENTENCES[400])
        except Exception:
            log.exception("job %s: error %s", id_, error_number())
            name, problem = "", f"{SENTENCES[500]} ({error_number()})"
        with Session(db.engine) as session:
            plain.run(self._keep, session, id_, part, name, problem)

    def _answer(self, job: Job, part: Path) -> tuple[str, str]:
        """Write the answer of the job's address to `part`. Returns its name, or "" and why there is none."""
        if not job.user.active:
            return "", SENTENCES[403]
        with self._app.test_request_context(job.address):
            g.user = job.user
            act_as(job.user)
            look_back()
            answer = current_app.make_response(current_app.dispatch_request())
            named = NAME.search(answer.headers.get("Content-Disposition", ""))
            if answer.status_code != 200 or named is None:
                return "", " ".join(str(text) for text in get_flashed_messages()) or SENTENCES[400]
            with part.open("wb") as file:
                for chunk in answer.iter_encoded():
                    file.write(chunk)
            answer.close()
        return unquote(named[1]), ""

    def _keep(self, session: Session, id_: int, part: Path, name: str, problem: str) -> None:
        job = session.get_one(Job, id_)
        if name:
            part.replace(part.with_suffix(""))
            jobs.finish(session, job, part.stem, name)
        else:
            part.unlink(missing_ok=True)
            jobs.fail(session, job, problem)
