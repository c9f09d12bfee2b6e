"""What a connection to the database promises."""

import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models.records.database import engine_options, journal_mode

pytestmark = pytest.mark.database


def test_sqlite_keeps_its_promises(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("settings of SQLite")
    settings = {
        name: session.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "synchronous", "journal_mode")
    }
    assert settings == {"foreign_keys": 1, "synchronous": 2, "journal_mode": journal_mode().lower()}


def test_an_old_sqlite_gets_the_older_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = engine_options("sqlite://")["module"]
    for version, mode in (((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 52, 0), "WAL")):
        monkeypatch.setattr(driver, "sqlite_version_info", version)
        assert journal_mode() == mode


def test_only_sqlite_brings_its_own_driver() -> None:
    assert set(engine_options("sqlite:///x.db")) == {"module", "connect_args"}
    assert engine_options("postgresql+psycopg://") == {"pool_pre_ping": True}


def test_whoever_has_the_records_has_the_second_lock() -> None:
    # A server may be started without the commands: without the lock's listeners nobody would be shown a row.
    told = "import sys, models; sys.exit('models.access.row_security' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
