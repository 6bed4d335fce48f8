"""Keeps replies, feedback and conversations in SQLite, without saying who asked; and forgets them."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from wenbao.answers.conversation import Memory, dump, load
from wenbao.answers.model import Exchange, Feedback, Reply
from wenbao.config.errors import StorageFailed, UnknownAnswer
from wenbao.config.sqlite import write_ahead

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
CREATE TABLE IF NOT EXISTS conversation_marks (
    answer_id TEXT PRIMARY KEY REFERENCES replies (id) ON DELETE CASCADE, mark BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, touched_at REAL NOT NULL, memory TEXT NOT NULL
) WITHOUT ROWID;
"""
REPLIES = TypeAdapter(Reply)
DAY = 86_400.0
SWEEP = 3_600.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A question that was asked (`asked_at` in seconds since 1970), what became of it, and what was thought of that.

    `helpful` is None where nobody said.
    """

    id: str
    asked_at: float
    question: str
    status: str
    language: str
    reason: str | None
    helpful: bool | None = None
    comment: str | None = None


class Journal:
    """One SQLite file, safe to use from several threads and processes."""

    def __init__(self, path: Path, retention_days: int, conversation_minutes: int) -> None:
        self._path = path
        self._keep = retention_days * DAY
        self._remember = conversation_minutes * 60.0
        self._idle: deque[sqlite3.Connection] = deque()
        self._swept_at = 0.0
        with self._connection() as connection:
            connection.executescript(SCHEMA)
        self.forget_old()

    def keep(self, question: str, reply: Reply, conversation_id: str | None = None) -> None:
        """Keep a reply, so that it can be shown again and judged.

        Whoever knows the conversation's id can find its replies to have them deleted; nobody else can tell that two
        replies are of one conversation.
        """
        row = (
            reply.id,
            time.time(),
            question,
            reply.status,
            reply.language,
            reply.reason,
            REPLIES.dump_json(reply).decode(),
        )
        with self._connection() as connection, connection:
            connection.execute("INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if conversation_id:
                mark = _mark(conversation_id, reply.id)
                connection.execute("INSERT INTO conversation_marks VALUES (?, ?)", (reply.id, mark))
        if time.time() - self._swept_at > SWEEP:
            self.forget_old()

    def reply(self, answer_id: str) -> Reply:
        """A reply that was kept. Raises UnknownAnswer."""
        return self.exchange(answer_id).reply

    def exchange(self, answer_id: str) -> Exchange:
        """A reply that was kept, with its question. Raises UnknownAnswer."""
        row = self._read("SELECT question, asked_at, reply FROM replies WHERE id = ?", (_text(answer_id),))
        if row is None:
            raise UnknownAnswer("This answer is not kept any more. Please ask again.")
        return Exchange(row[0], row[1], REPLIES.validate_json(row[2]))

    def judge(self, feedback: Feedback) -> None:
        """Keep what a person thought of an answer; a second thought replaces the first. Raises UnknownAnswer."""
        self.reply(feedback.answer_id)
        row = (feedback.answer_id, feedback.helpful, feedback.comment and _text(feedback.comment), time.time())
        self._write("INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?)", row)

    def feedback(self, answer_id: str) -> Feedback | None:
        """What was thought of an answer, None where nobody said."""
        row = self._read("SELECT helpful, comment FROM feedback WHERE answer_id = ?", (_text(answer_id),))
        return Feedback(answer_id, bool(row[0]), row[1]) if row else None

    def entries(self, since: float = 0.0) -> list[Entry]:
        """The questions since a time (in seconds since 1970), oldest first; none that is older than it may be kept."""
        query = (
            "SELECT id, asked_at, question, status, language, reason, helpful, comment FROM replies "
            "LEFT JOIN feedback ON answer_id = id WHERE asked_at >= ? ORDER BY asked_at, id"
        )
        with self._connection() as connection:
            rows = connection.execute(query, (max(since, time.time() - self._keep),)).fetchall()
        return [_entry(row) for row in rows]

    def remember(self, conversation_id: str, memory: Memory) -> None:
        """Keep the last answered turn of a conversation."""
        row = (_hashed(conversation_id), time.time(), dump(memory))
        self._write("INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)", row)

    def recall(self, conversation_id: str) -> Memory | None:
        """The last answered turn of a conversation, None where there is none or it is too long ago."""
        query = "SELECT memory FROM conversations WHERE id = ? AND touched_at > ?"
        row = self._read(query, (_hashed(conversation_id), time.time() - self._remember))
        try:
            return load(row[0]) if row else None
        except (TypeError, KeyError, ValueError):
            return None  # kept by another version: the conversation begins anew

    def forget_answer(self, answer_id: str) -> None:
        """Delete a reply, its question and its feedback. Raises UnknownAnswer."""
        if not self._delete("DELETE FROM replies WHERE id = ?", [(_text(answer_id),)]):
            raise UnknownAnswer("No answer with this id is kept.")

    def forget_answers(self, answer_ids: Iterable[str]) -> int:
        """Delete replies with their questions and feedback; returns how many there were."""
        return self._delete("DELETE FROM replies WHERE id = ?", [(one,) for one in answer_ids])

    def forget_conversation(self, conversation_id: str) -> int:
        """Delete the memory of a conversation and its replies, found by trying its id on each; returns how many."""
        with self._connection() as connection:
            marks = connection.execute("SELECT answer_id, mark FROM conversation_marks").fetchall()
        replies = [(answer_id,) for answer_id, mark in marks if mark == _mark(conversation_id, answer_id)]
        self._write("DELETE FROM conversations WHERE id = ?", (_hashed(conversation_id),))
        return self._delete("DELETE FROM replies WHERE id = ?", replies)

    def forget_old(self) -> None:
        """Delete what is older than it may be kept; done at opening and every hour."""
        now = self._swept_at = time.time()
        self._write("DELETE FROM replies WHERE asked_at < ?", (now - self._keep,))
        self._write("DELETE FROM conversations WHERE touched_at < ?", (now - self._remember,))

    def close(self) -> None:
        """Let go of the file. Calling it twice does no harm."""
        while self._idle:
            self._idle.pop().close()

    def _read(self, query: str, values: tuple[Any, ...]) -> tuple[Any, ...] | None:
        with self._connection() as connection:
            row: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
            return row

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._connection() as connection, connection:
            connection.execute(statement, values)

    def _delete(self, statement: str, rows: list[tuple[str]]) -> int:
        """Delete so that the words are gone from the files too; returns how many rows there were."""
        with self._connection() as connection:
            with connection:
                count = connection.executemany(statement, rows).rowcount
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return max(count, 0)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one call: an idle one, or a new one where all are in use by other threads.

        Raises StorageFailed where the file cannot be used.
        """
        try:
            connection = self._idle.pop() if self._idle else _connect(self._path)
            yield connection
            self._idle.append(connection)
        except sqlite3.Error as problem:
            raise StorageFailed(
                f"The journal {self._path} cannot be used: {problem}. Free some space or move it away."
            ) from problem


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
    write_ahead(connection)
    connection.executescript("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON").fetchone()  # what is deleted is overwritten
    return connection


def _entry(row: tuple[Any, ...]) -> Entry:
    answer_id, asked_at, question, status, language, reason, helpful, comment = row
    judged = None if helpful is None else bool(helpful)
    return Entry(answer_id, asked_at, question, status, language, reason, judged, comment)


def _text(text: str) -> str:
    """A text that SQLite can hold: halves of surrogate pairs become question marks."""
    return text.encode(errors="replace").decode()


def _hashed(conversation_id: str) -> str:
    """Conversation ids may name a person in other systems, so only their hash is kept."""
    return hashlib.sha256(conversation_id.encode(errors="surrogatepass")).hexdigest()


def _mark(conversation_id: str, answer_id: str) -> bytes:
    """Another for each reply, so that the marks of one conversation are not alike."""
    return hashlib.sha256(f"{answer_id} {conversation_id}".encode(errors="surrogatepass")).digest()
