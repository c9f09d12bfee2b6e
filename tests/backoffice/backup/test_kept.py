"""Which backups are kept: the last of each of seven days, four weeks and twelve months."""

from datetime import datetime, timedelta
from pathlib import Path

from backoffice.backup.kept import NAME, keep, made, thin_out
from models.records.clock import VIETNAM

END = datetime(2026, 11, 27, 2, tzinfo=VIETNAM)


def nights(count: int) -> list[datetime]:
    return [END - timedelta(days=day) for day in range(count)]


def test_a_year_of_nights() -> None:
    kept = sorted(keep(nights(400)), reverse=True)
    days = [END - timedelta(days=day) for day in range(7)]
    assert kept[:7] == days
    assert {moment.strftime("%Y-%m") for moment in kept} == {
        f"{2025 + (11 + month) // 12}-{(11 + month) % 12 + 1:02d}" for month in range(12)
    }
    assert {(END - timedelta(days=END.weekday() + 1 + 7 * week)).date() for week in range(3)} <= {
        m.date() for m in kept
    }
    assert len(kept) <= 7 + 4 + 12


def test_a_few_are_all_kept() -> None:
    assert keep(nights(5)) == set(nights(5))


def test_only_what_is_ours_goes(tmp_path: Path) -> None:
    for moment in nights(60):
        (tmp_path / f"{moment:{NAME}}").touch()
    others = [tmp_path / "thư của huyện.zip", tmp_path / "so-mat-tran-cũ.zip"]
    for path in others:
        path.touch()
    gone = thin_out(tmp_path)
    assert all(path.exists() for path in others)
    assert {moment for moment, _path in made(tmp_path)} == keep(nights(60))
    assert len(gone) == 60 - len(keep(nights(60)))
