"""Reads all of the generation in use and tells what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from wenbao.config.errors import IndexUnavailable
from wenbao.index.chunks import Chunk
from wenbao.index.generation import Generation, current_name, open_generation
from wenbao.index.manifest import damaged, read_manifest

_AT_ONCE = 65_536
_LONGEST = 1.05
_WHAT_TO_DO = "Run `wenbao reindex`."


def problems_of(root: Path, model: str) -> list[str]:
    """What is wrong with the generation in use, a line each with what to do; nothing where there is none yet."""
    try:
        name = current_name(root)
        if name is None:
            return []
        harmed = damaged(root / name, read_manifest(root / name))
        if harmed:
            return [f"{root / name / file} is damaged. {_WHAT_TO_DO}" for file in harmed]
        generation = open_generation(root / name)
    except IndexUnavailable as problem:
        told = str(problem)
        return [told if _WHAT_TO_DO in told else f"{told} {_WHAT_TO_DO}"]
    return [f"{generation.folder}: {problem}. {_WHAT_TO_DO}" for problem in _inside(generation, model)]


def _inside(generation: Generation, model: str) -> Iterator[str]:
    manifest = generation.manifest
    if manifest.model != model:
        yield "it was made by another embedding model than the one that WENBAO_EMBEDDING_MODEL names"
    held = {row for chunk in generation.chunks for row in chunk.held}
    rows = set(manifest.documents.values())
    if unknown := held - rows - manifest.removed:
        yield f"it has vectors of {len(unknown)} documents that it does not list"
    for name, chunk in zip(manifest.chunks, generation.chunks, strict=True):
        if np.any(chunk.units[1:] <= chunk.units[:-1]):
            yield f"the units of {name} are not in order"
        if not _are_vectors(chunk):
            yield f"{name} holds what are no vectors of length 1"


def _are_vectors(chunk: Chunk) -> bool:
    """Whether every vector is one: finite, and no longer than 1 (a text without known tokens has the length 0)."""
    for start in range(0, len(chunk), _AT_ONCE):
        vectors = chunk.vectors.read(np.arange(start, min(start + _AT_ONCE, len(chunk))))
        lengths = np.linalg.norm(vectors, axis=1)
        if not np.all(np.isfinite(lengths)) or lengths.max() > _LONGEST:
            return False
    return True
