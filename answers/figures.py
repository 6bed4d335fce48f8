"""Figures, dates and names in the words of a report: where they stand, and in which unit.

Works on folded text (see `wenbao.index.folding.fold`), whose positions are those of the text itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from wenbao.config.language import language_data


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, from `start` to `end`; `unit` is empty where none follows.

    `group` is the group of units that can stand for one another (`config/language/units.toml`), or "".
    """

    start: int
    end: int
    unit: str
    group: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text, `end` exclusive."""

    start: int
    end: int


DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
NUMERALS = r"[零一二两三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+)?"
YEAR = r"(?:(?:19|20)\d{2}|[一二][零〇一二三四五六七八九○]{3})"
DATE = re.compile(
    rf"{YEAR}年(?!期|级|来)(?:度)?(?:(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})月(?:份)?(?:(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号])?)?"
    r"|(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?!度)(?:份)?(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[日号])?"
)
SHARE = re.compile(rf"(?:百分之|千分之|万分之)(?:{DIGITS}|{NUMERALS})|[一二三四五六七八九十]分之[一二三四五六七八九十]")
LABEL = re.compile(
    r"第\s*\d+(?:[、,，]\d+)*|\d{4}[.．/]\d{1,2}[.．/]\d{1,2}|\d{1,2}[·•]\d{1,2}|\d{1,2}[:：]\d{2}(?!\d)|[a-z]+-?\d+[a-z]*|\d+(?!(?:[gtmpk]b|k?m|cm|mm|kg|k?wh?|mw)(?![a-z]))[a-z]+级?|\d[\d-]{6,}(?![\d.])(?!\s?[\u4e00-\u9fff%])"
)
"""Ordinals, days, times, names with letters (5g, iso9001, 4a级) and telephone numbers: digits that count nothing."""
NAME = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》")
QUOTED = re.compile(r"[“\"][^”“\"]{1,40}[”\"]|「[^」]{1,40}」")
NUMBERING = re.compile(r"^\s*(?:[(（]?\d{1,2}[)）.、．](?!\d)|第\d+[条章节款部])")


def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a folded text in reading order; dates, numbering, names in 《》 and ordinals are none."""
    taken = [match.span() for pattern in (DATE, NAME, NUMBERING, LABEL) for match in pattern.finditer(text)]
    shares = [match.span() for match in SHARE.finditer(text)]
    found = [Figure(start, end, "%", "percent") for start, end in shares]
    counts = (match for match in _count_pattern().finditer(text) if not _overlaps(match.span(), taken + shares))
    found += [figure for match in counts if (figure := _count(text, match))]
    return tuple(sorted(found, key=lambda figure: figure.start))


def dates(text: str) -> tuple[Span, ...]:
    """Years, months and days as they are written."""
    return tuple(Span(match.start(), match.end()) for match in DATE.finditer(text))


def names(text: str) -> tuple[Span, ...]:
    """Names of documents in 《》, with the marks."""
    return tuple(Span(match.start(), match.end()) for match in NAME.finditer(text))


def quoted(text: str) -> tuple[Span, ...]:
    """Terms in quotation marks, with the marks."""
    return tuple(Span(match.start(), match.end()) for match in QUOTED.finditer(text))


def unit_group(unit: str) -> str:
    """The group of a unit word, "" for one that is not known; 辆次 counts like 辆."""
    return _groups().get(unit) or _groups().get(unit.removesuffix("次"), "")


def unit_at(text: str, position: int) -> str:
    """The longest unit word that begins at `position`, "" where there is none."""
    match = re.compile(_unit_pattern()).match(text, position)
    return match.group() if match and not _is_other_word(text, match.group(), match.end()) else ""


SMALL_NUMERAL = re.compile("(?:[一二两三四五六七八九]?十[一二三四五六七八九]?|[零一二两三四五六七八九])")


def small_number(numeral: str) -> int:
    """A numeral up to 99 in words (`SMALL_NUMERAL`) as a number: 两, 十二, 二十."""
    tens, ten, ones = numeral.replace("两", "二").rpartition("十")
    values = "零一二三四五六七八九"
    return (values.index(tens) if tens else 1) * 10 * bool(ten) + (values.index(ones) if ones else 0)


_NUMBERS_EN = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SMALL_NUMBERS_EN = {word: value for value, word in enumerate(_NUMBERS_EN, 2)}


@lru_cache(maxsize=512)
def in_digits(text: str) -> str:
    """A text with its numerals up to 99 as digits: 1年以上 for 一年以上."""
    return SMALL_NUMERAL.sub(lambda match: str(small_number(match.group())), text)


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _count(text: str, match: re.Match[str]) -> Figure | None:
    start, end, unit = match.start(), match.end(), match.group("unit") or ""
    if start and text[start - 1] in "第〔[":
        return None
    if unit and _is_other_word(text, unit, end):
        end, unit = match.start("unit"), ""
    if text[start].isdigit():
        if unit:
            return Figure(start, end, unit, unit_group(unit))
        return None if _is_label(text, match, end) else Figure(start, end, "", _group_behind(text, end))
    return None if not unit or _is_idiom(text, match, unit) else Figure(start, end, unit, unit_group(unit))


def _group_behind(text: str, end: int) -> str:
    """People that are counted without a unit (4.87万人民群众, 6000万农村人口) are people all the same."""
    return "person" if _people_pattern().match(text, end) else ""


@cache
def _people_pattern() -> re.Pattern[str]:
    words = "|".join(language_data("units")["people"]["words"])
    return re.compile(rf"(?:[名余多]?)[^,，。;；、\d]{{0,4}}?(?:{words})")


def _is_label(text: str, match: re.Match[str], end: int) -> bool:
    """Whether a bare number names something (12345热线, 2015-2020, 15号) rather than counts it."""
    number = match.group("number")
    before, after = text[max(0, match.start() - 1) : match.start()], text[end:].lstrip()[:1]
    if match.group("scale"):
        return False
    if re.fullmatch(r"(19|20)\d{2}", number) or number.startswith("0"):
        return True
    names_a_thing = "\u4e00" <= after <= "\u9fff" and len(number) in (3, 5)
    return after in tuple("号条款章-—~+/、.") or before in tuple('-—~+/“"') or names_a_thing


def _is_idiom(text: str, match: re.Match[str], unit: str) -> bool:
    """Whether a number in characters only seems to count: 一个, 三项制度, 一次性, 十九届."""
    only_seems = match.group("number") == "一" or not set(match.group("number")) & set("一二两三四五六七八九")
    behind = text[match.end() : match.end() + 1]
    return only_seems or unit in tuple("届级度面方道点成分层里步") or behind in tuple("性制”")


def _is_other_word(text: str, unit: str, end: int) -> bool:
    return text[end : end + 1] in tuple(language_data("units")["not_unit"].get(unit, ""))


@cache
def _groups() -> dict[str, str]:
    groups = language_data("units")["groups"]
    return {unit: group for group, units in reversed(groups.items()) for unit in units}


@cache
def _unit_pattern() -> str:
    return "|".join(re.escape(unit) for unit in sorted(_groups(), key=len, reverse=True))


@cache
def _count_pattern() -> re.Pattern[str]:
    scale = "|".join(language_data("units")["scale"]["words"])
    number = rf"(?:{DIGITS}(?:(?:亿|万|千){DIGITS})*|{NUMERALS})"
    more, units = "[多余]?", rf"(?:{_unit_pattern()})次?"
    up_to = rf"(?:(?:{units})?[-—~至到]{number}{more}(?:{scale})?)?"
    return re.compile(rf"(?P<number>{number}){more}(?P<scale>{scale})?{more}{up_to}[ \u3000]?(?P<unit>{units})?")
