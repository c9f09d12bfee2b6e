"""What the test suite costs: seconds of CPU and of the clock by file, and PostgreSQL's own.

python -m bench.suite                    the whole suite, as `make test` runs it
python -m bench.suite tests/views -n 0   what else pytest is told
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from tests import postgres

ROOT = Path(__file__).parent.parent
SPREAD = ("-n", "logical", "--dist", "loadgroup", "--no-loadscope-reorder")
COST = "cost"
cpu: Counter[str] = Counter()
clock: Counter[str] = Counter()
tests: Counter[str] = Counter()


# -- as a plugin of pytest, in each of its processes


def _spent() -> tuple[float, float]:
    """Seconds of CPU, with those of ended children, and of the clock."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system, time.monotonic()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    yield from _measured(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    yield from _measured(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    yield from _measured(item)


def _measured(item: pytest.Item) -> Generator[None]:
    before = _spent()
    try:
        return (yield)
    finally:
        after = _spent()
        item.user_properties.append((COST, (after[0] - before[0], after[1] - before[1])))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what a test cost; its last report has it all."""
    if report.when == "teardown":
        file = report.nodeid.split("::")[0]
        tests[file] += 1
        for name, (seconds, elapsed) in report.user_properties:
            if name == COST:
                cpu[file] += seconds
                clock[file] += elapsed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table, the dearest file first. What a run's processes share is counted with the first test that needs it."""
    terminalreporter.section("CPU s, clock s, tests")
    for file, seconds in cpu.most_common():
        terminalreporter.write_line(f"{seconds:8.2f} {clock[file]:8.2f} {tests[file]:6} {file}")
    terminalreporter.write_line(f"{_of_postgresql():8.2f}                  PostgreSQL")
    terminalreporter.write_line(f"{cpu.total():8.2f} {clock.total():8.2f} {tests.total():6} all")


def _of_postgresql() -> float:
    """Seconds of CPU that the run's server and its processes that ended took; 0 where there is none to ask."""
    try:
        number = Path(os.environ[postgres.HOME], "data", "postmaster.pid").read_text().split()[0]
        counts = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[11:15]
    except (OSError, KeyError):
        return 0
    return sum(map(int, counts)) / os.sysconf("SC_CLK_TCK")


# -- as a script


def main() -> None:
    """Run the suite with the plugin; then say what all its processes took together."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "bench.suite", *(sys.argv[1:] or SPREAD)]
    done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603  ourselves
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = f"{spent.ru_utime + spent.ru_stime:8.2f} {time.monotonic() - began:8.2f}"
    print(f"{whole}        all processes but PostgreSQL's")  # noqa: T201
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
