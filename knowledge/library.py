"""The library of documents: one SQLite file, the one source of truth."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock

from wenbao.config.errors import StorageFailed, UnknownDocument
from wenbao.knowledge.documents import Document, Metadata, Paragraph, Passage, Section, Sentence
from wenbao.knowledge.migrations import MIGRATIONS, migrate
from wenbao.knowledge.parse import document_id as id_of

_WAIT_SECONDS = 30
_CACHED_DOCUMENTS = 32
_METADATA = "title, publisher, place, year, published, source_url"
_PARAGRAPH = "p.row, p.number, p.start, p.kind, p.section, p.sentences, p.text"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document in the list of documents: its row, and all about it but its text. `added_at` is ISO, in UTC."""

    row: int
    id: str
    metadata: Metadata
    paragraphs: int
    added_at: str


class Library:
    """The documents on disk. Several threads and several processes may use one file at a time.

    A change is on disk when the call returns. Every method raises StorageFailed where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        """Open the library, or create it where there is none."""
        self._path = path
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._cache: OrderedDict[tuple[int, int], Document] = OrderedDict()
        self._cache_lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StorageFailed(f"The folder {path.parent} cannot be made: {problem.strerror}.") from problem
        with self._connection() as connection:
            migrate(connection)

    def add(self, document: Document, name: str, content: bytes) -> bool:
        """Take in a document with the file that it came from; False where it is there already."""
        packed = zlib.compress(content)
        paragraphs = [_paragraph_values(paragraph, document.text) for paragraph in document.paragraphs]
        with self._transaction() as connection:
            if _row_of(connection, document.id) is not None:
                return False
            row = _insert_document(connection, document)
            digest = sha256(content).hexdigest()
            connection.execute("INSERT INTO sources VALUES (?, ?, ?, ?)", (row, name, digest, packed))
            connection.executemany(
                "INSERT INTO paragraphs (document, number, start, kind, section, sentences, text)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(row, *values) for values in paragraphs],
            )
            _change_state(connection, row, document.id)
        return True

    def remove(self, document_id: str) -> None:
        """Take a document out. Raises UnknownDocument."""
        with self._transaction() as connection:
            row = _known_row(connection, document_id)
            connection.execute("DELETE FROM documents WHERE row = ?", (row,))
            _change_state(connection, row, document_id)

    def update_metadata(self, document_id: str, metadata: Metadata) -> None:
        """Correct what is known of a document; its text, rows and the library's state stay. Raises UnknownDocument."""
        with self._transaction() as connection:
            row = _known_row(connection, document_id)
            connection.execute(
                "UPDATE documents SET title = ?, publisher = ?, place = ?, year = ?, published = ?, source_url = ?,"
                " revision = revision + 1 WHERE row = ?",
                (*astuple(metadata), row),
            )

    def document(self, document_id: str) -> Document:
        """One document, whole. Raises UnknownDocument."""
        # One snapshot for all reads, so that a removal in between cannot cut a document in two.
        with self._connection() as connection, _reading(connection):
            key = connection.execute("SELECT row, revision FROM documents WHERE id = ?", (document_id,)).fetchone()
            if key is None:
                raise _unknown(document_id)
            return self._cached(key) or self._keep(key, _load(connection, key[0]))

    def source(self, document_id: str) -> tuple[str, bytes]:
        """The file that a document came from: its name, and its bytes as they came. Raises UnknownDocument."""
        with self._connection() as connection:
            found = connection.execute(
                "SELECT s.name, s.content FROM sources s JOIN documents d ON d.row = s.document WHERE d.id = ?",
                (document_id,),
            ).fetchone()
        if found is None:
            raise _unknown(document_id)
        try:
            return found[0], zlib.decompress(found[1])
        except zlib.error as problem:
            raise StorageFailed(f"The file of document {document_id} in {self._path} is damaged.") from problem

    def documents(self) -> list[StoredDocument]:
        """Every document, the newest first; one without a date counts as of the year after that it tells of."""
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT row, id, paragraphs, added_at, {_METADATA} FROM documents"  # noqa: S608 (names of ours)
                " ORDER BY COALESCE(published, CAST(year + 1 AS TEXT), '') DESC, row DESC"
            ).fetchall()
        return [StoredDocument(row[0], row[1], Metadata(*row[4:]), row[2], row[3]) for row in rows]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The paragraphs of these rows, in the order asked for; rows that are gone are left out."""
        with self._connection() as connection:
            found = connection.execute(
                f"SELECT d.id, {_PARAGRAPH} FROM paragraphs p JOIN documents d ON d.row = p.document"  # noqa: S608
                " WHERE p.row IN (SELECT value FROM json_each(?))",
                (json.dumps([int(row) for row in rows]),),
            ).fetchall()
        passages = {row[1]: _passage(row) for row in found}
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

    def state(self) -> str:
        """A digest of the set of documents and their rows: equal states hold the same passages under the same rows."""
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
            for row, document_id in connection.execute("SELECT row, id FROM documents").fetchall():
                digest ^= _digest(row, document_id)
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
        except sqlite3.Error as problem:
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
            try:
                yield connection
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

    def _rows(self, document_ids: Sequence[str] | None) -> list[int]:
        with self._connection() as connection:
            if document_ids is None:
                return [row[0] for row in connection.execute("SELECT row FROM documents ORDER BY row")]
            return [_known_row(connection, document_id) for document_id in document_ids]

    def _cached(self, key: tuple[int, int]) -> Document | None:
        with self._cache_lock:
            if key in self._cache:
                self._cache.move_to_end(key)
            return self._cache.get(key)

    def _keep(self, key: tuple[int, int], document: Document) -> Document:
        with self._cache_lock:
            self._cache[key] = document
            while len(self._cache) > _CACHED_DOCUMENTS:
                self._cache.popitem(last=False)
        return document


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
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


def _storage_failed(path: Path, problem: sqlite3.Error) -> StorageFailed:
    """What an error of SQLite means to the person who runs the service."""
    name = getattr(problem, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        return StorageFailed(
            f"The disk is full: {path} cannot grow. Nothing was changed; free some space and try again."
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StorageFailed(f"{path} is damaged ({problem}). Move it away and put a backup in its place.")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StorageFailed(f"{path} is in use by another program for too long. Try again in a moment.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StorageFailed(f"{path} cannot be opened for writing. Check the folder and its permissions.")
    return StorageFailed(f"{path} cannot be read or written ({problem}). Check the disk and its free space.")


def _unknown(document_id: str) -> UnknownDocument:
    return UnknownDocument(f"There is no document {document_id}.")


def _row_of(connection: sqlite3.Connection, document_id: str) -> int | None:
    found = connection.execute("SELECT row FROM documents WHERE id = ?", (document_id,)).fetchone()
    return found[0] if found else None


def _known_row(connection: sqlite3.Connection, document_id: str) -> int:
    row = _row_of(connection, document_id)
    if row is None:
        raise _unknown(document_id)
    return row


def _digest(row: int, document_id: str) -> int:
    return int(sha256(f"{row}:{document_id}".encode()).hexdigest()[:32], 16)


def _change_state(connection: sqlite3.Connection, row: int, document_id: str) -> None:
    """Take a document into the digest, or out of it: the one is the other's inverse."""
    old = connection.execute("SELECT digest FROM state").fetchone()[0]
    connection.execute("UPDATE state SET digest = ?", (f"{int(old, 16) ^ _digest(row, document_id):032x}",))


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


def _paragraph_values(paragraph: Paragraph, text: str) -> tuple[int, int, str, str, str, str]:
    """A paragraph as it is stored: its sentences count from its own start, as [start, end, start, end, …]."""
    ends = [place - paragraph.start for sentence in paragraph.sentences for place in (sentence.start, sentence.end)]
    words = text[paragraph.start : paragraph.end]
    return paragraph.number, paragraph.start, paragraph.kind, _compact(paragraph.section), _compact(ends), words


def _paragraph(row: Sequence[object]) -> tuple[Paragraph, str]:
    """A stored paragraph (number, start, kind, section, sentences, text)."""
    number, start, kind, section, ends, text = row
    places = json.loads(str(ends))
    first = int(str(start))
    sentences = tuple(
        Sentence(n, first + a, first + b) for n, (a, b) in enumerate(zip(places[::2], places[1::2], strict=True), 1)
    )
    path = tuple(json.loads(str(section)))
    return Paragraph(number, first, first + len(str(text)), kind, path, sentences), str(text)  # type: ignore[arg-type]


def _passage(row: Sequence[object]) -> Passage:
    paragraph, text = _paragraph(row[2:])
    return Passage(int(str(row[1])), str(row[0]), paragraph, text)


def _load(connection: sqlite3.Connection, row: int) -> Document:
    head = connection.execute(
        f"SELECT id, sections, {_METADATA} FROM documents WHERE row = ?",  # noqa: S608 (names of ours)
        (row,),
    ).fetchone()
    rows = connection.execute(
        "SELECT number, start, kind, section, sentences, text FROM paragraphs WHERE document = ? ORDER BY number",
        (row,),
    ).fetchall()
    paragraphs, texts = zip(*map(_paragraph, rows), strict=True) if rows else ((), ())
    sections = tuple(Section(*values) for values in json.loads(head[1]))
    return Document(head[0], Metadata(*head[2:]), "\n".join(texts), tuple(paragraphs), sections)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _document_problems(connection: sqlite3.Connection, row: int, document_id: str) -> list[str]:
    try:
        document = _load(connection, row)
        found = connection.execute("SELECT sha256, content FROM sources WHERE document = ?", (row,)).fetchone()
        content = zlib.decompress(found[1])
    except (ValueError, TypeError, zlib.error) as problem:
        return [f"document {document_id} cannot be read: {problem}"]
    problems = [] if sha256(content).hexdigest() == found[0] else [f"document {document_id}: its file was changed"]
    if id_of(document.text) != document_id:
        problems.append(f"document {document_id}: its text was changed")
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
