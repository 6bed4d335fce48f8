"""Chooses the list that a question asks for.

Every list that a report has (`listing`) is described by a few features; what they are worth is learnt (`lists.json`,
`list_confidence.json`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path

import numpy as np

from wenbao.answers import trees
from wenbao.answers.figures import SMALL_NUMBERS_EN, SMALL_NUMERAL, small_number
from wenbao.answers.listing import MARKER, FoundList, Point, Searched, lists_in, point_text
from wenbao.answers.network import load
from wenbao.answers.periods import topic_class
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.terms import Term
from wenbao.config.language import language_data
from wenbao.index.folding import fold
from wenbao.knowledge.documents import Document


@dataclass(frozen=True, slots=True)
class ListFeatures:
    """A list in numbers from 0 to 1.

    The shares of the question's words that stand in `own`, its heading or the words that lead to it, `above`,
    the headings around it, `title`, that of the report, `inside`, its points, `around`, the paragraph of an
    enumeration, and `met`, any of these. `extra` is the share of its heading that the question has no words
    for, `searched` how near search found it, `relative` the same beside the nearest. `of_class`, `in_class`,
    `other_class`: its heading, or one around it, announces the part that is asked for, or another; `pure` is
    the share of that heading which does nothing else, `unasked` that it is of plans or problems, which the
    question does not speak of. `as_many`, `not_as_many` as the question counts, `of_kind` named by the word for
    what is listed, `fitting` counted in the unit asked for, `unended` that a count of the same kind stands
    right behind the last one. `sentences`, `clauses`, `enumeration`, `counts`: what its points are, where they
    are no headings; `each` that they count where each count is asked for, `uncounted` that they do not. `depth`
    of its heading, `long` for many points, `bare` without words to meet, `bare_deep` the depth of such a one.
    `same_word`, `other_word`: its heading has the question's word for what is listed (目标, 问题), or another one
    of those.
    """

    own: float
    above: float
    title: float
    inside: float
    around: float
    met: float
    extra: float
    searched: float
    relative: float
    of_class: float
    in_class: float
    other_class: float
    pure: float
    unasked: float
    as_many: float
    not_as_many: float
    of_kind: float
    fitting: float
    unended: float
    sentences: float
    clauses: float
    enumeration: float
    counts: float
    each: float
    uncounted: float
    depth: float
    long: float
    bare: float
    bare_deep: float
    same_word: float
    other_word: float


@dataclass(frozen=True, slots=True)
class PointList:
    """A list in a document, with what is measured of it and its score for ranking."""

    document_id: str
    points: tuple[Point, ...]
    features: ListFeatures
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question for a list: the class of part that it is about, the year that the report tells of, its terms, and the
    words for what is listed, its own and the others."""

    question: Question
    wanted: SectionClass | None
    terms: tuple[Term, ...]
    told: int | None
    count: int | None
    each: bool
    own_words: frozenset[str]
    other_words: frozenset[str]


COUNT = re.compile(rf"(\d{{1,2}}|(?![零一]){SMALL_NUMERAL.pattern})(?:大)?(?:个|项|件|类|点|条|方面|种|块|样|套|步)")
COUNT_EN = re.compile(rf"\b({'|'.join(SMALL_NUMBERS_EN)}|\d{{1,2}})\b")
NETWORK, TREES = Path(__file__).with_name("lists.json"), Path(__file__).with_name("list_confidence.json")
ABOVE, INSIDE, AROUND, TITLE = 0.6, 0.5, 0.4, 0.5
"""What a word counts for in `met`: in the headings around a list, in its points, near it, in the title."""
MANY = 10
DEEP = 4


def looks_for_list(question: Question) -> bool:
    """Whether a list may answer a question: it asks for one or for each count, or for what a part of a report tells
    (打算怎么做); what English asks for with what and how may be one."""
    may_be_one = question.kind in ("fact", "how", "keywords", "document")
    return (
        question.kind == "list"
        or asks_each(question)
        or (may_be_one and (question.is_english or question.section is not None))
    )


def lists(
    question: Question,
    wanted: SectionClass | None,
    terms: tuple[Term, ...],
    document: Document,
    found: Sequence[Searched],
) -> list[PointList]:
    """The lists of a document that may answer, not in order; `wanted` is the class of part that the question is about.

    `found` are the paragraphs of the document that search found: enumerations and parts without headings below are
    looked for in them alone.
    """
    own_words, other_words = _list_words(question)
    asked = _Asked(
        question,
        wanted,
        terms,
        document.metadata.year,
        asked_count(question),
        asks_each(question),
        own_words,
        other_words,
    )
    containers = list(lists_in(question, document, found))
    title = fold(document.metadata.title)
    nearest = max((one.searched for one in containers), default=0.0) or 1.0
    measured = ((one, _measured(asked, one, title, nearest)) for one in containers)
    return [PointList(document.id, one.points, features) for one, features in measured if features is not None]


def best_first(found: Sequence[PointList]) -> list[PointList]:
    """The lists with their scores, in their order."""
    if not found:
        return []
    scores = load(NETWORK, names()).scores(np.array([values_of(one.features) for one in found]))
    scored = [replace(one, score=float(score)) for one, score in zip(found, scores, strict=True)]
    return sorted(scored, key=lambda one: -one.score)


def _list_words(question: Question) -> tuple[frozenset[str], frozenset[str]]:
    """The words for what points are (目标, 问题): those of groups that the question has a word of, and the others."""
    said = re.findall(r"[a-z]+", question.plain) if question.is_english else question.plain
    groups = [frozenset(group) for group in language_data("questions")["list_words"]["groups"]]
    meant = [group for group in groups if any(word in said for word in group)]
    own = frozenset[str]().union(*meant)
    return own, frozenset[str]().union(*groups) - own


@cache
def names() -> tuple[str, ...]:
    """The names of the features, in their order."""
    return tuple(field.name for field in fields(ListFeatures))


values_of = attrgetter(*(field.name for field in fields(ListFeatures)))
"""The features as a tuple, in their order."""

SIGNS = ("lead", "ahead", "terms", "listed", "counted")
"""What the confidence goes by beside the features of the best list: its lead over the next one and over the middle one
of all, how many words the question has, and whether it asks for a list, or for counts."""
LEAD_OF_ALL, AHEAD_OF_ALL, MANY_TERMS = 4.0, 10.0, 6


def list_signs(question: Question, terms: tuple[Term, ...], ranked: Sequence[PointList]) -> tuple[float, ...]:
    """All that the confidence of a list is learnt from."""
    lead = ranked[0].score - ranked[1].score if len(ranked) > 1 else LEAD_OF_ALL
    ahead = ranked[0].score - ranked[len(ranked) // 2].score
    signs = min(1.0, lead / LEAD_OF_ALL), min(1.0, ahead / AHEAD_OF_ALL), min(1.0, len(terms) / MANY_TERMS)
    return (*values_of(ranked[0].features), *signs, float(question.kind == "list"), float(question.kind == "number"))


def list_confidence(question: Question, terms: tuple[Term, ...], ranked: Sequence[PointList]) -> float:
    """The probability that the first of the lists is the one asked for."""
    return trees.load(TREES, sign_names()).probability(list_signs(question, terms, ranked))


@cache
def sign_names() -> tuple[str, ...]:
    """The names of `list_signs`."""
    return (*names(), *SIGNS)


EACH = re.compile(
    r"(?<![和与跟及])各[^,，。;；?？]{0,6}?(?:多少|几|多[大长高宽重])|分别[^,，。;；?？]{0,4}?(?:多少|几|哪)|[分哪那]几(?:类|种)"
    r"|每[一个]?(?:类|种|样|项|级|区|块|家)[^,，。;；?？]{0,4}?(?:多少|几)"
    r"|\b(?:of|for|in|under|got|to) each\b|\bhow (?:many|much) each\b"
    r"|\bby (?:type|category|kind|grade|result|outcome|sector|source|channel)\b"
    r"|\b(?:split|broken down|break down|breakdown)\b"
)
JOINED = re.compile(r"[\u4e00-\u9fff][和与跟及、](?![各每分哪什谁])[\u4e00-\u9fff\d](?![^,，。;；?？]*这[些几])")
KINDS = re.compile("[分哪那]几(?:类|种|块|样|级)")


def asks_each(question: Question) -> bool:
    """Whether the count of each part is asked for (按类型各有多少), without the parts being named."""
    match = EACH.search(question.plain)
    if match is None or JOINED.search(question.plain, 0, match.start()):
        return False
    return len(question.asks) <= 1 or KINDS.search(question.plain) is not None


def asked_count(question: Question) -> int | None:
    """How many points the question speaks of (哪六方面), None where it does not say."""
    match = (COUNT_EN if question.is_english else COUNT).search(question.plain)
    if not match:
        return None
    number = match.group(1)
    if number.isdigit():
        return int(number)
    return SMALL_NUMBERS_EN[number] if question.is_english else small_number(number)


def _measured(asked: _Asked, one: FoundList, title: str, nearest: float) -> ListFeatures | None:
    """The features of a list; None where it is of a part that the question excludes."""
    classes = [class_of(heading, asked.told) for heading in (*one.lineage, one.own)]
    stands_in = next((found for found in reversed(classes) if found), None)
    if asked.wanted == "plan" and stands_in in ("problem", "done"):
        return None
    if not asked.terms and (asked.wanted is None or asked.wanted not in classes):
        return None
    announcing = next((h for h, c in zip((one.own, *one.lineage), (classes[-1], *classes), strict=False) if c), "")
    above = " ".join(one.lineage)
    supports = [
        tuple(_quality(term, text) for term in asked.terms) for text in (one.own, above, title, one.inside, one.around)
    ]
    worth = (1.0, ABOVE, TITLE, INSIDE, AROUND)
    met = tuple(max(q * w for q, w in zip(qualities, worth, strict=True)) for qualities in zip(*supports, strict=True))
    counting = sum(bool(re.search(r"\d", text)) for text in one.inside.split("\n")) / len(one.points)
    depth = min(1.0, len(one.lineage) / DEEP)
    own, above_met, title_met, inside, around = (_mean(asked.terms, qualities) for qualities in supports)
    return ListFeatures(
        own=own,
        above=above_met,
        title=title_met,
        inside=inside,
        around=around,
        met=_mean(asked.terms, met),
        extra=_extra(asked.terms, one.own),
        searched=one.searched,
        relative=one.searched / nearest,
        of_class=float(asked.wanted is not None and classes[-1] == asked.wanted),
        in_class=float(asked.wanted is not None and stands_in == asked.wanted),
        other_class=float(asked.wanted is not None and stands_in not in (None, asked.wanted)),
        pure=_pure(announcing, asked.wanted) if asked.wanted and stands_in == asked.wanted else 0.0,
        unasked=float(asked.wanted is None and stands_in in ("plan", "problem")),
        as_many=float(asked.count == len(one.points)),
        not_as_many=float(asked.count is not None and asked.count != len(one.points)),
        of_kind=one.of_kind,
        fitting=one.fitting,
        unended=one.unended,
        sentences=float(one.nature == "sentences"),
        clauses=float(one.nature == "clauses"),
        enumeration=float(one.nature == "enumeration"),
        counts=float(one.nature == "counts"),
        each=counting if asked.each else 0.0,
        uncounted=1 - counting if asked.each else 0.0,
        depth=depth,
        long=min(1.0, len(one.points) / MANY),
        bare=float(not asked.terms),
        bare_deep=depth * (not asked.terms),
        same_word=float(any(word in one.own for word in asked.own_words)),
        other_word=float(any(word in one.own for word in asked.other_words) and bool(asked.own_words)),
    )


def class_of(heading: str, told: int | None) -> SectionClass | None:
    """What kind of part a heading announces; one that names the year after the one told of announces plans."""
    found = topic_class(heading)
    return "plan" if found in (None, "done") and told is not None and str(told + 1) in heading else found


@lru_cache(maxsize=4096)
def _pure(heading: str, wanted: SectionClass) -> float:
    """The share of a heading that only says which part it is: all of 存在的问题, little of 解决群众的问题."""
    sections = language_data("questions")["sections"]
    words = [
        word
        for name in (wanted, "generic")
        for key, some in sections[name].items()
        if key.startswith("heading")
        for word in some
    ]
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    rest = re.sub(rf"{pattern}|\d{{4}}年?|\W", "", MARKER.sub("", heading))
    whole = re.sub(r"\W", "", MARKER.sub("", heading))
    return 1 - len(rest) / len(whole) if whole else 0.0


def _mean(terms: tuple[Term, ...], qualities: Sequence[float]) -> float:
    total = sum(term.weight for term in terms)
    return sum(term.weight * one for term, one in zip(terms, qualities, strict=True)) / total if total else 0.0


def _quality(term: Term, text: str) -> float:
    """How well a text has a term: as one word, or its parts one by one."""
    best = max((quality for form, quality in term.forms if form in text), default=0.0)
    if best == 1.0 or not term.parts:
        return best
    length = max(len(term.text), sum(len(part.text) for part in term.parts))
    return max(best, sum(len(part.text) * _quality(part, text) for part in term.parts) / length)


def _extra(terms: tuple[Term, ...], heading: str) -> float:
    own = point_text(heading)
    if not own:
        return 0.0
    forms = [form for term in terms for one in (term, *term.parts) for form, _ in one.forms]
    met = {at + i for form in forms for at in _starts(own, form) for i in range(len(form))}
    letters = [at for at, char in enumerate(own) if char.isalnum()]
    return 1 - sum(at in met for at in letters) / len(letters) if letters else 0.0


def _starts(text: str, form: str) -> Iterator[int]:
    at = text.find(form)
    while at >= 0:
        yield at
        at = text.find(form, at + len(form))
