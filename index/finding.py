"""Finds the paragraphs of a generation that a question is nearest to: terms and vectors in one score."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from wenbao.index.folding import clean
from wenbao.index.fusion import Scores, fuse, fuse_one, fuse_terms
from wenbao.index.terms import WeightedTerms
from wenbao.index.units import UNITS_OF_A_ROW, Rows, Units, rows_of
from wenbao.index.vectors import Vectors

_CANDIDATES = 32
_CANDIDATES_PER_HIT = 4


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: the question as it was asked, the terms with their weights, and the text to embed."""

    text: str
    terms: WeightedTerms
    dense: str

    @classmethod
    def of(cls, text: str, more: Iterable[tuple[str, float]] = (), dense: str | None = None) -> Self:
        """A question, with words beside it (translations, synonyms) that count for less than its own."""
        terms = WeightedTerms.of(text).with_more(WeightedTerms.of(words, weight) for words, weight in more)
        return cls(text, terms, clean(text if dense is None else dense))


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that was found: `row` is its row in the library, `sentence` the number of its best sentence.

    `score` is from 0 to 1 and orders the hits; `terms` is the share of the terms that was met, from 0 to 1;
    `dense` is the cosine of the nearest vector.
    """

    row: int
    sentence: int | None
    score: float
    terms: float
    dense: float


class Terms(Protocol):
    """Entries (paragraphs or sentences) that are found by their words, as in `wenbao.index.terms.TermIndex`."""

    def __len__(self) -> int: ...

    def search(self, terms: WeightedTerms, k: int, documents: Collection[int] | None) -> tuple[Units, Vectors]: ...

    def telling(self, terms: WeightedTerms) -> WeightedTerms: ...

    def ceiling(self, terms: WeightedTerms) -> float: ...

    def frequency(self, text: str) -> int: ...


class Searchable(Protocol):
    """What is searched: a generation on disk (`wenbao.index.generation`), or one in Milvus."""

    @property
    def paragraphs(self) -> Terms: ...

    @property
    def sentences(self) -> Terms: ...

    def nearest(self, query: Vectors, k: int, documents: Collection[int] | None) -> tuple[Units, Vectors]: ...

    def dense_scores(self, query: Vectors, rows: Rows) -> tuple[Units, Vectors]: ...


@dataclass(frozen=True, slots=True)
class _Found:
    """Units with their scores."""

    units: Units
    scores: Vectors

    def best_by_row(self, rows: Rows) -> Vectors:
        """The best score of each row, 0 where it has none."""
        best = np.zeros(len(rows), np.float32)
        np.maximum.at(best, np.searchsorted(rows, rows_of(self.units)), self.scores)
        return best


_NOTHING = _Found(np.empty(0, np.uint64), np.empty(0, np.float32))


def find(
    generation: Searchable, query: Query, vector: Vectors, k: int, documents: Collection[int] | None = None
) -> list[Hit]:
    """The `k` best paragraphs, best first; only of these documents (rows in the library) where they are given."""
    if k < 1 or (documents is not None and not documents):
        return []
    wide = max(_CANDIDATES, _CANDIDATES_PER_HIT * k)
    wanted = generation.paragraphs.telling(query.terms)
    paragraphs = _Found(*generation.paragraphs.search(wanted, wide, documents))
    sentences = _Found(*generation.sentences.search(wanted, wide, documents))
    near = _Found(*generation.nearest(vector, wide, documents)) if vector.any() else _NOTHING
    rows = np.unique(rows_of(np.concatenate([paragraphs.units, sentences.units, near.units])))
    ceiling = generation.paragraphs.ceiling(wanted)
    terms = fuse_terms(paragraphs.best_by_row(rows), sentences.best_by_row(rows), ceiling)
    hopeful = _can_be_among(k, terms, near.best_by_row(rows), near.scores.min(initial=1.0))
    rows, terms = rows[hopeful], terms[hopeful]
    dense = _Found(*generation.dense_scores(vector, rows))
    dense_by_row = dense.best_by_row(rows)
    scores = fuse(terms, dense_by_row)
    best = np.argsort(-scores, kind="stable")[:k]
    numbers = _best_sentences(rows[best], sentences, dense, ceiling)
    columns = scores[best], terms[best], dense_by_row[best]
    return list(map(Hit, rows[best].tolist(), numbers, *(column.tolist() for column in columns)))


def _can_be_among(k: int, terms: Scores, near: Scores, farthest: float) -> NDArray[np.bool_]:
    """Which rows may be among the `k` best: what is not near by the vectors is no nearer than the farthest that is."""
    if len(terms) <= k:
        return np.ones(len(terms), np.bool_)
    at_least = np.partition(fuse(terms, near), -k)[-k]
    hopeful: NDArray[np.bool_] = fuse(terms, np.maximum(near, farthest)) >= at_least
    return hopeful


def _best_sentences(rows: Rows, sentences: _Found, dense: _Found, ceiling: float) -> list[int | None]:
    """For each row the number of the sentence that terms and vectors like best; None where it has no sentences."""
    terms = dict(zip(sentences.units.tolist(), sentences.scores.tolist(), strict=True))
    best: dict[int, tuple[float, int]] = dict.fromkeys(rows.tolist(), (-1.0, 0))
    for unit, cosine in zip(dense.units.tolist(), dense.scores.tolist(), strict=True):
        row, sentence = divmod(unit, UNITS_OF_A_ROW)
        if sentence and row in best:
            score = fuse_one(terms.get(unit, 0.0) / max(ceiling, 1e-9), cosine)
            best[row] = max(best[row], (score, -sentence))
    return [-number or None for _, number in best.values()]
