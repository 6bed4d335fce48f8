"""The tables of the library: each step from one version of the file to the next, in order; never change an old one."""

from __future__ import annotations

import sqlite3

MIGRATIONS = (
    """
    CREATE TABLE documents (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        publisher TEXT,
        place TEXT,
        year INTEGER,
        published TEXT,
        source_url TEXT,
        revision INTEGER NOT NULL DEFAULT 1,
        paragraphs INTEGER NOT NULL,
        sections TEXT NOT NULL,
        added_at TEXT NOT NULL
    );
    CREATE TABLE sources (
        document INTEGER PRIMARY KEY REFERENCES documents (row) ON DELETE CASCADE,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    );
    CREATE TABLE paragraphs (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents (row) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        start INTEGER NOT NULL,
        kind TEXT NOT NULL,
        section TEXT NOT NULL,
        sentences TEXT NOT NULL,
        text TEXT NOT NULL,
        UNIQUE (document, number)
    );
    CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), digest TEXT NOT NULL);
    INSERT INTO state VALUES (1, '00000000000000000000000000000000');
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version, all steps in one transaction; a second process waits and finds it done."""
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in MIGRATIONS[_version(connection) :]:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
