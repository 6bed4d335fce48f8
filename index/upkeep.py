"""Keeps the index of a running service in order, in a process of its own: what takes long never makes anybody wait.

Started as `python -m wenbao.index.upkeep mend|tend SETTINGS`. To mend is to read the index over and build it anew where
it is damaged; to tend is to embed it anew for another model, to add what is missing and to merge its parts. How many
paragraphs are done it prints, a number a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from threading import Event, Thread
from typing import IO, TYPE_CHECKING, cast

import structlog

from wenbao.config.errors import WenbaoError
from wenbao.config.logs import configure_logs
from wenbao.config.settings import Settings, load_settings
from wenbao.index.search import Index
from wenbao.index.store import index_at
from wenbao.knowledge.library import Library

if TYPE_CHECKING:
    from wenbao.index.milvus import MilvusIndex

_FIRST_LOOK_SECONDS = 5
_LOOK_SECONDS = 60
_REST_SECONDS = 10
_KINDNESS = 10
_TOLD_EVERY = 10_000
_OURS = ("embedding_model", "store", "milvus_uri", "query_prompt", "passage_prompt", "log_level", "log_format")
_log = structlog.get_logger(__name__)


class Upkeep:
    """Looks after an index from the start until `close`; `Index.leave_to` has it called in between."""

    def __init__(self, settings: Settings, library: Library, index: Index | MilvusIndex) -> None:
        self._settings = settings
        self._library = library
        self._index = index
        self._called = Event()
        self._closing = Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread = Thread(target=self._look_after, name="upkeep", daemon=True)
        index.leave_to(self.call)
        self._thread.start()

    def call(self) -> None:
        """Have a look now."""
        self._called.set()

    def close(self) -> None:
        """Stop; what was not done is done by the next who looks after it."""
        self._index.leave_to(None)
        self._closing.set()
        self._called.set()
        if self._process is not None:
            self._process.kill()
        self._thread.join()

    def _look_after(self) -> None:
        if not self._is_due():
            self._called.wait(_FIRST_LOOK_SECONDS)
        self._have_done("mend")
        while not self._closing.is_set():
            self._called.wait(_LOOK_SECONDS)
            self._called.clear()
            if self._index.has_failed():
                self._have_done("mend")
            elif self._is_due():
                self._have_done("tend")

    def _is_due(self) -> bool:
        try:
            return self._index.needs_tending(self._library)
        except WenbaoError as problem:
            _log.warning("index.not_looked_after", problem=str(problem))
            return False

    def _have_done(self, what: str) -> None:
        if self._closing.is_set():
            return
        command = [sys.executable, "-m", "wenbao.index.upkeep", what, _dumped(self._settings)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdout=subprocess.PIPE, text=True, env=os.environ | _secrets(self._settings)
        )
        if self._closing.is_set():
            self._process.kill()
        for line in cast(IO[str], self._process.stdout):
            _log.info("index.building", paragraphs=int(line))
        failed = self._process.wait() != 0
        self._closing.wait(_LOOK_SECONDS if failed else _REST_SECONDS)


def _dumped(settings: Settings) -> str:
    ours = {name: getattr(settings, name) for name in _OURS}
    return json.dumps(ours | {"data_dir": str(settings.data_dir.absolute())})


def _secrets(settings: Settings) -> dict[str, str]:
    """What must not stand on a command line, where everybody can read it."""
    token = settings.milvus_token
    return {"WENBAO_MILVUS_TOKEN": token.get_secret_value()} if token else {}


def _do(what: str, settings: Settings) -> None:
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        if done >= told + _TOLD_EVERY:
            told = done
            print(done, flush=True)

    with closing(Library(settings.data_dir / "library.sqlite3")) as library:
        index = index_at(settings)
        (index.mend if what == "mend" else index.tend)(library, tell)


def _main(what: str, settings: Settings) -> int:
    configure_logs(settings, "warning")
    os.nice(_KINDNESS)
    try:
        _do(what, settings)
    except WenbaoError as problem:
        _log.warning("index.not_looked_after", problem=str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], load_settings(**json.loads(sys.argv[2]))))
