"""How sure an answer is: a probability learnt on questions with and without answers, and what is claimed from it on."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache

from wenbao.answers.choosing import Candidate, Likeness
from wenbao.answers.features import WEIGHTS, Features, values_of
from wenbao.answers.lists import PointList
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.reading import clause_at
from wenbao.answers.terms import Term

LEAD = 4.0
"""A lead over the next place of this much in score, or more, counts as 1."""
MANY_TERMS = 6


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells, beside the features of the best place, whether it answers the question; each from 0 to 1.

    `lead` is how far it is ahead of the next place that says something else, `terms` how many words the question
    has, `worst` how well the word that is met least is met, `same_sentence` that the next place is in the same
    sentence, `like_sentence` and `like_clause` how like the words of the question the model finds them, `english` and
    `figure` the kind of question.
    """

    lead: float
    terms: float
    worst: float
    same_sentence: float
    like_sentence: float
    like_clause: float
    english: float
    figure: float


def signs(question: Question, terms: tuple[Term, ...], ranked: Sequence[Candidate], likeness: Likeness) -> Signs:
    """The signs of the first of the ranked candidates."""
    best = ranked[0]
    sentence, clause = best.reading.sentence_at(best.start), clause_at(best.reading, best.start, best.end)
    stretches = [best.reading.folded[one.start : one.end] for one in (sentence, clause)]
    like_sentence, like_clause = likeness(
        (" " if question.is_english else "").join(word.text for word in question.words), stretches
    )
    others = [one.score for one in ranked[1:] if one.reading is not best.reading or one.start != best.start]
    heavy = [support for term, support in zip(terms, best.supports, strict=True) if term.weight >= _median(terms)]
    return Signs(
        lead=min(1.0, (best.score - others[0]) / LEAD) if others else 1.0,
        terms=min(1.0, len(terms) / MANY_TERMS),
        worst=min(heavy, default=0.0),
        same_sentence=float(len(ranked) > 1 and _is_same_sentence(best, ranked[1])),
        like_sentence=like_sentence,
        like_clause=like_clause,
        english=float(question.is_english),
        figure=float(question.kind == "number"),
    )


def confidence(question: Question, terms: tuple[Term, ...], ranked: Sequence[Candidate], likeness: Likeness) -> float:
    """The probability that the first of the ranked candidates answers the question."""
    if not terms or not ranked or not _meets_own_words(question, terms, ranked[0]):
        return 0.0
    values = (*values_of(ranked[0].features), *astuple(signs(question, terms, ranked, likeness)))
    weights, bias = _weights()
    return 1 / (1 + math.exp(-bias - sum(weight * value for weight, value in zip(weights, values, strict=True))))


LEAST_MET = 0.3
SAID_OF_PLACE = 0.45


def _meets_own_words(question: Question, terms: tuple[Term, ...], best: Candidate) -> bool:
    """Whether something of the question is met, and beside it every place that it names."""
    met = list(zip(terms, best.supports, strict=True))
    own = [support for term, support in met if term.text not in question.places]
    places = [support for term, support in met if term.text in question.places]
    return (not own or max(own) >= LEAST_MET) and all(support >= SAID_OF_PLACE for support in places)


def list_confidence(wanted: SectionClass | None, found: PointList) -> float:
    """The probability that a list is the one asked for."""
    return min(1.0, found.coverage + (0.2 if wanted else 0.0))


def threshold() -> float:
    """The confidence from which on an answer is given; see the risk-coverage curve in docs/evaluation.md."""
    return float(_learnt()["threshold"])


def _is_same_sentence(one: Candidate, other: Candidate) -> bool:
    return one.reading is other.reading and one.reading.sentence_at(one.start) == one.reading.sentence_at(other.start)


def _median(terms: tuple[Term, ...]) -> float:
    return sorted(term.weight for term in terms)[len(terms) // 2]


@cache
def _learnt() -> dict[str, float]:
    found: dict[str, float] = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))["confidence"]
    return found


@cache
def _weights() -> tuple[tuple[float, ...], float]:
    names = [field.name for shape in (Features, Signs) for field in fields(shape)]
    return tuple(_learnt()[name] for name in names), _learnt()["bias"]
