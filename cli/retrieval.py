"""Measures how often the right passage is found: by terms alone, by vectors alone, by both, and reranked.

A question is looked for as answering does it: read, its words with other words for them and translations; once also
by its words as they were typed, for English with their translations, as `/v1/search` does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2

import numpy as np

from wenbao.answers.model import Filters
from wenbao.answers.question import read_question
from wenbao.answers.service import search_query
from wenbao.answers.terms import question_terms
from wenbao.cli.passages import Asked, PassageLibrary, PassageSet, library_of
from wenbao.cli.shares import Share, mean, share
from wenbao.config.errors import IndexUnavailable, InvalidQuestion
from wenbao.config.settings import Settings
from wenbao.index import ranking
from wenbao.index.embedding import Encoder, open_encoder
from wenbao.index.finding import Hit, find
from wenbao.index.reranking import Reranker, open_reranker
from wenbao.index.search import Query
from wenbao.index.terms import WeightedTerms

TERMS, DENSE, BOTH, RANKED, RERANKED = "BM25 alone", "dense alone", "hybrid", "hybrid, ranked", "hybrid + reranker"
TYPED, TYPED_RANKED = "hybrid, words as typed", "words as typed, ranked"
MEASURES = ("recall@1", "recall@5", "recall@10", "MRR", "nDCG@10")
K = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A question, and for each method the place of its own passage among the first ten, None where it is not there."""

    asked: Asked
    ranks: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for all questions of a set."""

    name: str
    passages: int
    found: tuple[Found, ...]

    @property
    def table(self) -> dict[str, dict[str, Share]]:
        """Each measure for each method."""
        methods = self.found[0].ranks
        return {method: measures([one.ranks[method] for one in self.found]) for method in methods}


def measure_retrieval(questions: PassageSet, settings: Settings) -> Retrieval:
    """Ask all questions of all passages. Raises ModelUnavailable."""
    encoder, reranker = open_encoder(settings), open_reranker(settings)
    with library_of(questions.passages, settings) as library:
        found = tuple(Found(one, _ranks(one, library, encoder, reranker)) for one in questions.asked)
    return Retrieval(questions.name, len(questions.passages), found)


def measures(ranks: Sequence[int | None]) -> dict[str, Share]:
    """The measures of the places (from 1) of the right passages; what is after the tenth counts as not found."""
    recall = {f"recall@{k}": share([rank is not None and rank <= k for rank in ranks]) for k in (1, 5, 10)}
    reciprocal = mean([1 / rank if rank else 0.0 for rank in ranks])
    gain = mean([1 / log2(rank + 1) if rank else 0.0 for rank in ranks])
    return recall | {"MRR": reciprocal, "nDCG@10": gain}


def _ranks(asked: Asked, library: PassageLibrary, encoder: Encoder, reranker: Reranker | None) -> dict[str, int | None]:
    hits = _hits(asked.text, library, encoder, reranker)
    return {method: _rank(some, asked.passage, library) for method, some in hits.items()}


def ranked_first(asked: Asked, library: PassageLibrary) -> bool:
    """Whether a question finds its own passage first, by both and ranked, as answering looks for it."""
    hits = _ranked(_query(asked.text, library), library)
    return bool(hits) and library.rows[hits[0].row] == asked.passage


def _hits(text: str, library: PassageLibrary, encoder: Encoder, reranker: Reranker | None) -> dict[str, Sequence[Hit]]:
    query, generation = _query(text, library), library.index.generation
    typed = library.service.typed_query(text)
    if generation is None:
        raise IndexUnavailable("The index of the passages could not be built.")
    vector = encoder.encode_queries([query.dense])[0]
    hits: dict[str, Sequence[Hit]] = {
        TERMS: find(generation, query, np.zeros_like(vector), K),
        DENSE: find(generation, replace(query, terms=WeightedTerms()), vector, K),
        BOTH: library.index.search(query, K),
        RANKED: _ranked(query, library)[:K],
        TYPED: library.index.search(typed, K),
        TYPED_RANKED: _ranked(typed, library)[:K],
    }
    if reranker is None:
        return hits
    return hits | {RERANKED: _reranked(query, library, reranker)[:K]}


def _query(text: str, library: PassageLibrary) -> Query:
    try:
        question = read_question(text)
    except InvalidQuestion:
        return Query.of(text)
    return search_query(question, question_terms(question, library.service.answering_sources(Filters()).rarity))


def _ranked(query: Query, library: PassageLibrary, depth: int = 0) -> list[Hit]:
    hits = library.index.search(query, max(K, ranking.DEPTH, depth))
    texts = [passage.text for passage in library.library.passages([hit.row for hit in hits])]
    rarity = library.service.answering_sources(Filters()).rarity
    return [hits[at] for at in ranking.order(query, [hit.score for hit in hits], texts, rarity)]


def _reranked(query: Query, library: PassageLibrary, reranker: Reranker) -> list[Hit]:
    hits = _ranked(query, library, reranker.depth)
    texts = [passage.text for passage in library.library.passages([hit.row for hit in hits])]
    return [hits[at] for at in reranker.order(query.dense, texts)]


def _rank(hits: Sequence[Hit], passage: int, library: PassageLibrary) -> int | None:
    numbers = [library.rows[hit.row] for hit in hits]
    return numbers.index(passage) + 1 if passage in numbers else None
