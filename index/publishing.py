"""Gives a generation that is written its name and makes it the current one; clears away what is no longer needed."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wenbao.config.errors import IndexUnavailable
from wenbao.index.files import claimed, is_claimed, replace_text, storing, sync
from wenbao.index.generation import CURRENT, current_name, generation_folders

_UNFINISHED = ".unfinished-"


@contextmanager
def new_folder(root: Path) -> Iterator[Path]:
    """A folder to write a generation in; gone at the end unless it was published.

    It is to be made while the lock is held; to write in it needs no lock.
    """
    with storing("The index"):
        root.mkdir(parents=True, exist_ok=True)
        folder = root / f"{_UNFINISHED}{secrets.token_hex(6)}"
        folder.mkdir()
        try:
            with claimed(folder):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(root: Path, folder: Path) -> None:
    """Make a generation that is on disk, all of it, the current one. The caller holds the lock."""
    final = root / f"generation-{_next_number(root):06d}"
    folder.rename(final)
    sync(root)
    replace_text(root / CURRENT, f"{final.name}\n")


def clear_away(root: Path) -> None:
    """Delete what broken-off builds have left, and generations older than the one before the current.

    The caller holds the lock.
    """
    for folder in root.glob(f"{_UNFINISHED}*"):
        if not is_claimed(folder):
            shutil.rmtree(folder, ignore_errors=True)
    try:
        current = current_name(root) or ""
    except IndexUnavailable:
        return  # what is old can be told only when something is new
    older = [folder for folder in generation_folders(root) if folder.name < current]
    for folder in older[:-1]:
        shutil.rmtree(folder, ignore_errors=True)


def _next_number(root: Path) -> int:
    """One above every generation that is there, the current one's damaged successor included."""
    return 1 + max((int(folder.name.rpartition("-")[2]) for folder in generation_folders(root)), default=0)
