"""Which year a place in a report speaks of: the year that the report tells of, the one it plans, or one it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from wenbao.answers.named_years import NUMERAL_VALUES
from wenbao.answers.question import Question, SectionClass
from wenbao.answers.reading import Reading
from wenbao.answers.tables import column_year
from wenbao.config.language import language_data

EXPLICIT = re.compile(r"(?<![\d\-—~至])((?:19|20)\d{2})(?=年)|([一二][零一二三四五六七八九]{3})(?=年)")


@dataclass(frozen=True, slots=True)
class Period:
    """The year of a place in a report (None where nothing tells it), and whether the place speaks of plans."""

    year: int | None
    planned: bool


def wanted_years(question: Question, told: int | None) -> frozenset[int]:
    """The years that the question wants, given the year that the report tells of; empty where any year will do.

    Next year may be the second after it: some reports are given late in the year that follows.
    """
    if question.years:
        return frozenset(question.years)
    if question.year_word is None or told is None:
        return frozenset()
    years = {"told": (told,), "plan": (told + 1, told + 2), "before": (told - 1,), "either": (told, told + 1)}
    return frozenset(years[question.year_word])


def speaks_of_last_year(reading: Reading, position: int) -> bool:
    """Whether the headings, or the sentence before a position, say 上年度 of what they tell; 比上年 only compares."""
    sentence = reading.sentence_at(position)
    told = "|".join(word for word in language_data("questions")["year_words"]["told"] if not word.isascii())
    before = (reading.folded[sentence.start : position], *reading.topics)
    return any(re.search(rf"(?<![比较与和同])(?:{told})", words) for words in before)


@lru_cache(maxsize=20_000)
def period_at(reading: Reading, position: int, told: int | None) -> Period:
    """The period of a position: the year named before it in its sentence, else in the headings, else by section."""
    planned = heading_class(reading.topics) == "plan" or _is_intent(reading, position)
    if told is not None and YEAR_BEFORE.search(reading.folded, max(0, position - LONGEST_BEFORE), position):
        return Period(told if heading_class(reading.topics) == "plan" else told - 1, False)
    named = _named_year(reading, position)
    if named is not None:
        return Period(named, planned or (told is not None and named > told))
    if told is None:
        return Period(None, planned)
    return Period(told + 1 if planned else told, planned)


YEAR_BEFORE = re.compile(r"(?:上一?年(?:度|同期|末|底)?的?|[由从]上一?年(?:度|同期)?的?(?:增长|下降|上升)?)$")
LONGEST_BEFORE = 10
"""A figure right behind 上年的 is of the year before the one that is told of there: 由上年的48.6%提高到53.2%."""


@lru_cache(maxsize=4096)
def heading_class(topics: tuple[str, ...]) -> SectionClass | None:
    """What kind of part the headings say it is, the innermost that says anything first; None where none does."""
    for topic in reversed(topics):
        found = topic_class(topic)
        if found:
            return found
    return None


@lru_cache(maxsize=4096)
def topic_class(topic: str) -> SectionClass | None:
    """What kind of part one (folded) heading announces.

    重点工作 and the like are of plans, where nothing says that they are done: 重点工作落实情况.
    """
    for name, pattern in _heading_patterns():
        if pattern.search(topic):
            return name
    return None


INTENT = re.compile(r"(?:将|力争|争取|确保|预期目标|目标是|计划(?=[^书案])|拟|打算)")


def _is_intent(reading: Reading, position: int) -> bool:
    sentence = reading.sentence_at(position)
    return bool(INTENT.search(reading.folded, sentence.start, position))


THIS_YEAR = re.compile(r"(?<![比较与和同到至])(今年|本年)|(?<![比较与和同到至])(去年|上年|明年|来年)|\d{4}年")


def says_this_year(reading: Reading, position: int) -> bool:
    """Whether the last year named before a position in its paragraph is 今年: the year told of, or the one planned."""
    last = None
    for match in THIS_YEAR.finditer(reading.folded, 0, position):
        last = match
    return last is not None and last.group(1) is not None


def _named_year(reading: Reading, position: int) -> int | None:
    column = reading.row.column_at(position) if reading.row else None
    if column is not None and (year := column_year(column)) is not None:
        return year
    sentence = reading.sentence_at(position)
    in_sentence = _last_year(reading.folded, sentence.start, position)
    if in_sentence is not None:
        return in_sentence
    return next((year for topic in reversed(reading.topics) if (year := _last_year(topic, 0, len(topic)))), None)


def _last_year(text: str, start: int, end: int) -> int | None:
    years = [match for match in EXPLICIT.finditer(text, start, min(end + 4, len(text))) if match.start() < end]
    years = [match for match in years if not _is_compared(text, match, end)]
    years = [match for match in years if text.rfind("《", 0, match.start()) <= text.rfind("》", 0, match.start())]
    if not years:
        return None
    digits = "".join(NUMERAL_VALUES.get(char, char) for char in years[-1].group())
    return int(digits)


OWN_YEAR = re.compile(r"年(?:底|末|初|同期)?的?")
"""Between a year and its own figure: 2018年的183件."""


def _is_compared(text: str, year: re.Match[str], end: int) -> bool:
    """Whether a year is only compared with: 比2019年增长5%, and for the second figure 由2020年的262件增加到310件."""
    if OWN_YEAR.fullmatch(text, year.end(), end):
        return False
    before = text[max(0, year.start() - 1) : year.start()]
    return before in tuple("比较与") or (before in tuple("由从") and bool(re.search(r"\d", text[year.end() + 1 : end])))


@cache
def _heading_patterns() -> tuple[tuple[SectionClass, re.Pattern[str]], ...]:
    sections = language_data("questions")["sections"]

    def of(*words: str) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, words)))

    done, plan = sections["done"]["heading"], sections["plan"]["heading"]
    perhaps = sections["plan"]["heading_unless_done"]
    return (
        ("problem", of(*sections["problem"]["heading"])),
        ("done", of(*sections["done"]["heading_of_plans_done"])),
        ("plan", of(*plan)),
        ("done", of(*done)),
        ("plan", of(*perhaps)),
    )
