"""Finds the paragraphs of a generation that a question is nearest to: terms and vectors in one score."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wenbao.index.folding import clean
from wenbao.index.fusion import fuse, fuse_terms
from wenbao.index.generation import Generation
from wenbao.index.terms import WeightedTerms
from wenbao.index.units import Units, rows_of, sentences_of
from wenbao.index.vectors import Vectors

_CANDIDATES = 64
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


@dataclass(frozen=True, slots=True)
class _Found:
    """Units with their scores."""

    units: Units
    scores: Vectors

    def best_by_row(self, rows: NDArray[np.int64]) -> Vectors:
        """The best score of each row, 0 where it has none."""
        best = np.zeros(len(rows), np.float32)
        np.maximum.at(best, np.searchsorted(rows, rows_of(self.units)), self.scores)
        return best

    def of_units(self, units: Units) -> Vectors:
        """The score of each of these units, 0 where it has none."""
        scores = np.zeros(len(units), np.float32)
        _, mine, theirs = np.intersect1d(self.units, units, assume_unique=True, return_indices=True)
        scores[theirs] = self.scores[mine]
        return scores


def find(
    generation: Generation, query: Query, vector: Vectors, k: int, documents: Collection[int] | None = None
) -> list[Hit]:
    """The `k` best paragraphs, best first; only of these documents (rows in the library) where they are given."""
    if k < 1 or (documents is not None and not documents):
        return []
    wide = max(_CANDIDATES, _CANDIDATES_PER_HIT * k)
    paragraphs = _Found(*generation.paragraphs.search(query.terms, wide, documents))
    sentences = _Found(*generation.sentences.search(query.terms, wide, documents))
    near = generation.nearest(vector, wide, documents) if vector.any() else np.empty(0, np.uint64)
    rows = np.unique(rows_of(np.concatenate([paragraphs.units, sentences.units, near])))
    if not len(rows):
        return []
    dense = _Found(*generation.dense_scores(vector, rows))
    ceiling = generation.paragraphs.ceiling(query.terms)
    terms_by_row = fuse_terms(paragraphs.best_by_row(rows), sentences.best_by_row(rows), ceiling)
    dense_by_row = dense.best_by_row(rows)
    scores = fuse(terms_by_row, dense_by_row)
    best = np.argsort(-scores, kind="stable")[:k]
    numbers = _best_sentences(rows[best], sentences, dense, ceiling)
    columns = rows[best], numbers, scores[best], terms_by_row[best], dense_by_row[best]
    return [Hit(*hit) for hit in zip(*(_plain(column) for column in columns), strict=True)]


def _best_sentences(rows: NDArray[np.int64], sentences: _Found, dense: _Found, ceiling: float) -> list[int | None]:
    """For each row the number of the sentence that terms and vectors like best; None where it has no sentences."""
    is_sentence = sentences_of(dense.units) > 0
    units = dense.units[is_sentence]
    terms = sentences.of_units(units) / max(ceiling, 1e-9)
    scores = fuse(np.clip(terms, 0.0, 1.0), dense.scores[is_sentence])
    owners, numbers = rows_of(units), sentences_of(units)
    places = (np.flatnonzero(owners == row) for row in rows)
    return [int(numbers[place[np.argmax(scores[place])]]) if len(place) else None for place in places]


def _plain(column: NDArray[np.generic] | list[int | None]) -> list[object]:
    return column.tolist() if isinstance(column, np.ndarray) else list(column)
