"""What the bot must remember across a restart: bot.sqlite3, with languages, what was handled, and what answers what."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import cast

from wenbao.answers.model import LANGUAGES, Language
from wenbao.config.errors import StorageFailed
from wenbao.config.sqlite import write_ahead

# Telegram delivers an update again for 24 hours at most, and lets people edit a message for 48.
_KEPT_SECONDS = 48 * 3600
_PRUNE_EVERY = 256
_SCHEMA = """
CREATE TABLE IF NOT EXISTS languages (chat TEXT PRIMARY KEY, language TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handled (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answered (
    chat TEXT, message INTEGER, question TEXT NOT NULL, replies TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (chat, message)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """Which `question` (a pseudonym) of a message was answered, and by which messages."""

    question: str
    replies: tuple[int, ...]


class BotStore:
    """Safe to use from several threads. Chats and questions come in as pseudonyms, so no identity is on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._marks = 0
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open(path)

    def first_time(self, key: str) -> bool:
        """Whether `key` (an update, an album) comes for the first time; from now on it does not."""
        now = int(time.time())
        with self._translated():
            if self._marks % _PRUNE_EVERY == 0:
                self._database.execute("DELETE FROM handled WHERE at < ?", (now - _KEPT_SECONDS,))
                self._database.execute("DELETE FROM answered WHERE at < ?", (now - _KEPT_SECONDS,))
            self._marks += 1
            return self._database.execute("INSERT OR IGNORE INTO handled VALUES (?, ?)", (key, now)).rowcount == 1

    def answered(self, chat: str, message: int) -> Answered | None:
        """How a message in a chat was answered; None where it was not, or too long ago."""
        query = "SELECT question, replies FROM answered WHERE chat = ? AND message = ?"
        with self._translated():
            row = self._database.execute(query, (chat, message)).fetchone()
        return Answered(row[0], tuple(map(int, row[1].split()))) if row else None

    def set_answered(self, chat: str, message: int, answered: Answered) -> None:
        row = (chat, message, answered.question, " ".join(map(str, answered.replies)), int(time.time()))
        with self._translated():
            self._database.execute("INSERT OR REPLACE INTO answered VALUES (?, ?, ?, ?, ?)", row)

    def language(self, chat: str) -> Language | None:
        """The language chosen in a chat; None where nobody chose, or chose that of the question."""
        with self._translated():
            row = self._database.execute("SELECT language FROM languages WHERE chat = ?", (chat,)).fetchone()
        return cast(Language, row[0]) if row and row[0] in LANGUAGES else None

    def set_language(self, chat: str, language: Language | None) -> None:
        with self._translated():
            if language:
                self._database.execute("INSERT OR REPLACE INTO languages VALUES (?, ?)", (chat, language))
            else:
                self._database.execute("DELETE FROM languages WHERE chat = ?", (chat,))

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except (sqlite3.Error, OSError) as problem:
                raise StorageFailed(
                    f"{self._path} cannot be used ({problem}). Check the disk; if the file is damaged, delete it: "
                    "only the languages that people chose in the bot are lost."
                ) from problem


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5)
    write_ahead(database)
    database.execute("PRAGMA synchronous = NORMAL")
    database.executescript(_SCHEMA)
    return database
