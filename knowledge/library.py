"""The library of documents: one SQLite file, the one source of truth."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from wenbao.config.errors import InvalidRequest, RemovedDocument, StorageFailed, UnknownDocument
from wenbao.config.sqlite import write_ahead
from wenbao.knowledge.documents import Document, Metadata, Paragraph, Passage, Section, Sentence
from wenbao.knowledge.fetching_records import Fetched, Origin, Validators
from wenbao.knowledge.migrations import MIGRATIONS, migrate
from wenbao.knowledge.parse import document_id as id_of
from wenbao.knowledge.versions import (
    NOTHING,
    DocumentVersion,
    Known,
    carried_over,
    corrections,
    is_new_version,
    share_in_common,
    spellings,
    telling_lines,
)

_WAIT_SECONDS = 30
_CACHED_DOCUMENTS = 32
_METADATA = "title, publisher, place, year, published, source_url"
_IN_USE = "replaced = 0 AND removed_at IS NULL"
_STANDING = "row, id, series, version, replaced, removed_at"
_SAME_SOURCE = (
    f"SELECT row FROM documents WHERE source_url IN (?, ?) AND {_IN_USE}"  # noqa: S608 (words of ours)
    " ORDER BY title = ? DESC, row DESC LIMIT 20"
)
_SAME_NAME = (
    "SELECT d.row FROM sources s JOIN documents d ON d.row = s.document"  # noqa: S608 (words of ours)
    f" WHERE s.name = ? AND {_IN_USE} AND (d.title = ? OR d.corrected <> '{{}}')"
    " ORDER BY d.title = ? DESC, d.row DESC LIMIT 20"
)
_UNSEALED = "SELECT row FROM documents WHERE seal IS NULL"
_TWO_NEWEST = "SELECT series FROM documents WHERE replaced = 0 GROUP BY series HAVING COUNT(*) > 1"
_PARAGRAPH = "p.row, p.number, p.start, p.kind, p.section, p.sentences, p.text, p.page, p.page_breaks"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document in the list of documents: its row, and all about it but its text. `added_at` is ISO, in UTC."""

    row: int
    id: str
    metadata: Metadata
    paragraphs: int
    added_at: str


@dataclass(frozen=True, slots=True)
class _Held:
    """Where a document stands: in use, replaced by a newer version of its series, or removed."""

    row: int
    id: str
    series: int
    version: int
    replaced: bool
    removed_at: str | None

    @property
    def in_use(self) -> bool:
        return not self.replaced and self.removed_at is None


class Library:
    """The documents on disk. Several threads and several processes may use one file at a time.

    A change is on disk when the call returns. Every method raises StorageFailed where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        """Open the library, or create it where there is none."""
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._cache: OrderedDict[tuple[str, int, int], Document] = OrderedDict()
        self._cache_lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StorageFailed(f"The folder {path.parent} cannot be made: {problem.strerror}.") from problem
        with self._connection() as connection:
            migrate(connection)
        self._seal_old()

    def add(
        self,
        document: Document,
        name: str,
        content: bytes,
        *,
        replaces: str | None = None,
        origin: Origin | None = None,
    ) -> bool:
        """Take in a document with the file that it came from; False where it is there already.

        It becomes a new version of the document with the id `replaces`, of none where that is NOTHING, and where it
        is None, of the one that `predecessor` finds. `origin` is remembered as what it was fetched from. Raises
        UnknownDocument where there is none to replace.
        """
        packed = zlib.compress(content)
        digest = sha256(content).hexdigest()
        with self._transaction() as connection:
            created = _take_in(connection, document, (name, digest, packed), replaces)
            if origin is not None:
                _remember(connection, document.id, origin)
        return created

    def predecessor(self, document: Document, name: str) -> str | None:
        """The id of the document that this one would replace if it were added; None where it is a report of its own,
        there already, or brought back as it was."""
        with self._connection() as connection, _reading(connection):
            held = _held(connection, document.id)
            if held is not None and (held.in_use or not held.replaced):
                return None
            found = _before(connection, document, name, held, None)
        return found.id if found is not None else None

    def remove(self, document_id: str) -> None:
        """Close a document, and with the newest version of a report all its older ones. Raises UnknownDocument.

        It is kept, so that `restore` can bring it back, until `sweep` or `forget` deletes it.
        """
        with self._transaction() as connection:
            held = _open(connection, document_id)
            which = "row = ?" if held.replaced else "series = ? AND removed_at IS NULL"
            value = held.row if held.replaced else held.series
            connection.execute(f"UPDATE documents SET removed_at = ? WHERE {which}", (_now(), value))  # noqa: S608
            if held.in_use:
                _change_state(connection, held.row, held.id)

    def restore(self, document_id: str) -> None:
        """Bring a removed document back, with all that was closed together with it; an open one stays as it is.

        Raises UnknownDocument, and InvalidRequest for an old version of a report that was removed later as a whole.
        """
        with self._transaction() as connection:
            held = _known(connection, document_id)
            if held.removed_at is not None:
                _bring_back(connection, held)

    def forget(self, document_id: str) -> None:
        """Delete a document for good, and with the newest version of a report all its older ones.

        Raises UnknownDocument.
        """
        with self._transaction() as connection:
            held = _known(connection, document_id)
            if held.in_use:
                _change_state(connection, held.row, held.id)
            which, value = ("row = ?", held.row) if held.replaced else ("series = ?", held.series)
            connection.execute(f"DELETE FROM documents WHERE {which}", (value,))  # noqa: S608 (words of ours)
            _forget_origins(connection)

    def sweep(self, days: float) -> int:
        """Delete for good what was removed more than so many days ago; returns how many documents that were."""
        before = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
        with self._connection() as connection:
            some = connection.execute("SELECT 1 FROM documents WHERE removed_at <= ? LIMIT 1", (before,)).fetchone()
        if some is None:
            return 0
        with self._transaction() as connection:
            swept = connection.execute("DELETE FROM documents WHERE removed_at <= ?", (before,)).rowcount
            _forget_origins(connection)
        return swept

    def update_metadata(self, document_id: str, metadata: Metadata) -> None:
        """Correct what is known of a document; its text, rows and the library's state stay. Raises UnknownDocument."""
        self.edit(document_id, lambda _: metadata)

    def edit(self, document_id: str, change: Callable[[Metadata], Metadata]) -> Metadata:
        """Correct what is known of a document in one step, whoever else is at it; returns what is known then.

        What was corrected is remembered, and carried over to the next version. Raises UnknownDocument.
        """
        with self._transaction() as connection:
            held = _open(connection, document_id)
            known = _known_as(connection, held.row)
            changed = change(known.metadata)
            if changed != known.metadata:
                corrected = corrections(known.metadata, changed, known.corrected)
                _set_metadata(connection, held.row, changed, corrected)
        return changed

    def document(self, document_id: str) -> Document:
        """One document, whole, be it the newest version or not. Raises UnknownDocument."""
        # One snapshot for all reads, so that a removal in between cannot cut a document in two.
        with self._connection() as connection, _reading(connection):
            row = _open(connection, document_id).row
            # The id too, as a backup that is restored brings other documents under the same rows.
            key = connection.execute("SELECT id, row, revision FROM documents WHERE row = ?", (row,)).fetchone()
            return self._cached(key) or self._keep(key, _intact(connection, self._path, row))

    def version(self, document_id: str) -> DocumentVersion:
        """Which version of its report a document is. Raises UnknownDocument."""
        return next(one for one in self.versions(document_id) if one.id == document_id)

    def versions(self, document_id: str) -> list[DocumentVersion]:
        """Every version of a report that can be opened, the newest first. Raises UnknownDocument."""
        with self._connection() as connection, _reading(connection):
            series = _open(connection, document_id).series
            rows = connection.execute(
                f"SELECT id, version, paragraphs, added_at, replaced, {_METADATA} FROM documents"  # noqa: S608
                " WHERE series = ? AND removed_at IS NULL ORDER BY version DESC",
                (series,),
            ).fetchall()
        newest = next((row[0] for row in rows if not row[4]), None)
        return [
            DocumentVersion(row[0], row[1], Metadata(*row[5:]), row[2], row[3], newest if row[4] else None)
            for row in rows
        ]

    def fetched(self, url: str) -> Fetched | None:
        """What is remembered of an address; None where its document is not in use (any more)."""
        with self._connection() as connection:
            found = connection.execute(
                f"SELECT f.document, f.pages FROM fetched f JOIN documents d ON d.id = f.document AND {_IN_USE}"  # noqa: S608
                " WHERE f.url = ?",
                (url,),
            ).fetchone()
        if found is None:
            return None
        return Fetched(Origin(url, tuple(Validators(*page) for page in json.loads(found[1]))), found[0])

    def source(self, document_id: str) -> tuple[str, bytes]:
        """The file that a document came from: its name, and its bytes as they came. Raises UnknownDocument."""
        with self._connection() as connection, _reading(connection):
            found = connection.execute(
                "SELECT name, content FROM sources WHERE document = ?", (_open(connection, document_id).row,)
            ).fetchone()
        if found is None:
            raise StorageFailed(f"The file of document {document_id} is missing in {self._path}.")
        try:
            return found[0], zlib.decompress(found[1])
        except zlib.error as problem:
            raise StorageFailed(f"The file of document {document_id} in {self._path} is damaged.") from problem

    def documents(self) -> list[StoredDocument]:
        """Every document in use, the newest first; one without a date counts as of the year after that it tells of."""
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT row, id, paragraphs, added_at, {_METADATA} FROM documents WHERE {_IN_USE}"  # noqa: S608
                " ORDER BY COALESCE(published, CAST(year + 1 AS TEXT), '') DESC, row DESC"
            ).fetchall()
        return [StoredDocument(row[0], row[1], Metadata(*row[4:]), row[2], row[3]) for row in rows]

    def rows(self) -> dict[str, int]:
        """The row of every document in use, by its id."""
        with self._connection() as connection:
            return dict(connection.execute(f"SELECT id, row FROM documents WHERE {_IN_USE}"))  # noqa: S608

    def paragraph_rows(self, document_id: str, numbers: Sequence[int]) -> list[int]:
        """The rows of some paragraphs of a document in use, by their numbers, in the order of the document."""
        with self._connection() as connection:
            found = connection.execute(
                f"SELECT p.row FROM paragraphs p JOIN documents d ON d.row = p.document AND {_IN_USE}"  # noqa: S608
                " WHERE d.id = ? AND p.number IN (SELECT value FROM json_each(?)) ORDER BY p.number",
                (document_id, json.dumps(list(numbers))),
            ).fetchall()
        return [row[0] for row in found]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The paragraphs of these rows, in the order asked for; rows that are gone or not in use are left out."""
        with self._connection() as connection:
            found = connection.execute(
                f"SELECT d.id, {_PARAGRAPH} FROM paragraphs p JOIN documents d ON d.row = p.document AND {_IN_USE}"  # noqa: S608
                " WHERE p.row IN (SELECT value FROM json_each(?))",
                (json.dumps([int(row) for row in rows]),),
            ).fetchall()
        try:
            passages = {row[1]: _kept_passage(row) for row in found}
        except (ValueError, TypeError) as problem:
            raise _changed(self._path, str(found[0][0])) from problem
        return [passages[row] for row in rows if row in passages]

    def each_passage(self, document_ids: Sequence[str] | None = None) -> Iterator[Passage]:
        """Every paragraph of these documents (of all, in the order they came), one document in memory at a time.

        Raises UnknownDocument. A document that is removed meanwhile is left out.
        """
        for row in self._rows(document_ids):
            with self._connection() as connection:
                found = connection.execute(
                    f"SELECT d.id, {_PARAGRAPH} FROM paragraphs p JOIN documents d ON d.row = p.document"  # noqa: S608
                    " WHERE p.document = ? ORDER BY p.number",
                    (row,),
                ).fetchall()
            yield from map(_passage, found)

    def changes(self) -> int:
        """A count that grows with every change, that of metadata included, whichever process makes it."""
        with self._connection() as connection:
            count: int = connection.execute("SELECT changes FROM state").fetchone()[0]
        return count

    def state(self) -> str:
        """A digest of the documents in use and their rows: equal states hold the same passages under the same rows."""
        with self._connection() as connection:
            digest: str = connection.execute("SELECT digest FROM state").fetchone()[0]
        return digest

    def verify(self) -> list[str]:
        """Read everything and tell what is wrong with it; an empty list where all is well."""
        with self._connection() as connection, _reading(connection):
            checks = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            problems = [f"{self._path}: {check}" for check in checks if check != "ok"]
            problems += [
                f"{self._path}: loose row in {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")
            ]
            digest = 0
            problems += [f"report {row[0]}: it has several newest versions" for row in connection.execute(_TWO_NEWEST)]
            for row, document_id, in_use in connection.execute(f"SELECT row, id, {_IN_USE} FROM documents").fetchall():  # noqa: S608
                digest ^= _digest(row, document_id) if in_use else 0
                problems += _document_problems(connection, row, document_id)
            if f"{digest:032x}" != connection.execute("SELECT digest FROM state").fetchone()[0]:
                problems.append(f"{self._path}: the state does not match the documents")
        return problems

    def close(self) -> None:
        """Let go of the file. Calling it twice does no harm."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one call: an idle one, or a new one where all are in use by other threads."""
        if self._closed:
            raise StorageFailed("The library is closed.")
        connection = None
        try:
            connection = self._idle_connection() or _connect(self._path)
            yield connection
        except (sqlite3.Error, UnicodeDecodeError) as problem:  # the latter where what SQLite quotes is damaged
            if connection is not None:
                connection.close()
                connection = None
            raise _storage_failed(self._path, problem) from problem
        finally:
            if connection is not None:
                self._put_back(connection)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            before = connection.total_changes
            try:
                yield connection
                if connection.total_changes != before:
                    connection.execute("UPDATE state SET changes = changes + 1")
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _idle_connection(self) -> sqlite3.Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _put_back(self, connection: sqlite3.Connection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)

    def _seal_old(self) -> None:
        """Seal what was taken in before there were seals."""
        with self._connection() as connection:
            if not connection.execute(_UNSEALED).fetchone():
                return
        with self._transaction() as connection:
            for (row,) in connection.execute(_UNSEALED).fetchall():
                _seal(connection, row)

    def _rows(self, document_ids: Sequence[str] | None) -> list[int]:
        with self._connection() as connection:
            if document_ids is None:
                rows = connection.execute(f"SELECT row FROM documents WHERE {_IN_USE} ORDER BY row")  # noqa: S608
                return [row[0] for row in rows]
            return [_open(connection, document_id).row for document_id in document_ids]

    def _cached(self, key: tuple[str, int, int]) -> Document | None:
        with self._cache_lock:
            if key in self._cache:
                self._cache.move_to_end(key)
            return self._cache.get(key)

    def _keep(self, key: tuple[str, int, int], document: Document) -> Document:
        with self._cache_lock:
            self._cache[key] = document
            while len(self._cache) > _CACHED_DOCUMENTS:
                self._cache.popitem(last=False)
        return document


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _check_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] > len(MIGRATIONS):
        raise StorageFailed(f"{path} was written by a newer version of Wenbao. Update Wenbao.")


@contextmanager
def _reading(connection: sqlite3.Connection) -> Iterator[None]:
    """One unchanging view of the file for several reads."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _storage_failed(path: Path, problem: Exception) -> StorageFailed:
    """What an error of SQLite means to the person who runs the service."""
    name = getattr(problem, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return StorageFailed(
            f"The disk is full: {path} cannot grow. Nothing was changed; free some space and try again."
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or isinstance(problem, UnicodeDecodeError):
        return StorageFailed(f"{path} is damaged ({problem}). Restore a backup: `wenbao restore FILE --force`.")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StorageFailed(f"{path} is in use by another program for too long. Try again in a moment.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StorageFailed(f"{path} cannot be opened for writing. Check the folder, its rights and its free space.")
    return StorageFailed(f"{path} cannot be read or written ({problem}). Check the disk and its free space.")


def _unknown(document_id: str) -> UnknownDocument:
    return UnknownDocument(f"There is no document {document_id}.")


def _held(connection: sqlite3.Connection, document_id: str) -> _Held | None:
    found = connection.execute(f"SELECT {_STANDING} FROM documents WHERE id = ?", (document_id,)).fetchone()  # noqa: S608
    return _Held(*found) if found else None


def _known(connection: sqlite3.Connection, document_id: str) -> _Held:
    held = _held(connection, document_id)
    if held is None:
        raise _unknown(document_id)
    return held


def _open(connection: sqlite3.Connection, document_id: str) -> _Held:
    """Where a document stands that was not removed."""
    held = _known(connection, document_id)
    if held.removed_at is not None:
        raise RemovedDocument(f"The document {document_id} was removed.")
    return held


def _newest(connection: sqlite3.Connection, series: int) -> _Held | None:
    """The version of a report that is in use."""
    found = connection.execute(
        f"SELECT {_STANDING} FROM documents WHERE series = ? AND {_IN_USE}",  # noqa: S608 (words of ours)
        (series,),
    ).fetchone()
    return _Held(*found) if found else None


def _take_in(
    connection: sqlite3.Connection, document: Document, source: tuple[str, str, bytes], replaces: str | None
) -> bool:
    """Add a document that is not in use, as what `Library.add` says."""
    held = _held(connection, document.id)
    if held is not None and held.in_use:
        return False
    if held is not None and not held.replaced:
        _bring_back(connection, held)
        row = _known(connection, document.id).row
        _set_metadata(connection, row, *carried_over(document.metadata, _known_as(connection, row)))
        return True
    before = _before(connection, document, source[0], held, replaces)
    if held is not None:
        connection.execute("DELETE FROM documents WHERE row = ?", (held.row,))
    row = _insert(connection, document, source)
    if before is not None:
        _replace(connection, before, row, document.metadata)
    return True


def _before(
    connection: sqlite3.Connection, document: Document, name: str, held: _Held | None, replaces: str | None
) -> _Held | None:
    """The document in use that one to be added takes the place of; `held` is an old version with the same text."""
    if replaces == NOTHING:
        return None
    if replaces is not None:
        named = _open(connection, replaces)
        return _newest(connection, named.series)
    return (_newest(connection, held.series) if held is not None else None) or _alike(connection, document, name)


def _alike(connection: sqlite3.Connection, document: Document, name: str) -> _Held | None:
    """The document in use of which a new one is a new version, found by its source or the name of its file."""
    new = document.metadata
    candidates = connection.execute(_SAME_SOURCE, (*spellings(new.source_url), new.title)) if new.source_url else ()
    named = connection.execute(_SAME_NAME, (name, new.title, new.title))
    lines = telling_lines(document.text.split("\n"))
    for (row,) in [*candidates, *named]:
        known = _known_as(connection, row)
        if is_new_version(document, name, known, partial(_share, connection, row, lines)):
            return _at(connection, row)
    return None


def _share(connection: sqlite3.Connection, row: int, lines: set[str]) -> float:
    """The share of lines that the document of a row has in common with these."""
    found = connection.execute("SELECT text FROM paragraphs WHERE document = ?", (row,))
    return share_in_common(lines, telling_lines([line[0] for line in found]))


def _at(connection: sqlite3.Connection, row: int) -> _Held:
    return _Held(*connection.execute(f"SELECT {_STANDING} FROM documents WHERE row = ?", (row,)).fetchone())  # noqa: S608


def _known_as(connection: sqlite3.Connection, row: int) -> Known:
    found = connection.execute(
        f"SELECT d.corrected, s.name, {_METADATA} FROM documents d"  # noqa: S608 (names of ours)
        " LEFT JOIN sources s ON s.document = d.row WHERE d.row = ?",
        (row,),
    ).fetchone()
    return Known(Metadata(*found[2:]), json.loads(found[0]), found[1])


def _replace(connection: sqlite3.Connection, before: _Held, row: int, metadata: Metadata) -> None:
    """Make the document of a row the next version after one that was in use."""
    last = connection.execute("SELECT MAX(version) FROM documents WHERE series = ?", (before.series,)).fetchone()[0]
    connection.execute("UPDATE documents SET series = ?, version = ? WHERE row = ?", (before.series, last + 1, row))
    connection.execute("UPDATE documents SET replaced = 1 WHERE row = ?", (before.row,))
    _change_state(connection, before.row, before.id)
    _set_metadata(connection, row, *carried_over(metadata, _known_as(connection, before.row)))


def _set_metadata(connection: sqlite3.Connection, row: int, metadata: Metadata, corrected: object) -> None:
    connection.execute(
        "UPDATE documents SET title = ?, publisher = ?, place = ?, year = ?, published = ?, source_url = ?,"
        " corrected = ?, revision = revision + 1 WHERE row = ?",
        (*astuple(metadata), _compact(corrected), row),
    )
    _seal(connection, row)


def _bring_back(connection: sqlite3.Connection, held: _Held) -> None:
    """Undo the removal of a document, and of what was removed with it."""
    together = connection.execute(
        f"SELECT {_STANDING} FROM documents WHERE series = ? AND removed_at = ?",  # noqa: S608 (words of ours)
        (held.series, held.removed_at),
    ).fetchall()
    back = [_Held(*one) for one in together]
    newest = connection.execute("SELECT id FROM documents WHERE series = ? AND replaced = 0", (held.series,)).fetchone()
    if _newest(connection, held.series) is None and newest[0] not in {one.id for one in back}:
        raise InvalidRequest(f"The report was removed as a whole. Bring its newest version back first: {newest[0]}.")
    for one in back:
        connection.execute("UPDATE documents SET removed_at = NULL WHERE row = ?", (one.row,))
        if not one.replaced:
            row = _moved(connection, one)
            _change_state(connection, row, one.id)


def _moved(connection: sqlite3.Connection, held: _Held) -> int:
    """Give a document new rows, as an index must never see a row again that was taken out of it."""
    connection.execute("UPDATE documents SET id = '' WHERE row = ?", (held.row,))
    columns = _columns(connection, "documents", ("row", "id"))
    row = connection.execute(
        f"INSERT INTO documents (id, {columns}) SELECT ?, {columns} FROM documents WHERE row = ?",  # noqa: S608
        (held.id, held.row),
    ).lastrowid
    for table, order in (("sources", "document"), ("paragraphs", "number")):
        columns = _columns(connection, table, ("row", "document"))
        connection.execute(
            f"INSERT INTO {table} (document, {columns}) SELECT ?, {columns} FROM {table}"  # noqa: S608
            f" WHERE document = ? ORDER BY {order}",
            (row, held.row),
        )
    connection.execute("DELETE FROM documents WHERE row = ?", (held.row,))
    assert row is not None  # noqa: S101 (an INSERT always has one)
    return row


def _columns(connection: sqlite3.Connection, table: str, without: tuple[str, ...]) -> str:
    names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
    return ", ".join(name for name in names if name not in without)


def _remember(connection: sqlite3.Connection, document_id: str, origin: Origin) -> None:
    pages = _compact([astuple(page) for page in origin.pages])
    connection.execute("REPLACE INTO fetched VALUES (?, ?, ?, ?)", (origin.url, document_id, pages, _now()))


def _forget_origins(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM fetched WHERE document NOT IN (SELECT id FROM documents)")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _digest(row: int, document_id: str) -> int:
    return int(sha256(f"{row}:{document_id}".encode()).hexdigest()[:32], 16)


def _change_state(connection: sqlite3.Connection, row: int, document_id: str) -> None:
    """Take a document into the digest, or out of it: the one is the other's inverse."""
    old = connection.execute("SELECT digest FROM state").fetchone()[0]
    connection.execute("UPDATE state SET digest = ?", (f"{int(old, 16) ^ _digest(row, document_id):032x}",))


def _insert(connection: sqlite3.Connection, document: Document, source: tuple[str, str, bytes]) -> int:
    row = _insert_document(connection, document)
    connection.execute("UPDATE documents SET series = row WHERE row = ?", (row,))
    connection.execute("INSERT INTO sources VALUES (?, ?, ?, ?)", (row, *source))
    connection.executemany(
        "INSERT INTO paragraphs (document, number, start, kind, section, sentences, text, page, page_breaks)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(row, *_paragraph_values(paragraph, document.text)) for paragraph in document.paragraphs],
    )
    _change_state(connection, row, document.id)
    _seal(connection, row)
    return row


def _insert_document(connection: sqlite3.Connection, document: Document) -> int:
    sections = _compact([astuple(section) for section in document.sections])
    added = datetime.now(UTC).isoformat(timespec="seconds")
    cursor = connection.execute(
        f"INSERT INTO documents (id, paragraphs, sections, added_at, {_METADATA})"  # noqa: S608 (names of ours)
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (document.id, len(document.paragraphs), sections, added, *astuple(document.metadata)),
    )
    row = cursor.lastrowid
    assert row is not None  # noqa: S101 (an INSERT always has one)
    return row


def _paragraph_values(paragraph: Paragraph, text: str) -> tuple[int | str | None, ...]:
    """A paragraph as it is stored: its sentences count from its own start, as [start, end, start, end, …], and so do
    its page breaks."""
    ends = [place - paragraph.start for sentence in paragraph.sentences for place in (sentence.start, sentence.end)]
    words = text[paragraph.start : paragraph.end]
    breaks = _compact([place - paragraph.start for place in paragraph.page_breaks]) if paragraph.page_breaks else None
    section, sentences = _compact(paragraph.section), _compact(ends)
    return paragraph.number, paragraph.start, paragraph.kind, section, sentences, words, paragraph.page, breaks


def _paragraph(row: Sequence[object]) -> tuple[Paragraph, str]:
    """A stored paragraph (number, start, kind, section, sentences, text, page, page_breaks)."""
    number, start, kind, section, ends, text, page, breaks = row
    places = json.loads(str(ends))
    first = int(str(start))
    sentences = tuple(
        Sentence(n, first + a, first + b) for n, (a, b) in enumerate(zip(places[::2], places[1::2], strict=True), 1)
    )
    path = tuple(json.loads(str(section)))
    parted = tuple(first + place for place in json.loads(str(breaks))) if breaks else ()
    end = first + len(str(text))
    return Paragraph(number, first, end, kind, path, sentences, page, parted), str(text)  # type: ignore[arg-type]


def _passage(row: tuple[object, ...]) -> Passage:
    paragraph, text = _paragraph(row[2:])
    return Passage(int(str(row[1])), str(row[0]), paragraph, text)


_kept_passage = lru_cache(maxsize=5_000)(_passage)
"""The passages that are asked for most are decoded once."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A document as its rows hold it: `head` is its id, sections, metadata and corrections."""

    head: tuple[Any, ...]
    rows: list[tuple[Any, ...]]
    seal: str | None

    def seal_now(self) -> str:
        """The digest of all that is known of the document but its text, whose digest is the id."""
        return sha256(_compact([self.head, [(*row[:5], *row[6:]) for row in self.rows]]).encode()).hexdigest()[:32]

    def document(self) -> Document:
        paragraphs, texts = zip(*map(_paragraph, self.rows), strict=True) if self.rows else ((), ())
        sections = tuple(Section(*values) for values in json.loads(self.head[1]))
        return Document(self.head[0], Metadata(*self.head[2:8]), "\n".join(texts), tuple(paragraphs), sections)


def _stored(connection: sqlite3.Connection, row: int) -> _Stored:
    *head, seal = connection.execute(
        f"SELECT id, sections, {_METADATA}, corrected, seal FROM documents WHERE row = ?",  # noqa: S608 (names of ours)
        (row,),
    ).fetchone()
    rows = connection.execute(
        "SELECT number, start, kind, section, sentences, text, page, page_breaks FROM paragraphs"
        " WHERE document = ? ORDER BY number",
        (row,),
    ).fetchall()
    return _Stored(tuple(head), rows, seal)


def _seal(connection: sqlite3.Connection, row: int) -> None:
    """Write down the digest by which a change on the disk is told from one of ours."""
    seal = _stored(connection, row).seal_now()
    connection.execute("UPDATE documents SET seal = ? WHERE row = ?", (seal, row))


def _intact(connection: sqlite3.Connection, path: Path, row: int) -> Document:
    """A document as it was taken in. Raises StorageFailed where it was changed on the disk: it must not be quoted."""
    try:
        stored = _stored(connection, row)
        document = stored.document()
    except (ValueError, TypeError) as problem:
        raise _changed(path, f"row {row}") from problem
    if id_of(document.text) != document.id or stored.seal != stored.seal_now():
        raise _changed(path, document.id)
    return document


def _changed(path: Path, document: str) -> StorageFailed:
    return StorageFailed(
        f"{path} is damaged: document {document} is not what was taken in. `wenbao verify` tells more. "
        "Restore a backup, or forget the document and add it again."
    )


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _document_problems(connection: sqlite3.Connection, row: int, document_id: str) -> list[str]:
    try:
        stored = _stored(connection, row)
        document = stored.document()
        found = connection.execute("SELECT sha256, content FROM sources WHERE document = ?", (row,)).fetchone()
        content = zlib.decompress(found[1])
    except (ValueError, TypeError, zlib.error) as problem:
        return [f"document {document_id} cannot be read: {problem}"]
    problems = [] if sha256(content).hexdigest() == found[0] else [f"document {document_id}: its file was changed"]
    if id_of(document.text) != document_id:
        problems.append(f"document {document_id}: its text was changed")
    if stored.seal != stored.seal_now():
        problems.append(f"document {document_id}: what is known of it was changed")
    return problems + [f"document {document_id}: {problem}" for problem in range_problems(document)]


def range_problems(document: Document) -> list[str]:
    """Which of a document's ranges do not stand in its text as they should."""
    problems: list[str] = []
    lines, position = document.text.split("\n"), 0
    if len(lines) != len(document.paragraphs):
        return [f"{len(lines)} lines, but {len(document.paragraphs)} paragraphs"]
    for number, (line, paragraph) in enumerate(zip(lines, document.paragraphs, strict=True), start=1):
        if (paragraph.number, paragraph.start, paragraph.end) != (number, position, position + len(line)):
            problems.append(f"paragraph {number} is not where it should be")
        position += len(line) + 1
        ends = [paragraph.start, *(place for s in paragraph.sentences for place in (s.start, s.end)), paragraph.end]
        if ends != sorted(ends):
            problems.append(f"sentences of paragraph {number} overlap or leave it")
    problems += [
        f"section {section.number} is not where it should be"
        for section in document.sections
        if not 0 <= section.start < section.heading_end <= section.end <= len(document.text)
        or document.text[section.start : section.heading_end] != section.heading
    ]
    return problems
