"""What all SQLite files of the house have in common."""

from __future__ import annotations

import sqlite3

from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

WAIT_SECONDS = 10


def _is_busy(problem: BaseException) -> bool:
    code = getattr(problem, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY  # the low byte of an extended code is the plain one


@retry(
    retry=retry_if_exception(_is_busy),
    wait=wait_random(0.001, 0.02),
    stop=stop_after_delay(WAIT_SECONDS),
    reraise=True,
)
def write_ahead(database: sqlite3.Connection) -> None:
    """Have a database write ahead (WAL). Raises sqlite3.Error where it cannot.

    Where several switch a new file over at the same time SQLite may call it busy at once, whatever the connection's
    timeout, so this tries again.
    """
    database.execute("PRAGMA journal_mode = WAL").fetchone()
