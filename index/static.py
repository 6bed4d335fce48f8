"""Uses a static model without torch: the mean of its tokens' vectors, with tokenizers and numpy.

Its vectors are those of sentence-transformers for the same folder; a test holds the two equal.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer

from wenbao.config.errors import ModelUnavailable
from wenbao.index.embedding import Prompts, Vectors, fingerprint

_TEXTS_AT_ONCE = 1024


def is_static(folder: Path) -> bool:
    """Whether a model folder holds a table of token vectors and nothing else but a normalisation."""
    kinds = [kind for kind, _ in _modules(folder)]
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"])


class StaticEncoder:
    """A static model. Safe to use from several threads."""

    def __init__(self, folder: Path, prompts: Prompts = Prompts()) -> None:  # noqa: B008 - frozen
        self.folder = folder
        self.prompts = prompts
        self.fingerprint = fingerprint(folder, prompts)
        own = _own_prompts(folder)
        self._query_prompt = own.query if prompts.query is None else prompts.query
        self._passage_prompt = own.passage if prompts.passage is None else prompts.passage
        try:
            place = folder / _modules(folder)[0][1]
            self._tokenizer = Tokenizer.from_file(str(place / "tokenizer.json"))
            self._table = _table(place / "model.safetensors")
        except Exception as problem:  # tokenizers raises plain Exception
            raise ModelUnavailable(f"The embedding model in {folder} cannot be loaded: {problem}") from problem
        self._tokenizer.no_padding()
        self.dimension = int(self._table.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._query_prompt, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._passage_prompt, texts)

    def _encode(self, prompt: str | None, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            some = [f"{prompt or ''}{text}" for text in texts[start : start + _TEXTS_AT_ONCE]]
            vectors[start : start + len(some)] = self._means(some)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(lengths, 1e-12)
        return unit

    def _means(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        nothing = np.zeros(self.dimension, np.float32)
        # one text after the other stays in the processor's cache: five times as fast as all rows at once
        return np.array([self._table[each.ids].mean(axis=0) if each.ids else nothing for each in encodings])


def _modules(folder: Path) -> list[tuple[str, str]]:
    """The kind and the sub-folder of each module of a model."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        return [(module["type"].rsplit(".", 1)[-1], module["path"]) for module in modules]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _own_prompts(folder: Path) -> Prompts:
    """The prompts of the model itself, looked up in the order in which sentence-transformers does."""
    path = folder / "config_sentence_transformers.json"
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    prompts = {name: prompt for name, prompt in (config.get("prompts") or {}).items() if prompt is not None}
    default = prompts.get(config.get("default_prompt_name"))
    names = [name for name in ("document", "passage", "corpus") if name in prompts]
    return Prompts(prompts.get("query", default), prompts[names[0]] if names else default)


def _table(path: Path) -> Vectors:
    """The vector of each token, put together as sentence-transformers does from rows, their places and factors."""
    try:
        with safe_open(str(path), "numpy") as file:
            tensors: dict[str, Any] = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError, TypeError) as problem:
        raise ModelUnavailable(f"{path} is not a file of weights: {problem}") from problem
    name = "embedding.weight" if "embedding.weight" in tensors else "embeddings"
    rows: Vectors = tensors[name].astype(np.float32)
    if "mapping" in tensors:
        rows = rows[tensors["mapping"].astype(np.int64)]
    if "weights" in tensors:
        rows *= tensors["weights"].astype(np.float32)[:, None]
    return rows
