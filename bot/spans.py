"""Text with marks for Telegram: spans that become HTML, and are cut to its length limit without breaking a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

LIMIT = 4096
# Where to cut, best first: after a paragraph, a line, a sentence (with its closing marks), a word.
_BOUNDARIES = tuple(map(re.compile, (r"\n\n+", r"\n", r"[。！？!?；;…]+[”’」』）)]*|\.\s+", r"\s+")))


@dataclass(frozen=True, slots=True)
class Span:
    """A run of plain text under the same marks; `marks` are opening tags without their brackets, outermost first."""

    text: str
    marks: tuple[str, ...] = ()


Rich = tuple[Span, ...]


def plain(text: str) -> Rich:
    return (Span(text),) if text else ()


def bold(text: str) -> Rich:
    return marked("b", plain(text))


def link(text: str, url: str | None) -> Rich:
    """A link; plain text where there is no web address to go to."""
    if not url or not url.startswith(("http://", "https://")):
        return plain(text)
    return marked(f'a href="{escape(url)}"', plain(text))


def marked(mark: str, rich: Rich) -> Rich:
    """`rich` with one more mark around all of it."""
    return tuple(Span(span.text, (mark, *span.marks)) for span in rich)


def joined(separator: str, parts: Iterable[Rich]) -> Rich:
    """The parts that are not empty, with plain text between them."""
    result: Rich = ()
    for part in parts:
        if part:
            result += plain(separator) + part if result else part
    return result


def emphasised(text: str, ranges: Iterable[tuple[int, int]], mark: str = "b") -> Rich:
    """`text` with `mark` on the given ranges; what lies outside the text, or overlaps, is left plain."""
    result: Rich = ()
    position = 0
    for start, end in sorted(ranges):
        if position <= start < end <= len(text):
            result += plain(text[position:start]) + marked(mark, plain(text[start:end]))
            position = end
    return result + plain(text[position:])


def to_html(rich: Rich) -> str:
    """The HTML that Telegram reads, everything in the text escaped."""
    html: list[str] = []
    open_marks: tuple[str, ...] = ()
    for span in (*rich, Span("")):
        shared = _shared(open_marks, span.marks)
        html += [f"</{mark.split()[0]}>" for mark in reversed(open_marks[shared:])]
        html += [f"<{mark}>" for mark in span.marks[shared:]]
        html.append(escape(span.text, quote=False))
        open_marks = span.marks
    return "".join(html)


def split(rich: Rich, limit: int = LIMIT) -> list[Rich]:
    """Pieces of at most `limit` UTF-16 units, cut at the end of a paragraph or a sentence where there is one."""
    text = "".join(span.text for span in rich)
    return [_slice(rich, start, end) for start, end in _cuts(text, limit) if text[start:end].strip()]


def utf16_length(text: str) -> int:
    """The length as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def _cuts(text: str, limit: int) -> Iterator[tuple[int, int]]:
    start = 0
    while utf16_length(text[start:]) > limit:
        end = start + _cut(text[start : start + limit], limit)
        yield start, end
        start = end
    yield start, len(text)


def _cut(window: str, limit: int) -> int:
    """Where to cut: the last good place in the second half of what fits, a paragraph's end before a sentence's."""
    fits = len(window)
    while utf16_length(window[:fits]) > limit:
        fits -= max(1, (utf16_length(window[:fits]) - limit) // 2)
    for boundary in _BOUNDARIES:
        last = max((found.end() for found in boundary.finditer(window[:fits])), default=0)
        if last > fits // 2:
            return last
    return fits


def _slice(rich: Rich, start: int, end: int) -> Rich:
    result: list[Span] = []
    position = 0
    for span in rich:
        text = span.text[max(0, start - position) : max(0, end - position)]
        if text:
            result.append(Span(text, span.marks))
        position += len(span.text)
    return tuple(result)


def _shared(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    """How many marks two runs have in common, from the outside."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
