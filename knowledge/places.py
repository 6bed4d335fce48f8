"""Which place a report speaks of, in the fullest form that it is named in (广州市从化区)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from wenbao.knowledge.vocabulary import any_of, words

_ENDING = any_of(words("places", "endings"))
_UNIT = rf"[\u4e00-\u9fff]{{1,7}}?{_ENDING}"
_BEFORE = any_of(words("places", "before"))
_START = re.compile(rf"(?:{_BEFORE})*+(?P<place>(?:{_UNIT}){{1,5}})")
_SHORT = re.compile(rf"(?:{_BEFORE})*+(?P<place>{any_of(words('places', 'short'))})")
_COUNTRY = re.compile(any_of(words("places", "country")))
_GENERIC = words("places", "generic")
_DOUBTFUL = words("places", "doubtful")
_UNITS = re.compile(_UNIT)
_WHOLE = re.compile(rf"(?:{_UNIT})+")
_ANY_START = re.compile(rf"(?:^|(?<=[\s，。：；、“《（(:>,\t]))(?:{_BEFORE})*+(?P<place>(?:{_UNIT}){{2,5}})")
_MEETING = re.compile(rf"在(?P<place>(?:{_UNIT}){{1,4}})(?=第|人民代表|人大)")


def find_place(title: str, publisher: str | None, texts: Iterable[str]) -> str | None:
    """The place of a report: from its title, its publisher, or where it was delivered; `texts` may name it in full."""
    lines = tuple(texts)
    named = _named(title) or _named(publisher or "") or _delivered(lines)
    if named is not None:
        return _fullest(named, [publisher or "", *lines])
    if any(_COUNTRY.search(text) for text in (title, publisher or "", *lines[:4], *lines[-3:])):
        return words("places", "country_name")[0]
    return None


def place_of(text: str) -> str | None:
    """The place that a name (of a body, of a report) begins with."""
    return _named(text)


def _named(text: str) -> str | None:
    """The place at the beginning of a text."""
    if match := _START.match(text):
        return _sound(match["place"], text[match.end() :])
    match = _SHORT.match(text)
    return match["place"] if match else None


def _sound(chain: str, rest: str) -> str | None:
    """A chain of units without what is no place at its end: 市区, or the 市 of 市长."""
    units = _UNITS.findall(chain)
    if rest[:1] in ("长", "長"):
        units.pop()
    while units and "".join(units).endswith(_GENERIC):
        units.pop()
    name = "".join(units)
    return name if len(name) > 1 else None


def _delivered(lines: tuple[str, ...]) -> str | None:
    """在从化区第十七届人民代表大会第一次会议上: the place whose congress was reported to."""
    for line in lines[:6]:
        if match := _MEETING.search(line):
            return _sound(match["place"], line[match.end() :])
    return None


def _fullest(name: str, texts: list[str]) -> str:
    """The longest common form that ends in this name: what a name begins with is sure only where a phrase begins."""
    found: Counter[str] = Counter()
    for text in texts:
        for match in _ANY_START.finditer(text):
            whole = match["place"]
            place = whole.find(name)
            doubtful = match.start() > 0 and whole.startswith(_DOUBTFUL)
            if place > 0 and not doubtful and _WHOLE.fullmatch(whole[:place]) and not whole[:place].endswith(_GENERIC):
                found[whole[:place] + name] += 1
    if not found:
        return name
    most = max(found.values())
    return max((form for form, count in found.items() if count * 4 >= most), key=len)
