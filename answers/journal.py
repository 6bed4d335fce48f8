"""Keeps replies, feedback and conversations in SQLite, without saying who asked."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from wenbao.answers.conversation import Memory, dump, load
from wenbao.answers.model import Answer, Citation, Feedback, Item, Reply
from wenbao.config.errors import StorageFailed, UnknownAnswer

SCHEMA = """
CREATE TABLE IF NOT EXISTS replies (
    id TEXT PRIMARY KEY, asked_at REAL NOT NULL, question TEXT NOT NULL, status TEXT NOT NULL,
    language TEXT NOT NULL, reason TEXT, reply TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS replies_by_time ON replies (asked_at);
CREATE TABLE IF NOT EXISTS feedback (
    answer_id TEXT PRIMARY KEY REFERENCES replies (id) ON DELETE CASCADE,
    helpful INTEGER NOT NULL, comment TEXT, given_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, touched_at REAL NOT NULL, memory TEXT NOT NULL
) WITHOUT ROWID;
"""
DAY = 86_400.0


class Journal:
    """One SQLite file, safe to use from several threads; a connection for each."""

    def __init__(self, path: Path, retention_days: int, conversation_minutes: int) -> None:
        self._path = path
        self._keep = retention_days * DAY
        self._remember = conversation_minutes * 60.0
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            self._connection().executescript(SCHEMA)
            self.forget_old()
        except sqlite3.Error as problem:
            raise StorageFailed(
                f"The journal {path} cannot be used: {problem}. Move it away to start a new one."
            ) from problem

    def keep(self, question: str, reply: Reply) -> None:
        """Keep a reply, so that it can be shown again and judged."""
        row = (reply.id, time.time(), question, reply.status, reply.language, reply.reason, _dump_reply(reply))
        self._write("INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def reply(self, answer_id: str) -> Reply:
        """A reply that was kept. Raises UnknownAnswer."""
        row = self._connection().execute("SELECT reply FROM replies WHERE id = ?", (answer_id,)).fetchone()
        if row is None:
            raise UnknownAnswer("This answer is not kept any more. Please ask again.")
        return _load_reply(row[0])

    def judge(self, feedback: Feedback) -> None:
        """Keep what a person thought of an answer; a second thought replaces the first. Raises UnknownAnswer."""
        self.reply(feedback.answer_id)
        row = (feedback.answer_id, feedback.helpful, feedback.comment, time.time())
        self._write("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)", row)

    def feedback(self, answer_id: str) -> Feedback | None:
        """What was thought of an answer, None where nobody said."""
        query = "SELECT helpful, comment FROM feedback WHERE answer_id = ?"
        row = self._connection().execute(query, (answer_id,)).fetchone()
        return Feedback(answer_id, bool(row[0]), row[1]) if row else None

    def remember(self, conversation_id: str, memory: Memory) -> None:
        """Keep the last answered turn of a conversation."""
        row = (_hashed(conversation_id), time.time(), dump(memory))
        self._write("INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)", row)

    def recall(self, conversation_id: str) -> Memory | None:
        """The last answered turn of a conversation, None where there is none or it is too long ago."""
        query = "SELECT memory FROM conversations WHERE id = ? AND touched_at > ?"
        row = self._connection().execute(query, (_hashed(conversation_id), time.time() - self._remember)).fetchone()
        return load(row[0]) if row else None

    def forget_old(self) -> None:
        """Delete what is older than it may be kept."""
        now = time.time()
        self._write("DELETE FROM replies WHERE asked_at < ?", (now - self._keep,))
        self._write("DELETE FROM conversations WHERE touched_at < ?", (now - self._remember,))

    def close(self) -> None:
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        try:
            with self._connection() as connection:
                connection.execute(statement, values)
        except sqlite3.Error as problem:
            raise StorageFailed(f"The journal {self._path} cannot be written: {problem}.") from problem

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
            connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
            self._local.connection = connection
            with self._lock:
                self._connections.append(connection)
        return connection


def _hashed(conversation_id: str) -> str:
    """Conversation ids may name a person in other systems, so only their hash is kept."""
    return hashlib.sha256(conversation_id.encode()).hexdigest()


def _dump_reply(reply: Reply) -> str:
    return json.dumps(asdict(reply), ensure_ascii=False)


def _load_reply(text: str) -> Reply:
    data = json.loads(text)
    if data["answer"]:
        items = tuple(Item(**item) for item in data["answer"].pop("items"))
        data["answer"] = Answer(**data["answer"], items=items)
    for name in ("citations", "related"):
        data[name] = tuple(_citation(one) for one in data[name])
    data["suggestions"] = tuple(data["suggestions"])
    return Reply(**data)


def _citation(data: dict[str, Any]) -> Citation:
    highlights = tuple((start, end) for start, end in data.pop("highlights"))
    return Citation(**data | {"section": tuple(data["section"]), "highlights": highlights})
