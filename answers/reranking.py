"""Puts the best candidates in their final order: a small learnt model over closer looks at each of them.

`choosing` scores every place by a few cheap features; here the first of them are looked at more closely, and a neural
network with one hidden layer (`ranking.json`, learnt by `python -m benchmarks.choosing`) weighs it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wenbao.answers.asks import Ask
from wenbao.answers.choosing import Candidate, Likeness, newest_first
from wenbao.answers.details import Details, details
from wenbao.answers.features import Features, values_of
from wenbao.answers.network import load
from wenbao.answers.question import Question
from wenbao.answers.terms import Term

NETWORK = Path(__file__).with_name("ranking.json")
LOOKED_AT = 12
"""So many of the candidates are looked at closely; the right one is nearly always among them."""


def reranked(
    question: Question, ask: Ask | None, terms: tuple[Term, ...], ranked: Sequence[Candidate], likeness: Likeness
) -> list[Candidate]:
    """The candidates in their final order, those looked at closely with their new scores, the others behind them."""
    first = list(ranked[:LOOKED_AT])
    if not first:
        return []
    rows = matrix(question, ask, terms, first, likeness)
    scores = load(NETWORK, names()).scores(rows)
    looked = [
        replace(one, score=float(score), look=tuple(row))
        for one, score, row in zip(first, scores, rows.tolist(), strict=True)
    ]
    least = min(one.score for one in looked)
    rest = [replace(one, score=min(one.score, least)) for one in ranked[LOOKED_AT:]]
    return newest_first([*looked, *rest])


def matrix(
    question: Question, ask: Ask | None, terms: tuple[Term, ...], first: Sequence[Candidate], likeness: Likeness
) -> NDArray[np.float64]:
    """A row for each candidate: its features, then its details."""
    looks = details(question, ask, terms, first, likeness)
    return np.array([(*values_of(one.features), *look) for one, look in zip(first, looks, strict=True)])


@cache
def names() -> tuple[str, ...]:
    """The names of the columns of `matrix`."""
    return tuple(field.name for shape in (Features, Details) for field in fields(shape))
