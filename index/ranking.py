"""Puts the best paragraphs of a search in a better order, by a closer look at the words: four features, one sum.

For English questions only names that the lexicon does not know are looked at, by how the paragraphs sound.

The weights in `ranking.toml` are learnt by `python -m wenbao.index.training.learn_ranking`. The vectors keep the share
that they have in the score of the search: the model in the box has seen the questions that the weights are learnt from.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wenbao.index.finding import Query
from wenbao.index.folding import HAN, tight
from wenbao.index.lexicon import lexicon
from wenbao.index.sounds import may_be_spelt, spelt_places
from wenbao.index.terms import without_question_words

WEIGHTS = Path(__file__).with_name("ranking.toml")
DEPTH = 20
"""So many of the paragraphs found are looked at; the right one is nearly always among them."""

SPELT = 0.2
"""What all names of an English question count for where a paragraph has them by their sound (Wenquan: 温泉)."""

_OPENING = 24
_KEPT = 5_000
_HAN = re.compile(rf"[{HAN}]")

Rarity = Callable[[str], float]
"""What a string tells: its inverse frequency over the library."""


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for a paragraph, each from 0 to 1; also the weights, by the same names.

    `searched`: the score of the search, beside the best. `characters`: the share of the question's characters that it
    holds, by their rarity. `stretches`: the share of the question that is in the two longest stretches in common.
    `opening`: the share of the question's bigrams and numbers, by their rarity, that its first words hold: what it is
    about stands there.
    """

    searched: float
    characters: float
    stretches: float
    opening: float


_values = attrgetter(*(field.name for field in fields(Features)))


def order(query: Query, scores: Sequence[float], texts: Sequence[str], rarity: Rarity) -> list[int]:
    """The positions of the texts that were found with these scores, the best first; equals stay in their order.

    Only the first `DEPTH` are looked at, those after them stay where they are. The weights are learnt from Chinese
    questions.
    """
    first = len(texts[:DEPTH])
    if first < 2:
        return list(range(len(texts)))
    if _HAN.search(query.text):
        looked = features(query, scores[:first], texts[:first], rarity)
        sums = np.array([_values(one) for one in looked]) @ np.array(_values(weights()))
    else:
        sums = np.array(scores[:first]) + SPELT * _names_spelt(query.text, texts[:first])
    return [*np.argsort(-sums, kind="stable").tolist(), *range(first, len(texts))]


def _names_spelt(text: str, texts: Sequence[str]) -> NDArray[np.float64]:
    """For each of some texts, the share of the names of an English question that it holds by their sound."""
    names = [word for word in lexicon().unknown(text) if may_be_spelt(word)]
    if not names:
        return np.zeros(len(texts))
    return np.array([sum(any(spelt_places(_form(one), name)) for name in names) / len(names) for one in texts])


def features(query: Query, scores: Sequence[float], texts: Sequence[str], rarity: Rarity) -> list[Features]:
    """The features of each of some texts, with what the search scored them."""
    best = max(scores, default=0.0) or 1.0
    asked = without_question_words(tight(query.text)).strip() or tight(query.text)
    characters = _weighed(query.terms.chars, rarity)
    telling = _weighed((*query.terms.bigrams, *query.terms.numbers), rarity)
    return [
        Features(
            score / best,
            _share_held(characters, form),
            min(1.0, sum(sorted(stretches(asked, form))[-2:]) / len(asked)),
            _share_held(telling, form[:_OPENING]),
        )
        for score, form in zip(scores, map(_form, texts), strict=True)
    ]


def stretches(asked: str, form: str) -> list[int]:
    """The lengths of the stretches of one string that stand in another and can't be made longer."""
    found: list[int] = []
    end = last = 0
    for start in range(len(asked)):
        end = max(end, start)
        while end < len(asked) and asked[start : end + 1] in form:
            end += 1
        if end > last:
            found.append(end - start)
            last = end
    return found


@cache
def weights() -> Features:
    """The weights that were learnt."""
    return Features(**tomllib.loads(WEIGHTS.read_text(encoding="utf-8")))


def _weighed(terms: Sequence[tuple[str, float]], rarity: Rarity) -> list[tuple[str, float]]:
    return [(term, weight * rarity(term)) for term, weight in terms]


def _share_held(terms: Sequence[tuple[str, float]], form: str) -> float:
    held = sum(weight for term, weight in terms if term in form)
    return held / (sum(weight for _, weight in terms) or 1.0)


@lru_cache(maxsize=_KEPT)
def _form(text: str) -> str:
    return tight(text)
