"""All weights of the search in one place, and the sum that they go into.

The weights of the kinds are the best of a small grid over all questions of the development sets of CMRC 2018 and DRCD;
values beside them do as well within the error. The share of the vectors was chosen on every other question and checked
on the rest: `benchmarks/retrieval.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TermWeights:
    """What a term counts for, by its kind; `heading` is for one that stands in a heading above."""

    chars: float
    bigrams: float
    words: float
    numbers: float
    heading: float


TERM_WEIGHTS = TermWeights(chars=0.5, bigrams=0.8, words=1.0, numbers=3.0, heading=0.3)
SENTENCE_SHARE = 0.3
"""What the best sentence of a paragraph counts for, where the terms of the whole paragraph count 1."""

DENSE_SHARE = 0.15
"""What the dense score counts for; the terms count the rest of 1."""


def fuse_terms(paragraph: Scores, sentence: Scores, ceiling: float) -> Scores:
    """From 0 to 1: the terms that were met, as a share of all that could be."""
    if ceiling <= 0:
        return np.zeros_like(paragraph)
    share = (paragraph + SENTENCE_SHARE * sentence) / (ceiling * (1 + SENTENCE_SHARE))
    return np.clip(share, 0.0, 1.0)


def fuse(terms: Scores, dense: Scores, dense_share: float = DENSE_SHARE) -> Scores:
    """From 0 to 1: terms and dense scores in one. Not by rank, so that a clear winner stays a clear winner."""
    return (1 - dense_share) * terms + dense_share * np.clip(dense, 0.0, 1.0)


def fuse_one(terms: float, dense: float) -> float:
    """`fuse` for a single pair."""
    return (1 - DENSE_SHARE) * min(terms, 1.0) + DENSE_SHARE * min(max(dense, 0.0), 1.0)
