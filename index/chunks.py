"""A chunk: vectors that were written together, with the unit and the document of each. It never changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wenbao.config.errors import IndexUnavailable
from wenbao.index.units import Rows, Units, first_unit, rows_of
from wenbao.index.vectors import Positions, Vectors, VectorStore, open_vectors, write_vectors

_READ_AT_ONCE = 65_536


class Chunk:
    """An opened chunk; its arrays stay on disk until they are looked at."""

    def __init__(self, vectors: VectorStore, units: Units, documents: Rows) -> None:
        self.vectors = vectors
        self.units = units
        self.documents = documents
        starts = np.flatnonzero(np.diff(documents, prepend=-1))
        self._runs = list(
            zip(documents[starts].tolist(), starts.tolist(), [*starts[1:].tolist(), len(documents)], strict=True)
        )
        self.held = {document for document, _, _ in self._runs}

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Open the files of a chunk. Raises OSError, ValueError or RuntimeError where they are damaged."""
        chunk = cls(
            open_vectors(folder / f"{name}.faiss"), *(np.load(path, mmap_mode="r") for path in _arrays(folder, name))
        )
        if not len(chunk.vectors) == len(chunk.units) == len(chunk.documents):
            raise ValueError(f"the files of {name} are of different lengths")
        return chunk

    def __len__(self) -> int:
        return len(self.units)

    def search(
        self, query: Vectors, k: int, documents: Collection[int] | None, removed: frozenset[int]
    ) -> tuple[Units, Vectors]:
        """The `k` nearest units and their scores; of `documents` where given, and of none that was removed."""
        positions, scores = self.vectors.search(query, k, self._allowed(documents, removed))
        return self.units[positions], scores

    def scores(self, query: Vectors, rows: Rows) -> tuple[Units, Vectors]:
        """All units of these paragraphs that are here, with their scores. Raises IndexUnavailable where damaged."""
        positions = self._positions(rows)
        return self.units[positions], self.vectors.scores(query, positions)

    def kept(self, removed: frozenset[int]) -> NDArray[np.bool_]:
        """Which units are of no removed document."""
        allowed = self._allowed(None, removed)
        return np.ones(len(self), np.bool_) if allowed is None else allowed

    def _allowed(self, documents: Collection[int] | None, removed: frozenset[int]) -> NDArray[np.bool_] | None:
        if documents is None and self.held.isdisjoint(removed):
            return None
        allowed = np.zeros(len(self), np.bool_)
        wanted = (self.held if documents is None else self.held.intersection(documents)) - removed
        for document, start, end in self._runs:
            if document in wanted:
                allowed[start:end] = True
        return allowed

    def _positions(self, rows: Rows) -> Positions:
        """Where the units of these rows are; that they are in order has to be so, or others would be found."""
        starts = np.searchsorted(self.units, first_unit(rows))
        lengths = np.searchsorted(self.units, first_unit(rows + 1)) - starts
        if lengths.min(initial=0) < 0:
            raise _damaged()
        positions = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        if not np.array_equal(rows_of(self.units[positions]), np.repeat(rows, lengths)):
            raise _damaged()
        return positions


def _damaged() -> IndexUnavailable:
    return IndexUnavailable("The units of a chunk are not in order. Run `wenbao reindex`.")


def write_chunk(folder: Path, name: str, vectors: Vectors, units: Units, documents: Rows) -> None:
    """Write a chunk, in the order of its units."""
    order = np.argsort(units, kind="stable")
    in_order = bool((order == np.arange(len(order))).all())
    write_vectors(folder / f"{name}.faiss", vectors if in_order else vectors[order])
    for path, array in zip(_arrays(folder, name), (units[order], documents[order]), strict=True):
        np.save(path, array)


def merge_chunks(folder: Path, name: str, chunks: Sequence[Chunk], removed: frozenset[int]) -> int:
    """Write one chunk in place of several, without the removed documents; returns how many units it holds."""
    kept = [np.flatnonzero(chunk.kept(removed)) for chunk in chunks]
    units = np.concatenate([chunk.units[positions] for chunk, positions in zip(chunks, kept, strict=True)])
    if not len(units):
        return 0
    documents = np.concatenate([chunk.documents[positions] for chunk, positions in zip(chunks, kept, strict=True)])
    order = np.argsort(units, kind="stable")
    raw = folder / f"{name}.raw"
    with raw.open("wb") as file:
        for vectors in _read_in_order(chunks, kept, order):
            file.write(vectors.tobytes())
    content = np.memmap(raw, np.float32, "r").reshape(len(units), -1)
    write_chunk(folder, name, content, units[order], documents[order])
    raw.unlink()
    return len(units)


def _read_in_order(
    chunks: Sequence[Chunk], kept: Sequence[Positions], order: NDArray[np.int64]
) -> Iterator[NDArray[np.float32]]:
    """The vectors that are kept in several chunks, in an order over all of them, a few at a time."""
    which = np.repeat(np.arange(len(chunks)), [len(positions) for positions in kept])
    places = np.concatenate(kept)
    for start in range(0, len(order), _READ_AT_ONCE):
        some = order[start : start + _READ_AT_ONCE]
        parts = [which[some] == number for number in range(len(chunks))]
        rows = [chunk.vectors.read(places[some][part]) for chunk, part in zip(chunks, parts, strict=True) if part.any()]
        vectors = np.empty((len(some), rows[0].shape[1]), np.float32)
        for part, found in zip((part for part in parts if part.any()), rows, strict=True):
            vectors[part] = found
        yield vectors


def chunk_files(name: str) -> tuple[str, str, str]:
    """The files of a chunk."""
    return f"{name}.faiss", f"{name}-units.npy", f"{name}-documents.npy"


def _arrays(folder: Path, name: str) -> tuple[Path, Path]:
    _, units, documents = chunk_files(name)
    return folder / units, folder / documents
