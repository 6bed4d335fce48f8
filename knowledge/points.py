"""Points inside running text: 一是…二是…, 第一，…第二，…, 首先…其次…, (1)…(2)…"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from wenbao.knowledge.dates import number
from wenbao.knowledge.headings import clause, find_marker

_BEFORE = r"(?:^|(?<=[。；：，、！？;:,!?）)”\"\s—]))"
_LAST = 10_000
_FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("是", re.compile(_BEFORE + r"(?P<n>[一二三四五六七八九十]{1,3})(?:是|要|为|為)(?![一二三四五六七八九十])")),
    ("其", re.compile(_BEFORE + r"其(?P<n>[一二三四五六七八九])(?=[，,、是：:])")),
    ("第", re.compile(_BEFORE + r"第(?P<n>[一二三四五六七八九十]{1,3})(?=[，,、：:；]|是)")),
    ("首先", re.compile(_BEFORE + r"(?P<n>首先|其次|再次|最后|最後)(?=[，,、：:是]|\w)")),
    ("First", re.compile(_BEFORE + r"(?P<n>First|Second|Third|Fourth|Fifth|Sixth|Finally)(?:ly)?(?=,)", re.IGNORECASE)),
    ("(一)", re.compile(_BEFORE + r"[（(](?P<n>[一二三四五六七八九十]{1,3})[)）]")),
    ("(1)", re.compile(_BEFORE + r"[（(](?P<n>[0-9０-９]{1,2})[)）]")),
    ("1.", re.compile(_BEFORE + r"(?P<n>[0-9０-９]{1,2})[.．、](?![0-9０-９])")),
    ("①", re.compile(r"(?P<n>[①-⑳])")),
)
_HINT = re.compile(
    r"[一其第首][一是要为為先]|\b[Ff]irst|[(（][一二三四五六七八九十\d]{1,2}[)）]|[1１][.．、]|①|[二三四五六七八九十][是要为為]|第[二三四五六七八九]|其[次二三]|[再最][次后後]|\b(?:[Ss]econd|[Tt]hird|[Ff]ourth|[Ff]inally)"
)
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "最后": _LAST, "最後": _LAST, "finally": _LAST}
_WORDS |= {word: place for place, word in enumerate(["first", "second", "third", "fourth", "fifth", "sixth"], start=1)}
_STRUCTURAL = {"ordinal_paren": "(一)", "number_paren": "(1)", "number": "1.", "circled": "①"}
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Point:
    """A point, in characters of the whole text."""

    start: int
    heading_end: int
    end: int


@dataclass(slots=True)
class _Group:
    """An enumeration being read: the marks found, as (paragraph, position in it, length)."""

    marks: list[tuple[int, int, int]] = field(default_factory=list)
    number: int = 0


def is_inline_list(text: str) -> bool:
    """Whether a paragraph that begins with (1) or ① goes on to (2) or ② in the same breath, or from (三) to (四)."""
    marker = find_marker(text)
    family = _STRUCTURAL.get(marker.kind) if marker else None
    if marker is None or family is None:
        return False
    found = [place for name, place, _, _ in _marks(text) if name == family]
    return found[:2] == [marker.number, marker.number + 1]


def find_points(texts: Sequence[str], starts: Sequence[int], blocks: Sequence[int]) -> list[Point]:
    """The points of all paragraphs. `blocks` tells which paragraphs belong together: a list 一是, 二是 may run over
    several paragraphs of one block, each point beginning one of them."""
    groups: list[_Group] = []
    stacks: dict[str, list[_Group]] = {}
    for index, text in enumerate(texts):
        if index and blocks[index] != blocks[index - 1]:
            stacks = {}
        if _HINT.search(text) is None:
            continue
        for family, place, start, length in _marks(text):
            opens = place == 1 or (start == 0 and family in _STRUCTURAL.values())
            group = _place(stacks.setdefault(family, []), place, (index, start, length), opens)
            if group is not None and len(group.marks) == 1:
                groups.append(group)
    points = (point for group in groups if len(group.marks) > 1 for point in _points(group, texts, starts))
    return sorted(points, key=lambda point: (point.start, -point.end))


def _marks(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Marks in a paragraph: family, number, position, length."""
    for family, pattern in _FAMILIES:
        for match in pattern.finditer(text):
            word = match["n"]
            value = _WORDS.get(word.lower()) or (ord(word) - 0x245F if family == "①" else number(word))
            if value:
                yield family, value, match.start(), len(match[0])


def _place(stack: list[_Group], place: int, mark: tuple[int, int, int], opens: bool) -> _Group | None:
    """Put a mark where it belongs: 2 goes on with the innermost enumeration that has come to 1; one that `opens` an
    enumeration is 1, or the (三) that begins a paragraph."""
    if place == 1:
        stack.append(_Group([mark], 1))
        return stack[-1]
    for depth in range(len(stack) - 1, -1, -1):
        group = stack[depth]
        goes_on = place == group.number + 1 or (place == _LAST and group.number < _LAST)
        if goes_on and (mark[0] == group.marks[-1][0] or mark[1] == 0):
            group.marks.append(mark)
            group.number = place
            del stack[depth + 1 :]
            return group
    if opens:
        stack.append(_Group([mark], place))
        return stack[-1]
    return None


def _points(group: _Group, texts: Sequence[str], starts: Sequence[int]) -> Iterator[Point]:
    for place, (index, start, length) in enumerate(group.marks):
        following = group.marks[place + 1] if place + 1 < len(group.marks) else None
        last = index if following is None else following[0] - (following[1] == 0)
        end = following[1] if following and following[0] == index else len(texts[max(last, index)])
        heading = clause(texts[index][start : end if last <= index else None].rstrip(), length, _LONGEST)
        stop = starts[max(last, index)] + end
        yield Point(
            starts[index] + start, starts[index] + start + heading, _trimmed(texts, starts, max(last, index), stop)
        )


def _trimmed(texts: Sequence[str], starts: Sequence[int], index: int, end: int) -> int:
    """A range never ends in white space."""
    piece = texts[index][: end - starts[index]]
    return starts[index] + len(piece.rstrip())
