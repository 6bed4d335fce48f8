"""Keeps vectors in FAISS files and finds the nearest: exact for few; for many by short codes, then more exactly.

This is the one place that knows FAISS; another engine would take the place of `open_vectors` and `write_vectors`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

import faiss as faiss_
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Positions = NDArray[np.int64]

faiss: Any = faiss_  # its own type hints are those of its C++ face

FLAT_LIMIT = 20_000
"""Up to so many vectors are kept as they are; above, as short codes and in sixteen bits for each number."""

_THREADS_FOR_ONE = 1  # more of them wait for each other longer than they work; the count is kept by each thread
_EXACT_LIMIT = 2_000
_LOOKED_AT_AGAIN = 256  # by benchmarks/scale.py: 100 find 98 of 100 among laws, where few are alike
_SHARE_LOOKED_AT_AGAIN = 0.001  # where they are many they are more alike: of reports from templates 256 find 83 of 100
_MORE_THAN_WANTED = 4
_CELLS = 64  # all are looked at: to leave half of them out is a loss of 5 of 100, as these vectors form no clusters
_TRAINING = 256 * _CELLS
_LEAST_CODES = 64


class VectorStore(Protocol):
    """Vectors by position, in the order in which they were written."""

    def __len__(self) -> int: ...

    def search(self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None) -> tuple[Positions, Vectors]:
        """The positions of the `k` nearest vectors and their inner products, best first; only where `allowed`."""

    def scores(self, query: Vectors, positions: Positions) -> Vectors:
        """The inner products of the query with the vectors at these positions."""

    def read(self, positions: Positions) -> Vectors:
        """The vectors at these positions, as near as they are kept."""


class FaissVectors:
    """A VectorStore in one memory-mapped FAISS file."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._is_flat = isinstance(index, faiss.IndexFlat)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    def search(self, query: Vectors, k: int, allowed: NDArray[np.bool_] | None) -> tuple[Positions, Vectors]:
        if allowed is not None and (count := np.count_nonzero(allowed)) <= _EXACT_LIMIT:
            return self._exact(query, k, np.flatnonzero(allowed)) if count else _nothing()
        faiss.omp_set_num_threads(_THREADS_FOR_ONE)
        scores, positions = self._index.search(query[None], k, params=self._parameters(k, allowed))
        found = positions[0] >= 0
        return positions[0][found], scores[0][found]

    def scores(self, query: Vectors, positions: Positions) -> Vectors:
        scores: Vectors = np.einsum("ij,j->i", self.read(positions), query)  # unlike @ it starts no threads
        return scores

    def read(self, positions: Positions) -> Vectors:
        faiss.omp_set_num_threads(_THREADS_FOR_ONE)
        vectors: Vectors = self._index.reconstruct_batch(positions)
        return vectors

    def _exact(self, query: Vectors, k: int, positions: Positions) -> tuple[Positions, Vectors]:
        scores = self.scores(query, positions)
        best = np.argsort(-scores, kind="stable")[:k]
        return positions[best], scores[best]

    def _parameters(self, k: int, allowed: NDArray[np.bool_] | None) -> Any:
        selector = None if allowed is None else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if self._is_flat:
            return faiss.SearchParameters(sel=selector)
        by_codes = faiss.SearchParametersIVF(sel=selector, nprobe=_CELLS)
        factor = max(_LOOKED_AT_AGAIN / k, _SHARE_LOOKED_AT_AGAIN * len(self) / k, _MORE_THAN_WANTED)
        return faiss.IndexRefineSearchParameters(k_factor=factor, base_index_params=by_codes)


def open_vectors(path: Path) -> FaissVectors:
    """Open a file of vectors without reading it into memory. Raises RuntimeError where it is none."""
    index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    return FaissVectors(index)


def write_vectors(path: Path, vectors: Vectors) -> None:
    """Write vectors to a file of their own."""
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    index = faiss.IndexFlatIP(vectors.shape[1]) if len(vectors) <= FLAT_LIMIT else _trained(vectors)
    index.add(vectors)
    faiss.write_index(index, str(path))


def _trained(vectors: Vectors) -> Any:
    """Four bits for some numbers in a row, by which all are compared, and sixteen bits for each, to look again."""
    dimension = vectors.shape[1]
    together = next((count for count in (4, 3, 2) if dimension % count == 0 and dimension // count >= _LEAST_CODES), 1)
    kind = f"IVF{_CELLS},PQ{dimension // together}x4fs,Refine(SQfp16)"
    index = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).choice(len(vectors), min(len(vectors), _TRAINING), replace=False)
    index.train(vectors[np.sort(sample)])
    return index


def _nothing() -> tuple[Positions, Vectors]:
    return np.empty(0, np.int64), np.empty(0, np.float32)
