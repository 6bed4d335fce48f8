"""Finds lists: the points under a heading, or what a sentence enumerates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import rjieba

from wenbao.answers.periods import topic_class
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.reading import Reading
from wenbao.answers.terms import Term
from wenbao.index.folding import fold
from wenbao.knowledge.documents import Document, Section


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a list: `start` to `end` are its words in the document's text, to `whole_end` all it says."""

    start: int
    end: int
    whole_end: int


@dataclass(frozen=True, slots=True)
class PointList:
    """A list in a document, with its score for ranking and the share of the question that it meets (both 0 to 1)."""

    document_id: str
    points: tuple[Point, ...]
    score: float
    coverage: float


MARKER = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+(?:部分|[章节条款编])?[、,，.．:：\s]*|[一二三四五六七八九十]{1,3}(?:、|是|要(?!求))[,，]?"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）][、.]?|\d{1,2}(?:\.\d{1,2})*(?:[.、．)）]|\s)(?!\d)|[①-⑳]"
    r"|(?:首先|其次|再次|最后|其[一二三四五六])[,，:：])\s*"
)
COUNT = re.compile(r"(\d{1,2}|[二两三四五六七八九十]{1,2})(?:个|项|件|大|类|点|条|方面|种)")
COUNT_EN = re.compile(r"\b(two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\b")
VALUES = (
    {word: value for value, word in enumerate(["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"])}
    | {"两": 2}
    | {
        word: value
        for value, word in enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2)
    }
)
LEAD = re.compile(r"[:：]|包括|分别(?:是|为)|主要(?:有|是|为)|(?:具体)?(?:有|是|为)(?=[^,，。;；]{1,12}、)|即|其中")
NESTED = 0.96
FEWER_THAN_ASKED = 0.8
ENUMERATED = 0.95
WITHIN_PART = 0.6
"""For an enumeration that only stands in the part that is asked for."""
LONGEST_LEAD = 80
ONLY_COUNTS = 0.7
OF_THE_KIND = 1.15
"""For parts that have the word for what is listed in them (哪几类: 咨询类、投诉类)."""


def section_list(
    question: Question, wanted: SectionClass | None, terms: tuple[Term, ...], documents: Sequence[Document]
) -> PointList | None:
    """The points under the heading that best meets the question; `wanted` is the class of part that it is about."""
    found = [one for document in documents for one in _section_lists(question, wanted, terms, document)]
    return max(found, key=lambda one: one.score, default=None)


def enumeration(
    question: Question, wanted: SectionClass | None, terms: tuple[Term, ...], readings: Sequence[Reading]
) -> PointList | None:
    """What the sentence enumerates that best meets the question."""
    found = [one for reading in readings for one in _enumerations(question, wanted, terms, reading)]
    return max(found, key=lambda one: one.score, default=None)


def point_text(text: str) -> str:
    """The words of a point without its number and closing mark."""
    return MARKER.sub("", text).strip().rstrip("。；;，,：:、")


def asked_count(question: Question) -> int | None:
    """How many points the question speaks of (哪六方面), None where it does not say."""
    match = (COUNT_EN if question.is_english else COUNT).search(question.plain)
    if not match:
        return None
    number = match.group(1)
    if number.isdigit():
        return int(number)
    return VALUES[number] if question.is_english else _numeral(number)


def _numeral(number: str) -> int:
    """A numeral of one or two characters: 六, 十二, 二十."""
    if "十" not in number:
        return VALUES[number[-1]]
    tens, _, ones = number.partition("十")
    return 10 * (VALUES[tens] if tens else 1) + (VALUES[ones] if ones else 0)


def _section_lists(
    question: Question, wanted: SectionClass | None, terms: tuple[Term, ...], document: Document
) -> Iterator[PointList]:
    if wanted is None and not terms:
        return
    by_number = {section.number: section for section in document.sections}
    for section in document.sections:
        below = [one for one in document.sections if one.parent == section.number]
        points = tuple(Point(one.start, one.heading_end, one.end) for one in below) or _plain_points(document, section)
        if len(points) < 2:
            continue
        lineage = _lineage(by_number, section)
        lead = _lead(document, below)
        if wanted is not None and _class_of(lineage) != wanted:
            continue
        coverage = _heading_coverage(terms, document, lineage, below, lead) if terms else 1.0
        # the outermost part of its class is what a question without other words means
        nested = len(lineage) > 1 and (terms or _class_of(lineage[:-1]) == wanted)
        score = coverage * (NESTED ** (len(lineage) - 1) if nested else 1.0) * _count_factor(question, len(points))
        if not terms and nested:
            score *= 0.7
        yield PointList(document.id, points, score * (1.0 if below else 0.9), coverage)


def _lead(document: Document, below: Sequence[Section]) -> str:
    """The sentence that leads to points inside a paragraph: 必须把握好以下原则:"""
    if not below or not below[0].inline:
        return ""
    before = fold(document.text[max(0, below[0].start - LONGEST_LEAD) : below[0].start]).rstrip()
    return re.split(r"[。！？\n]", before.rstrip("。:："))[-1]


def _plain_points(document: Document, section: Section) -> tuple[Point, ...]:
    """The paragraphs of a part without headings, each by its first sentence; of a single one, its sentences."""
    inside = [
        one for one in document.paragraphs if section.heading_end <= one.start < section.end and one.kind == "text"
    ]
    if section.inline or not inside:
        return ()
    if len(inside) > 1:
        return tuple(Point(one.sentences[0].start, one.sentences[0].end, one.end) for one in inside if one.sentences)
    return tuple(Point(one.start, one.end, one.end) for one in inside[0].sentences)


def _lineage(by_number: dict[int, Section], section: Section) -> tuple[Section, ...]:
    """The sections around a section, outermost first, itself last."""
    path = [section]
    while path[0].parent is not None:
        path.insert(0, by_number[path[0].parent])
    return tuple(path)


def _class_of(lineage: Sequence[Section]) -> SectionClass | None:
    return next((found for section in reversed(lineage) if (found := topic_class(fold(section.heading)))), None)


def _heading_coverage(
    terms: tuple[Term, ...], document: Document, lineage: Sequence[Section], below: Sequence[Section], lead: str
) -> float:
    """How well headings meet the terms: the list's own wholly, those above and below it and the title less."""
    places = (
        (fold(lineage[-1].heading), 1.0),
        (lead, 1.0),
        (" ".join(fold(section.heading) for section in lineage[:-1]), 0.6),
        (" ".join(fold(section.heading) for section in below), 0.5),
        (fold(document.metadata.title), 0.5),
    )
    return _coverage(terms, places)


def _coverage(terms: tuple[Term, ...], places: Sequence[tuple[str, float]]) -> float:
    total = sum(term.weight for term in terms)
    met = sum(
        term.weight
        * max((quality * worth for form, quality in term.forms for text, worth in places if form in text), default=0.0)
        for term in terms
    )
    return met / total if total else 0.0


def _count_factor(question: Question, points: int) -> float:
    asked = asked_count(question)
    return 1.0 if asked is None or asked == points else FEWER_THAN_ASKED


@dataclass(frozen=True, slots=True)
class _Row:
    """An enumeration in a sentence: the words that lead to it, and its parts; `counts` where they only count one thing
    after the other (受理18342件,按时办结18027件)."""

    lead: str
    parts: tuple[tuple[int, int], ...]
    counts: bool = False


def _enumerations(
    question: Question, wanted: SectionClass | None, terms: tuple[Term, ...], reading: Reading
) -> Iterator[PointList]:
    offset = reading.passage.paragraph.start
    stands_in = {topic_class(topic) for topic in reading.topics}
    for sentence in reading.sentences:
        text = reading.folded[sentence.start : sentence.end]
        for row in _rows(text):
            said = topic_class(row.lead)
            if wanted is not None and wanted != said and wanted not in stands_in:
                continue
            if not terms and (wanted is None or wanted not in {said, *stands_in}):
                continue
            places = ((row.lead, 1.0), (text, 0.65), (" ".join(reading.topics), 0.5))
            coverage = _coverage(terms, places) if terms else 1.0
            score = (
                coverage
                * (ENUMERATED if terms or said == wanted else WITHIN_PART)
                * _count_factor(question, len(row.parts))
                * _kind_factor(question, text, row)
                * (ONLY_COUNTS if row.counts else 1.0)
            )
            points = _points(row, offset + sentence.start)
            yield PointList(reading.passage.document_id, points, score, coverage)


KIND = re.compile(r"[哪那](?:些|几|[一二两三四五六七八九十])(?:大|个)?([\u4e00-\u9fff])")


def _kind_factor(question: Question, text: str, row: _Row) -> float:
    match = KIND.search(question.plain)
    if not match:
        return 1.0
    if match.group(1) in "类种" and "其中" in text[: row.parts[0][0]]:
        return OF_THE_KIND
    of_kind = sum(match.group(1) in text[start:end] for start, end in row.parts)
    return OF_THE_KIND if of_kind * 2 >= len(row.parts) else 1.0


def _points(row: _Row, offset: int) -> tuple[Point, ...]:
    return tuple(Point(offset + start, offset + end, offset + end) for start, end in row.parts)


def _rows(sentence: str) -> Iterator[_Row]:
    """The enumerations in a sentence: by semicolons, by commas behind a colon or between counts, by 、 in a clause."""
    quiet = re.sub(
        r"《[^》]*》|“[^”]*”|[(（][^)）]*[)）]|\d,(?=\d{3})", lambda match: "x" * len(match.group()), sentence
    )
    colon = re.search(r"[:：]", quiet)
    begin = colon.end() if colon else 0
    lead = sentence[:begin]
    by_semicolon = _split(quiet, begin, len(quiet), "[;；]")
    if len(by_semicolon) >= 3 or (colon and len(by_semicolon) == 2):
        yield _Row(lead, tuple(by_semicolon))
        return
    clauses = _split(quiet, begin, len(quiet), "[,，;；]")
    if colon and len(clauses) >= 3:
        yield _Row(lead, tuple(clauses))
    for start, end in clauses:
        yield from _row_in_clause(sentence, quiet, start, end)
    counted = [(start, end) for start, end in clauses if re.search(r"\d", quiet[start:end])]
    if len(counted) >= 3:
        yield _Row(sentence[: counted[0][0]] or sentence[: counted[0][1]], tuple(counted), counts=True)


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
