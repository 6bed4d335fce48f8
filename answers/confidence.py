"""How sure an answer is: a probability learnt on questions with and without answers, and what is claimed from it on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path

from wenbao.answers.choosing import Candidate
from wenbao.answers.expected import asks_for_sum, asks_which_is_most, has_names, is_summed, says_most
from wenbao.answers.persons import names_holder, office_asked
from wenbao.answers.place_names import place_mentions
from wenbao.answers.places import stem_of
from wenbao.answers.question import Question
from wenbao.answers.reranking import names
from wenbao.answers.terms import Term
from wenbao.answers.trees import load

TREES = Path(__file__).with_name("confidence.json")
THRESHOLD = 0.38
"""The confidence from which on an answer is given; see the risk-coverage curve in docs/evaluation.md."""
LEAD = 4.0
"""A lead over the next place of this much in score, or more, counts as 1."""
MANY_TERMS = 6


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells, beside the features of the best place, whether it answers the question; each from 0 to 1.

    `lead` is how far it is ahead of the next place that says something else, `terms` how many words the question
    has, `worst` how well the word that is met least is met, `same_sentence` that the next place is in the same
    sentence.
    """

    lead: float
    terms: float
    worst: float
    same_sentence: float


def signs(terms: tuple[Term, ...], ranked: Sequence[Candidate]) -> Signs:
    """The signs of the first of the ranked candidates."""
    best = ranked[0]
    others = [one.score for one in ranked[1:] if one.reading is not best.reading or one.start != best.start]
    heavy = [support for term, support in zip(terms, best.supports, strict=True) if term.weight >= _median(terms)]
    return Signs(
        lead=min(1.0, (best.score - others[0]) / LEAD) if others else 1.0,
        terms=min(1.0, len(terms) / MANY_TERMS),
        worst=min(heavy, default=0.0),
        same_sentence=float(len(ranked) > 1 and _is_same_sentence(best, ranked[1])),
    )


def signs_of(terms: tuple[Term, ...], ranked: Sequence[Candidate]) -> tuple[float, ...]:
    """All that the confidence is learnt from: what a closer look at the best place found, then the signs."""
    return (*ranked[0].look, *astuple(signs(terms, ranked)))


@cache
def sign_names() -> tuple[str, ...]:
    """The names of `signs_of`."""
    return (*names(), *(field.name for field in fields(Signs)))


def confidence(question: Question, terms: tuple[Term, ...], ranked: Sequence[Candidate]) -> float:
    """The probability that the first of the candidates, looked at closely, answers the question."""
    if not terms or not ranked or not meets_own_words(question, terms, ranked[0]):
        return 0.0
    return probability(signs_of(terms, ranked))


def probability(values: Sequence[float]) -> float:
    """The probability that a place with these signs (`signs_of`) answers the question."""
    return load(TREES, sign_names()).probability(values)


LEAST_MET = 0.3
SAID_OF_PLACE = 0.45


def meets_own_words(question: Question, terms: tuple[Term, ...], best: Candidate) -> bool:
    """Whether something of the question is met, every place that it names, and the names or the sum it asks for.

    A figure beside the last answer, in its sentence, need meet nothing (还有多少钱?).
    """
    met = list(zip(terms, best.supports, strict=True))
    own = [support for term, support in met if term.text not in question.places]
    names = [term.text for term in terms if term.text in question.places]
    places = [support for term, support in met if term.text in names]
    stands_beside_last = best.hint.sole or best.hint.following
    if own and max(own) < LEAST_MET and not stands_beside_last:
        return False
    if any(support < SAID_OF_PLACE for support in places):
        return False
    if not _names_office(question, best) or not all(_is_said_of(name, best) for name in names):
        return False
    if not _is_of_whole(question, best):
        return False
    if question.kind == "number":
        return not asks_for_sum(question.plain) or is_summed(best.reading, best.start)
    ranks = question.kind in ("who", "fact", "keywords") and asks_which_is_most(question.plain)
    if ranks and not says_most(best.reading, best.start):
        return False
    return question.kind in ("why", "when", "how") or has_names(question.plain, best.reading, best.start)


def _names_office(question: Question, best: Candidate) -> bool:
    """Whether the sentence of a place names the office and the person whose name is asked for."""
    office = office_asked(question.plain)
    sentence = best.reading.sentence_at(best.start)
    return office is None or names_holder(office, best.reading.folded[sentence.start : sentence.end])


JOINED = re.compile("[、和与及]$")
WHOLE = re.compile("全[省市区县镇乡村街]")


def _is_said_of(name: str, best: Candidate) -> bool:
    """Whether the last place named before an answer in its sentence is the one that is asked for, or none is."""
    if best.reading.row or name.isascii():
        return True
    sentence = best.reading.sentence_at(best.start)
    before = best.reading.folded[sentence.start : best.end]
    named = [(start, place) for place, start in place_mentions(before)]
    named += [(match.start(), match.group()) for match in WHOLE.finditer(before)]
    if not named or name in best.reading.folded[best.start : best.end]:
        return True
    start, last = max(named)
    if JOINED.search(before[:start]):
        return name in before
    return name in last or stem_of(name) in last or last in name


COUNTED_OF = re.compile(rf"(?:{WHOLE.pattern}|全国)(?!首|率先|排|前列|第|最|唯一|名列|推广|通报|范围内?首)")


def _is_of_whole(question: Question, best: Candidate) -> bool:
    """Whether what is asked of all of a city is said of it: not what the sentence says of 全区."""
    asked = COUNTED_OF.findall(question.plain)
    sentence = best.reading.sentence_at(best.start)
    said = COUNTED_OF.findall(best.reading.folded, sentence.start, best.end)
    return not asked or not said or said[-1] in asked


def _is_same_sentence(one: Candidate, other: Candidate) -> bool:
    return one.reading is other.reading and one.reading.sentence_at(one.start) == one.reading.sentence_at(other.start)


def _median(terms: tuple[Term, ...]) -> float:
    return sorted(term.weight for term in terms)[len(terms) // 2]
