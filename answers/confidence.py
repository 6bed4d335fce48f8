"""How sure an answer is: a probability, and the threshold below which nothing is claimed."""

from __future__ import annotations

from wenbao.answers.choosing import Candidate
from wenbao.answers.lists import PointList
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.terms import Term

THRESHOLD = 0.5


def confidence(question: Question, terms: tuple[Term, ...], candidate: Candidate) -> float:
    """The probability that the chosen place answers the question."""
    if not terms:
        return 0.0
    total = sum(term.weight for term in terms)
    missing = sum(term.weight for term, support in zip(terms, candidate.supports, strict=True) if support < 0.2) / total
    base = candidate.features.covered - 0.35 * missing
    return max(0.0, min(1.0, base + (0.2 if question.is_english else 0.05)))


def list_confidence(wanted: SectionClass | None, found: PointList) -> float:
    """The probability that a list is the one asked for."""
    return min(1.0, found.coverage + (0.2 if wanted else 0.0))
