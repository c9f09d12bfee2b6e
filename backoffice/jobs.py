"""The page of files that were asked for aside: how far each is, cancel, again, download."""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, current_app, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import current_user

from backoffice.worker import Worker
from models import jobs as queue
from models.jobs import OPEN, Job, JobState, again, job_of, jobs_of
from views.core.fields.formatting import day_text, number_text
from views.core.query import is_id
from views.core.session import db


def init_app(app: Flask) -> None:
    """Add the pages, and the worker behind them."""
    app.extensions["worker"] = Worker(app)
    app.add_url_rule("/jobs", "jobs", show)
    app.add_url_rule("/jobs/state", "jobs_state", state)
    app.add_url_rule("/jobs/cancel", "cancel_job", cancel, methods=["POST"])
    app.add_url_rule("/jobs/again", "repeat_job", repeat, methods=["POST"])
    app.add_url_rule("/jobs/file", "job_file", file)


def show() -> str:
    """One's own jobs, the latest first."""
    rows = [_row(job) for job in jobs_of(db.session(), current_user.id)]
    return render_template("jobs.html", jobs=rows, title=gettext("Tệp xuất ra"))


def state() -> Any:
    """How far one's own jobs are, for the page that shows it."""
    return jsonify(
        [{"id": job.id, "state": job.state.value, **_told(job)} for job in jobs_of(db.session(), current_user.id)]
    )


def cancel() -> Any:
    """Give up a job that isn't done yet."""
    queue.cancel(db.session(), _chosen(request.form))
    return redirect(url_for("jobs"))


def repeat() -> Any:
    """Try once more what came to nothing."""
    again(db.session(), _chosen(request.form))
    current_app.extensions["worker"].call()
    return redirect(url_for("jobs"))


def file() -> Any:
    """The finished file, to save."""
    job = _chosen(request.args)
    path = current_app.extensions["worker"].folder / (job.stored or "-")
    if job.state is not JobState.DONE or not path.is_file():
        abort(404)
    if job.made_for != queue.rights_of(current_user):
        path.unlink(missing_ok=True)
        queue.outdated(db.session(), job)
        return redirect(url_for("jobs"))
    return send_file(path, as_attachment=True, download_name=job.file_name, conditional=False, etag=False)


def _chosen(values: Any) -> Job:
    id_ = values.get("id", "")
    job = job_of(db.session(), current_user.id, int(id_)) if is_id(id_) else None
    return job or abort(404)


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "title": job.title,
        "asked": day_text(job.asked_at),
        "state": job.state,
        "open": job.state in OPEN,
        "done": job.state is JobState.DONE,
        "problem": gettext(job.problem) if job.problem else "",
        **_told(job),
    }


def _told(job: Job) -> dict[str, Any]:
    text = f"{number_text(job.done)} / {number_text(job.total)}"
    return {"percent": job.percent, "text": text if job.total and job.state is JobState.RUNNING else ""}
