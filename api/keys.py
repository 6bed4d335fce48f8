"""Keys for the API: made, listed and revoked with `wenbao key`, and looked up with each request."""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Literal, cast, get_args

from wenbao.config.errors import InvalidRequest, StorageFailed
from wenbao.config.settings import Settings
from wenbao.config.sqlite import write_ahead

KeyScope = Literal["ask", "admin"]
KEY_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)

PREFIX = "wb_"
LONGEST_NAME = 100
_KEY_BYTES = 32
_USE_NOTED_EVERY = 60
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL,
    created INTEGER NOT NULL, used INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secrets (purpose TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
"""
_SELECT = "SELECT id, name, scopes, created, used FROM keys"


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key, which is not the key: `created` and `used` (to the minute) are seconds since 1970."""

    id: str
    name: str
    scopes: tuple[KeyScope, ...]
    created: int
    used: int | None

    def opens(self, scope: KeyScope) -> bool:
        """Whether it has the scope; `admin` may do everything."""
        return scope in self.scopes or "admin" in self.scopes


class Keys:
    """One SQLite file, safe to use from several threads and processes; it is made when it is first written to.

    A key is kept as its SHA-256. That is enough: what makes passwords need a slow, salted hash is that people choose
    them and guesses hit, while nobody guesses 256 random bits. For the same reason it can be looked up by its hash.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._database: sqlite3.Connection | None = None

    @classmethod
    def of(cls, settings: Settings) -> Keys:
        """The keys below the data folder."""
        return cls(settings.data_dir / "keys.sqlite3")

    def create(self, name: str, scopes: tuple[KeyScope, ...]) -> tuple[Key, str]:
        """A new key, and what is to be sent as it: it is told here and never again. Raises InvalidRequest."""
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise InvalidRequest(f"A key needs a name of 1 to {LONGEST_NAME} characters that says whose it is.")
        if not scopes:
            raise InvalidRequest("A key needs a scope: ask, admin, or both.")
        told = PREFIX + secrets.token_urlsafe(_KEY_BYTES)
        ordered = tuple(scope for scope in KEY_SCOPES if scope in scopes)
        key = Key(secrets.token_hex(4), name, ordered, int(time.time()), None)
        with self._opened() as database:
            row = (key.id, _hash(told.encode()), key.name, " ".join(key.scopes), key.created)
            database.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, NULL)", row)
        return key, told

    def all(self) -> list[Key]:
        """Every key, oldest first."""
        return [_key(row) for row in self._rows(f"{_SELECT} ORDER BY created, id")]

    def find(self, told: bytes) -> Key | None:
        """The key that was sent, None where there is none (any more); notes its use, at most once a minute."""
        rows = self._rows(f"{_SELECT} WHERE hash = ?", _hash(told))
        if not rows:
            return None
        key = _key(rows[0])
        now = int(time.time())
        if key.used is None or now - key.used >= _USE_NOTED_EVERY:
            with self._opened() as database:
                database.execute("UPDATE keys SET used = ? WHERE id = ?", (now, key.id))
        return key

    def any_with(self, scope: KeyScope) -> bool:
        """Whether any key was made for this scope."""
        return bool(self._rows("SELECT 1 FROM keys WHERE instr(scopes, ?) LIMIT 1", scope))

    def revoke(self, key_id: str) -> Key:
        """Delete a key; from now on it opens nothing, in no process. Raises InvalidRequest."""
        known = next((key for key in self.all() if key.id == key_id), None)
        if known is None:
            raise InvalidRequest(f"No key has the id {key_id}: `wenbao key list` shows them.")
        with self._opened() as database:
            database.execute("DELETE FROM keys WHERE id = ?", (key_id,))
        return known

    def secret(self, purpose: str) -> bytes:
        """32 random bytes for a purpose, such as signing cookies: the same in every process, for good."""
        rows = self._rows("SELECT value FROM secrets WHERE purpose = ?", purpose)
        if not rows:
            with self._opened() as database:
                database.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (purpose, secrets.token_bytes(32)))
            rows = self._rows("SELECT value FROM secrets WHERE purpose = ?", purpose)
        return bytes(cast(bytes, rows[0][0]))

    def close(self) -> None:
        """Let go of the file. Calling it twice does no harm."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        if self._database is None and not self._path.exists():
            return []
        with self._opened() as database:
            return database.execute(query, values).fetchall()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database, for one thread at a time. Raises StorageFailed where the file cannot be used."""
        with self._lock:
            try:
                if self._database is None:
                    self._database = _open(self._path)
                yield self._database
            except (sqlite3.Error, OSError) as problem:
                raise StorageFailed(
                    f"The keys in {self._path} cannot be used: {problem}. Free some space, or move the file away and "
                    "make new keys."
                ) from problem


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # for its owner alone; SQLite's own files follow it
    database = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    write_ahead(database)
    database.executescript("PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
    database.executescript(_SCHEMA)
    return database


def _hash(told: bytes) -> bytes:
    return hashlib.sha256(told).digest()


def _key(row: tuple[object, ...]) -> Key:
    key_id, name, scopes, created, used = row
    known = tuple(scope for scope in KEY_SCOPES if scope in str(scopes).split())
    return Key(str(key_id), str(name), known, cast(int, created), cast(int | None, used))
