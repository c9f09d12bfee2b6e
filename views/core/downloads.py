"""Downloads: a workbook, or a zip of several, as the answer to a request."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from shutil import copyfileobj
from typing import IO
from urllib.parse import quote
from zipfile import ZipFile

from flask import Response, send_file

from exports.listing import Listing, write_listing
from exports.names import file_name
from models.records.clock import today
from models.records.text import fold

KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "zip": "application/zip"}


def download(listing: Listing, title: str) -> Response:
    """The list's workbook as an answer, under title and day."""
    return sent(lambda file: write_listing(file, listing), title)


def download_parts(listings: Sequence[tuple[str, Listing]], title: str) -> Response:
    """The workbooks of several places, in one zip."""

    def write(file: IO[bytes]) -> None:
        with ZipFile(file, "w") as archive:  # they are compressed already
            for number, (place, listing) in enumerate(listings, 1):
                name = file_name(f"{number:02} {title} – {place}", "xlsx")
                with tempfile.TemporaryFile() as book, archive.open(name, "w", force_zip64=True) as member:
                    write_listing(book, listing)
                    book.seek(0)
                    copyfileobj(book, member, 1 << 20)

    return sent(write, title, "zip")


def sent(write: Callable[[IO[bytes]], object], title: str, ending: str = "xlsx") -> Response:
    """What `write` makes as an answer, under its Vietnamese name; for old programs under the same without accents."""
    name = file_name(title, ending, today())
    file = tempfile.TemporaryFile()  # noqa: SIM115  closed by the answer that sends it
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    answer = send_file(file, mimetype=KINDS[ending])
    bare = fold(name).encode("ascii", "ignore").decode().replace('"', "'").replace("\\", "-")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{bare}\"; filename*=UTF-8''{quote(name, safe='')}"
    return answer
