"""Headings: the marks that begin them (一、 （一） 1. 第一条 …), and which paragraphs are or begin with one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wenbao.knowledge import dates

_X = r"[一二三四五六七八九十百千〇零两]{1,6}|[0-9０-９]{1,3}"
_AFTER = r"(?=[\s\u3000:：、.．，,【（(]|$)"
# Kinds of marks from the outermost to the innermost in common use; the order only decides where a report mixes them.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第\s?(?P<n>{_X})\s?(?:部分|[编編篇卷]){_AFTER}[:：、.．，,]?")),
    ("part", re.compile(r"(?:Part|PART)\s+(?P<n>[IVX]+|\d{1,2}|One|Two|Three|Four|Five)\b[:.]?")),
    ("chapter", re.compile(rf"第\s?(?P<n>{_X})\s?章{_AFTER}")),
    ("chapter", re.compile(r"(?:Chapter|CHAPTER)\s+(?P<n>[IVX]+|\d{1,2})\b[:.]?")),
    ("section", re.compile(rf"第\s?(?P<n>{_X})\s?[节節]{_AFTER}")),
    ("section", re.compile(r"(?:Section|SECTION)\s+(?P<n>[IVX]+|\d{1,2})\b[:.]?")),
    ("article", re.compile(rf"第\s?(?P<n>{_X})\s?[条條](?:之[一二三四五六七八九十]+)?{_AFTER}")),
    ("article", re.compile(r"(?:Article|ARTICLE)\s+(?P<n>\d{1,3})\b[:.]?")),
    ("capital", re.compile(r"(?P<n>[壹贰貳叁參肆伍陆陸柒捌玖拾]{1,3})\s?[、.．：]")),
    ("roman", re.compile(r"(?P<n>[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]{1,2})\s?[、.．]?|(?P<m>[IVX]{1,5})[.、．](?=\s?[^\s\d])")),
    (
        "ordinal",
        re.compile(
            r"(?P<n>[一二三四五六七八九十百]{1,4})\s?[、.．](?![一二三四五六七八九十]{1,2}(?:季度|级|类|线|产业|期|是|要))"
        ),
    ),
    ("stem", re.compile(r"(?P<n>[甲乙丙丁戊己庚辛壬癸])\s?[、.．]")),
    (
        "ordinal_paren",
        re.compile(r"[（(〔【]\s?(?P<n>[一二三四五六七八九十百]{1,4})\s?[)）〕】]\s?[、.．]?|(?P<m>[㈠-㈩])"),
    ),
    ("decimal3", re.compile(r"(?P<n>\d{1,2})(?:[.．]\d{1,2}){2}[.．、]?(?=[\s\u3000]\s*[^\d\s])")),
    ("decimal2", re.compile(r"(?P<n>\d{1,2})[.．]\d{1,2}[.．、]?(?=[\s\u3000]\s*[^\d\s])")),
    ("number", re.compile(r"(?P<n>[0-9０-９]{1,2})\s?[、.．](?![0-9０-９])|(?P<m>[⒈-⒛])")),
    (
        "number_paren",
        re.compile(r"[（(]\s?(?P<n>[0-9０-９]{1,2})\s?[)）]\s?[、.．]?|(?P<k>[0-9０-９]{1,2})[)）]|(?P<m>[⑴-⒇])"),
    ),
    ("circled", re.compile(r"(?P<n>[①-⑳❶-❿])")),
)
RANKS = {kind: rank for rank, (kind, _) in enumerate(_KINDS)}
_SIGNS = ("ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ", "甲乙丙丁戊己庚辛壬癸", "㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", "壹贰叁肆伍陆柒捌玖拾", "壹貳參肆伍陸柒捌玖拾")
_BEGINNINGS = frozenset(
    "第（(〔【ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩIVXPCSA壹贰貳叁參肆伍陆陸柒捌玖拾一二三四五六七八九十百甲乙丙丁戊己庚辛壬癸"
)
_STOP = re.compile(r"[。！？；;：](?!$)|[!?:](?![\d/])|\.(?=\s+[A-Z\u2e80-\u9fff])|[。！？；;：!?:.]$")
_FINAL = re.compile(r"[。！？；;，,、!?…：:][”’」』）)》\"']*$")
_CLAUSE = re.compile("[，,]")
_ARTICLE_NAME = re.compile(r"\s*[【（(][^】）)]{1,30}[】）)]|[\s\u3000]+[^\s。，；：、]{1,16}$")
_LONGEST_HEADING, _LONGEST_RUN_IN, _LONGEST_BARE = 80, 60, 40


@dataclass(frozen=True, slots=True)
class Marker:
    """The mark at the head of a paragraph: its kind, its number, and how many characters it takes."""

    kind: str
    number: int
    length: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that a paragraph is or begins with; it takes `length` characters.

    `form` is `own` (the paragraph is the heading), `run_in` (the heading is the paragraph's first sentence) or `item`
    (a point of a list, which is no heading to what stands in it).
    """

    marker: Marker
    length: int
    form: str


def find_marker(text: str) -> Marker | None:
    """The mark that a paragraph begins with."""
    first = text[:1]
    if first not in _BEGINNINGS and not first.isdigit() and not "①" <= first <= "❿":
        return None
    for kind, pattern in _KINDS:
        if match := pattern.match(text):
            return Marker(kind, _value(next(filter(None, match.groups()), "")), match.end())
    return None


def find_headings(texts: Sequence[str], levels: Sequence[int | None]) -> list[Heading | None]:
    """For each paragraph the heading that it is or begins with; `levels` are the levels that the file marks."""
    markers = [find_marker(text) for text in texts]
    listed = _table_of_contents(texts, markers)
    found: list[Heading | None] = []
    for index, text in enumerate(texts):
        if index in listed:
            found.append(None)
        elif (marker := markers[index]) is not None:
            body_follows = index + 1 < len(texts) and markers[index + 1] is None and levels[index + 1] is None
            found.append(_marked(text, marker, body_follows and not _goes_on(found, marker)))
        elif (level := levels[index]) is not None and len(text) <= 2 * _LONGEST_HEADING:
            found.append(Heading(Marker(f"h{level}", 0, 0), len(text), "own"))
        else:
            bare = _is_bare(texts, index, found[-1] if found else None)
            found.append(Heading(Marker("bare", 0, 0), len(text), "own") if bare else None)
    return found


def _goes_on(found: Sequence[Heading | None], marker: Marker) -> bool:
    """Whether a mark is the next of a list whose points are no headings, so that this one is none either."""
    before = found[-1] if found else None
    return before is not None and before.form == "item" and before.marker.kind == marker.kind


def clause(text: str, start: int, longest: int) -> int:
    """How many characters the first clause takes, from the beginning: to a stop, or to a comma where that is far."""
    stop = _STOP.search(text, start)
    end = stop.start() if stop else len(text)
    if end <= longest:
        return len(text[:end].rstrip("，、, "))
    comma = _CLAUSE.search(text, start + 6)
    return comma.start() if comma and comma.start() < end else end


def _marked(text: str, marker: Marker, body_follows: bool) -> Heading:
    if marker.kind == "article":
        return _article(text, marker)
    stop = _STOP.search(text, marker.length)
    if stop is None:
        form = "own" if len(text) <= _LONGEST_HEADING else "item"
        return Heading(marker, len(text) if form == "own" else clause(text, marker.length, _LONGEST_RUN_IN), form)
    last = stop.end() == len(text)
    if last and len(text) <= _LONGEST_HEADING and (stop[0] in ":：" or (stop[0] in "。.!！?？" and body_follows)):
        return Heading(marker, stop.start(), "own")
    if not last and stop.start() <= _LONGEST_RUN_IN and stop[0] not in "；;":
        return Heading(marker, stop.start(), "run_in")
    return Heading(marker, clause(text, marker.length, _LONGEST_RUN_IN), "item")


def _article(text: str, marker: Marker) -> Heading:
    """第一条: its heading is the number, with the name that some laws give an article."""
    name = _ARTICLE_NAME.match(text, marker.length)
    length = name.end() if name else marker.length
    return Heading(marker, length, "own" if length == len(text) else "run_in")


def _is_bare(texts: Sequence[str], index: int, before: Heading | None) -> bool:
    """A heading without a number: a short line without a stop, after a full sentence and before running text."""
    text = texts[index]
    if len(text) > _LONGEST_BARE or _FINAL.search(text) or re.search("[。；！？\t]|——", text) or len(text) < 2:
        return False
    if index + 1 >= len(texts) or dates.first_date(text) or text[0] in "（(《" or not re.search(r"[^\W\d]", text):
        return False
    ended = index == 0 or (before is not None and before.form == "own") or _ends_sentence(texts[index - 1])
    following = texts[index + 1]
    return ended and ((len(following) > len(text) and _ends_sentence(following)) or _opens(following))


def _opens(text: str) -> bool:
    marker = find_marker(text)
    return marker is not None and marker.number == 1


def _ends_sentence(text: str) -> bool:
    return re.search(r"[。！？!?；;：:….][”’」』）)》\"']*$", text) is not None


def _table_of_contents(texts: Sequence[str], markers: Sequence[Marker | None]) -> set[int]:
    """The lines after 目录 that stand again, as headings, further down."""
    start = next((i for i, text in enumerate(texts[:60]) if re.fullmatch(r"目\s*[录錄次]|Contents", text)), None)
    if start is None:
        return set()
    later: dict[str, int] = {_squeezed(text): index for index, text in enumerate(texts)}
    found = {start}
    for index in range(start + 1, len(texts)):
        again = later[_squeezed(texts[index])]
        if again == index or (markers[index] is None and len(texts[index]) > _LONGEST_BARE):
            break
        found.add(index)
    return found


def _squeezed(text: str) -> str:
    return re.sub(r"[\s.…·]+\d*$|\s", "", text)


def _value(sign: str) -> int:
    """The number that a mark stands for; 0 where it cannot be told."""
    for signs in _SIGNS:
        if sign in signs:
            return signs.index(sign) + 1
    for first in "①⑴⒈❶":
        if len(sign) == 1 and 0 <= ord(sign) - ord(first) < 20:
            return ord(sign) - ord(first) + 1
    if re.fullmatch("[IVX]+", sign):
        return _roman(sign)
    return dates.number(sign) or 0


def _roman(sign: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in sign]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
