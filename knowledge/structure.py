"""The text of a report to its paragraphs and sections, every one with its range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from wenbao.knowledge.documents import Paragraph, ParagraphKind, Section, Sentence
from wenbao.knowledge.headings import RANKS, Heading, find_headings
from wenbao.knowledge.points import find_points, is_inline_list
from wenbao.knowledge.sentences import sentence_ranges

_BODY = ("text", "row")
_NO_HEADING = "\t"
"""What stands for a row of a table while headings are looked for: it is none, and what is before it is none for it."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph to be: its text, its kind, and its level as a heading where the file marks one.

    `context` is what stands over a row of a table, `page_breaks` are places in the text where the next page begins.
    """

    text: str
    kind: ParagraphKind = "text"
    level: int | None = None
    context: tuple[str, ...] = ()
    page: int | None = None
    page_breaks: tuple[int, ...] = ()


@dataclass(slots=True)
class _Open:
    """A section while it is read; `last` is the last paragraph that it reaches to."""

    heading: Heading
    first: int
    last: int
    words: str
    level: int | None


def structured(blocks: Sequence[Block]) -> tuple[str, tuple[Paragraph, ...], tuple[Section, ...]]:
    """The text that is kept, its paragraphs and its sections."""
    texts = [block.text for block in blocks]
    starts = [0, *accumulate(len(text) + 1 for text in texts)][: len(texts)]
    headings = _headings(blocks)
    closed, paths = _outline(blocks, headings)
    paragraphs = tuple(
        _paragraph(index, block, starts[index], headings[index], paths[index]) for index, block in enumerate(blocks)
    )
    ranges = [_range(section, starts, texts) for section in closed]
    ranges += [
        (point.start, point.heading_end, point.end, True) for point in find_points(texts, starts, _blocks_of(headings))
    ]
    text = "\n".join(texts)
    return text, paragraphs, _numbered(ranges, text)


def _headings(blocks: Sequence[Block]) -> list[Heading | None]:
    """Headings stand only in the body: neither the title nor the signature is one."""
    body = [index for index, block in enumerate(blocks) if block.kind in _BODY]
    texts = [blocks[index].text if blocks[index].kind == "text" else _NO_HEADING for index in body]
    found = find_headings(texts, [blocks[index].level for index in body])
    headings: list[Heading | None] = [None] * len(blocks)
    for index, heading in zip(body, found, strict=True):
        listed = heading is not None and heading.form != "own" and is_inline_list(blocks[index].text)
        headings[index] = None if listed else heading
    return headings


def _outline(blocks: Sequence[Block], headings: Sequence[Heading | None]) -> tuple[list[_Open], list[tuple[str, ...]]]:
    """All sections, and for each paragraph the headings that it stands under."""
    stack: list[_Open] = []
    sections: list[_Open] = []
    paths: list[tuple[str, ...]] = []
    following = _following(headings)
    for index, (block, heading) in enumerate(zip(blocks, headings, strict=True)):
        if block.kind not in _BODY:
            stack.clear()
        elif heading is None and block.kind == "text":
            _leave_items(stack, following[index])
        elif heading is not None:
            opened = _Open(heading, index, index, block.text[: heading.length].strip(), block.level)
            _leave(stack, opened)
            stack.append(opened)
            sections.append(stack[-1])
        for section in stack:
            section.last = index
        path = (*(section.words for section in stack), *block.context)
        paths.append(path if heading is None or heading.form == "run_in" else path[:-1])
    return sections, paths


def _following(headings: Sequence[Heading | None]) -> list[Heading | None]:
    """For each paragraph the next heading after it."""
    found: list[Heading | None] = []
    upcoming: Heading | None = None
    for heading in reversed(headings):
        found.append(upcoming)
        upcoming = heading or upcoming
    return found[::-1]


def _leave(stack: list[_Open], new: _Open) -> None:
    """Close what a new heading ends: a kind that is open already, and what such a kind commonly stands above."""
    kind = new.heading.marker.kind
    depth = next((place for place, section in enumerate(stack) if section.heading.marker.kind == kind), None)
    if depth is not None:
        del stack[depth:]
        return
    while stack and _outranks(new, stack[-1]):
        stack.pop()


def _outranks(new: _Open, section: _Open) -> bool:
    """A kind met anew stands below what is open, unless it is the larger kind and the open section had its say.

    A level that the file marks goes before the kind, and a heading with one stands above those without.
    """
    if new.level is not None and section.level != new.level:
        return section.level is None or new.level < section.level
    kind, old = new.heading.marker.kind, section.heading.marker.kind
    if kind not in RANKS or old not in RANKS:
        return section.heading.form == "item"
    directly_below = section.first == new.first - 1 and section.heading.form == "own"
    return RANKS[kind] < RANKS[old] and not (directly_below and new.heading.marker.number == 1)


def _leave_items(stack: list[_Open], following: Heading | None) -> None:
    """Running text ends a list, unless the list goes on after it."""
    while stack and stack[-1].heading.form == "item":
        marker = stack[-1].heading.marker
        goes_on = following is not None and following.marker.kind == marker.kind
        if goes_on and following is not None and following.marker.number == marker.number + 1:
            return
        stack.pop()


def _blocks_of(headings: Sequence[Heading | None]) -> list[int]:
    """For each paragraph a number that is the same for paragraphs under the same heading."""
    return list(accumulate(int(heading is not None) for heading in headings))


def _paragraph(index: int, block: Block, start: int, heading: Heading | None, path: tuple[str, ...]) -> Paragraph:
    own = heading is not None and heading.form == "own"
    kind: ParagraphKind = "heading" if own else block.kind
    ranges = sentence_ranges(block.text) if kind == "text" else [(0, len(block.text))]
    sentences = tuple(Sentence(n, start + a, start + b) for n, (a, b) in enumerate(ranges, start=1))
    breaks = tuple(start + place for place in block.page_breaks)
    return Paragraph(index + 1, start, start + len(block.text), kind, path, sentences, block.page, breaks)


def _range(section: _Open, starts: Sequence[int], texts: Sequence[str]) -> tuple[int, int, int, bool]:
    start = starts[section.first]
    return start, start + len(section.words), starts[section.last] + len(texts[section.last]), False


def _numbered(ranges: list[tuple[int, int, int, bool]], text: str) -> tuple[Section, ...]:
    """Sections in reading order; the parent of one is the innermost that it begins in, and it ends there too."""
    found: list[Section] = []
    around: list[Section] = []
    for start, heading_end, end, inline in sorted(ranges, key=lambda item: (item[0], -item[2], item[3])):
        while around and around[-1].end <= start:
            around.pop()
        parent = around[-1] if around else None
        level = parent.level + 1 if parent else 1
        number = parent.number if parent else None
        last = min(end, parent.end) if parent else end
        stop = min(heading_end, last)
        section = Section(len(found) + 1, number, level, text[start:stop], start, stop, last, inline)
        found.append(section)
        around.append(section)
    return tuple(found)
