"""Jobs: work that takes longer than a page may, done aside one after the other; a restart loses none.

A job is an address that is answered later, in the name of whoever asked for it. The answer's file waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import ForeignKey, String, Text, and_, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.access.scope import ALL, limited_to
from models.accounts.users import User
from models.organisations import Organisation
from models.records.base import Base
from models.records.choices import Choice, State
from models.records.clock import now
from models.records.fields import Moment, choice
from models.records.words import _

STALE = timedelta(seconds=30)
"""A running job that wasn't heard of for so long died with its process."""
KEPT = timedelta(days=7)
"""How long a finished job and its file wait."""
STRAY_AGE = timedelta(days=1)
"""How old the file of a job that died or was cancelled gets."""
TRIES = 3
EVERY = 1000
"""After so many rows a job is told how far it is."""
DIED = _("Ứng dụng đã ngừng giữa chừng %(tries)s lần. Hãy bấm “Làm lại”.")

OTHER_RIGHTS = _("Quyền của bạn đã thay đổi từ khi tệp này được làm. Hãy bấm “Làm lại”.")

T = TypeVar("T")


class JobState(Choice):
    """How far a job is."""

    WAITING = "waiting", _("Đang chờ")
    RUNNING = "running", _("Đang làm"), State.WAITING
    DONE = "done", _("Xong"), State.DONE
    FAILED = "failed", _("Không làm được"), State.OFF
    CANCELLED = "cancelled", _("Đã hủy")


OPEN = (JobState.WAITING, JobState.RUNNING)


class Job(Base):
    """One file asked for: by whom, at which address, and what became of it."""

    __tablename__ = "job"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    user: Mapped[User] = relationship()
    title: Mapped[str] = mapped_column(String(300))
    address: Mapped[str] = mapped_column(Text())
    """Path and query of the page whose answer is the file."""
    state: Mapped[JobState] = choice(_("Tình trạng"), JobState, default=JobState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(Moment(), default=now)
    heard_at: Mapped[datetime | None] = mapped_column(Moment())
    ended_at: Mapped[datetime | None] = mapped_column(Moment())
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    """Rows, or whatever else it goes through one by one; 0 where nobody knows."""
    tries: Mapped[int] = mapped_column(default=0)
    stored: Mapped[str | None] = mapped_column(String(32))
    """Name of the file where jobs' files lie."""
    file_name: Mapped[str | None] = mapped_column(String(300))
    """What the file is called for whoever gets it."""
    made_for: Mapped[str | None] = mapped_column(String(60))
    """What whoever asked might read when it was made (`rights_of`)."""
    problem: Mapped[str | None] = mapped_column(Text())
    """Why it couldn't be done, in people's words."""

    @property
    def percent(self) -> int:
        """How far it is, of 100."""
        return min(100, 100 * self.done // self.total) if self.total else 0


def rights_of(user: User) -> str:
    """What decides which rows and which personal data this user reads: a file made by other rights is not given out."""
    return f"{user.role.value} {user.organisation_id}"


class CancelledError(Exception):
    """Whoever asked for the job no longer wants it."""


# -- from within the work

step: ContextVar[Callable[[int], None] | None] = ContextVar("step", default=None)
"""Takes how much is done since the last time; None: what runs is no job, someone waits for it."""


def advance(steps: int = 1) -> None:
    """Tell the job that does this how far it is. Raises CancelledError when it isn't wanted any more."""
    if (tell := step.get()) is not None:
        tell(steps)


def counted(rows: Iterable[T]) -> Iterator[T]:
    """The rows, telling the job that reads them how far it is. Raises CancelledError when it isn't wanted any more."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % EVERY == 0:
            advance(EVERY)


# -- the queue; all of it asks for one's own jobs by oneself, so no scope


def ask(session: Session, user_id: int, title: str, address: str, total: int = 0) -> Job:
    """Put a job in the queue. Commits."""
    with limited_to(ALL):
        job = Job(user_id=user_id, title=title[:300], address=address, total=total)
        session.add(job)
        session.commit()
        return job


def jobs_of(session: Session, user_id: int) -> Sequence[Job]:
    """A user's jobs, the latest first."""
    with limited_to(ALL):
        return session.scalars(select(Job).where(Job.user_id == user_id).order_by(Job.id.desc())).all()


def job_of(session: Session, user_id: int, id_: int) -> Job | None:
    """The user's job of this id."""
    with limited_to(ALL):
        return session.scalars(select(Job).where(Job.user_id == user_id, Job.id == id_)).one_or_none()


def take(session: Session) -> Job | None:
    """The next job to do, marked as running, with its user. Commits. One that died too often is given up."""
    dead = and_(Job.state == JobState.RUNNING, Job.heard_at < now() - STALE)
    home = joinedload(Job.user, innerjoin=True).joinedload(User.organisation).joinedload(Organisation.unit)
    query = select(Job).where(or_(Job.state == JobState.WAITING, dead)).order_by(Job.id).limit(1).options(home)
    with limited_to(ALL):
        job = session.scalars(query.with_for_update(skip_locked=True, of=Job)).first()
        if job is not None and job.tries >= TRIES:
            fail(session, job, DIED % {"tries": TRIES})
            return take(session)
        if job is not None:
            job.state, job.heard_at, job.done = JobState.RUNNING, now(), 0
            job.made_for = rights_of(job.user)
            job.tries += 1
        session.commit()
        return job


def hear(session: Session, id_: int, rows: int) -> None:
    """Write down that so many more rows of a running job are done. Commits.

    Raises CancelledError when the job was cancelled meanwhile.
    """
    with limited_to(ALL):
        job = session.get(Job, id_, populate_existing=True)
        if job is None or job.state is not JobState.RUNNING:
            raise CancelledError
        job.done += rows
        job.heard_at = now()
        session.commit()


def finish(session: Session, job: Job, stored: str, file_name: str) -> None:
    """Write down that a job's file is there, unless it was cancelled meanwhile. Commits."""
    _end(session, job, state=JobState.DONE, stored=stored, file_name=file_name, done=job.total)


def fail(session: Session, job: Job, problem: str) -> None:
    """Write down why a job came to nothing, unless it was cancelled meanwhile. Commits."""
    _end(session, job, state=JobState.FAILED, problem=problem)


def cancel(session: Session, job: Job) -> None:
    """Give up a job that isn't done yet. Commits."""
    _end(session, job, state=JobState.CANCELLED)


def _end(session: Session, job: Job, **values: object) -> None:
    with limited_to(ALL):
        session.refresh(job)
        if job.state in OPEN:
            for name, value in {**values, "ended_at": now()}.items():
                setattr(job, name, value)
        session.commit()


def outdated(session: Session, job: Job) -> None:
    """Write down that a finished job's file is not for whoever asked any more: it can be made again. Commits."""
    with limited_to(ALL):
        job.state, job.problem = JobState.FAILED, OTHER_RIGHTS
        session.commit()


def again(session: Session, job: Job) -> None:
    """Put a job that came to nothing in the queue once more. Commits."""
    with limited_to(ALL):
        if job.state in (JobState.FAILED, JobState.CANCELLED):
            job.state, job.problem, job.ended_at, job.done, job.tries = JobState.WAITING, None, None, 0, 0
        session.commit()


def sweep(session: Session, folder: Path) -> int:
    """Forget jobs that ended long ago, and remove their files and those left over. Returns how many. Commits."""
    with limited_to(ALL):
        old = session.scalars(select(Job).where(Job.ended_at < now() - KEPT)).all()
        ended = {job.stored for job in old}
        for job in old:
            session.delete(job)
        session.commit()
        kept = set(session.scalars(select(Job.stored).where(Job.stored.is_not(None))))
    # A young file that no job names is being made: by this process, or by another one.
    stray = (now() - STRAY_AGE).timestamp()
    for path in folder.glob("*"):
        if path.name in ended or (path.name not in kept and path.stat().st_mtime < stray):
            path.unlink(missing_ok=True)
    return len(old)
