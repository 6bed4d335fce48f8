"""Which place a report speaks of, in the fullest form that it is named in (广州市从化区)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from wenbao.knowledge.vocabulary import any_of, words

_ENDING = any_of(words("places", "endings"))
# What a body looks after goes on from no place: 住房和|城乡建设, 农业农村和|乡村振兴.
_FIELD = (
    rf"(?:[^\W省市区區县縣州盟旗镇鎮乡鄉村]{{1,6}}?[和与與及]|[和与與及]|{any_of(words('places', 'other_fields'))})"
    rf"{any_of(words('places', 'fields'))}{any_of(words('places', 'duties'))}"
)
# Names go on after 州 in 郑州市 and after 乡 in 新乡市; no name begins with 县 or 区, and few with 市.
_UNIT = (
    rf"(?!市(?![中南北][区區])|[区區县縣省]|{_FIELD})"
    rf"[\u4e00-\u9fff]{{1,7}}?{_ENDING}(?!(?<=州)[市区區县縣镇鎮]|(?<=[乡鄉镇鎮])[市县縣]|(?<=旗)[区區]|(?<=市)[场場]|(?<=[区區])[划劃域间間])"
)
_BEFORE = any_of(words("places", "before"))
_START = re.compile(rf"(?:{_BEFORE})*+(?P<place>(?:{_UNIT}){{1,5}})")
_SHORT = re.compile(rf"(?:{_BEFORE})*+(?P<place>{any_of(words('places', 'short'))})")
_COUNTRY = re.compile(any_of(words("places", "country")))
_GENERIC = words("places", "generic")
_ALONE = frozenset(words("places", "alone"))
_DOUBTFUL = words("places", "doubtful")
_UNITS = re.compile(_UNIT)
_WHOLE = re.compile(rf"(?:{_UNIT})+")
_ANY_START = re.compile(rf"(?:^|(?<=[\s，。：；、“《（(:>,\t]))(?:{_BEFORE})*+(?P<place>(?:{_UNIT}){{2,5}})")
_CONGRESS = r"人民代表|人大|第?[一二三四五六七八九十\d]{1,3}[届屆]"
_MEETING = re.compile(rf"(?:^(?![在於])|[在於])(?P<place>(?:{_UNIT}){{1,4}})(?={_CONGRESS})")
_YEAR = re.compile(r"(?:关于|關於)?[（(]?(?:\d{4}|[一二][〇○零一二三四五六七八九]{3})年?度?[）)]?")
_LONGEST_NAME = 4


def find_place(title: str, publisher: str | None, texts: Iterable[str]) -> str | None:
    """The place of a report: from its title, its publisher, or where it was delivered; `texts` may name it in full."""
    lines = tuple(texts)
    named = _named(title) or _named(publisher or "") or _delivered(lines) or _after_year(title)
    if named is not None:
        delivered = _delivered(lines) or ""
        if len(delivered) > len(named) and delivered.endswith(named) and _is_chain(delivered.removesuffix(named)):
            return _fullest(delivered, [publisher or "", *lines])
        return _fullest(named, [publisher or "", *lines])
    if any(_COUNTRY.search(text) for text in (title, publisher or "", *lines[:4], *lines[-3:])):
        return words("places", "country_name")[0]
    return None


def place_of(text: str) -> str | None:
    """The place that a name (of a body, of a report) begins with."""
    return _named(text)


def _after_year(title: str) -> str | None:
    """The place after a year (2023年青岚县政府工作报告); a phrase is longer than a name (2022年创建卫生城市)."""
    match = _YEAR.match(title)
    place = _named(title[match.end() :]) if match else None
    return (
        place if place and all(len(unit) <= _LONGEST_NAME or "自治" in unit for unit in _UNITS.findall(place)) else None
    )


def _named(text: str) -> str | None:
    """The place at the beginning of a text."""
    if (match := _START.match(text)) and text[match.end() : match.end() + 1] not in ("级", "級"):
        return _sound(match["place"], text[match.end() :])
    match = _SHORT.match(text)
    return match["place"] if match else None


def _sound(chain: str, rest: str) -> str | None:
    """A chain of units without what is no place at its end: 市区, or the 市 of 市长."""
    units = _UNITS.findall(chain)
    if rest[:1] in ("长", "長"):
        units.pop()
    while units and _is_generic(units[-1]):
        units.pop()
    name = "".join(units)
    return name if len(name) > 1 else None


def _delivered(lines: tuple[str, ...]) -> str | None:
    """在从化区第十七届人民代表大会第一次会议上: the place whose congress was reported to."""
    for line in lines[:6]:
        if match := _MEETING.search(line):
            return _sound(match["place"], line[match.end() :])
    return None


def _is_generic(unit: str) -> bool:
    """社区 and 城区 are places of no name; 运城市 and 南山区 only end like such words."""
    return unit in _ALONE or unit.endswith(_GENERIC)


def _fullest(name: str, texts: list[str]) -> str:
    """The longest common form that ends in this name: what a name begins with is sure only where a phrase begins."""
    found: Counter[str] = Counter()
    for text in texts:
        for match in _ANY_START.finditer(text):
            whole = match["place"]
            place = whole.find(name)
            doubtful = match.start() > 0 and whole.startswith(_DOUBTFUL)
            if place > 0 and not doubtful and _is_chain(whole[:place]):
                found[whole[:place] + name] += 1
    if not found:
        return name
    most = max(found.values())
    longest = max((form for form, count in found.items() if count * 4 >= most), key=len)
    return _plain(longest, found)


def _is_chain(prefix: str) -> bool:
    """Whether what stands before a name is made of names of places."""
    return _WHOLE.fullmatch(prefix) is not None and not any(map(_is_generic, _UNITS.findall(prefix)))


def _plain(form: str, found: Iterable[str]) -> str:
    """The form without a word that is no part of it: of two with as many units, the one that the other ends in."""
    units = len(_UNITS.findall(form))
    return min((other for other in found if form.endswith(other) and len(_UNITS.findall(other)) == units), key=len)
