"""Finds lists: the points under a heading, the sentences of a part without headings, or what a sentence enumerates.

Every list that a report has is described by a few features; what they are worth is learnt (`lists.json`,
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
import rjieba

from wenbao.answers import trees
from wenbao.answers.asks import fits
from wenbao.answers.figures import SMALL_NUMERAL, Span, small_number
from wenbao.answers.network import load
from wenbao.answers.periods import topic_class
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.reading import AMONG, Reading
from wenbao.answers.terms import Term
from wenbao.config.language import language_data
from wenbao.index.folding import fold
from wenbao.knowledge.documents import Document, Section


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a list: `start` to `end` are its words in the document's text, to `whole_end` all it says."""

    start: int
    end: int
    whole_end: int


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
class Found:
    """A paragraph that search found, with how near (0 to 1)."""

    reading: Reading
    nearness: float


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


@dataclass(frozen=True, slots=True)
class _Container:
    """A list before it is measured; `nature` says what its points are, "" for headings."""

    points: tuple[Point, ...]
    own: str
    inside: str
    lineage: tuple[str, ...]
    nature: str
    searched: float
    around: str = ""
    of_kind: float = 0.0
    fitting: float = 0.0
    unended: float = 0.0


MARKER = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+(?:(?:部分|[章节条款编])[、,，.．:：\s]*|[、,，.．:：\s]+)|[一二三四五六七八九十]{1,3}(?:、|是|要(?!求))[,，]?"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）][、.]?|\d{1,2}(?:\.\d{1,2})*(?:[.、．)）]|\s)(?!\d)|[①-⑳]"
    r"|(?:首先|其次|再次|最后|其[一二三四五六])[,，:：])\s*"
)
COUNT = re.compile(rf"(\d{{1,2}}|(?![零一]){SMALL_NUMERAL.pattern})(?:大)?(?:个|项|件|类|点|条|方面|种|块|样|套|步)")
COUNT_EN = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b")
VALUES_EN = {
    word: value
    for value, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2)
}
LEAD = re.compile(r"[:：]|包括|分别(?:是|为)|主要(?:有|是|为)|(?:具体)?(?:有|是|为)(?=[^,，。;；]{1,12}、)|即|其中")
NETWORK, TREES = Path(__file__).with_name("lists.json"), Path(__file__).with_name("list_confidence.json")
LONGEST_LEAD = 80
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
    found: Sequence[Found],
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
    containers = [*_headed(question, document, found), *_enumerated(question, found)]
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


def point_text(text: str) -> str:
    """The words of a point without its number and closing mark."""
    return MARKER.sub("", text).strip().rstrip("。；;，,：:、")


EACH = re.compile(
    r"(?<![和与跟及])各[^,，。;；?？]{0,6}?(?:多少|几|多[大长高宽重])|分别[^,，。;；?？]{0,4}?(?:多少|几|哪)|[分哪那]几(?:类|种)"
    r"|每[一个]?(?:类|种|样|项|级|区|块|家)[^,，。;；?？]{0,4}?(?:多少|几)"
    r"|\b(?:of|for|in|under|got|to) each\b|\bhow (?:many|much) each\b"
    r"|\bby (?:type|category|kind|grade|result|outcome|sector|source|channel)\b"
    r"|\b(?:split|broken down|break down|breakdown)\b"
)
JOINED = re.compile(r"[\u4e00-\u9fff][和与跟及、](?![各每分])[\u4e00-\u9fff\d]")
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
    return VALUES_EN[number] if question.is_english else small_number(number)


def _measured(asked: _Asked, one: _Container, title: str, nearest: float) -> ListFeatures | None:
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


def _headed(question: Question, document: Document, found: Sequence[Found]) -> Iterator[_Container]:
    """The points below each heading; of a part without any that search found, its paragraphs, sentences or clauses."""
    kind = KIND_OF_HEADING.search(question.plain)
    by_number = {section.number: section for section in document.sections}
    below: dict[int, list[Section]] = {}
    for section in document.sections:
        if section.parent is not None:
            below.setdefault(section.parent, []).append(section)
    for section in document.sections:
        children = below.get(section.number, [])
        searched = max(
            (
                one.nearness
                for one in found
                if section.start <= one.reading.passage.paragraph.start < section.end
                or one.reading.passage.paragraph.start <= section.start < one.reading.passage.paragraph.end
            ),
            default=0.0,
        )
        points = tuple(Point(one.start, one.heading_end, one.end) for one in children)
        nature = ""
        if len(points) < 2 and searched > 0:
            points, nature = _plain_points(document, section)
        if len(points) < 2:
            continue
        lineage = tuple(fold(one.heading) for one in _lineage(by_number, section)[:-1])
        own = " ".join(filter(None, (fold(section.heading), _lead(document, children))))
        inside = "\n".join(fold(document.text[one.start : one.end]) for one in points)
        named = sum(kind.group(1) in one for one in inside.split("\n")) if kind else 0
        yield _Container(
            points, own, inside, lineage, nature, searched, of_kind=float(2 * named >= len(points) and named)
        )


def _lead(document: Document, below: Sequence[Section]) -> str:
    """The sentence that leads to points inside a paragraph: 必须把握好以下原则:"""
    if not below or not below[0].inline:
        return ""
    before = fold(document.text[max(0, below[0].start - LONGEST_LEAD) : below[0].start]).rstrip()
    return re.split(r"[。！？\n]", before.rstrip("。:："))[-1]


def _plain_points(document: Document, section: Section) -> tuple[tuple[Point, ...], str]:
    """The paragraphs of a part without headings, each by its first sentence; of a single one, its sentences or clauses.

    A heading that begins its paragraph is none of the points.
    """
    begin = _stated_from(section)
    inside = [one for one in document.paragraphs if one.start < section.end and begin < one.end and one.kind == "text"]
    if len(inside) > 1:
        first = [one.sentences[0] for one in inside if one.sentences and one.start >= begin]
        return tuple(Point(one.start, one.end, one.end) for one in first), "sentences"
    sentences = [
        Point(max(one.start, _behind_marks(document.text, begin)), one.end, one.end)
        for paragraph in inside
        for one in paragraph.sentences
        if one.end > begin + 1 and one.start < section.end
    ]
    sentences = [one for one in sentences if len(point_text(document.text[one.start : one.end])) > 1]
    if len(sentences) > 1:
        return tuple(sentences), "sentences"
    return tuple(_clauses(document.text, sentences[0])) if sentences else (), "clauses"


STATEMENT = re.compile(r"[,，:：](?=.*\d)")


def _stated_from(section: Section) -> int:
    """Where what a part says begins: behind its heading, or in the heading of a point that goes on with figures
    (一要守住粮食安全,总产达到19万吨)."""
    goes_on = STATEMENT.search(section.heading) if section.inline else None
    return section.start + goes_on.end() if goes_on else section.heading_end


def _behind_marks(text: str, position: int) -> int:
    """The position of the first character that is no mark or blank."""
    match = re.compile(r"[\s。.:：,，;；、]*").match(text, position)
    return match.end() if match else position


def _clauses(text: str, sentence: Point) -> Iterator[Point]:
    words = text[sentence.start : sentence.end]
    quiet = _without_quotations(words)
    parted = _split(quiet, 0, len(quiet), "[;；]")
    for start, end in parted if len(parted) > 1 else _split(quiet, 0, len(quiet), "[,，]"):
        yield Point(sentence.start + start, sentence.start + end, sentence.start + end)


def _lineage(by_number: dict[int, Section], section: Section) -> tuple[Section, ...]:
    """The sections around a section, outermost first, itself last."""
    path = [section]
    while path[0].parent is not None:
        path.insert(0, by_number[path[0].parent])
    return tuple(path)


@dataclass(frozen=True, slots=True)
class _Row:
    """An enumeration in a sentence: the words that lead to it, and its parts; `counts` where they only count one thing
    after the other (受理18342件,按时办结18027件)."""

    lead: str
    parts: tuple[tuple[int, int], ...]
    counts: bool = False


def _enumerated(question: Question, found: Sequence[Found]) -> Iterator[_Container]:
    for one in found:
        reading, offset = one.reading, one.reading.passage.paragraph.start
        if reading.passage.paragraph.kind == "closing":
            continue
        for sentence in reading.sentences:
            text = reading.folded[sentence.start : sentence.end]
            for row in _rows(text):
                yield _Container(
                    points=_points(row, offset + sentence.start),
                    own=row.lead,
                    inside="\n".join(text[start:end] for start, end in row.parts),
                    lineage=reading.topics,
                    nature="counts" if row.counts else "enumeration",
                    searched=one.nearness,
                    around=reading.folded[: sentence.end],
                    of_kind=float(_is_of_kind(question, text, row)),
                    fitting=_fitting(question, reading, sentence.start, row),
                    unended=float(_goes_on(reading, sentence.start + row.parts[-1][0], sentence)),
                )


def _fitting(question: Question, reading: Reading, offset: int, row: _Row) -> float:
    """The share of parts with a figure of the unit that is asked for; 0 where none is."""
    if not question.asks:
        return 0.0
    starts = [
        figure.start - offset for figure in reading.figures if fits(question.asks[0], figure.unit, figure.group) > 0
    ]
    return sum(any(start <= at < end for at in starts) for start, end in row.parts) / len(row.parts)


NEXT_COUNT = 16


def _goes_on(reading: Reading, last: int, sentence: Span) -> bool:
    """Whether a count in the unit of the last part's stands right behind that, in its sentence."""
    counts = [one for one in reading.figures if last <= one.start < sentence.end]
    if len(counts) < 2 or counts[0].unit != counts[1].unit:
        return False
    between = reading.folded[counts[0].end : counts[1].start]
    return len(between) < NEXT_COUNT and re.match("[、,，;；]", between) is not None


KIND_OF_HEADING = re.compile(
    r"(?:[哪那](?:些|几|[一二两三四五六七八九十]{1,2})|什么)(?:大|个|项|类|种|条|件|块|样)?([\u4e00-\u9fff]{2})"
)
KIND = re.compile(r"[哪那](?:些|几|[一二两三四五六七八九十])(?:大|个)?([\u4e00-\u9fff])")


def _is_of_kind(question: Question, text: str, row: _Row) -> bool:
    """Whether parts have the word for what is listed in them (哪几类: 咨询类、投诉类)."""
    match = KIND.search(question.plain)
    if not match:
        return False
    if match.group(1) in "类种" and "其中" in text[: row.parts[0][0]]:
        return True
    return 2 * sum(match.group(1) in text[start:end] for start, end in row.parts) >= len(row.parts)


def _points(row: _Row, offset: int) -> tuple[Point, ...]:
    return tuple(Point(offset + start, offset + end, offset + end) for start, end in row.parts)


def _without_quotations(sentence: str) -> str:
    """The sentence with x in the place of names, quotations, brackets and grouped digits, whose marks part nothing."""
    return re.sub(
        r"《[^》]*》|“[^”]*”|[(（][^)）]*[)）]|\d,(?=\d{3})", lambda match: "x" * len(match.group()), sentence
    )


@lru_cache(maxsize=20_000)
def _rows(sentence: str) -> tuple[_Row, ...]:
    """The enumerations in a sentence: by semicolons, by commas behind a colon or between counts, by 、 in a clause."""
    return tuple(_enumerations(sentence))


def _enumerations(sentence: str) -> Iterator[_Row]:
    quiet = _without_quotations(sentence)
    colon = re.search(r"[:：]", quiet)
    begin = colon.end() if colon else 0
    lead = sentence[:begin]
    by_semicolon = _split(quiet, begin, len(quiet), "[;；]")
    if len(by_semicolon) >= 3 or (colon and len(by_semicolon) == 2):
        yield _Row(lead, tuple(by_semicolon))
    clauses = _split(quiet, begin, len(quiet), "[,，;；]")
    if colon and len(clauses) >= 3:
        yield _Row(lead, tuple(clauses))
    for start, end in clauses:
        yield from _row_in_clause(sentence, quiet, start, end)
    yield from _row_of_counts(sentence, quiet, clauses)
    yield from _row_of_counts(sentence, quiet, _split(quiet, begin, len(quiet), "[,，;；、]"))


def _row_of_counts(sentence: str, quiet: str, parts: Sequence[tuple[int, int]]) -> Iterator[_Row]:
    """Counts one after the other, all of a sentence and those behind 其中."""
    counted = [(_behind_among(quiet, start), end) for start, end in parts if re.search(r"\d", quiet[start:end])]
    among = sentence.find("其中")
    inner = [(start, end) for start, end in counted if start > among >= 0]
    if inner and len(inner) < len(counted) and len(inner) > 1:
        yield _Row(sentence[:among], tuple(inner), counts=True)
    if len(counted) >= 3:
        yield _Row(sentence[: counted[0][0]] or sentence[: counted[0][1]], tuple(counted), counts=True)
        yield _Row(sentence[: counted[0][1]], tuple(counted[1:]), counts=True)


def _behind_among(quiet: str, start: int) -> int:
    """The position of a part without the 其中 that it begins with."""
    among = AMONG.match(quiet, start)
    return among.end() if among else start


def _row_in_clause(sentence: str, quiet: str, start: int, end: int) -> Iterator[_Row]:
    lead_end = max((match.end() for match in LEAD.finditer(quiet, start, end) if match.end() < end), default=start)
    parts = _split(_joints(quiet, lead_end, end), lead_end, end, "[、\ue000]")
    if len(parts) >= 3:
        yield _Row(sentence[start : parts[0][1]], tuple(parts))


def _joints(quiet: str, start: int, end: int) -> str:
    """The text with 和, 及, 与 and 以及 behind the last 、 marked, where they are words by themselves (和谐 is not)."""
    last = quiet.rfind("、", start, end)
    if last < 0:
        return quiet
    marked = "".join(
        "\ue000" * len(word) if word in ("和", "及", "与", "以及") else word
        for word in rjieba.cut(quiet[last:end], False)
    )
    return quiet[:last] + marked + quiet[end:]


def _split(text: str, start: int, end: int, pattern: str) -> list[tuple[int, int]]:
    bounds = [start]
    for match in re.finditer(pattern, text[start:end]):
        bounds += [start + match.start(), start + match.end()]
    bounds.append(len(text[:end].rstrip("。;；,， ")))
    return [(a, b) for a, b in zip(bounds[::2], bounds[1::2], strict=True) if b - a > 1]
