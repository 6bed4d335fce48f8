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
    """
    ALTER TABLE paragraphs ADD COLUMN page INTEGER;
    ALTER TABLE paragraphs ADD COLUMN page_breaks TEXT;
    """,
    """
    ALTER TABLE documents ADD COLUMN series INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE documents ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN removed_at TEXT;
    ALTER TABLE documents ADD COLUMN corrected TEXT NOT NULL DEFAULT '{}';
    UPDATE documents SET series = row;
    CREATE INDEX documents_by_series ON documents (series);
    CREATE INDEX documents_by_source ON documents (source_url) WHERE source_url IS NOT NULL;
    CREATE INDEX documents_removed ON documents (removed_at) WHERE removed_at IS NOT NULL;
    CREATE INDEX sources_by_name ON sources (name);
    ALTER TABLE state ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE fetched (
        url TEXT PRIMARY KEY,
        document TEXT NOT NULL,
        pages TEXT NOT NULL,
        fetched_at TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX fetched_by_document ON fetched (document);
    """,
    """
    ALTER TABLE documents ADD COLUMN seal TEXT;
    CREATE INDEX documents_unsealed ON documents (id) WHERE seal IS NULL;
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
