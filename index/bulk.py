"""Embeds many texts with sentence-transformers in a process of its own, so that a server never holds torch.

Started as `python -m wenbao.index.bulk FOLDER PROMPT`. Once the model is loaded it sends an empty table of vectors;
then, for each line with a list of texts, the table of theirs.
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

import numpy as np

from wenbao.config.errors import ModelUnavailable
from wenbao.index.embedding import Prompts, SentenceTransformerEncoder, Vectors
from wenbao.index.static import StaticEncoder

_HEADER = struct.Struct("<qq")


class BulkEncoder:
    """The passages' side of a static model, computed by sentence-transformers beside this process."""

    def __init__(self, encoder: StaticEncoder) -> None:
        """Start the process; it needs some seconds until it is ready."""
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "wenbao.index.bulk", str(encoder.folder), json.dumps(encoder.prompts.passage)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"},
        )
        self._is_loaded = False

    def is_ready(self) -> bool:
        """Whether the model is loaded by now. Raises ModelUnavailable where it cannot be."""
        if not self._is_loaded and select.select([cast(IO[bytes], self._process.stdout)], [], [], 0)[0]:
            self._load()
        return self._is_loaded

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One row for each text; waits until the model is loaded. Raises ModelUnavailable where it is broken off."""
        if not self._is_loaded:
            self._load()
        with self._reporting():
            _send(cast(IO[bytes], self._process.stdin), json.dumps(list(texts)).encode() + b"\n")
            return self._receive()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _load(self) -> None:
        with self._reporting():
            self._receive()
        self._is_loaded = True

    def _receive(self) -> Vectors:
        stream = cast(IO[bytes], self._process.stdout)
        rows, columns = _HEADER.unpack(_exactly(stream, _HEADER.size))
        return np.frombuffer(_exactly(stream, rows * columns * 4), np.float32).reshape(rows, columns)

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError) as problem:
            raise ModelUnavailable(f"Embedding the reports was broken off: {self._last_words()}") from problem

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "the process that computes vectors was ended."


def _send(stream: IO[bytes], content: bytes) -> None:
    """Write all of it: a pipe takes as much at a time as it has room for."""
    view = memoryview(content)
    while view:
        view = view[stream.write(view) :]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        part = stream.read(size - len(content))
        if not part:
            raise EOFError
        content += part
    return bytes(content)


def _serve(folder: Path, prompt: str | None) -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the vectors
    encoder = SentenceTransformerEncoder(folder, Prompts(passage=prompt))
    out.write(_HEADER.pack(0, encoder.dimension))
    out.flush()
    for line in sys.stdin.buffer:
        vectors = encoder.encode_passages(json.loads(line))
        out.write(_HEADER.pack(*vectors.shape) + vectors.tobytes())
        out.flush()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), json.loads(sys.argv[2]))
