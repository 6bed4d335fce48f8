"""Turns texts into vectors: one small interface, and sentence-transformers behind it.

A model made of nothing but a table of token vectors needs no torch for that (`wenbao.index.static`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wenbao.config.errors import ModelUnavailable

if TYPE_CHECKING:
    from wenbao.config.settings import Settings

Vectors = NDArray[np.float32]

DEFAULT_MODEL = Path(__file__).parent / "model"
_BATCH = 32
_HASHED_WHOLE = 64 * 2**20
_HUB_LEAVES_OUT = ["onnx/*", "openvino/*", "*.onnx", "*.h5", "*.ot", "*.msgpack", "*.gguf", "*.png", "*.jpg"]


class Encoder(Protocol):
    """Makes vectors of length 1. `fingerprint` changes with anything that changes the vectors."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def folder(self) -> Path | None:
        """Where the model lies; None where there is none."""

    @property
    def prompts(self) -> Prompts: ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """One row for each question."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """One row for each paragraph or sentence."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """Words put before a question and before a passage; None where the model's own are meant."""

    query: str | None = None
    passage: str | None = None


def open_encoder(settings: Settings) -> Encoder:
    """The encoder that the settings ask for; the model in the box where they name none. Raises ModelUnavailable."""
    prompts = Prompts(settings.query_prompt, settings.passage_prompt)
    return open_model(model_folder(settings.embedding_model or str(DEFAULT_MODEL)), prompts)


def open_model(folder: Path, prompts: Prompts) -> Encoder:
    """The encoder of the model in a folder. Raises ModelUnavailable."""
    from wenbao.index.static import StaticEncoder, is_static

    return StaticEncoder(folder, prompts) if is_static(folder) else SentenceTransformerEncoder(folder, prompts)


class WordsAlone:
    """Stands in for a model that is gone: its vectors are all zero, so that words alone decide."""

    fingerprint = "words alone"
    folder = None
    prompts = Prompts()

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), self.dimension), np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), self.dimension), np.float32)


class SentenceTransformerEncoder:
    """Any sentence-transformers model, on a GPU where there is one. Imports torch when it is made."""

    def __init__(self, folder: Path, prompts: Prompts = Prompts()) -> None:
        self.fingerprint = fingerprint(folder, prompts)
        self.folder = folder
        self.prompts = prompts
        self._model = _load(folder)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        if self.prompts.query is None:
            return self._rows(self._model.encode_query(list(texts), **self._options(len(texts))))
        return self._rows(self._model.encode(list(texts), prompt=self.prompts.query, **self._options(len(texts))))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if self.prompts.passage is None:
            return self._rows(self._model.encode_document(list(texts), **self._options(len(texts))))
        return self._rows(self._model.encode(list(texts), prompt=self.prompts.passage, **self._options(len(texts))))

    def _options(self, count: int) -> dict[str, bool | int]:
        size = _BATCH if self._model.max_seq_length != float("inf") else max(count, 1)
        return {"batch_size": size, "normalize_embeddings": True, "show_progress_bar": False}

    def _rows(self, vectors: NDArray[np.float32]) -> Vectors:
        return np.asarray(vectors, np.float32).reshape(-1, self.dimension)


def model_folder(name: str, task: str = "embedding") -> Path:
    """The folder of a model: itself, or where the hub's copy of it lies; only what is missing is fetched.

    `task` is what the model is for, as in the name of its setting. Raises ModelUnavailable.
    """
    setting = f"WENBAO_{task.upper()}_MODEL"
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if path.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise ModelUnavailable(f"There is no model folder {name}: set {setting} to one that exists.")
    return _from_hub(name, task, setting)


def fingerprint(folder: Path, prompts: Prompts) -> str:
    """A digest of all files of a model and of the prompts; of a file of many megabytes the ends and the size."""
    digest = blake2b(digest_size=16)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and _shapes_vectors(path, folder)):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(_content(path))
    digest.update(json.dumps([prompts.query, prompts.passage]).encode())
    return digest.hexdigest()


def _shapes_vectors(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() not in (".md", ".py", ".pyc")


def _content(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= _HASHED_WHOLE:
            return file.read()
        start = file.read(2**20)
        file.seek(size - 2**20)
        return start + file.read()


def _load(folder: Path) -> Any:
    if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
        raise ModelUnavailable(f"{folder} is not a sentence-transformers model: it has no modules.json.")
    try:
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(folder), local_files_only=True)
    except Exception as problem:  # the library raises whatever a broken model leads to
        raise ModelUnavailable(f"The embedding model in {folder} cannot be loaded: {problem}") from problem
    return model.float() if model.device.type == "cpu" else model


def _from_hub(name: str, task: str, setting: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True, ignore_patterns=_HUB_LEAVES_OUT))
    except Exception as problem:  # not there yet, or not a name at all: the next call says which
        missing = problem
    try:
        return Path(snapshot_download(name, ignore_patterns=_HUB_LEAVES_OUT))
    except Exception as problem:
        raise ModelUnavailable(
            f"The {task} model {name} is neither a folder here nor could it be fetched from the hub "
            f"({type(problem).__name__}). Check the name and the connection, or set {setting} to a folder."
        ) from missing
