"""Unfolds one point of a list: all that its report says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from wenbao.answers.composing import cite, shortened
from wenbao.answers.listing import MARKER, point_text
from wenbao.answers.model import Answer, Citation
from wenbao.answers.question import Question, read_question
from wenbao.knowledge.documents import Document, Paragraph

LONGEST = 200
"""So many characters of what a point says are given, all of it in the citations."""


def unfolded(document: Document, start: int, end: int) -> tuple[Answer, tuple[Citation, ...], list[Paragraph]]:
    """What is said of the point at a range of a document, cited, with the paragraphs that it stands in."""
    start, end = _told_of(document, start, end)
    paragraphs = [one for one in document.paragraphs if one.start < end and start < one.end]
    citations = tuple(
        cite(at, document, one, max(start, one.start), min(end, one.end)) for at, one in enumerate(paragraphs, 1)
    )
    text = "\n".join(citation.quote for citation in citations)
    below = _points_below(document, start, end) if len(text) > LONGEST else []
    text = _outline(document, start, below) if below else shortened(text, LONGEST)
    return Answer(text, "passage"), citations, paragraphs


def of_point(listed: Question, text: str) -> Question:
    """The question for a list as one for its point, by the words that the point begins with."""
    heading = point_text(re.split(r"[。；;，,：:\n]", MARKER.sub("", text))[0])
    words = read_question(heading).words if heading else ()
    return replace(listed, words=words, kind="keywords", asks=(), section=None, language="zh-Hans")


def _told_of(document: Document, start: int, end: int) -> tuple[int, int]:
    """The range of a point, or of the part of the document that has the point's words for its heading."""
    words = point_text(document.text[start:end])
    headed = (one for one in document.sections if one.start != start and point_text(one.heading) == words)
    return next(((one.start, one.end) for one in headed), (start, end))


def _points_below(document: Document, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges of the points that a point itself has (一是…二是…)."""
    own = next((one.number for one in document.sections if (one.start, one.end) == (start, end)), None)
    below = [(one.start, one.end) for one in document.sections if own is not None and one.parent == own]
    return below if len(below) > 1 else []


def _outline(document: Document, start: int, below: Sequence[tuple[int, int]]) -> str:
    """A point's own heading and how each of the points below it begins, a line each."""
    heading = re.split(r"[。；;：:\n]", document.text[start : below[0][0]])[0]
    room = max(12, (LONGEST - len(heading)) // len(below) - 2)
    begins = (re.split(r"[。\n]", document.text[one:stop])[0] for one, stop in below)
    return "\n".join([heading, *(shortened(text, room) for text in begins)])
