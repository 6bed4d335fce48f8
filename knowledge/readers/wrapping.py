"""Plain text whose lines were broken at a fixed width: the lines of a paragraph are joined again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from unicodedata import east_asian_width

from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.lines import BLANK, Line

_SENTENCE_ENDS = "。！？!?…”』」"
_ENDS = _SENTENCE_ENDS + "：:；;)）》"
_CLOSING = "，。、；：！？”’）》」』,;"
"""Marks that no paragraph begins with: what stands before them was broken off, by a link for example."""
_RUNNING = 30
_MID_SENTENCE = ",，、"
_LONG = 20
"""Characters below which a line is too short to tell of a width."""
_SLACK = 3
"""How many characters a full line may have less than the width, where a word or a number was not to be parted."""
_LEAST_BROKEN = 5
_SHARE_BROKEN = 0.6

Measure = Callable[[str], int]


def unwrapped(lines: Sequence[str]) -> list[Line]:
    """The lines, blank ones left out; joined where most long lines break off at one width in the middle of a sentence."""
    for measure in (len, columns):
        width = _common_width(lines, measure)
        if width is not None:
            full = partial(_is_full, measure, width - _SLACK)
            return [Line(line) for line in _joined(lines, full)]
    return [Line(line) for line in _joined(lines, _is_unfinished) if line.strip(BLANK)]


def columns(line: str) -> int:
    """The width of a line where a Chinese character takes two columns."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def _joined(lines: Sequence[str], goes_on: Callable[[str, str], bool]) -> list[str]:
    """Lines put together while `goes_on` says so of the line before and the paragraph so far; a blank line parts."""
    joined: list[str] = []
    last = ""
    for line in lines:
        words = line.strip(BLANK)
        if words and last and not _begins_paragraph(line) and (goes_on(last, joined[-1]) or words[0] in _CLOSING):
            joined[-1] = _rejoined(joined[-1].rstrip(BLANK), words)
        elif words:
            joined.append(line)
        last = line.rstrip(BLANK) if words else ""
    return joined


def _is_full(measure: Measure, least: int, line: str, _: str) -> bool:
    return measure(line) >= least or line[-1] in _MID_SENTENCE


def _is_unfinished(_: str, paragraph: str) -> bool:
    """A running text that breaks off: a sentence ended in it, or it is long with several commas, and no mark ends it.

    A heading has no sentence before its end. A dash alone begins a text as well.
    """
    text = paragraph.strip(BLANK)
    if text[-1] in _ENDS:
        return False
    return bool(re.search("[。！？]", text)) or (len(text) >= _RUNNING and len(re.findall("[，,；;]", text)) >= 2) or set(text) <= {"—"}


def _rejoined(first: str, second: str) -> str:
    """Words in letters were parted at a space; a Chinese sentence and a number were not."""
    both_letters = first[-1].isascii() and first[-1].isalpha() and second[0].isascii() and second[0].isalpha()
    return f"{first} {second}" if both_letters else first + second


def _common_width(lines: Sequence[str], measure: Measure) -> int | None:
    """The width at which lines are broken, None where they are not: no line is longer, and most that end in the
    middle of a sentence are as long."""
    long = [line.rstrip(BLANK) for line in lines if len(line.rstrip(BLANK)) >= _LONG]
    broken = [line for line in long if line[-1] not in _SENTENCE_ENDS]
    if len(broken) < _LEAST_BROKEN:
        return None
    width = max(map(measure, long))
    full = [line for line in broken if measure(line) >= width - _SLACK]
    return width if len(full) >= max(_LEAST_BROKEN, _SHARE_BROKEN * len(broken)) else None


def _begins_paragraph(line: str) -> bool:
    """A line that is indented or begins with a number of a heading; digits alone may be a figure that was parted."""
    if line[:1] in BLANK:
        return True
    words = line.strip(BLANK)
    return find_marker(words) is not None and not words[0].isdigit()
