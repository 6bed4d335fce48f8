"""Plain text whose lines were broken, at a fixed width or by links: the lines of a paragraph are joined again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from unicodedata import east_asian_width

from wenbao.knowledge.dates import date_alone
from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.lines import BLANK, Line

_SENTENCE_ENDS = "。！？!?…”』」"
_ENDS = _SENTENCE_ENDS + "：:；;)）》"
_CLOSING = re.compile("[，。、；：！？”’）》」』】〕％,;%]|的")
"""What no paragraph begins with: the line before was broken off, by a link for example."""
_OPEN = re.compile("[，、《“‘「『（(【〔]$|《[^》]*$|[的和]$|(?:关|關|对|對|由)[于於]$|^[在对對与與由从從把将將]$")
"""What no paragraph ends with: an opened title, a comma, a word that something must follow."""
_BARE_MARK = re.compile(
    "—+|[一二三四五六七八九十]{1,3}(?:是|要|、)|第[一二三四五六七八九十]{1,3}[、，,]|[（(][一二三四五六七八九十]{1,3}[)）]"
)
"""What a paragraph begins with and never is alone."""
_POINT = re.compile("—|[一二三四五六七八九十]{1,3}[是要]")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_RUNNING = 30
_MID_SENTENCE = ",，、"
_LONG = 20
"""Characters below which a line is too short to tell of a width."""
_SLACK = 3
"""How many characters a full line may have less than the width, where a word or a number was not to be parted."""
_LEAST_BROKEN = 5
_SHARE_BROKEN = 0.6
_LEAST_TORN = 2

Measure = Callable[[str], int]


def unwrapped(lines: Sequence[str]) -> list[Line]:
    """The lines, blank ones left out; joined where they break off at one width, or in the middle of a sentence."""
    shown = [line for line in lines if not line or line.strip(_INVISIBLE)]
    for measure in (len, columns):
        width = _common_width(shown, measure)
        if width is not None:
            return _joined(shown, partial(_is_full, measure, width - _SLACK))
    return _joined(shown, _is_unfinished if _torn(shown) >= _LEAST_TORN else _never)


def columns(line: str) -> int:
    """The width of a line where a Chinese character takes two columns."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def _joined(lines: Sequence[str], goes_on: Callable[[str, str], bool]) -> list[Line]:
    """Lines put together where they are torn, or where `goes_on` says so of the line before and the paragraph so far;
    a blank line parts."""
    joined: list[str] = []
    last = ""
    for index, line in enumerate(lines):
        words = line.strip(BLANK)
        if words and last and not _begins_paragraph(line, last) and not _is_closing(lines[index : index + 2]):
            if _is_torn(last.strip(BLANK), words) or goes_on(last, joined[-1].strip(BLANK)):
                joined[-1] = _rejoined(joined[-1].rstrip(BLANK), words)
            else:
                joined.append(line)
        elif words:
            joined.append(line)
        last = line.rstrip(BLANK)
    return [Line(line) for line in joined]


def _torn(lines: Sequence[str]) -> int:
    """In how many places a line breaks off where no paragraph ends."""
    stripped = [line.strip(BLANK) for line in lines]
    return sum(bool(first and second) and _is_torn(first, second) for first, second in pairwise(stripped))


def _is_torn(line: str, following: str) -> bool:
    """Whether what follows belongs to a line, whatever the text: it is too little to be a paragraph or its end."""
    return bool(_CLOSING.match(following) or _OPEN.search(line) or _BARE_MARK.fullmatch(line))


def _is_full(measure: Measure, least: int, line: str, _: str) -> bool:
    return measure(line) >= least or line[-1] in _MID_SENTENCE


def _never(_: str, __: str) -> bool:
    return False


def _is_unfinished(last: str, paragraph: str) -> bool:
    """A running text that breaks off: a sentence ended in it, or it is long with several commas, and no mark ends it.

    A heading has no sentence before its end. What was put together behind a dash or 一是 is a text as well.
    """
    if paragraph[-1] in _ENDS:
        return False
    if last.strip(BLANK) != paragraph and _POINT.match(paragraph):
        return True
    several = len(paragraph) >= _RUNNING and len(re.findall("[，,；;]", paragraph)) >= 2
    return several or bool(re.search("[。！？]", paragraph))


def _is_closing(lines: Sequence[str]) -> bool:
    """A date on a line of its own, or the name that signs above it."""
    short = [words for words in (line.strip(BLANK) for line in lines) if len(words) <= _RUNNING]
    return len(lines[0].strip(BLANK)) <= _RUNNING and any(date_alone(words) is not None for words in short)


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


def _begins_paragraph(line: str, before: str) -> bool:
    """A line that is indented or begins with the number of a heading; digits may be a figure that was parted."""
    if line[:1] in BLANK:
        return True
    words = line.strip(BLANK)
    if find_marker(words) is None:
        return False
    return not (words[0].isdigit() and (before[-1].isdigit() or before[-1] in _MID_SENTENCE))
