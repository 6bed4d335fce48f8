"""Report files between their preview and the word that they are to be kept; they lie in a folder for an hour."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from wenbao.config.errors import InvalidRequest, StorageFailed

KEPT_SECONDS = 3600
MOST_OF_ONE = 10
_is_token = re.compile(r"[\w-]{22}", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody has sent; `token` finds it again, `replaces` is the report that it is a version of."""

    token: str
    name: str
    content: bytes
    replaces: str | None


class Uploads:
    """The files that wait, each for the session that sent it; another cannot get at it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "uploads"

    def put(self, owner: str, name: str, content: bytes, replaces: str | None) -> str:
        """Keep a file for a while; returns its token. Raises StorageFailed."""
        token = secrets.token_urlsafe(16)
        head = json.dumps({"name": name, "replaces": replaces}).encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sweep(owner)
            path = self._path(owner, token)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
                file.write(head + b"\n" + content)
        except OSError as problem:
            raise StorageFailed(f"The file cannot be kept in {self._folder}: {problem.strerror}.") from problem
        return token

    def get(self, owner: str, token: str) -> Upload:
        """The file with this token. Raises InvalidRequest where it is not there (any more)."""
        try:
            head, _, content = self._path(owner, token).read_bytes().partition(b"\n")
        except OSError:
            raise InvalidRequest("This file is not kept any more: please choose it again.") from None
        return Upload(token, content=content, **json.loads(head))

    def discard(self, owner: str, token: str) -> None:
        """Delete a file; that it is gone already does no harm."""
        self._path(owner, token).unlink(missing_ok=True)

    def discard_all(self, owner: str) -> None:
        """Delete every file of a session."""
        for path in self._of(owner):
            path.unlink(missing_ok=True)

    def _path(self, owner: str, token: str) -> Path:
        if not _is_token(token):
            raise InvalidRequest("This file is not kept any more: please choose it again.")
        return self._folder / f"{_digest(owner)}-{token}"

    def _of(self, owner: str) -> list[Path]:
        return sorted(self._folder.glob(f"{_digest(owner)}-*"), key=lambda path: path.stat().st_mtime)

    def _sweep(self, owner: str) -> None:
        """Delete what nobody has decided on in time, and the oldest of somebody who sends many."""
        old = [path for path in self._folder.iterdir() if path.stat().st_mtime < time.time() - KEPT_SECONDS]
        for path in {*old, *self._of(owner)[: 1 - MOST_OF_ONE]}:
            path.unlink(missing_ok=True)


def _digest(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16]
