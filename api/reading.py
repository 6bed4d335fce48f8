"""A document laid out for reading: blocks with their marked words, and a table of contents."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from wenbao.answers.model import Citation, Document

Span = tuple[int, int]

_span = re.compile(r"(\d{1,9})-(\d{1,9})").fullmatch


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that look alike: `marked` for cited ones, `lead` for a heading that begins a paragraph."""

    text: str
    marked: bool
    lead: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph: its number, the HTML element that it becomes, and its words."""

    number: int
    tag: str
    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of contents; `paragraph` is where the heading stands."""

    heading: str
    level: int
    paragraph: int


def blocks(document: Document, cited: Span | None) -> tuple[Block, ...]:
    """All paragraphs in reading order, with the cited words marked."""
    headings = {section.start: section for section in document.sections if not section.inline}
    titles = [paragraph.number for paragraph in document.paragraphs if paragraph.kind == "title"]
    laid_out = []
    for paragraph in document.paragraphs:
        section = headings.get(paragraph.start)
        tag = "p"
        if titles[:1] == [paragraph.number]:
            tag = "h1"
        elif paragraph.kind == "heading":
            tag = f"h{min(1 + section.level, 6)}" if section else "h2"
        lead = (section.start, section.heading_end) if section and tag == "p" else None
        pieces = _pieces(document.text, (paragraph.start, paragraph.end), cited, lead)
        laid_out.append(Block(paragraph.number, tag, paragraph.kind, pieces))
    return tuple(laid_out)


def contents(document: Document) -> tuple[Entry, ...]:
    """The headings, each with the paragraph where it stands; points inside paragraphs are left out."""
    starts = [paragraph.start for paragraph in document.paragraphs]
    return tuple(
        Entry(
            section.heading, section.level, document.paragraphs[max(bisect_right(starts, section.start) - 1, 0)].number
        )
        for section in document.sections
        if not section.inline
    )


def quoted(citation: Citation) -> tuple[Piece, ...]:
    """The words of a citation, with those that matter marked."""
    edges = {citation.start, citation.end, *(edge for span in citation.highlights for edge in span)}
    return tuple(
        Piece(citation.quote[a - citation.start : b - citation.start], (a, b) in citation.highlights, lead=False)
        for a, b in pairwise(sorted(edges))
    )


def cited_span(start: str, end: str, both: str, length: int) -> Span | None:
    """The span that an address asks for, as `start` and `end` or as `both` ("3051-3102"); None if there is no such."""
    match = _span(both) or _span(f"{start}-{end}")
    if not match:
        return None
    first, last = int(match[1]), int(match[2])
    return (first, last) if first < last <= length else None


def _pieces(text: str, within: Span, cited: Span | None, lead: Span | None) -> tuple[Piece, ...]:
    start, end = within
    edges = {start, end, *(cited or ()), *(lead or ())}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    return tuple(Piece(text[a:b], _inside(a, cited), _inside(a, lead)) for a, b in pairwise(cuts))


def _inside(position: int, span: Span | None) -> bool:
    return span is not None and span[0] <= position < span[1]
