"""The program as people start it: with a data folder and settings of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
START = "from backoffice.cli import main; main()"
SECONDS = 60


def copied(folder: Path) -> Path:
    """`folder`, with a copy of the project's code in it."""
    for package in ("backoffice", "models", "views", "exports", "imports", "seed"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def run(folder: Path, *words: str, code: Path = ROOT, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the project at `code`."""
    return subprocess.run(
        [sys.executable, "-c", START, *words],
        cwd=folder,
        env=environment(folder, code, **settings),
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


@contextmanager
def served(folder: Path, *, code: Path = ROOT, **settings: str) -> Iterator[str]:
    """The address at which `backoffice serve` answers as long as the block."""
    settings = {"PORT": str(free_port()), **settings}
    address = f"http://127.0.0.1:{settings['PORT']}"
    with subprocess.Popen(
        [sys.executable, "-c", START, "serve"],
        cwd=folder,
        env=environment(folder, code, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            _wait_for(address, process)
            yield address
        finally:
            process.terminate()
        out, err = process.communicate()
    assert out.splitlines()[-1] == address
    assert "Traceback" not in err, err


def environment(folder: Path, code: Path = ROOT, **settings: str) -> dict[str, str]:
    """What a program of the project at `code` finds around it: these settings, and none from outside.

    Unless they say otherwise its data lies in `folder`/instance.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BACKOFFICE_")}
    usual = {"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    return {**kept, **usual, "BACKOFFICE_DATA": str(folder / "instance"), **settings}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(f"{address}/healthz"):  # noqa: S310  our own server
                return
        except URLError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"nothing answers at {address}: {process.communicate()[1]}")
