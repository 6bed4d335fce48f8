"""IBM model 1 in numpy: how probable each Chinese word is for each English unit, learnt from sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Words = Sequence[str]
# What is taken off each expected count at the end, so that words that met once by chance do not become translations.
DISCOUNT = 0.3


class Links(NamedTuple):
    """Word pairs that occur together: `source[i]` is rendered as `target[i]` with probability `probability[i]`."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    probability: NDArray[np.float64]


class Vocabulary:
    """Numbers for words, in the order in which they are first seen."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        found = self._numbers.setdefault(word, len(self.words))
        if found == len(self.words):
            self.words.append(word)
        return found


def align(pairs: Sequence[tuple[Words, Words]], rounds: int = 6) -> tuple[dict[str, dict[str, float]], ...]:
    """Translation tables p(target | source) and p(source | target) for pairs of word sequences."""
    sources, targets = Vocabulary(), Vocabulary()
    left = [np.unique([sources.number(word) for word in source]) for source, _ in pairs]
    right = [np.unique([targets.number(word) for word in target]) for _, target in pairs]
    forward = _learn(left, right, rounds)
    backward = _learn(right, left, rounds)
    return _table(forward, sources, targets), _table(backward, targets, sources)


def _learn(left: list[NDArray[np.int64]], right: list[NDArray[np.int64]], rounds: int) -> Links:
    """Expectation and maximisation over all word pairs of all sentence pairs, at once."""
    source = np.concatenate([np.repeat(a, len(b)) for a, b in zip(left, right, strict=True)])
    target = np.concatenate([np.tile(b, len(a)) for a, b in zip(left, right, strict=True)])
    size = int(target.max()) + 1
    kinds, kind = np.unique(source * size + target, return_inverse=True)
    place = _places(left, right)
    probability = np.full(len(kinds), 1.0)
    for _ in range(rounds):
        weight = probability[kind]
        share = weight / np.bincount(place, weight)[place]
        counts = np.bincount(kind, share)
        probability = counts / np.bincount(kinds // size, counts)[kinds // size]
    probability *= np.maximum(1 - DISCOUNT / counts, 0.0)
    return Links(kinds // size, kinds % size, probability)


def _places(left: list[NDArray[np.int64]], right: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """For each word pair, the number of the target word's place: what its source words share among them."""
    places, first = [], 0
    for a, b in zip(left, right, strict=True):
        places.append(np.tile(np.arange(first, first + len(b)), len(a)))
        first += len(b)
    return np.concatenate(places)


def _table(links: Links, sources: Vocabulary, targets: Vocabulary, least: float = 0.01) -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = {}
    keep = links.probability >= least
    for source, target, probability in zip(
        links.source[keep], links.target[keep], links.probability[keep], strict=True
    ):
        table.setdefault(sources.words[source], {})[targets.words[target]] = float(probability)
    return table
