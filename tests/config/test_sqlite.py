"""SQLite files that several open at once."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from wenbao.config.sqlite import write_ahead

ROUNDS, COMERS = 30, 8
"""Without another try about one round in four fails."""


def test_a_new_file_can_be_opened_by_several_at_once(tmp_path: Path) -> None:
    """Everyone gets to write ahead; nobody is told that the database is locked."""
    for number in range(ROUNDS):
        path, modes = tmp_path / f"{number}.sqlite3", []
        starting = threading.Barrier(COMERS)

        def come(path: Path = path, modes: list[str] = modes, starting: threading.Barrier = starting) -> None:
            with closing(sqlite3.connect(path, timeout=10)) as database:
                starting.wait()
                write_ahead(database)
                modes.append(database.execute("PRAGMA journal_mode").fetchone()[0])

        threads = [threading.Thread(target=come) for _ in range(COMERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ["wal"] * COMERS == modes


def test_what_is_no_database_is_told_at_once(tmp_path: Path) -> None:
    """Only waiting for others is worth another try."""
    path = tmp_path / "damaged.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with closing(sqlite3.connect(path)) as database, pytest.raises(sqlite3.DatabaseError, match="not a database"):
        write_ahead(database)
