"""Embeds many texts with sentence-transformers in a process of its own, so that a server never holds torch.

Started as `python -m wenbao.index.bulk FOLDER PROMPT`: a line with a list of texts in, their vectors out.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np

from wenbao.config.errors import ModelUnavailable
from wenbao.index.embedding import Prompts, SentenceTransformerEncoder, Vectors
from wenbao.index.static import StaticEncoder

_HEADER = struct.Struct("<qq")


class BulkEncoder:
    """The passages' side of a static model, computed by sentence-transformers beside this process."""

    def __init__(self, encoder: StaticEncoder) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "wenbao.index.bulk", str(encoder.folder), json.dumps(encoder.prompts.passage)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"},
        )

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One row for each text. Raises ModelUnavailable where the process has died."""
        try:
            rows, columns, content = self._exchange(json.dumps(list(texts)).encode() + b"\n")
        except (OSError, EOFError) as problem:
            raise ModelUnavailable(f"Embedding the reports was broken off: {self._last_words()}") from problem
        return np.frombuffer(content, np.float32).reshape(rows, columns)

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

    def _exchange(self, line: bytes) -> tuple[int, int, bytes]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        stdin.write(line)
        stdin.flush()
        rows, columns = _HEADER.unpack(_exactly(stdout, _HEADER.size))
        return rows, columns, _exactly(stdout, rows * columns * 4)

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "the process that computes vectors was ended."


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content


def _serve(folder: Path, prompt: str | None) -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the vectors
    encoder = SentenceTransformerEncoder(folder, Prompts(passage=prompt))
    for line in sys.stdin.buffer:
        vectors = encoder.encode_passages(json.loads(line))
        out.write(_HEADER.pack(*vectors.shape) + vectors.tobytes())
        out.flush()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), json.loads(sys.argv[2]))
