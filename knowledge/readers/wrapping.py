"""Plain text whose lines were broken at a fixed width: the lines of a paragraph are joined again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from unicodedata import east_asian_width

from wenbao.knowledge.headings import find_marker
from wenbao.knowledge.readers.lines import BLANK, Line

_SENTENCE_ENDS = "。！？!?…”』」"
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
            return [Line(line) for line in _joined(lines, lambda line, full=width - _SLACK: measure(line) >= full)]
    return [Line(line) for line in lines if line.strip(BLANK)]


def columns(line: str) -> int:
    """The width of a line where a Chinese character takes two columns."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in line)


def _joined(lines: Sequence[str], is_full: Callable[[str], bool]) -> list[str]:
    joined: list[str] = []
    goes_on = False
    for line in lines:
        words = line.strip(BLANK)
        if not words:
            goes_on = False
            continue
        if goes_on and not _begins_paragraph(line):
            joined[-1] = _rejoined(joined[-1].rstrip(BLANK), words)
        else:
            joined.append(line)
        goes_on = is_full(line.rstrip(BLANK)) or words[-1] in _MID_SENTENCE
    return joined


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
