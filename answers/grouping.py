"""Groups questions by likeness: those that share their telling words, whatever their script, order and frame."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wenbao.answers.question import read_question
from wenbao.config.errors import InvalidQuestion
from wenbao.index.tokens import tokens

ALIKE = 0.5
"""The cosine from which on a question belongs to a group."""

MOST_WORDINGS = 20_000
"""So many wordings are grouped, the most frequent ones: some seconds."""
_PART = "，"

Vector = dict[str, float]


@dataclass(frozen=True, slots=True)
class _Leader:
    """The wording that a group began with, and where the group stands."""

    vector: Vector
    group: int


def grouped(wordings: Mapping[str, int]) -> list[list[str]]:
    """The wordings in groups, each beginning with its most frequent one; `wordings` says how often each was asked.

    The most frequent wordings come first and lead; each later one joins the leader that it is most like, or leads a
    group of its own. What is in what group depends on nothing but the wordings and their counts. Beyond
    `MOST_WORDINGS` the rarest are left out.
    """
    ordered = sorted(wordings, key=lambda text: (-wordings[text], text))[:MOST_WORDINGS]
    vectors = _vectors([_features(text) for text in ordered])
    leaders: list[_Leader] = []
    by_token: dict[str, list[int]] = defaultdict(list)
    groups: list[list[str]] = []
    for text, vector in zip(ordered, vectors, strict=True):
        telling = _telling(vector)
        near = _nearest(vector, leaders, {at for token in telling for at in by_token[token]})
        if near is not None:
            groups[near].append(text)
            continue
        for token in telling:
            by_token[token].append(len(leaders))
        leaders.append(_Leader(vector, len(groups)))
        groups.append([text])
    return groups


def _features(text: str) -> frozenset[str]:
    """What a question is compared by: its telling words with their pairs of characters, and the places in it.

    Words of asking (how many, what, please) say nothing of the subject; a question of nothing else is compared whole.
    """
    found = tokens(_PART.join(_subject(text)) or text)
    features = frozenset((*found.bigrams, *found.words, *found.numbers)) or frozenset(found.chars)
    return features or frozenset((text,))


def _subject(text: str) -> tuple[str, ...]:
    try:
        question = read_question(text, len(text))
    except InvalidQuestion:
        return ()
    return (*(word.text for word in question.words), *question.places) if question.words else ()


def _vectors(questions: Sequence[frozenset[str]]) -> list[Vector]:
    """A vector of length 1 for each, in which a token weighs the more the fewer questions have it; the rarest first."""
    frequency = Counter(token for features in questions for token in features)
    weights = {token: math.log(1 + len(questions) / count) for token, count in frequency.items()}
    return [
        _normalised({token: weights[token] for token in _rarest_first(features, weights)}) for features in questions
    ]


def _rarest_first(features: frozenset[str], weights: Mapping[str, float]) -> list[str]:
    return sorted(features, key=lambda token: (-weights[token], token))


def _normalised(vector: Vector) -> Vector:
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {token: weight / length for token, weight in vector.items()}


def _telling(vector: Vector) -> list[str]:
    """The rarest tokens, of which two alike vectors share at least one: what is left makes less than `ALIKE`.

    That is the prefix filter of Bayardo, Ma and Srikant, "Scaling up all pairs similarity search" (2007).
    """
    left, telling = 1.0, []
    for token, weight in vector.items():
        if math.sqrt(max(left, 0.0)) < ALIKE:
            break
        telling.append(token)
        left -= weight * weight
    return telling


def _nearest(vector: Vector, leaders: Sequence[_Leader], candidates: set[int]) -> int | None:
    best, found = ALIKE, None
    for at in sorted(candidates):
        likeness = sum(weight * leaders[at].vector.get(token, 0.0) for token, weight in vector.items())
        if likeness >= best + (1e-9 if found is not None else 0.0):
            best, found = likeness, leaders[at].group
    return found
