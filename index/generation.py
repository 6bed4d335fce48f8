"""Reads a generation of the index: a folder that never changes, with a manifest, two indexes of terms and chunks."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wenbao.config.errors import IndexUnavailable
from wenbao.index.chunks import Chunk
from wenbao.index.manifest import Manifest, read_manifest
from wenbao.index.terms import TermIndex
from wenbao.index.units import Rows, Units
from wenbao.index.vectors import Vectors

CURRENT = "CURRENT"
PARAGRAPHS = "terms/paragraphs"
SENTENCES = "terms/sentences"


@dataclass(frozen=True, slots=True)
class Generation:
    """An opened generation. Searching it goes on where its folder is deleted meanwhile."""

    folder: Path
    manifest: Manifest
    paragraphs: TermIndex
    sentences: TermIndex
    chunks: tuple[Chunk, ...]

    @property
    def name(self) -> str:
        return self.folder.name

    def chunk_by_name(self) -> dict[str, Chunk]:
        """The chunks by their names, each of which is given once."""
        return dict(zip(self.manifest.chunks, self.chunks, strict=True))

    def nearest(self, query: Vectors, k: int, documents: Collection[int] | None) -> tuple[Units, Vectors]:
        """The `k` units nearest to a vector and their scores, best first."""
        units, scores = _joined([chunk.search(query, k, documents, self.manifest.removed) for chunk in self.chunks])
        best = np.argsort(-scores, kind="stable")[:k]
        return units[best], scores[best]

    def dense_scores(self, query: Vectors, rows: Rows) -> tuple[Units, Vectors]:
        """Every unit of these paragraphs with its score."""
        return _joined([chunk.scores(query, rows) for chunk in self.chunks])


def open_current(root: Path, before: Generation | None = None) -> Generation | None:
    """The generation in use; None where there is none yet. Raises IndexUnavailable where it is damaged.

    Chunks that it shares with the one before are not opened again.
    """
    name = current_name(root)
    while name is not None:
        try:
            return open_generation(root / name, before)
        except IndexUnavailable:
            if (now := current_name(root)) == name:
                raise
            name = now  # another process has switched and cleared away while this one was opening
    return None


def open_newest(root: Path) -> Generation | None:
    """The newest generation that can be opened, where the one in use cannot; None where there is none."""
    for folder in reversed(generation_folders(root)):
        with suppress(IndexUnavailable):
            return open_generation(folder)
    return None


def open_generation(folder: Path, before: Generation | None = None) -> Generation:
    """The generation in a folder, whichever model made it. Raises IndexUnavailable where it is damaged."""
    manifest = read_manifest(folder)
    known = before.chunk_by_name() if before is not None else {}
    try:
        generation = Generation(
            folder,
            manifest,
            TermIndex(folder / PARAGRAPHS),
            TermIndex(folder / SENTENCES),
            tuple(known.get(name) or Chunk.open(folder, name) for name in manifest.chunks),
        )
    except (OSError, ValueError, RuntimeError, MemoryError) as problem:
        raise IndexUnavailable(f"The index in {folder} is damaged: {problem}. Run `wenbao reindex`.") from problem
    _check_counts(generation)
    return generation


def generation_folders(root: Path) -> list[Path]:
    """The folder of every generation that is there, the oldest first."""
    return sorted(root.glob("generation-??????"))


def current_name(root: Path) -> str | None:
    """The name that CURRENT holds. Raises IndexUnavailable where it holds no name."""
    try:
        name = (root / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise IndexUnavailable(f"{root / CURRENT} cannot be read: {problem}") from problem
    if not name.startswith("generation-") or Path(name).name != name:
        raise IndexUnavailable(f"{root / CURRENT} does not name a generation.")
    return name


def _check_counts(generation: Generation) -> None:
    manifest = generation.manifest
    found = len(generation.paragraphs), len(generation.sentences), [len(chunk) for chunk in generation.chunks]
    if found != (manifest.paragraphs, manifest.sentences, list(manifest.chunks.values())):
        raise IndexUnavailable(f"The index in {generation.folder} does not hold as much as its manifest says.")


def _joined(found: list[tuple[Units, Vectors]]) -> tuple[Units, Vectors]:
    if not found:
        return np.empty(0, np.uint64), np.empty(0, np.float32)
    return np.concatenate([units for units, _ in found]), np.concatenate([scores for _, scores in found])
