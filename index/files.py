"""Writes files so that a crash at any moment leaves either the old state or the new one."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from wenbao.config.errors import StorageFailed, WenbaoError


def replace_text(path: Path, text: str) -> None:
    """Give a small file a new content in one step, lasting when this returns."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link(source: Path, target: Path) -> None:
    """The same file under a second name; a copy where the file system knows no such thing."""
    try:
        os.link(source, target)
    except OSError as problem:
        if problem.errno not in (errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.EMLINK, errno.ENOSYS):
            raise
        shutil.copyfile(source, target)


def digest(path: Path) -> str:
    """A digest of a file's content."""
    result = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(2**20):
            result.update(block)
    return result.hexdigest()


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, in a fixed order; lock files, which come and go with every opening, are left out."""
    return sorted(path for path in folder.rglob("*") if path.suffix != ".lock" and path.is_file())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that is held once on this machine; waits for it, and a killed process lets go of it."""
    with storing(f"The folder {path.parent}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Mark a folder as being written in, for as long as this process lives and the block lasts."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def is_claimed(folder: Path) -> bool:
    """Whether someone is writing in a folder now."""
    try:
        with claimed(folder):
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


@contextmanager
def storing(what: str) -> Iterator[None]:
    """Turn what goes wrong on writing (Python's, tantivy's and FAISS's errors) into StorageFailed."""
    try:
        yield
    except WenbaoError:
        raise
    except (OSError, ValueError, RuntimeError) as problem:
        raise StorageFailed(f"{what} could not be written ({problem}). Is the disk full?") from problem
