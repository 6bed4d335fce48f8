"""Copies the databases of a data folder into one archive and back, while they are in use.

An archive is a ZIP file: each *.sqlite3 of the folder as SQLite's online backup copies it, and manifest.json with their
digests and versions. The index is not in it, as it is made of the library.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from wenbao.config.errors import InvalidRequest, StorageFailed
from wenbao.knowledge.library import Library
from wenbao.knowledge.migrations import MIGRATIONS

LIBRARY = "library.sqlite3"
_MANIFEST = "manifest.json"
_FORMAT = 1
_PAGES_AT_ONCE = 1_000
_WAIT_SECONDS = 30
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Copied:
    """A database in an archive: its name, its size in bytes, its SHA-256 and the version of its tables."""

    name: str
    size: int
    sha256: str
    version: int


def back_up(data: Path, archive: Path) -> list[Copied]:
    """Write the databases of a data folder to an archive; it takes its name only when it has been read over.

    What is in use is copied as it is at one moment. Raises InvalidRequest where there is no library, or the archive is
    there already, and StorageFailed.
    """
    if not (data / LIBRARY).is_file():
        raise InvalidRequest(f"There is no library in {data} to back up.")
    if archive.exists():
        raise InvalidRequest(f"{archive} is there already: give another name, or delete it.")
    unfinished = archive.with_name(f".{archive.name}.unfinished")
    with _storing(archive):
        archive.parent.mkdir(parents=True, exist_ok=True)
        with _folder(archive.with_name(f".{archive.name}.parts")) as beside:
            copies = [_copied(path, beside) for path in databases(data)]
            _write_archive(unfinished, beside, copies)
        if problems := problems_in(unfinished):
            unfinished.unlink()
            raise StorageFailed(f"The backup could not be read again ({problems[0]}). Check the disk.")
        unfinished.replace(archive)
        _sync(archive.parent)
    return copies


def restore(archive: Path, data: Path, *, over: bool) -> Path | None:
    """Put the databases of an archive in the place of those of a data folder; returns where the old ones are kept.

    Each is replaced in one transaction, so that a running service goes on with the new content. Raises InvalidRequest
    where the archive cannot be used, or the folder has a library and `over` is not given, and StorageFailed.
    """
    if problems := problems_in(archive):
        raise InvalidRequest(f"{archive} cannot be restored: {problems[0]}. Nothing was changed.")
    is_used = any(path.stat().st_size for path in databases(data)) if data.is_dir() else False
    if is_used and not over:
        raise InvalidRequest(f"{data} holds a library already: say --force to put the backup in its place.")
    with _storing(data):
        data.mkdir(parents=True, exist_ok=True)
        with _folder(data / ".restoring") as beside:
            copies = _unpacked(archive, beside)
            Library(beside / LIBRARY).close()  # brings an older version's tables up to this one's
            kept = _keep_aside(data) if is_used else None
            for copy in sorted(copies, key=lambda copy: copy.name == LIBRARY):
                _replace(beside / copy.name, data / copy.name)
    return kept


def problems_in(archive: Path) -> list[str]:
    """Why an archive cannot be restored, found by reading all of it; nothing where it can."""
    try:
        with zipfile.ZipFile(archive) as packed:
            copies = _manifest_of(packed)
            return [problem for copy in copies for problem in _problems_of(packed, copy)]
    except FileNotFoundError:
        return ["there is no such file"]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as problem:
        return [f"it is no backup of Wenbao, or damaged ({problem})"]


def database_problems(data: Path) -> list[str]:
    """What SQLite finds wrong with the databases of a data folder, a line each with what to do; only read."""
    problems = []
    for path in databases(data):
        try:
            with closing(_opened(path)) as connection:
                found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        except sqlite3.Error as problem:
            found = [str(problem)]
        problems += [f"{path} is damaged ({what}). Restore a backup: `wenbao restore FILE --force`." for what in found]
    return problems


def check_not_empty(path: Path) -> None:
    """Raise StorageFailed where a library is an empty file: SQLite would take it for a new one and say nothing."""
    if path.is_file() and not path.stat().st_size and not path.with_name(f"{path.name}-wal").exists():
        raise StorageFailed(f"{path} is empty. Restore a backup: `wenbao restore FILE --force`.")


def databases(data: Path) -> list[Path]:
    """The databases of a data folder."""
    return sorted(path for path in data.glob("*.sqlite3") if not path.name.startswith("."))


def _copied(path: Path, folder: Path) -> Copied:
    target = folder / path.name
    with closing(_opened(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=_PAGES_AT_ONCE)
        copy.execute("PRAGMA journal_mode = DELETE")
        version: int = copy.execute("PRAGMA user_version").fetchone()[0]
    return Copied(path.name, target.stat().st_size, _digest_of(target), version)


def _write_archive(archive: Path, folder: Path, copies: list[Copied]) -> None:
    with archive.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for copy in copies:
                packed.write(folder / copy.name, copy.name)
            made = datetime.now(UTC).isoformat(timespec="seconds")
            told = {"format": _FORMAT, "made": made, "databases": [asdict(copy) for copy in copies]}
            packed.writestr(_MANIFEST, json.dumps(told, indent=1))
        file.flush()
        os.fsync(file.fileno())


def _manifest_of(packed: zipfile.ZipFile) -> list[Copied]:
    told: dict[str, Any] = json.loads(packed.read(_MANIFEST))
    if told["format"] != _FORMAT:
        raise ValueError(f"its format is {told['format']}, this program reads {_FORMAT}")
    return [Copied(**one) for one in told["databases"]]


def _problems_of(packed: zipfile.ZipFile, copy: Copied) -> Iterator[str]:
    if Path(copy.name).name != copy.name or not copy.name.endswith(".sqlite3"):
        yield f"{copy.name!r} is no name of a database"
        return
    digest = sha256()
    with packed.open(copy.name) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != copy.sha256:
        yield f"{copy.name} in it is damaged"
    if copy.name == LIBRARY and copy.version > len(MIGRATIONS):
        yield "its library was written by a newer version of Wenbao; update Wenbao"


def _unpacked(archive: Path, folder: Path) -> list[Copied]:
    with zipfile.ZipFile(archive) as packed:
        copies = _manifest_of(packed)
        for copy in copies:
            with packed.open(copy.name) as source, (folder / copy.name).open("wb") as target:
                shutil.copyfileobj(source, target, _BLOCK)
    return copies


def _keep_aside(data: Path) -> Path:
    """Copy the databases into a folder of the data folder: by SQLite, or as they are where they are damaged."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = data / f"before-restore-{now}"
    with _folder(data / ".keeping") as folder:
        for path in databases(data):
            try:
                _copied(path, folder)
            except sqlite3.Error:
                for part in data.glob(f"{path.name}*"):
                    shutil.copyfile(part, folder / part.name)
        folder.rename(kept)
    return kept


def _replace(source: Path, target: Path) -> None:
    """Give a database a new content in one transaction; where it is none (any more), its file is replaced."""
    with closing(_opened(source)) as new:
        try:
            with closing(sqlite3.connect(target, timeout=_WAIT_SECONDS)) as old:
                new.backup(old)
                old.execute("PRAGMA journal_mode = WAL")
        except sqlite3.DatabaseError as problem:
            if getattr(problem, "sqlite_errorname", "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
                _put_in_place(source, target)
            else:
                raise


def _put_in_place(source: Path, target: Path) -> None:
    for part in target.parent.glob(f"{target.name}-*"):
        part.unlink()
    source.replace(target)
    _sync(target.parent)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_WAIT_SECONDS)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """A folder to work in; what a killed process has left there is deleted first."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _storing(what: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as problem:
        raise StorageFailed(f"{what} could not be written ({problem}). Is the disk full?") from problem
