"""Finds lists: the points under a heading, the points inside a paragraph, or what a sentence enumerates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wenbao.answers.periods import topic_class
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.terms import Term
from wenbao.index.folding import fold
from wenbao.knowledge.documents import Document, Section


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a list: `start` to `end` of the document's text are its words, `heading_start` its number and words."""

    start: int
    end: int
    section: Section | None = None


@dataclass(frozen=True, slots=True)
class PointList:
    """A list in a document, the heading it stands under, and how well it answers (0 to 1)."""

    document: Document
    heading: Section | None
    points: tuple[Point, ...]
    score: float
    coverage: float


MARKER = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百\d]+(?:部分|[章节条款编])?[、,，.．:：\s]*|[一二三四五六七八九十]{1,3}(?:、|是|要(?!求))[,，]?|[(（][一二三四五六七八九十\d]{1,3}[)）][、.]?"
    r"|\d{1,2}(?:\.\d{1,2})*(?:[.、．)）]|\s)(?!\d)|[①-⑳]|(?:首先|其次|再次|最后|其[一二三四五六])[,，:：])\s*"
)


def best_list(question: Question, terms: tuple[Term, ...], documents: Sequence[Document]) -> PointList | None:
    """The list that best answers a question for one, None where no list is about what it asks."""
    found = [one for document in documents for one in _section_lists(question, terms, document)]
    return max(found, key=lambda one: one.score, default=None)


def children(document: Document, parent: Section | None) -> tuple[Section, ...]:
    """The sections right below `parent`, or the outermost ones."""
    number = parent.number if parent else None
    return tuple(section for section in document.sections if section.parent == number)


def point_text(document: Document, point: Point) -> str:
    """The words of a point without its number and closing mark."""
    return MARKER.sub("", document.text[point.start : point.end]).strip().rstrip("。；;，,：:")


def _section_lists(question: Question, terms: tuple[Term, ...], document: Document) -> Iterator[PointList]:
    for section in document.sections:
        below = children(document, section)
        if len(below) < 2:
            continue
        lineage = _lineage(document, section)
        own_class = _class_of(lineage)
        if question.section is not None and own_class != question.section:
            continue
        coverage = _coverage(terms, document, lineage, below)
        depth_factor = 1 - 0.04 * (len(lineage) - 1)
        base = coverage if terms else 1.0
        # a section asked for by its class alone is the outermost one of that class
        if not terms and len(lineage) > 1 and _class_of(lineage[:-1]) == own_class and own_class is not None:
            base = 0.7
        if question.section is None and not terms:
            continue
        points = tuple(Point(one.start, one.heading_end, one) for one in below)
        yield PointList(document, section, points, base * depth_factor, coverage if terms else 1.0)


def _lineage(document: Document, section: Section) -> tuple[Section, ...]:
    """The sections around a section, outermost first, itself last."""
    by_number = {one.number: one for one in document.sections}
    path = [section]
    while path[0].parent is not None:
        path.insert(0, by_number[path[0].parent])
    return tuple(path)


def _class_of(lineage: tuple[Section, ...]) -> SectionClass | None:
    for section in reversed(lineage):
        found = topic_class(fold(section.heading))
        if found:
            return found
    return None


def _coverage(terms: tuple[Term, ...], document: Document, lineage: tuple[Section, ...], below: tuple[Section, ...]) -> float:
    """How well the headings of a list meet the terms: its own whole, those above and below it less, the title least."""
    total = sum(term.weight for term in terms)
    if not total:
        return 0.0
    own, above = fold(lineage[-1].heading), " ".join(fold(section.heading) for section in lineage[:-1])
    inside = " ".join(fold(section.heading) for section in below)
    title = fold(document.metadata.title)
    met = 0.0
    for term in terms:
        best = 0.0
        for form, quality in term.forms:
            if form in own:
                best = max(best, quality)
            elif form in above:
                best = max(best, quality * 0.6)
            elif form in inside:
                best = max(best, quality * 0.5)
            elif form in title:
                best = max(best, quality * 0.5)
        met += term.weight * best
    return met / total
